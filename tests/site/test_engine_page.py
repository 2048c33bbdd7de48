"""Does the page on the engine show every part of it, as the code stands?"""

import re

from macros.engine import imports_drawing, parts_table, read_imports
from macros.sources import read_yaml
from tests.site.conftest import ROOT

ENGINE = ROOT / "scripts/runbook"
PARTS = {path.stem for path in ENGINE.glob("*.py") if not path.stem.startswith("__")} | {
    path.parent.name for path in ENGINE.glob("*/__init__.py")
}
[ROLES] = read_yaml(ROOT / "docs/_data/moteur.yaml")


def test_every_part_has_its_row_and_its_question() -> None:
    rows = [row.split(" | ") for row in parts_table(ROLES, read_imports()).splitlines()[2:]]

    assert {row[0].strip("| `") for row in rows} == PARTS
    assert [row[0] for row in rows if not row[1].endswith("?")] == []
    assert set(ROLES) == PARTS


def test_the_drawing_holds_every_part_and_its_arrows_never_come_back() -> None:
    lines = imports_drawing(read_imports()).splitlines()
    arrows = [tuple(line.split(" --> ")) for line in map(str.strip, lines) if "-->" in line]
    drawn = {line.strip() for line in lines if re.fullmatch(r" +\w+", line)}
    left = {importer: {used for one, used in arrows if one == importer} for importer, _ in arrows}

    assert drawn == PARTS - {"errors", "settings"}
    assert len(arrows) >= 10
    while left:  # what imports nothing that is left can go; a circle never can
        done = {part for part, used in left.items() if not used & left.keys()}
        assert done
        left = {part: used for part, used in left.items() if part not in done}
