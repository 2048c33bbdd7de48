"""Which expected things go with which found ones when they do not all agree: for showing, never for judging."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

Pairs: TypeAlias = list[tuple[int | None, int | None]]

# Rows of agreement kept on each side of a long stretch of it, and rows of a whole comparison.
_AROUND = 3
_LONGEST = 60

CUT: Final = "  [la suite n'est pas montrée]"


def align(wild: Sequence[bool], count: int, fit: Callable[[int, int], bool]) -> Pairs:
    """Pairs of indices, expected and found, with as few alone as possible.

    `wild` says for each expected thing whether it goes with any number of the `count` found ones.
    An index is alone, beside None, when nothing goes with it.  This takes len(wild) * count steps.
    """
    size = len(wild)
    costs = [list(range(count, -1, -1))]
    agree: list[list[bool]] = []
    for i in reversed(range(size)):
        below = costs[-1]
        row = [0] * (count + 1)
        fitting = [False] * count
        row[count] = below[count] + (not wild[i])
        for j in reversed(range(count)):
            if wild[i]:
                row[j] = min(below[j], row[j + 1])
                continue
            fitting[j] = fit(i, j)
            row[j] = min(1 + below[j], 1 + row[j + 1], below[j + 1] if fitting[j] else size + count)
        costs.append(row)
        agree.append(fitting)
    costs.reverse()
    agree.reverse()
    return _walk(wild, count, costs, agree)


def _walk(wild: Sequence[bool], count: int, costs: Sequence[Sequence[int]], agree: Sequence[Sequence[bool]]) -> Pairs:
    pairs: Pairs = []
    i = j = 0
    while i < len(wild) or j < count:
        if i == len(wild):
            pairs.append((None, j))
            j += 1
        elif wild[i]:
            if costs[i][j] == costs[i + 1][j]:
                i += 1
            else:
                pairs.append((i, j))
                j += 1
        elif j < count and agree[i][j] and costs[i][j] == costs[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif costs[i][j] == 1 + costs[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def shorten(rows: Iterable[str]) -> list[str]:
    """The rows of a comparison without the middle of long agreements, nor the end of a long comparison."""
    kept: list[str] = []
    agreed: list[str] = []
    for row in rows:
        if row.startswith("  "):
            agreed.append(row)
        else:
            kept += [*_folded(agreed), row]
            agreed = []
    kept += _folded(agreed)
    return kept if len(kept) <= _LONGEST else [*kept[:_LONGEST], CUT]


def folded(count: int) -> str:
    """What stands for `count` rows of agreement."""
    return f"  [{count} ligne{'s' if count > 1 else ''} comme attendu]"


def _folded(rows: list[str]) -> list[str]:
    hidden = len(rows) - 2 * _AROUND
    return rows if hidden < 2 else [*rows[:_AROUND], folded(hidden), *rows[-_AROUND:]]
