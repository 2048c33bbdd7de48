"""What a rule found: place, cause, nearest right name, and what to do."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not as a page, a manifest or the code says.

    `path` is relative to the repository, `line` counts from 1, `rule` is the name of the rule's function.
    """

    path: str
    line: int
    cause: str
    remedy: str
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} : {self.cause} ; {self.remedy}"


def nearest(name: str, names: Iterable[str]) -> str:
    """« vouliez-vous dire « x » ? », or the names that there are; ready to end a message."""
    known = sorted(set(names))
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"vouliez-vous dire « {close[0]} » ?"
    return f"noms connus : {', '.join(known)}" if known else "il n'y en a aucun"
