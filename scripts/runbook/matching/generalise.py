"""What a page should show instead: what was obtained, with what its expected result left open still open.

`…` stays where it still stands for something, a line that still agrees stays as it was written, JSON keeps to the
keys that were shown.  What comes out agrees with the output; a text that cannot be made to is the output itself.
Beside what the page shows, it tells the first wrong thing, and little around it.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from math import inf
from operator import itemgetter
from typing import Final

from runbook.matching import expect, expect_json
from runbook.matching.expect_text import agrees, heading_fault, is_line, row_fault
from runbook.matching.json_documents import Json, NotJsonError, dumped, read_expected, read_output
from runbook.matching.mismatch import visible
from runbook.matching.text_pattern import BLANKS, Grid, Line, Text, read
from runbook.matching.wildcard import ANY, ELLIPSIS

ADDED: Final = 2.0  # the cost of a line that only one of the texts has; to change one costs less, the more both share
TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")
TOO_MANY: Final = 200_000  # pairs of lines
LONGEST: Final = 60  # rows of a comparison: more would not be read

Agrees = Callable[[int, int], bool]  # whether this old line, or value, is this new one


def generalise(expected: str, actual: str, kind: expect.Kind) -> str:
    """An expected result that `actual` agrees with, as near to `expected` as that allows."""
    made = _json(expected, actual) if kind is expect.Kind.JSON else _text(expected, actual)
    holds = expect.check_expected(made, kind) is None and expect.compare(made, actual, kind) is None
    return made if holds else "\n".join(Text(actual).lines)


def diff(expected: str, actual: str, kind: expect.Kind) -> tuple[str, ...]:
    """What should change in the page, as `diff -u` shows it; nothing where the output is as expected.

    What `…` stands for is left out, and so is, with a note in brackets, the end of a long comparison.
    """
    if expect.compare(expected, actual, kind) is None:
        return ()
    expected = expected.rstrip(f"{BLANKS}\n")
    texts = expected, generalise(expected, actual, kind)
    old, new = (_laid_out(text) if kind is expect.Kind.JSON else text.split("\n") for text in texts)
    changes = islice(difflib.unified_diff(old, new, lineterm=""), 2, None)  # after the names that files would have
    rows = [visible(row) for row in islice(changes, LONGEST + 1)]
    return tuple(rows if len(rows) <= LONGEST else [*rows[:LONGEST], "[la suite n'est pas montrée]"])


def _text(expected: str, actual: str) -> str:
    """The lines of the output, with those of the page that still agree, and what else it leaves open."""
    old, units, output = expected.split("\n"), Text(expected).lines, Text(actual)
    if len(units) * len(output.lines) > TOO_MANY:
        return actual
    return "\n".join(
        old[unit] if unit is not None and kept else _line(old, unit, output.lines[at or 0])
        for unit, at, kept in _aligned(units, output.lines, _agreement(expected, units, output))
    )


def _agreement(expected: str, units: list[str], output: Text) -> Agrees:
    """Whether a line of the page is a line of the output: by itself, as the headings of a table, or as a row of one."""
    items = {item.index: item for item in read(expected) if item is not ANY}
    grids = [item for item in items.values() if isinstance(item, Grid)]
    rows = {row.index: (grid, row) for grid in grids for row in grid.rows if row is not ANY}

    def agree(unit: int, at: int) -> bool:
        item, actual = items.get(unit), output.lines[at]
        if isinstance(item, Line):
            return agrees(item, output, at)
        if isinstance(item, Grid):
            return at in output.tables and not heading_fault(item, output.tables[at])
        if unit not in rows:
            return is_line(units[unit], actual)
        grid, row = rows[unit]
        around = (table for table in output.tables.values() if table.start <= at < table.end)
        return any(not (heading_fault(grid, table) or row_fault(row, table, actual)) for table in around)

    return agree


def _aligned(old: Sequence[str], new: Sequence[str], agrees: Agrees) -> Iterator[tuple[int | None, int | None, bool]]:
    """The cheapest way from the old lines to the new ones: the old line, the new one, whether the old one stays.

    An old line `…` stands for any number of new ones.
    """
    rows, columns = len(old), len(new)
    wild = [*(line.strip() == ELLIPSIS for line in old), False]
    before, after = ([set(line.split()) for line in lines] for lines in (old, new))
    # the cost from here to the end of both, and the step to take: lines down, lines right, whether the old one stays
    best = defaultdict(lambda: (inf, 0, 0, False), {(rows, columns): (0.0, 0, 0, False)})
    for row, column in product(range(rows, -1, -1), range(columns, -1, -1)):
        alone = 0.0 if wild[row] else ADDED
        beside, below = best[row, column + 1][0], best[row + 1, column][0]
        ways = [best[row, column], (alone + beside, 0, 1, wild[row]), (alone + below, 1, 0, wild[row])]
        if row < rows and column < columns and not wild[row]:
            same, either = agrees(row, column), before[row] | after[column]
            # what they share makes them one line that has changed
            cost = 0.0 if same else 1.9 - 0.9 * len(before[row] & after[column]) / max(len(either), 1)
            ways.append((cost + best[row + 1, column + 1][0], 1, 1, same))
        best[row, column] = min(ways, key=itemgetter(0))
    row = column = 0
    while row < rows or column < columns:
        _, down, right, kept = best[row, column]
        if down and (right or kept):
            yield row, column if right else None, kept
        elif right and not kept:
            yield None, column, False
        row, column = row + down, column + right


def _line(old: list[str], unit: int | None, new: str) -> str:
    """The new line, with what its old form left open."""
    if unit is None or ELLIPSIS not in old[unit] or old[unit].startswith("/"):
        return new
    wanted, found = TOKEN.findall(old[unit]), TOKEN.findall(new)

    def agree(one: int, at: int) -> bool:
        return bool(wanted[one] == found[at] or (wanted[one].isspace() and found[at].isspace()))

    made = "".join(ELLIPSIS if at is None else found[at] for _, at, _ in _aligned(wanted, found, agree))
    return made if is_line(made, new) else new


def _json(expected: str, actual: str) -> str:
    """The documents of the output, cut to the keys that the page shows, laid out as it lays them out."""
    indent = re.search(r"^( +)[\"\[{]", expected, re.MULTILINE)
    width = len(indent[1]) if indent else 0
    try:
        old = [document.value for document in read_expected(expected)]
        made = _list(old, read_output(actual))
        return "\n".join(ELLIPSIS if value == ELLIPSIS else dumped(value, width) for value in made)
    except (NotJsonError, RecursionError):
        return actual


def _laid_out(text: str) -> list[str]:
    """The JSON documents of a text, one value a line; the text itself if it is no JSON."""
    try:
        return "\n".join(dumped(document.value, indent=2) for document in read_expected(text)).split("\n")
    except (NotJsonError, RecursionError):
        return text.split("\n")


def _value(old: Json, new: Json) -> Json:
    if expect_json.same(old, new):
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        shown = {name: value for name, value in old.items() if name == ELLIPSIS or name in new}
        return {name: value if name == ELLIPSIS else _value(value, new[name]) for name, value in shown.items()}
    return _list(old, new) if isinstance(old, list) and isinstance(new, list) else new


def _list(old: list[Json], new: list[Json]) -> list[Json]:
    shown = [ELLIPSIS if value == ELLIPSIS else dumped(value) for value in old]
    pairs = _aligned(shown, [dumped(value) for value in new], lambda one, at: expect_json.same(old[one], new[at]))
    return [
        old[one] if one is not None and kept else new[at or 0] if one is None else _value(old[one], new[at or 0])
        for one, at, kept in pairs
    ]
