"""Where a command stands when it is read: the model, the page, and what came before it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from runbook.checking.finding import Finding
from runbook.checking.model import Model
from runbook.checking.words import Command, Shell, Word
from runbook.reading.pages import Page


@dataclass(slots=True)
class Situation:
    """The reading of one page on one target; `cwd` follows `cd` and is relative to the root, `…` if unknown."""

    model: Model
    page: Page
    target: str
    shell: Shell = field(default_factory=Shell)
    cwd: str = "."


Rule = Callable[[Command, Situation], Iterator[Finding]]


def finding(command: Command, rule: str, cause: str, remedy: str, word: Word | None = None) -> Finding:
    """A finding at the line of `word`, or of the command."""
    return Finding(command.path, word.line if word else command.line, cause, remedy, rule)
