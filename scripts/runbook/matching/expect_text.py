"""Whether an output is what a page shows as text, and if not, the first line, row or cell that differs."""

import re
import signal
from functools import partial
from types import FrameType
from typing import Final, NoReturn

from runbook.matching import tables
from runbook.matching.mismatch import Mismatch, advice, quoted
from runbook.matching.text_pattern import BLANKS, Grid, Item, Line, Row, Text, read
from runbook.matching.wildcard import ANY, ELLIPSIS, Placement, fits, place

_SPACES: Final = re.compile(r" +")
_NEAR: Final = 50  # lines to look for one that is only displaced: what is further off explains nothing
_PATIENCE: Final = 0.5  # seconds of the processor: an expression may take for ever
_slow: set[str] = set()


def compare(expected: str, actual: str) -> Mismatch | None:
    """The first difference, or None when the output is what the page shows."""
    items, output = read(expected), Text(actual)
    placement: Placement[Item] = place(items, len(output.lines), partial(_after, output))
    item, at = placement.item, placement.at
    if placement.missed is None:
        return None
    if item is None:
        got = quoted(output.lines[at])
        if not items:
            return Mismatch(0, f"rien ne devait être affiché ; obtenu {got}")
        return Mismatch(expected.rstrip().count("\n"), f"la sortie continue après la fin attendue : {got}")
    if isinstance(item, Grid):
        return _table_mismatch(item, output, placement)
    absent = _absent(quoted(item.text), output, placement)
    if placement.floating or at == len(output.lines):
        return Mismatch(item.index, absent)
    got, follower = output.lines[at], next(iter(items[placement.missed + 1 :]), None)
    missing = isinstance(follower, Line) and agrees(follower, output, at)
    later = any(agrees(item, output, other) for other in range(at + 1, min(at + 1 + _NEAR, len(output.lines))))
    displaced = _displaced("la sortie", item.text, got, missing, later)
    return Mismatch(item.index, displaced or f"{absent}{advice(item.text, got)}")


def agrees(line: Line, output: Text, at: int) -> bool:
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


def heading_fault(grid: Grid, table: tables.Table) -> str:
    """Which heading of a table of the output is not where the page shows one; empty if they are the same."""
    shown, found = grid.headings, table.headings
    for expected, got in zip(shown, found, strict=False):
        if not fits(expected, got):
            return f"titre de colonne {quoted(expected)} attendu, obtenu {quoted(got)}"
    if len(shown) > len(found):
        return f"il manque dans la sortie la colonne {quoted(shown[len(found)])}"
    if len(shown) < len(found) and not grid.open:
        remedy = "finir les titres par « … » pour ne pas montrer les dernières"
        return f"la sortie a une colonne de plus, {quoted(found[len(shown)])} ; {remedy}"
    return ""


def row_fault(row: Row, table: tables.Table, line: str) -> str:
    """How a line of a table of the output is not this row of the page; empty if it is."""
    found = table.printed_cells(line)
    if row.cells is None or found is None:
        return "" if is_line(row.text, line) else f"la ligne {quoted(line)} n'a pas les colonnes de {quoted(row.text)}"
    for heading, expected, got in zip(table.headings, row.cells, found, strict=False):
        if not tables.same_cell(heading, expected, got):
            where = f"colonne {heading}, ligne {quoted(next(filter(None, found), ''))}"
            return f"{where} : attendu {quoted(expected)}, obtenu {quoted(got)}{advice(expected, got)}"
    return ""


def _after(output: Text, item: Item, at: int) -> int | None:
    """The position after `item`, if it is in the output at position `at`."""
    if isinstance(item, Line):
        return at + 1 if agrees(item, output, at) else None
    table = output.tables.get(at)
    if table is None or heading_fault(item, table):
        return None
    return table.end if locate_rows(item, table, output).missed is None else None


def locate_rows(grid: Grid, table: tables.Table, output: Text) -> Placement[Row]:
    """Where the rows of a page's table are in a table of the output, counted from its first row."""
    rows = output.lines[table.start : table.end]
    return place(grid.rows, len(rows), lambda row, at: at + 1 if not row_fault(row, table, rows[at]) else None)


def _absent(what: str, output: Text, placement: Placement[Item]) -> str:
    """How to say that a line or a table is not where it should be."""
    at = placement.at
    if not output.lines:
        return f"la sortie est vide ; attendu {what}"
    if placement.floating:
        return f"{what} est introuvable dans la sortie{f' après {quoted(output.lines[at - 1])}' if at else ''}"
    if at == len(output.lines):
        return f"la sortie s'arrête avant {what}"
    return f"attendu {what}, obtenu {quoted(output.lines[at])}"


def _displaced(where: str, text: str, got: str, missing: bool, later: bool) -> str:
    """That a line is missing, if what is there is the next one, or stands later, after one too many; else empty."""
    if missing:
        return f"il manque dans {where} la ligne {quoted(text)}, avant {quoted(got)}"
    return f"{where} a une ligne en trop, {quoted(got)}, avant {quoted(text)}" if later else ""


def _table_mismatch(grid: Grid, output: Text, placement: Placement[Item]) -> Mismatch:
    at = placement.at
    candidates = [table for first, table in output.tables.items() if first == at or (placement.floating and first > at)]
    table = next((table for table in candidates if not heading_fault(grid, table)), None)
    if table is not None:
        return _row_mismatch(grid, table, output)
    if len(candidates) == 1:
        return Mismatch(grid.index, heading_fault(grid, candidates[0]))
    return Mismatch(grid.index, _absent(f"le tableau {quoted(grid.text)}", output, placement))


def _row_mismatch(grid: Grid, table: tables.Table, output: Text) -> Mismatch:
    lines = output.lines[table.start : table.end]
    placement = locate_rows(grid, table, output)
    row, at = placement.item, placement.at
    if row is None:
        last = max((row.index for row in grid.rows if row is not ANY), default=grid.index)
        return Mismatch(last, f"le tableau a une ligne en trop : {quoted(lines[at])}")
    if placement.floating or at == len(lines):
        named = next((line for line in lines[at:] if _same_name(row, table, line)), None)
        absent = f"il manque dans le tableau la ligne {quoted(row.text)}"
        return Mismatch(row.index, absent if named is None else row_fault(row, table, named))
    displaced = ""
    if not _same_name(row, table, lines[at]):
        follower = next(iter(grid.rows[(placement.missed or 0) + 1 :]), ANY)
        missing = follower is not ANY and not row_fault(follower, table, lines[at])
        later = any(not row_fault(row, table, line) for line in lines[at + 1 : at + 1 + _NEAR])
        displaced = _displaced("le tableau", row.text, lines[at], missing, later)
    return Mismatch(row.index, displaced or row_fault(row, table, lines[at]))


def _same_name(row: Row, table: tables.Table, line: str) -> bool:
    """Whether the first cells agree, and say something: then both rows are about the same thing."""
    shown, found = row.cells, table.printed_cells(line)
    return shown is not None and found is not None and shown[0] != ELLIPSIS and fits(shown[0], found[0])
