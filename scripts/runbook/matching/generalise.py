"""What a page should show instead: what was obtained, with what its expected result left open still open.

`…` stays where it still stands for something, a line that still agrees stays as it was written, JSON keeps to the
keys that were shown.  What comes out agrees with the output; a text that cannot be made to is the output itself.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from runbook.matching import expect, expect_json
from runbook.matching.json_documents import Json, NotJsonError, dumped, read_expected, read_output
from runbook.matching.text_match import Output, agrees, has_headings, is_line, is_row
from runbook.matching.text_pattern import Grid, Line, Row, read, read_lines
from runbook.matching.wildcard import ANY, ELLIPSIS

ADDED: Final = 2.0  # the cost of a line that only one of the texts has; to change one costs less, the more both share
TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")
TOO_MANY: Final = 200_000  # pairs of lines

Agrees = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the new expected result; `index` is that of the old line that stays as it is, None for a new one."""

    text: str
    index: int | None = None


def generalise(expected: str, actual: str, kind: expect.Kind) -> list[Shown]:
    """The lines of an expected result that `actual` agrees with, as near to `expected` as that allows."""
    if kind is expect.Kind.JSON:
        return [Shown(line) for line in _json(expected, actual).split("\n")]
    output, old = Output(actual), expected.split("\n")
    units = list(_units(expected, output))
    plain = [Shown(line) for line in output.lines]
    if len(units) * len(plain) > TOO_MANY:
        return plain
    lines = [
        Shown(old[unit], unit) if unit is not None and kept else Shown(_line(old, unit, output.lines[at or 0]))
        for unit, at, kept in _aligned([text for text, _ in units], [agrees for _, agrees in units], output.lines)
    ]
    text = "\n".join(line.text for line in lines)
    holds = expect.check_expected(text, kind) is None and expect.compare(text, actual, kind) is None
    return lines if holds else plain


def _units(expected: str, output: Output) -> Iterator[tuple[str, Agrees | None]]:
    """Each line of the page, and with which lines of the output it agrees; None for a lone `…`."""
    items = [item for item in read(expected) if item is not ANY]
    known: dict[int, Agrees] = {}
    for item in items:
        if isinstance(item, Line):
            known[item.index] = partial(agrees, item, output)
            continue
        known[item.index] = partial(_is_heading, item, output)
        known.update({row.index: partial(_is_row, item, row, output) for row in item.rows if row is not ANY})
    for index, line in enumerate(read_lines(expected)):
        if line.strip() == ELLIPSIS:
            yield line, None
        else:
            yield line, known.get(index) or partial(_is_same, line, output)


def _is_heading(grid: Grid, output: Output, at: int) -> bool:
    return at in output.tables and has_headings(grid, output.tables[at])


def _is_row(grid: Grid, row: Row, output: Output, at: int) -> bool:
    return any(
        table.start <= at < table.end and has_headings(grid, table) and is_row(row, table, output.lines[at])
        for table in output.tables.values()
    )


def _is_same(line: str, output: Output, at: int) -> bool:
    return is_line(line, output.lines[at])


def _aligned(
    old: Sequence[str], agreeing: Sequence[Agrees | None], new: Sequence[str]
) -> Iterator[tuple[int | None, int | None, bool]]:
    """The cheapest way from the old lines to the new ones: the old line, the new one, whether the old one stays."""
    rows, columns = len(old), len(new)
    # the cost from here to the end of both, and the step to take: lines down, lines right, whether the old one stays
    best: dict[tuple[int, int], tuple[float, int, int, bool]] = {(rows, columns): (0.0, 0, 0, False)}
    words = [set(line.split()) for line in new]
    for row in range(rows, -1, -1):
        agrees = agreeing[row] if row < rows else None
        wild = row < rows and agrees is None
        alone = 0.0 if wild else ADDED
        for column in range(columns, -1, -1):
            ways: list[tuple[float, int, int, bool]] = []
            if column < columns:
                ways.append((alone + best[row, column + 1][0], 0, 1, wild))
            if row < rows:
                ways.append((alone + best[row + 1, column][0], 1, 0, wild))
            if column < columns and agrees is not None:
                same = agrees(column)
                cost = 0.0 if same else _change(set(old[row].split()), words[column])
                ways.append((cost + best[row + 1, column + 1][0], 1, 1, same))
            if ways:
                best[row, column] = min(ways, key=lambda way: way[0])
    row = column = 0
    while row < rows or column < columns:
        _, down, right, kept = best[row, column]
        if down and (right or kept):
            yield row, column if right else None, kept
        elif right and not kept:
            yield None, column, False
        row, column = row + down, column + right


def _change(old: set[str], new: set[str]) -> float:
    """Between 1 and 1.9: what they share makes them one line that has changed."""
    return 1.9 - 0.9 * len(old & new) / max(len(old | new), 1)


def _line(old: list[str], unit: int | None, new: str) -> str:
    """The new line, with what its old form left open."""
    if unit is None or ELLIPSIS not in old[unit] or old[unit].startswith("/"):
        return new
    wanted, found = TOKEN.findall(old[unit]), TOKEN.findall(new)
    agreeing = [None if token == ELLIPSIS else partial(_is_token, token, found) for token in wanted]
    made = "".join(ELLIPSIS if at is None else found[at] for _, at, _ in _aligned(wanted, agreeing, found))
    return made if is_line(made, new) else new


def _is_token(token: str, found: list[str], at: int) -> bool:
    return token == found[at] or (token.isspace() and found[at].isspace())


def _json(expected: str, actual: str) -> str:
    """The documents of the output, cut to the keys that the page shows, laid out as it lays them out."""
    try:
        wanted, found = read_expected(expected), [document.value for document in read_output(actual)]
    except NotJsonError:
        return actual.strip("\n")
    old: list[Json] = [ELLIPSIS if document is ANY else document.value for document in wanted]
    indent = re.search(r"^( +)[\"\[{]", expected, re.MULTILINE)
    show = partial(_spread, indent=len(indent[1])) if indent else dumped
    text = "\n".join(ELLIPSIS if value == ELLIPSIS else show(value) for value in _list(old, found))
    return text if expect_json.check(text) is None and expect_json.compare(text, actual) is None else actual.strip("\n")


def laid_out(text: str) -> list[str]:
    """The JSON documents of a text, one value a line; the text itself if it is no JSON."""
    try:
        values = [ELLIPSIS if document is ANY else document.value for document in read_expected(text)]
    except NotJsonError:
        return text.split("\n")
    return "\n".join(map(_spread, values)).split("\n")


def _spread(value: Json, indent: int = 2) -> str:
    """One value a line; a decimal is the number that it is."""
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_number)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _value(old: Json, new: Json) -> Json:
    if expect_json.same(old, new):
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        shown = {name: value for name, value in old.items() if name == ELLIPSIS or name in new}
        return {name: value if name == ELLIPSIS else _value(value, new[name]) for name, value in shown.items()}
    return _list(old, new) if isinstance(old, list) and isinstance(new, list) else new


def _list(old: list[Json], new: list[Json]) -> list[Json]:
    agreeing = [None if value == ELLIPSIS else partial(_holds, value, new) for value in old]
    return [
        old[one] if one is not None and kept else new[at or 0] if one is None else _value(old[one], new[at or 0])
        for one, at, kept in _aligned([dumped(value) for value in old], agreeing, [dumped(value) for value in new])
    ]


def _holds(old: Json, new: list[Json], at: int) -> bool:
    return expect_json.same(old, new[at])
