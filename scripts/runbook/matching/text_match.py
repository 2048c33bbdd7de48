"""Where the lines and tables that a page shows are in the output of a command."""

import re
import signal
import threading
from functools import partial
from types import FrameType
from typing import Final, NoReturn

from runbook.matching import tables
from runbook.matching.text_pattern import BLANKS, Grid, Item, Line, Row, sayings, with_tabs
from runbook.matching.wildcard import ELLIPSIS, Pattern, Placement, fits, place

_SPACES: Final = re.compile(r" +")
_PATIENCE: Final = 0.5  # seconds of the processor: an expression may take for ever
_slow: set[str] = set()


class Output:
    """What a command printed: its lines, what they say whatever the width of columns, and the tables among them.

    Tabs are spaces in `lines`; how many is the terminal's business, and not counted in those that `tabbed` numbers.
    """

    __slots__ = ("lines", "sayings", "tabbed", "tables")

    def __init__(self, text: str) -> None:
        lines = with_tabs(text)
        self.tabbed = frozenset(index for index, line in enumerate(lines) if "\t" in line)
        self.lines = [line.expandtabs() for line in lines]
        self.sayings = sayings(self.lines)
        self.tables = tables.find(self.lines)


def locate(items: Pattern[Item], output: Output) -> Placement[Item]:
    """Where the lines and tables of a page are in an output."""
    return place(items, len(output.lines), partial(_after, output))


def agrees(line: Line, output: Output, at: int) -> bool:
    """Whether the line of the output at this position is this line of the page, or says the same in its own layout."""
    actual = output.lines[at]
    return (
        is_line(line.text, actual)
        or (line.saying is not None and is_line(line.saying, output.sayings[at]))
        or (line.expression is not None and _matches(line.expression, actual))
        or (at in output.tabbed and is_line(_SPACES.sub(" ", line.text), _SPACES.sub(" ", actual)))
    )


def is_line(expected: str, actual: str) -> bool:
    """Whether a line of the output is this line of the page, which may contain `…`."""
    if expected.endswith(ELLIPSIS):
        # Blanks before a final `…` that stands for nothing are at the end of the line: not counted.
        tail = expected[len(expected.rstrip(f"{ELLIPSIS}{BLANKS}")) :]
        actual += tail.replace(ELLIPSIS, "")
    return fits(expected, actual)


def _matches(expected: re.Pattern[str], line: str) -> bool:
    """Whether the whole line matches; not, if that would take too long."""
    if expected.pattern in _slow:
        return False
    if threading.current_thread() is not threading.main_thread():
        return expected.fullmatch(line) is not None
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _PATIENCE)
    try:
        return expected.fullmatch(line) is not None
    except TimeoutError:
        _slow.add(expected.pattern)
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise TimeoutError


def has_headings(grid: Grid, table: tables.Table) -> bool:
    """Whether a table of the output has the headings that the page shows, in the same order."""
    shown = len(grid.headings)
    return (len(table.headings) >= shown if grid.open else len(table.headings) == shown) and all(
        map(fits, grid.headings, table.headings)
    )


def is_row(row: Row, table: tables.Table, line: str) -> bool:
    """Whether a line of a table of the output is this row of the page."""
    found = table.printed_cells(line)
    if row.cells is None or found is None:
        return is_line(row.text, line)
    return all(map(tables.same_cell, table.headings, row.cells, found))


def _after(output: Output, item: Item, at: int) -> int | None:
    """The position after `item`, if it is in the output at position `at`."""
    if at == len(output.lines):
        return None
    if isinstance(item, Line):
        return at + 1 if agrees(item, output, at) else None
    table = output.tables.get(at)
    if table is None or not has_headings(item, table):
        return None
    return table.end if locate_rows(item, table, output).missed is None else None


def locate_rows(grid: Grid, table: tables.Table, output: Output) -> Placement[Row]:
    """Where the rows of a page's table are in a table of the output, counted from its first row."""
    rows = output.lines[table.start : table.end]

    def after(row: Row, at: int) -> int | None:
        return at + 1 if at < len(rows) and is_row(row, table, rows[at]) else None

    return place(grid.rows, len(rows), after)
