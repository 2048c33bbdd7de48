"""What is the documentation engine made of, and which of its parts imports which?"""

from collections.abc import Iterable
from pathlib import Path

import grimp

import runbook
from runbook.forked import forked

from .tables import code, table

_ENGINE = "runbook"
_LIBRARY = ("errors", "settings")  # read by nearly every part: their arrows would hide the others


Imports = dict[str, set[str]]


def parts_table(roles: dict[str, str], imports: Imports) -> str:
    """Every part of the engine, what it is for, how large it is, and the parts that it imports."""
    rows = (
        (code(part), roles.get(part, ""), _lines(part), ", ".join(map(code, sorted(imports[part]))) or "–")
        for part in _ordered(imports)
    )
    return table(("Partie", "Question à laquelle elle répond", "Lignes", "Importe"), rows, ("Lignes",))


def imports_drawing(imports: Imports) -> str:
    """A diagram of the imports, without those that longer ways already say."""
    imports = {part: used - set(_LIBRARY) for part, used in imports.items() if part not in _LIBRARY}
    arrows = [
        f"    {part} --> {used}"
        for part in _ordered(imports)
        for used in sorted(imports[part])
        if not any(used in _reached(imports, via, part) for via in imports[part] - {used})
    ]
    return "\n".join(("```mermaid", "flowchart TD", *(f"    {part}" for part in _ordered(imports)), *arrows, "```"))


def read_imports() -> Imports:
    """Part → the other parts that its modules import, as the code stands; what only starts the program is no part."""
    with forked(_read_imports) as read:  # grimp leaves threads, and a process that has some cannot be forked safely
        return read()


def _read_imports() -> Imports:
    graph = grimp.build_graph(_ENGINE, cache_dir=None)
    parts = {name for name in graph.find_children(_ENGINE) if not name.endswith("__main__")}
    for name in parts:
        graph.squash_module(name)
    return {
        _short(name): {_short(used) for used in graph.find_modules_directly_imported_by(name) & parts} for name in parts
    }


def _short(name: str) -> str:
    return name.removeprefix(f"{_ENGINE}.")


def _ordered(imports: dict[str, set[str]]) -> list[str]:
    """The parts that lean on most others first."""
    return sorted(imports, key=lambda part: (-len(set(_reached(imports, part, ""))), part))


def _reached(imports: dict[str, set[str]], start: str, without: str) -> set[str]:
    """All that `start` imports, by whatever way that does not pass through `without`."""
    found: set[str] = set()
    left = [start]
    while left:
        new = imports.get(left.pop(), set()) - found - {without}
        found |= new
        left += new
    return found


def _lines(part: str) -> int:
    engine = Path(runbook.__file__).parent
    paths: Iterable[Path] = (engine / part).rglob("*.py") if (engine / part).is_dir() else [engine / f"{part}.py"]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
