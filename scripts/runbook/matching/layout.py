"""What a line says in a layout of keys and values, whose columns are as wide as its program makes them.

`kubectl describe` and many others print `Key:   value`, values that go on below under the first one, and
indented rows of cells.  The next version of the program, or a longer key beside, makes a column wider.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from runbook.matching.wildcard import ELLIPSIS

_KEY = re.compile(r"( *)\S+(?: \S+)*(?<=:) {2,}(?=\S)")
_CELLS = re.compile(r" {2,}")
# What stands for the blanks before a value that goes on below: as many as its key and column take.
_BELOW = "\0"


def is_laid_out(lines: Sequence[str]) -> bool:
    """Whether a text has keys with values, or a key alone over indented cells."""
    return any(_KEY.match(line) for line in lines) or any(
        line.endswith(":") and _indent(below) > _indent(line) and "  " in below.strip(" ")
        for line, below in pairwise(lines)
    )


def sayings(lines: Sequence[str]) -> list[str]:
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


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
