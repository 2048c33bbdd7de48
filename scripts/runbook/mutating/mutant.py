"""One change of one file, small enough to be read as a line of a diff."""

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """`after` replaces the file `path` (relative to the repository); `line` is the first that changes.

    `inert` says why nothing observable changes, empty if something should.
    """

    operator: str
    path: str
    line: int
    before: str
    after: str
    inert: str = ""

    @property
    def diff(self) -> str:
        """The changed lines with one line around them."""
        rows = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=1)
        return "\n".join(list(rows)[2:])

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator}"


def replaced(operator: str, path: str, text: str, start: int, end: int, new: str, inert: str = "") -> Mutant:
    """The mutant that puts `new` in place of the characters `start` to `end`."""
    return Mutant(operator, path, text.count("\n", 0, start) + 1, text, text[:start] + new + text[end:], inert)
