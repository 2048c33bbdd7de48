"""One change of one file, small enough to be read as a line of a diff."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
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


@dataclass(frozen=True, slots=True)
class Operator:
    """Changes what `pattern` finds, or its only group; `once` a line if that is enough."""

    name: str
    pattern: re.Pattern[str]
    change: Callable[[str], str] = lambda text: f"{text}x"  # a letter too many
    once: bool = False


def replaced(operator: str, path: str, text: str, start: int, end: int, new: str, inert: str = "") -> Mutant:
    """The mutant that puts `new` in place of the characters `start` to `end`."""
    return Mutant(operator, path, text.count("\n", 0, start) + 1, text, text[:start] + new + text[end:], inert)


def by_pattern(
    operators: Iterable[Operator], path: str, text: str, start: int = 0, end: int | None = None, passed: str = r"^\s*#"
) -> Iterator[Mutant]:
    """What the operators make of these characters of a file, but after what `passed` finds in their line."""
    for one in operators:
        done = -1
        for found in one.pattern.finditer(text, start, len(text) if end is None else end):
            first = text.rfind("\n", 0, found.start()) + 1
            if not re.search(passed, text[first : found.start()]) and not (one.once and first == done):
                done = first
                group = min(one.pattern.groups, 1)
                new = one.change(found.group(group))
                yield replaced(one.name, path, text, found.start(group), found.end(group), new)
