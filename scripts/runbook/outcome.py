"""What came of a step: one of five outcomes, why, from a closed list of reasons, and what was seen of it."""

import enum

import msgspec


class Outcome(enum.StrEnum):
    """The verdict on one step, in the words of the reports: five, no sixth."""

    VERIFIED = "vérifié"
    EXECUTED = "exécuté, sans assertion"
    FAILED = "échoué"
    TIMED_OUT = "délai dépassé"
    NOT_RUN = "non exécuté"

    @property
    def bad(self) -> bool:
        return self in (Outcome.FAILED, Outcome.TIMED_OUT)


class Reason(enum.StrEnum):
    """Why a step has its outcome; what else is to be said of it is in `Result.reason`, for people."""

    HELD = "tenu"
    PAGE = "page"  # from here to STOPPED, why it was not carried out: its page says so
    CONDITION = "condition"  # the page's condition is not met
    TARGET = "cible"  # its target is missing, or could not be made ready
    PAGE_BEFORE = "page précédente"  # a page that it relies on failed
    STEP_BEFORE = "étape précédente"
    PASSED = "passée"  # the person on duty passed over it
    STOPPED = "arrêtée"
    LATE = "délai"
    FLOODED = "flot"
    CLOSED = "shell fermé"
    RETURNED = "retour"
    UNCLOSED = "document non fermé"
    STATUS = "code de sortie"
    OUTPUT = "sortie"
    READINESS = "condition de fond"
    CHANGED = "dépôt modifié"


class Result(msgspec.Struct, frozen=True):
    """One step: where it stands, what it is, where and how it went. `seconds` of all attempts.

    `line` opens the block; `fault_line` is the one to look at: in the expected result if that is
    what was not met, or the command that failed, else the same.  `out`, `err` and `diff` are as a reader sees them,
    masked and cut.  `reason` is empty for a step that held; `page_reason` says that its page itself leaves it out.
    """

    page: str
    line: int
    fault_line: int
    title: str | None
    command: str
    target: str
    on: str
    outcome: Outcome
    reason: str
    page_reason: bool
    stood_in: bool
    seconds: float
    attempts: int
    exit_status: int | None
    out: str
    err: str
    why: Reason = Reason.HELD
    diff: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"{self.page}:{self.fault_line}"

    @property
    def unit(self) -> tuple[str, str]:
        """Page and target: what runs in one shell, and is proven or not as a whole."""
        return self.page, self.target
