"""What was seen of a step: how it ended, or why it was not started. Nothing here says whether that is well."""

import enum
from dataclasses import dataclass

from runbook.outcome import Reason
from runbook.plan import Step


class End(enum.Enum):
    """How a block of commands ended, or what came of one that is left running."""

    STATUS = enum.auto()
    CLOSED = enum.auto()  # its shell is gone, or speaks no more of it
    RETURNED = enum.auto()  # before its last line, by a `return` that says that all is well
    LATE = enum.auto()
    FLOODED = enum.auto()
    READY = enum.auto()  # from here, of one that is left running
    TAKEN = enum.auto()  # its condition held before it was started
    GONE = enum.auto()  # it ended before its condition held


@dataclass(frozen=True, slots=True)
class Ran:
    """What one block did, in seconds and bytes.

    `status` is None where nobody told it; `line` is that, from 1 in the block, of the command that failed and so
    ended it, 0 if none did.  `values` are those of the shell variables that the caller asked for.
    """

    end: End
    status: int | None = None
    out: bytes = b""
    err: bytes = b""
    duration: float = 0.0
    line: int = 0
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One step of a page for `target`, served by `on`: left out, and why (`detail` completes it), or carried out.

    `asked` is the step's condition where it could not be asked: then `ran` is of it.
    """

    step: Step
    target: str
    on: str
    left: Reason | None = None
    detail: str = ""
    ran: Ran = Ran(End.STATUS)
    asked: bool = False
    attempts: int = 0
    seconds: float = 0.0
