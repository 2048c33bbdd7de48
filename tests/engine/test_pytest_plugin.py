"""The second door: pytest sees each step as a test named by its place in the page."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parent.parent / "sample"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample", ignore=shutil.ignore_patterns(".runbook")))


def run_pytest(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-rA", "--rootdir", str(root), *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)


def test_each_step_is_an_item_named_by_its_place(sample: Path) -> None:
    ran = run_pytest(sample, "docs")
    assert ran.returncode == 0, ran.stdout
    assert "PASSED docs/index.md::docs/index.md:14" in ran.stdout
    assert "6 passed, 1 skipped" in ran.stdout


def test_one_step_alone_still_gets_the_state_of_those_before_it(sample: Path) -> None:
    ran = run_pytest(sample, "docs", "-k", "index.md:14")
    assert "1 passed" in ran.stdout, ran.stdout


def test_a_step_that_lies_fails_with_place_and_command(sample: Path) -> None:
    page = sample / "docs" / "setup.md"
    page.write_text(page.read_text(encoding="utf-8").replace("web    …", "api    …"), encoding="utf-8")
    ran = run_pytest(sample, "docs/setup.md")
    assert ran.returncode == 1
    assert "docs/setup.md:12 : échoué" in ran.stdout
