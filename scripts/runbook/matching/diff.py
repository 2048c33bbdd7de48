"""What a page shows and what it should show instead, line by line: the first wrong thing, and little around it."""

import difflib
from collections.abc import Iterable, Iterator
from itertools import groupby

from runbook.matching.expect import Kind, compare
from runbook.matching.generalise import Shown, generalise, laid_out
from runbook.matching.mismatch import visible
from runbook.matching.text_pattern import read_lines

# Rows of agreement kept on each side of a long stretch of it, and rows of a whole comparison.
_AROUND = 3
_LONGEST = 60
_WIDEST = 160
_COMPARED = 200  # lines at most, before and after: more would not be read


def diff(expected: str, actual: str, kind: Kind) -> tuple[str, ...]:
    """Rows that start with `- ` (expected), `+ ` (got) or two spaces (both); none where the output is as expected.

    What `…` stands for is left out; so are, with a note in brackets, long agreements and the end of a long comparison.
    """
    if compare(expected, actual, kind) is None:
        return ()
    better = generalise(expected, actual, kind)
    if kind is not Kind.JSON and any(line.index is not None for line in better):
        found = _kept(expected.split("\n"), better)
    else:
        lines = laid_out if kind is Kind.JSON else read_lines
        found = _between(lines(expected), lines("\n".join(line.text for line in better)))
    rows = list(_folded(found))
    return tuple(rows if len(rows) <= _LONGEST else [*rows[:_LONGEST], "  [la suite n'est pas montrée]"])


def _between(old: list[str], new: list[str]) -> Iterator[str]:
    pairs = difflib.SequenceMatcher(None, old[:_COMPARED], new[:_COMPARED], autojunk=False).get_opcodes()
    for tag, start, end, first, last in pairs:
        yield from (_row("  " if tag == "equal" else "- ", line) for line in old[start:end])
        yield from (_row("+ ", line) for line in new[first:last] if tag != "equal")


def _kept(old: list[str], new: list[Shown]) -> Iterator[str]:
    """The same where it is known which of the old lines stay."""
    at = 0
    added: list[str] = []
    for line in new:
        if line.index is None:
            added.append(_row("+ ", line.text))
            continue
        yield from (_row("- ", text) for text in old[at : line.index])
        yield from (*added, _row("  ", line.text))
        at, added = line.index + 1, []
    yield from (_row("- ", text) for text in "\n".join(old[at:]).rstrip().split("\n") if text)
    yield from added


def _row(sign: str, line: str) -> str:
    shown = visible(line)
    return sign + (shown if len(shown) <= _WIDEST else f"{shown[:_WIDEST]} [et {len(shown) - _WIDEST} caractères]")


def _folded(rows: Iterable[str]) -> Iterator[str]:
    for agreed, stretch in groupby(rows, key=lambda row: row.startswith("  ")):
        some = list(stretch)
        hidden = len(some) - 2 * _AROUND
        if agreed and hidden > 1:
            yield from (*some[:_AROUND], f"  [{hidden} lignes comme attendu]", *some[-_AROUND:])
        else:
            yield from some
