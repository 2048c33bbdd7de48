"""What was seen of a step: how it ended, or why it was not started. Nothing here says whether that is well."""

import enum
from dataclasses import dataclass, field

from runbook.plan import Step


class Left(enum.Enum):
    """Why a step was not carried out."""

    PAGE = enum.auto()  # the page says so
    CONDITION = enum.auto()  # the page's condition is not met
    TARGET = enum.auto()  # its target is missing, or could not be made ready
    PAGE_BEFORE = enum.auto()  # a page that it relies on failed
    STEP_BEFORE = enum.auto()  # a step of its page failed
    PASSED = enum.auto()  # the person on duty passed over it
    STOPPED = enum.auto()  # the person on duty stopped


class End(enum.Enum):
    """How a block of commands ended."""

    STATUS = enum.auto()
    CLOSED = enum.auto()  # its shell is gone, or speaks no more of it
    LATE = enum.auto()
    FLOODED = enum.auto()


class Background(enum.Enum):
    """What came of a step that is left running."""

    READY = enum.auto()
    TAKEN = enum.auto()  # its condition held before it was started
    ENDED = enum.auto()
    FLOODED = enum.auto()
    LATE = enum.auto()
    NO_SHELL = enum.auto()


@dataclass(frozen=True, slots=True)
class Ran:
    """What one block did, in seconds and bytes.

    `status` is None where nobody told it; `line` is that, from 1 in the block, of the command that failed and so
    ended it, 0 if none did.  `values` are those of the shell variables that the caller asked for.
    """

    end: End
    status: int | None
    out: bytes
    err: bytes
    duration: float
    line: int = 0
    values: tuple[str, ...] = ()


NOTHING = Ran(End.STATUS, None, b"", b"", 0.0)


@dataclass(frozen=True, slots=True)
class Fact:
    """One step of a page for `target`, served by `on`: left out, left running, or ran.

    `asked` is the step's condition where it could not be asked: then `ran` is of it.  `detail` completes `left`.
    """

    step: Step
    target: str
    on: str
    left: Left | None = None
    detail: str = ""
    background: Background | None = None
    ran: Ran = field(default=NOTHING)
    asked: bool = False
    attempts: int = 0
    seconds: float = 0.0
