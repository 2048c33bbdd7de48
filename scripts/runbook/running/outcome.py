"""What came of a step: five outcomes, no sixth."""

import enum
from dataclasses import dataclass

from runbook.plan import Step


class Outcome(enum.StrEnum):
    """The verdict on one step, in the words of the reports."""

    VERIFIED = "vérifié"
    EXECUTED = "exécuté, sans assertion"
    FAILED = "échoué"
    TIMED_OUT = "délai dépassé"
    NOT_RUN = "non exécuté"

    @property
    def bad(self) -> bool:
        return self in (Outcome.FAILED, Outcome.TIMED_OUT)


@dataclass(frozen=True, slots=True)
class Result:
    """One step and what came of it; `line` is the one to look at, `seconds` all attempts together.

    `out` and `err` are masked and cut.  `reason` is empty for a step that held.
    """

    step: Step
    target: str
    on: str
    outcome: Outcome
    line: int
    reason: str = ""
    diff: tuple[str, ...] = ()
    seconds: float = 0.0
    attempts: int = 0
    exit_status: int | None = None
    out: str = ""
    err: str = ""

    @property
    def place(self) -> str:
        return f"{self.step.block.page}:{self.line}"

    @property
    def stood_in(self) -> bool:
        return self.on != self.target and self.outcome is not Outcome.NOT_RUN

    @property
    def page_reason(self) -> bool:
        """Not run because the page itself says so, rather than because something lacked."""
        block = self.step.block
        return self.outcome is Outcome.NOT_RUN and (
            bool(block.not_run) or bool(block.condition and self.reason.startswith(CONDITION))
        )


CONDITION = "condition de la page non remplie"


def verdict(results: list[Result], faults: list[str]) -> int:
    """Exit status of a run: 0 if something ran and all of it held, else 1."""
    ran = [result for result in results if result.outcome is not Outcome.NOT_RUN]
    return 1 if faults or not ran or any(result.outcome.bad for result in results) else 0
