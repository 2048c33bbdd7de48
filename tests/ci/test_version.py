"""Is there one version, and does one command change it everywhere?"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .conftest import ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
KEEP_IT = (
    "CHANGELOG.md",
    "requirements/",
    "tests/",
    "docs/assets/",
    "scripts/benchmark/",
    "services/api/requirements",
    "services/front/requirements",
)


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in tracked():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def version(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([copy / "scripts/version", *arguments], cwd="/", capture_output=True, text=True, check=False)


def written(root: Path, number: str) -> list[str]:
    """The tracked files that write this number."""
    pattern = re.compile(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)")
    texts = {name: (root / name).read_bytes().decode(errors="ignore") for name in tracked()}
    return [name for name, text in texts.items() if not name.startswith(KEEP_IT) and pattern.search(text)]


def test_the_services_images_and_manifests_have_the_projects_version() -> None:
    images = re.compile(r"datapress-(?:api|front):([\w.-]+)")
    found = {
        name: set(images.findall((ROOT / name).read_text()))
        for name in written(ROOT, VERSION)
        if name.startswith(("k8s/", "compose"))
    }
    assert {"compose.yaml", "k8s/api-deployment.yaml", "k8s/front-deployment.yaml"} <= set(found)
    assert set.union(*found.values()) == {VERSION}


def test_one_command_changes_it_everywhere_and_the_pages_stay_true(copy: Path) -> None:
    before = written(copy, VERSION)
    changed = version(copy, "7.8.9")
    assert changed.returncode == 0, changed.stderr
    assert written(copy, VERSION) == []
    assert set(before) <= set(written(copy, "7.8.9"))
    assert "## À venir\n\n## 7.8.9 – " in (copy / "CHANGELOG.md").read_text()
    assert version(copy).stdout == "7.8.9\n"
    # The check reads the copy: images that pages build and manifests name, settings, labels.
    checked = subprocess.run(
        [sys.executable, "-m", "runbook", "--root", copy, "check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("refused", ["1.2", "v9.9.9", "0.9.9", VERSION])
def test_what_cannot_follow_is_refused_and_nothing_is_changed(copy: Path, refused: str) -> None:
    ran = version(copy, refused)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("usage : scripts/version")
    assert version(copy).stdout == f"{VERSION}\n"
