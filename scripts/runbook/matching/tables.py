"""Where a text holds tables such as kubectl's and docker's, the cells of their rows, and when two say the same.

A table starts at a line of headings: two or more, in capitals, separated by two or more spaces
(`NAME   READY   STATUS`), or underlined with dashes on the next line (`kubectl describe`).  It
ends before a blank line, a line that starts left of the headings, or another line of headings.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import set_cell_size

from runbook.matching.wildcard import ELLIPSIS, fits

_CELL = re.compile(r"[^ ]+(?: [^ ]+)*")
_UNIT = re.compile(r"\(\w+\)")
_UNDERLINE = re.compile(r" *-+(?:  +-+)+")

# Columns of kubectl and docker that hold the time since something, or that something took.
_TIMES = {"AGE", "CREATED", "DURATION", "FIRST SEEN", "LAST SCHEDULE", "LAST SEEN"}
_SHORT = r"(?:[0-9]+[ydhms])+"
_LONG = r"(?:Less than a second|About an? (?:minute|hour)|[0-9]+ (?:second|minute|hour|day|week|month|year)s?)"
_TIME = re.compile(rf"<unknown>|(?:{_SHORT}|{_LONG})(?: ago)?(?: \(x[0-9]+ over {_SHORT}\))?")
# What of a cell does not count in these columns: in docker's STATUS the time but not the state, so that
# `Up 5 seconds (healthy)` is `Up 2 hours (healthy)`, not `Up 2 hours`; in RESTARTS the time of the last one.
_UNCOUNTED = {"STATUS": re.compile(_LONG), "RESTARTS": re.compile(rf" \({_SHORT} ago\)$")}


@dataclass(frozen=True, slots=True)
class Table:
    """A table in the lines of a text: headings on line `first`, rows on lines `start` to `end` - 1.

    `offsets` are the positions of the headings in their line.
    """

    first: int
    start: int
    end: int
    headings: tuple[str, ...]
    offsets: tuple[int, ...]

    def cells(self, line: str) -> tuple[str, ...] | None:
        """The cells of a row typed or pasted into a page, one for each heading, or None.

        A row is cut under its headings, so that cells may be empty.  If it is not aligned with them,
        or only by chance (two spaces inside a cell), it is cut at runs of spaces instead, when this
        gives the right number of cells, or fewer with a last one `…` for the rest.
        """
        cells = self._under_headings(line)
        # Free text, which may have runs of spaces, is in the last column.
        if cells is not None and all("  " not in cell for cell in cells[:-1]):
            return cells
        parts, wanted = pieces(line), len(self.headings)
        if parts[-1:] == (ELLIPSIS,) or (self.headings[-1] == ELLIPSIS and len(parts) == wanted - 1):
            parts += (ELLIPSIS,) * (wanted - len(parts))
        return parts if len(parts) == wanted else None

    def printed_cells(self, line: str) -> tuple[str, ...] | None:
        """The cells of a row that a command printed: aligned, it may have runs of spaces in a cell."""
        return self.cells(line) or self._under_headings(line)

    def _under_headings(self, line: str) -> tuple[str, ...] | None:
        cells = _aligned(line, self.offsets)
        if cells is None and not line.isascii():
            # the same columns of a terminal, where some characters take two, or none
            cells = _aligned(line, [len(set_cell_size(line, offset)) for offset in self.offsets])
        return cells


def pieces(line: str) -> tuple[str, ...]:
    """The parts of a line that two or more spaces separate."""
    return tuple(_CELL.findall(line))


def same_cell(heading: str, expected: str, actual: str) -> bool:
    """Whether `actual` is what the page shows as `expected` in the column of this heading."""
    column = heading.upper()
    if fits(expected, actual):
        return True
    if column in _TIMES:
        return all(_TIME.fullmatch(cell) for cell in (expected, actual))
    passed = _UNCOUNTED.get(column)
    return passed is not None and fits(passed.sub("", expected), passed.sub("", actual))


def find(lines: Sequence[str]) -> dict[int, Table]:
    """The tables of a text by the line of their headings; the lines have no trailing spaces."""
    tables: dict[int, Table] = {}
    index = 0
    while index < len(lines):
        if headings := _headings(lines, index):
            tables[index] = _table(lines, index, headings)
            index = tables[index].end
        else:
            index += 1
    return tables


def _headings(lines: Sequence[str], index: int) -> dict[int, str] | None:
    """The headings on this line by their position, or None if it holds something else."""
    if "  " not in lines[index]:
        return None
    found = {match.start(): match.group() for match in _CELL.finditer(lines[index])}
    if _underlined(lines, index):
        return found if [*found] == [match.start() for match in _CELL.finditer(lines[index + 1])] else None
    # Programs write theirs in capitals, the unit apart: `CPU(cores)`.
    capitals = [_UNIT.sub("", text).isupper() for text in found.values() if text != ELLIPSIS]
    return found if len(capitals) >= 2 and all(capitals) else None


def _underlined(lines: Sequence[str], index: int) -> bool:
    return index + 1 < len(lines) and "--" in lines[index + 1] and _UNDERLINE.fullmatch(lines[index + 1]) is not None


def _table(lines: Sequence[str], first: int, headings: dict[int, str]) -> Table:
    offsets, names = tuple(headings), tuple(headings.values())
    start = first + 2 if _underlined(lines, first) else first + 1
    end = start
    while end < len(lines) and _is_row(lines, end, offsets, names):
        end += 1
    return Table(first, start, end, names, offsets)


def _is_row(lines: Sequence[str], index: int, offsets: tuple[int, ...], names: tuple[str, ...]) -> bool:
    line = lines[index]
    if not line or (line[: offsets[0]].strip(" ") and line != ELLIPSIS):
        return False
    others = _headings(lines, index)
    if others is None:
        return True
    # Values can be in capitals too (`LOG_LEVEL   INFO`): then they stand under the headings.
    return not _underlined(lines, index) and names[0] not in others.values() and _aligned(line, offsets) is not None


def _aligned(line: str, offsets: Sequence[int]) -> tuple[str, ...] | None:
    """The parts of `line` under the headings, or None if one starts elsewhere than its heading."""
    cells: list[str] = []
    for start, end in zip(offsets, (*offsets[1:], None), strict=True):
        cell = line[start:end]
        text = cell.strip(" ")
        if text and (cell[0] == " " or (start > 1 and line[start - 2 : start] != "  ")):
            return None
        cells.append(text)
    return tuple(cells)
