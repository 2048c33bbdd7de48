"""What a rule found: place, cause and remedy; and the name that was probably meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not as a page, a manifest or the code says.

    `path` is relative to the repository, `line` counts from 1, `rule` is the rule's identifier.
    """

    path: str
    line: int
    cause: str
    remedy: str
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line} : {self.cause} ; {self.remedy} [{self.rule}]"


# What a rule yields: a word of the command that it looks at, or None for the command itself; something of the
# repository and keys in it; or a finding whose place it knows.  Then the cause and the remedy.
Told = Finding | tuple[Any, str, str] | tuple[Any, tuple[Any, ...], str, str]


def meant(name: str, names: Iterable[str]) -> str:
    """The known name that `name` is most likely a slip of; empty if none is close.

    One letter in five may be wrong, one at least: what differs more is another name, and no slip.
    """
    allowed = max(1, len(name) // 5)
    best, least = "", allowed + 1
    for known in sorted(set(names)):
        if abs(len(known) - len(name)) < least and known != name:
            distance = _distance(name, known, least)
            if distance < least:
                best, least = known, distance
    return best


def nearest(name: str, names: Iterable[str]) -> str:
    """« vouliez-vous dire « x » ? », or the names that there are; ready to end a message."""
    known = sorted(set(names))
    close = meant(name, known)
    if close:
        return f"vouliez-vous dire « {close} » ?"
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"noms connus : {shown}" if known else "il n'y en a aucun"


def _distance(one: str, other: str, limit: int) -> int:
    """Letters to add, remove, replace or swap; `limit` where it is at least that."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        older, before, row = before, row, [index]
        for place, there in enumerate(other, 1):
            cost = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != there))
            if index > 1 and place > 1 and letter == other[place - 2] and one[index - 2] == there:
                cost = min(cost, older[place - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)
