"""Expected and found lines one under the other, from shortly before the first difference on."""

from collections.abc import Callable, Iterator
from functools import partial

from runbook.matching.alignment import CUT, align, folded
from runbook.matching.mismatch import visible
from runbook.matching.text_match import Output, agrees, has_headings, is_line, is_row, locate
from runbook.matching.text_pattern import Grid, Item, Line, Row, read, read_lines
from runbook.matching.wildcard import ANY, ELLIPSIS, Pattern

_BEFORE = 3
# How many lines are compared at most: more would not be read.
_COMPARED = 200


def rows(expected: str, actual: str) -> Iterator[str]:
    """Rows that start with `- ` (expected, not found), `+ ` (found, not expected) or two spaces."""
    items, output = read(expected), Output(actual)
    placement = locate(items, output)
    if placement.missed is None:
        yield from (f"  {visible(line)}" for line in output.lines)
        return
    at = placement.at
    if at > _BEFORE:
        yield folded(at - _BEFORE)
    yield from (f"  {visible(line)}" for line in output.lines[max(at - _BEFORE, 0) : at])
    wanted = _from(items[placement.missed :], expected)[:_COMPARED]
    if placement.floating:
        wanted.insert(0, (-1, ELLIPSIS))
    found = output.lines[at : at + _COMPARED]
    tests = _tests(items, output)

    def fit(i: int, j: int) -> bool:
        index, line = wanted[i]
        return (
            tests[index](at + j)
            if index in tests
            else is_line(line, found[j]) or (_is_rule(line) and _is_rule(found[j]))
        )

    for i, j in align([line.strip(" ") == ELLIPSIS for _, line in wanted], len(found), fit):
        if j is not None:
            yield f"{'+ ' if i is None else '  '}{visible(found[j])}"
        elif i is not None:
            yield f"- {visible(wanted[i][1])}"
    if at + _COMPARED < len(output.lines):
        yield CUT


def _from(items: Pattern[Item], expected: str) -> list[tuple[int, str]]:
    """The lines of the expected text from the first of `items` on, with their indices."""
    first = next((item.index for item in items if item is not ANY), None)
    return [] if first is None else list(enumerate(read_lines(expected)))[first:]


def _tests(items: Pattern[Item], output: Output) -> dict[int, Callable[[int], bool]]:
    """For each line of the expected text that is read as one, whether a line of the output agrees with it."""
    owners = {index: table for table in output.tables.values() for index in range(table.start, table.end)}

    def is_heading(grid: Grid, at: int) -> bool:
        return at in output.tables and has_headings(grid, output.tables[at])

    def is_in_table(grid: Grid, row: Row, at: int) -> bool:
        return at in owners and has_headings(grid, owners[at]) and is_row(row, owners[at], output.lines[at])

    tests: dict[int, Callable[[int], bool]] = {}
    for item in items:
        if isinstance(item, Line):
            tests[item.index] = partial(agrees, item, output)
        elif isinstance(item, Grid):
            tests[item.index] = partial(is_heading, item)
            tests.update((row.index, partial(is_in_table, item, row)) for row in item.rows if row is not ANY)
    return tests


def _is_rule(line: str) -> bool:
    """Whether these are the dashes under headings, as long as the columns are wide."""
    return set(line) == {"-", " "}
