"""What a rule found: place, cause and remedy; and the name that was probably meant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from runbook.errors import Problem


@dataclass(frozen=True, slots=True, order=True)
class Finding(Problem):
    """What the rule of this identifier found."""

    rule: str = ""

    def __str__(self) -> str:
        return f"{Problem.__str__(self)} [{self.rule}]"


# What a rule yields: a word of its command, None for all of it; something of the repository and keys in it; or a
# finding whose place it knows.  Then the cause and the remedy; without a remedy, nothing is found.
Told = Finding | tuple[Any, str, str] | tuple[Any, tuple[Any, ...], str, str]


def meant(name: str, names: Iterable[str]) -> str:
    """The known name that `name` is most likely a slip of; empty if none is close.

    One letter in five may be added, removed, replaced or swapped, one at least: what differs more is another name.
    """
    others = sorted({*names} - {name})
    close = extractOne(name, others, scorer=OSA.distance, score_cutoff=max(1, len(name) // 5))
    return close[0] if close else ""


def slip(name: str, names: Iterable[str]) -> str:
    """« vouliez-vous dire « x » ? »; empty where no name is close, or only another of the same series: `page-2`."""
    near = meant(name, names)
    return f"vouliez-vous dire « {near} » ?" if re.sub(r"\d", "", near) != re.sub(r"\d", "", name) and near else ""


def nearest(name: str, names: Iterable[str]) -> str:
    """« vouliez-vous dire « x » ? », or the names that there are; ready to end a message."""
    known = sorted(set(names))
    close = meant(name, known)
    if close:
        return f"vouliez-vous dire « {close} » ?"
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"noms connus : {shown}" if known else "il n'y en a aucun"
