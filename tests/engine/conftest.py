"""A MkDocs repository in a temporary folder, and the engine opened on it."""

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.engine.preloaded import remember_what_is_installed
from tests.engine.runs import free_port

SAMPLE = Path(__file__).parent.parent / "sample"
SETTINGS = """
[tool.runbook]
deadline = 5
stop_grace = 1
output_limit = 1048576

[tool.runbook.secrets]
manifests = ["secret.yaml"]
variables = ["*PASSWORD*"]

[tool.runbook.targets.here]
title = "Here"

[tool.runbook.targets.away]
title = "Away"
requires = [{ command = "false", missing = "away is not here" }]
"""
SITE = """
site_name: Sample
theme: readthedocs
markdown_extensions:
  - admonition
  - attr_list
  - pymdownx.blocks.admonition
  - pymdownx.details
  - pymdownx.snippets: {base_path: [snippets], check_paths: true}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
"""
HEAD = "---\nexecution: {cible: here}\n---\n"

MakeSite = Callable[..., Path]


@pytest.fixture(scope="session", autouse=True)
def old_objects() -> Iterator[None]:
    """What pytest and the libraries have made stays: it is not looked through again and again, nor copied in forks."""
    remember_what_is_installed()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def make_site(tmp_path: Path) -> MakeSite:
    """Write a repository whose pages are given as `name="text"`; a page without front matter runs `here`."""

    def make(settings: str = SETTINGS, site: str = SITE, **pages: str) -> Path:
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "snippets").mkdir(exist_ok=True)
        (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
        (tmp_path / "mkdocs.yml").write_text(site, encoding="utf-8")
        for name, text in pages.items():
            body = dedent(text)
            head = "" if body.startswith("---") else HEAD
            (tmp_path / "docs" / f"{name}.md").write_text(head + body, encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return copy_of_sample(tmp_path)


def copy_of_sample(folder: Path) -> Path:
    """The small repository that is not DataPress, with ports of its own."""
    root = Path(shutil.copytree(SAMPLE, folder / "sample", ignore=shutil.ignore_patterns(".runbook")))
    for port in ("8765", "8766"):
        own = str(free_port())
        for path in (root / "pyproject.toml", root / "docs" / "index.md"):
            path.write_text(path.read_text(encoding="utf-8").replace(port, own), encoding="utf-8")
    return root
