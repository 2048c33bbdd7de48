"""What the tests of the site share: a copy of what it is made of, and the site built from it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from runbook.reading.blocks import find_blocks
from runbook.reading.content import Block
from runbook.reading.pages import read_site
from runbook.settings import load

ROOT = Path(__file__).parents[2]
SOURCES = "docs k8s services scripts/macros scripts/finish.py compose.yaml mkdocs.yml pyproject.toml"


@dataclass(frozen=True, slots=True)
class Build:
    """One run of MkDocs: where it wrote, how it ended and what it said."""

    site: Path
    status: int
    output: str


Builder = Callable[[Path], Build]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy that a test may spoil, without git, records nor caches."""
    return copy_sources(tmp_path / "copy")


@pytest.fixture(scope="session")
def build() -> Builder:
    return build_site


@cache
def documented() -> tuple[Block, ...]:
    """Every command of the pages of this repository, in the order of the site."""
    settings = load(ROOT)
    site = read_site(ROOT, settings.site)
    return tuple(block for page in site.pages for block in find_blocks(page, site, settings.targets).blocks)


def copy_sources(target: Path) -> Path:
    for name in SOURCES.split():
        source, destination = ROOT / name, target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, destination, ignore=shutil.ignore_patterns("__pycache__", "secret.yaml"))
        else:
            shutil.copy(source, destination)
    return target


def build_site(project: Path, address: str = "") -> Build:
    """The site as it is for one who publishes it at `address`."""
    site = project / "site"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=project,
        env={**environment, "NO_MKDOCS_2_WARNING": "1", "SITE_URL": address},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,  # five seconds on a free machine
        check=False,
    )
    return Build(site, ran.returncode, ran.stdout + ran.stderr)
