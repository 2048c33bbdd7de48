"""Does each recipe of CONTRIBUTING.md do what it says, in three files at most, and break nothing that it runs?"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from .conftest import ROOT
from .test_version import copy  # noqa: F401 — a fixture

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", GUIDE, re.MULTILINE | re.DOTALL))
WRITTEN = re.compile(
    r'^(`{3,})\w+ title="([^",]+)(?:, (avant|après|à la fin)(?: « ([^"\n]+) »)?)?"\n(.*?)^\1$', re.MULTILINE | re.DOTALL
)
RUN = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def written(root: Path, recipe: str) -> set[str]:
    """Do what the titled blocks of the recipe show, and give the files that this touches."""
    touched = set()
    for _, name, place, mark, text in WRITTEN.findall(recipe):
        path = root / name
        touched.add(name)
        before = path.read_text(encoding="utf-8") if place else ""
        assert place or not path.exists()
        lines = before.splitlines(keepends=True)
        if mark:
            [at] = [number for number, line in enumerate(lines) if mark in line][:1]
        else:
            at = len(lines)
        lines.insert(at + (place == "après"), text)
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("".join(lines), encoding="utf-8")
    return touched


def test_the_recipes_are_those_of_a_newcomer() -> None:
    assert [name for name in RECIPES if name.startswith("Nouve")] == list(RECIPES)
    assert len(RECIPES) == 5


@pytest.mark.timeout(400)  # what they run, on a machine that does much else
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_touches_three_files_at_most_and_what_it_runs_is_green(copy: Path, recipe: str) -> None:  # noqa: F811
    (copy / ".venv").symlink_to(ROOT / ".venv")
    touched = written(copy, recipe)
    assert 1 <= len(touched) <= 3
    [commands] = RUN.findall(WRITTEN.sub("", recipe))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": f"{copy}/scripts", "NO_MKDOCS_2_WARNING": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-3000:]
