"""What every page of one run shares: its private folder, who is asked before and after each step."""

import contextlib
import enum
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runbook.plan import Step
from runbook.running import processes
from runbook.running.interruption import Interruptions
from runbook.running.mask import Private
from runbook.settings import Settings

PREFIX = "runbook-run-"


class Answer(enum.Enum):
    """What is to be done."""

    GO = enum.auto()
    PASS = enum.auto()
    AGAIN = enum.auto()  # the step before
    STOP = enum.auto()


@dataclass(frozen=True, slots=True)
class Operator:
    """`before` a step, and `after` one that did not hold, somebody answers; `asked`, if this is a person.

    A person decides on clean-ups too: none runs unasked, and what a target was given stays.
    """

    before: Callable[[Step], Answer]
    after: Callable[[Step], Answer]
    asked: bool


NOBODY = Operator(lambda _: Answer.GO, lambda _: Answer.STOP, asked=False)


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `folder` is private to it and removed after it, `token` marks its processes.

    On a target, `env` is the environment of its shells, and pages must not end the processes `spared`.
    """

    root: Path
    folder: Path
    settings: Settings
    private: Private
    token: str
    operator: Operator = NOBODY
    interruptions: Interruptions = field(default_factory=Interruptions)
    env: dict[str, str] = field(default_factory=dict)
    spared: tuple[int, ...] = ()

    def deadline(self, step: Step) -> float:
        """Seconds that one attempt at this step may last."""
        return step.block.deadline or self.settings.deadline


@contextlib.contextmanager
def opened(
    settings: Settings, root: Path, operator: Operator = NOBODY, interruptions: Interruptions | None = None
) -> Iterator[Run]:
    """A run with its private folder; afterwards neither the folder nor a process of the run is left."""
    private, token = Private(settings.secrets, root), secrets.token_hex(8)
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as made,
        processes.guarded(token, Path(made)),
    ):
        processes.adopt_orphans()
        run = Run(root, Path(made), settings, private, token, operator, interruptions or Interruptions())
        try:
            yield run
        finally:
            processes.hunt(token)
            processes.adopt_orphans(wanted=False)  # what this process starts later is not the run's
