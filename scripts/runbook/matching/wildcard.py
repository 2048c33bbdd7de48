"""How `…` stands for anything: for text inside a line, for lines, rows or elements in a sequence.

Both levels are greedy: what follows a wildcard is taken at its first possible place.  Nothing
can be gained by a later one, so there is no backtracking: a line costs its length, a sequence of
n against a pattern of m at most n * m steps, and in practice about n.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, Literal, TypeAlias, TypeVar

ELLIPSIS: Final = "…"

T = TypeVar("T")


class Wild(Enum):
    """The item of a pattern that stands for any number of items, also none."""

    ANY = ELLIPSIS


ANY: Final = Wild.ANY
Pattern: TypeAlias = Sequence[T | Literal[Wild.ANY]]


def fits(pattern: str, text: str) -> bool:
    """Whether `text` is `pattern` with each `…` replaced by some text, possibly none."""
    if ELLIPSIS not in pattern:
        return pattern == text
    first, *middle, last = pattern.split(ELLIPSIS)
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@dataclass(frozen=True, slots=True)
class Placement(Generic[T]):
    """How far the items of a pattern could be placed in a sequence.

    `missed` is the index of the first one without a place, `item`.  It was looked for `at` this
    position, or from there on when it is `floating` (nothing between it and a wildcard).  When the
    sequence goes on after the last item, `missed` is the number of items and `item` is None; when
    everything fits, both are None.
    """

    missed: int | None
    item: T | None
    at: int
    floating: bool


def place(items: Pattern[T], stop: int, step: Callable[[T, int], int | None]) -> Placement[T]:
    """Place `items` in the positions from 0 to `stop`.

    `step(item, at)` is the position after `item` if it is found at position `at`, below `stop`, else
    None.  A later start must never give an earlier end: this is what makes the greedy choice right.
    """
    segments: list[list[T]] = [[]]  # what stands between two wildcards
    for item in items:
        if item is ANY:
            segments.append([])
        else:
            segments[-1].append(item)
    at = index = 0
    for number, segment in enumerate(segments):
        floating, last = number > 0, number == len(segments) - 1
        best: list[int] = []
        for start in range(at, stop + 1) if floating else (at,):
            reached = _reach(segment, start, stop, step)
            if len(reached) > len(segment) and (not last or reached[-1] == stop):
                best = reached
                break
            if len(reached) > len(best):
                best = reached
        else:
            lacking = next(iter(segment[len(best) - 1 :]), None)
            return Placement(index + len(best) - 1, lacking, best[-1], floating and len(best) == 1)
        at = best[-1]
        index += len(segment) + 1
    return Placement(None, None, at, floating=False)


def _reach(segment: Sequence[T], start: int, stop: int, step: Callable[[T, int], int | None]) -> list[int]:
    """The positions before and after each item of `segment` found in a row from `start` on."""
    reached = [start]
    for item in segment:
        after = step(item, reached[-1]) if reached[-1] < stop else None
        if after is None:
            break
        reached.append(after)
    return reached
