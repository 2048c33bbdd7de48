"""What a page shows as text, read as a pattern of lines and tables; and what its author got wrong."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from runbook.matching import tables
from runbook.matching.mismatch import quoted
from runbook.matching.seen import alike, seen
from runbook.matching.wildcard import ANY, ELLIPSIS, Pattern, Wild

# Not str.rstrip()'s own set, which has the non-breaking spaces: these are part of the text.
BLANKS: Final = " \t\r"
EXPRESSION: Final = re.compile(r"/(.+)/")

# A layout of keys and values, as `kubectl describe` and many others print: `Key:   value`, values that go on below
# under the first one, and indented rows of cells.  The next version of the program, or a longer key beside, makes a
# column wider.
_KEY = re.compile(r"( *)\S+(?: \S+)*(?<=:) {2,}(?=\S)")
_CELLS = re.compile(r" {2,}")
_BELOW = "\0"  # for the blanks before a value that goes on below: as many as its key and column take


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the expected text; `index` is its place there, from 0.

    `saying` is what it says whatever the width of columns, None in a text that is not laid out in keys and values;
    `expression` is set for a line `/…/`, unless it has a `fault`.
    """

    index: int
    text: str
    saying: str | None
    expression: re.Pattern[str] | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an expected table: its cells under the headings that are shown, None if it has others."""

    index: int
    text: str
    cells: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Grid:
    """An expected table; it is `open` when its last heading is `…`: more columns may follow."""

    index: int
    text: str
    headings: tuple[str, ...]
    open: bool
    rows: Pattern[Row]


Item: TypeAlias = Line | Grid


class Text:
    """What is shown or printed: lines, what they say whatever the width of columns, and the tables among them.

    Escapes, blanks at the end of lines and empty last lines are gone, and tabs are spaces; how many is the terminal's
    business, and not counted in the lines that `tabbed` numbers.
    """

    __slots__ = ("lines", "sayings", "tabbed", "tables")

    def __init__(self, text: str) -> None:
        shown = alike(seen(text)).rstrip(f"{BLANKS}\n")
        lines = [line.rstrip(BLANKS) for line in shown.split("\n")] if shown else []
        self.tabbed = frozenset(index for index, line in enumerate(lines) if "\t" in line)
        self.lines = [line.expandtabs() for line in lines]
        self.sayings = _sayings(self.lines)
        self.tables = tables.find(self.lines)


def read(text: str) -> Pattern[Item]:
    """The pattern that `text` is."""
    shown = Text(text)
    lines, laid_out = shown.lines, _is_laid_out(shown.lines)
    items: list[Item | Wild] = []
    index = 0
    while index < len(lines):
        if table := shown.tables.get(index):
            grid = _grid(table, lines)
            # Where no row of this table follows, `…` is any lines, also beyond the table.
            items += [grid, *(row for row in grid.rows[-1:] if row is ANY)]
            index = table.end
        else:
            saying = shown.sayings[index] if laid_out else None
            items.append(ANY if _is_wild(lines[index]) else _line(index, lines[index], saying))
            index += 1
    return items


def check(text: str) -> str | None:
    """What makes `text` useless or ambiguous, in French; an empty one says that nothing is printed."""
    items = read(text)
    if items and all(item is ANY for item in items):
        return "un résultat attendu fait seulement de « … » n'affirme rien"
    return next((fault for item in items if item is not ANY for fault in _faults(item)), None)


def _sayings(lines: Sequence[str]) -> list[str]:
    """The lines with two spaces between key and value, and between cells: the indentation stays, as nesting does.

    A value under the one above starts with a mark instead of the blanks; `…` may stand between the two.
    """
    said: list[str] = []
    column: int | None = None
    for line in lines:
        text = line.strip(" ")
        indent = _indent(line)
        if text == ELLIPSIS:
            said.append(line)
        elif column is not None and indent == column:
            said.append(_BELOW + _CELLS.sub("  ", text))
        else:
            key = _KEY.match(line)
            column = key.end() if key else None
            said.append(line[:indent] + _CELLS.sub("  ", text) if key or indent else line)
    return said


def _is_laid_out(lines: Sequence[str]) -> bool:
    """Whether a text has keys with values, or a key alone over indented cells."""
    return any(_KEY.match(line) for line in lines) or any(
        line.endswith(":") and _indent(below) > _indent(line) and "  " in below.strip(" ")
        for line, below in pairwise(lines)
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _line(index: int, text: str, saying: str | None) -> Line:
    written = EXPRESSION.fullmatch(text)
    try:
        return Line(index, text, saying, re.compile(written[1]) if written else None)
    except re.error as error:
        return Line(index, text, saying, None, f"expression régulière invalide ({error.msg}) dans {text}")


def _is_wild(line: str) -> bool:
    return line.strip(" ") == ELLIPSIS


def _grid(table: tables.Table, lines: list[str]) -> Grid:
    rows = [
        ANY if _is_wild(lines[index]) else Row(index, lines[index], _cells(table, lines[index]))
        for index in range(table.start, table.end)
    ]
    is_open = table.headings[-1] == ELLIPSIS
    return Grid(table.first, lines[table.first], table.headings[:-1] if is_open else table.headings, is_open, rows)


def _cells(table: tables.Table, line: str) -> tuple[str, ...] | None:
    """The cells of an expected row; a last cell `…` also stands for those after it."""
    cells = table.cells(line)
    if cells is None:
        return None
    shown = max((count for count, cell in enumerate(cells, 1) if cell), default=0)
    if cells[shown - 1] == ELLIPSIS:
        cells = cells[:shown] + (ELLIPSIS,) * (len(cells) - shown)
    if table.headings[-1] != ELLIPSIS:
        return cells
    return cells[:-1] if cells[-1] in ("", ELLIPSIS) else None


def _faults(item: Item) -> Iterator[str]:
    if isinstance(item, Line):
        yield from filter(None, [item.fault])
        return
    place = "ligne {} du résultat attendu : "
    if ELLIPSIS in item.headings:
        yield f"{place.format(item.index + 1)}« … » n'est admis que comme dernier titre du tableau"
    for row in (row for row in item.rows if row is not ANY and row.cells is None):
        yield (
            f"{place.format(row.index + 1)}{len(tables.pieces(row.text))} cellule(s) pour "
            f"{len(item.headings)} titres dans {quoted(row.text)} ; "
            "séparer les cellules par deux espaces au moins, aligner la ligne sur les titres si une cellule est vide, "
            "et laisser une ligne vide après le tableau"
        )
