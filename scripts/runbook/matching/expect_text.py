"""Why an output is not what a page shows as text: the first line, row or cell that differs."""

from runbook.matching import tables
from runbook.matching.mismatch import Mismatch, advice, quoted
from runbook.matching.text_match import Output, agrees, has_headings, is_row, locate, locate_rows
from runbook.matching.text_pattern import Grid, Item, Line, Row, read
from runbook.matching.wildcard import ANY, ELLIPSIS, Pattern, Placement, Wild, fits

# How far to look for a line that is only displaced: what is further off explains nothing.
_NEAR = 50


def compare(expected: str, actual: str) -> Mismatch | None:
    """The first difference, or None when the output is what the page shows."""
    items, output = read(expected), Output(actual)
    placement = locate(items, output)
    if placement.missed is None:
        return None
    if placement.item is None:
        got = output.lines[placement.at]
        if not items:
            return Mismatch(0, "", got, f"rien ne devait être affiché ; obtenu {quoted(got)}")
        return Mismatch(_last_line(items), "", got, f"la sortie continue après la fin attendue : {quoted(got)}")
    if isinstance(placement.item, Grid):
        return _table_mismatch(placement.item, output, placement)
    follower = next(iter(items[placement.missed + 1 :]), None)
    return _line_mismatch(placement.item, follower, output, placement)


def _last_line(items: Pattern[Item]) -> int | None:
    """The last line of the pattern that is not a wildcard."""
    shown = [one for item in items if item is not ANY for one in (item, *(item.rows if isinstance(item, Grid) else ()))]
    return max((one.index for one in shown if one is not ANY), default=None)


def _line_mismatch(line: Line, follower: Item | Wild | None, output: Output, placement: Placement[Item]) -> Mismatch:
    at, text = placement.at, quoted(line.text)
    if not output.lines:
        return Mismatch(line.index, line.text, "", f"la sortie est vide ; attendu {text}")
    if placement.floating:
        return Mismatch(line.index, line.text, "", f"{text} est introuvable dans la sortie{_after_what(at, output)}")
    if at == len(output.lines):
        return Mismatch(line.index, line.text, "", f"la sortie s'arrête avant {text}")
    got = output.lines[at]
    near = range(at + 1, min(at + 1 + _NEAR, len(output.lines)))
    if isinstance(follower, Line) and agrees(follower, output, at):
        reason = f"il manque dans la sortie la ligne {text}, avant {quoted(got)}"
    elif any(agrees(line, output, other) for other in near):
        reason = f"la sortie a une ligne en trop, {quoted(got)}, avant {text}"
    else:
        reason = f"attendu {text}, obtenu {quoted(got)}{advice(line.text, got)}"
    return Mismatch(line.index, line.text, got, reason)


def _after_what(at: int, output: Output) -> str:
    return f" après {quoted(output.lines[at - 1])}" if at else ""


def _table_mismatch(grid: Grid, output: Output, placement: Placement[Item]) -> Mismatch:
    at, titles = placement.at, quoted(grid.text)
    candidates = [
        table for first, table in output.tables.items() if (first >= at if placement.floating else first == at)
    ]
    table = next((table for table in candidates if has_headings(grid, table)), None)
    if table is not None:
        return _row_mismatch(grid, table, output)
    if not output.lines:
        return Mismatch(grid.index, grid.text, "", f"la sortie est vide ; attendu le tableau {titles}")
    if len(candidates) == 1:
        return _heading_mismatch(grid, candidates[0], output)
    if placement.floating:
        reason = f"le tableau {titles} est introuvable dans la sortie{_after_what(at, output)}"
        return Mismatch(grid.index, grid.text, "", reason)
    got = output.lines[at] if at < len(output.lines) else ""
    reason = (
        f"attendu le tableau {titles}, obtenu {quoted(got)}" if got else f"la sortie s'arrête avant le tableau {titles}"
    )
    return Mismatch(grid.index, grid.text, got, reason)


def _heading_mismatch(grid: Grid, table: tables.Table, output: Output) -> Mismatch:
    shown, found = grid.headings, table.headings
    pairs = zip(shown, found, strict=False)
    expected, got = next((pair for pair in pairs if not fits(*pair)), ("", ""))
    if expected:
        reason = f"titre de colonne {quoted(expected)} attendu, obtenu {quoted(got)}"
    elif len(shown) > len(found):
        reason = f"il manque dans la sortie la colonne {quoted(shown[len(found)])}"
    else:
        reason = (
            f"la sortie a une colonne de plus, {quoted(found[len(shown)])} ; "
            "finir les titres par « … » pour ne pas montrer les dernières"
        )
    return Mismatch(grid.index, grid.text, output.lines[table.first], reason)


def _row_mismatch(grid: Grid, table: tables.Table, output: Output) -> Mismatch:
    lines = output.lines[table.start : table.end]
    placement = locate_rows(grid, table, output)
    row, at = placement.item, placement.at
    if row is None:
        last = next((row.index for row in reversed(grid.rows) if row is not ANY), grid.index)
        return Mismatch(last, "", lines[at], f"le tableau a une ligne en trop : {quoted(lines[at])}")
    if placement.floating or at == len(lines):
        named = next((line for line in lines[at:] if _same_name(row, table, line)), None)
        if named is not None:
            return _cell_mismatch(row, table, named)
        return Mismatch(row.index, row.text, "", f"il manque dans le tableau la ligne {quoted(row.text)}")
    got = lines[at]
    if not _same_name(row, table, got):
        follower = next(iter(grid.rows[(placement.missed or 0) + 1 :]), ANY)
        if follower is not ANY and is_row(follower, table, got):
            reason = f"il manque dans le tableau la ligne {quoted(row.text)}, avant {quoted(got)}"
            return Mismatch(row.index, row.text, got, reason)
        if any(is_row(row, table, line) for line in lines[at + 1 : at + 1 + _NEAR]):
            reason = f"le tableau a une ligne en trop, {quoted(got)}, avant {quoted(row.text)}"
            return Mismatch(row.index, row.text, got, reason)
    return _cell_mismatch(row, table, got)


def _same_name(row: Row, table: tables.Table, line: str) -> bool:
    """Whether the first cells agree, and say something: then both rows are about the same thing."""
    found = table.printed_cells(line)
    if not row.cells or not found:
        return False
    return row.cells[0] != ELLIPSIS and fits(row.cells[0], found[0])


def _cell_mismatch(row: Row, table: tables.Table, line: str) -> Mismatch:
    found = table.printed_cells(line)
    if row.cells is None or found is None:
        reason = f"la ligne {quoted(line)} n'a pas les colonnes de {quoted(row.text)}"
        return Mismatch(row.index, row.text, line, reason)
    compared = zip(table.headings, row.cells, found, strict=False)
    heading, expected, got = next(cell for cell in compared if not tables.same_cell(*cell))
    where = f"colonne {heading}, ligne {quoted(next(filter(None, found), ''))}"
    reason = f"{where} : attendu {quoted(expected)}, obtenu {quoted(got)}{advice(expected, got)}"
    return Mismatch(row.index, expected, got, reason)
