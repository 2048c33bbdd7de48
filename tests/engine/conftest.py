"""A MkDocs repository in a temporary folder, and the engine opened on it."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.engine.preloaded import remember_what_is_installed

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
