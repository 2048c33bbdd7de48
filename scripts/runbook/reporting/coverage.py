"""How much of what the pages document is proven, and whether that has gone down."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from runbook.reporting.record import Record, StepRecord
from runbook.running.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Coverage:
    """Numbers of commands; `decided` are those run or left out by the page itself."""

    documented: int
    verified: int
    executed: int
    failed: int
    excluded: int
    undecided: int

    @property
    def decided(self) -> int:
        return self.documented - self.undecided

    @property
    def proven(self) -> float:
        """Share verified against an expected result among the commands meant to run, in percent."""
        meant = self.documented - self.excluded
        return 100 * self.verified / meant if meant else 0.0


def coverage(steps: Iterable[StepRecord]) -> Coverage:
    """Count what became of these steps."""
    listed = list(steps)
    not_run = [step for step in listed if step.outcome is Outcome.NOT_RUN]
    excluded = sum(step.page_reason for step in not_run)
    return Coverage(
        documented=len(listed),
        verified=sum(step.outcome is Outcome.VERIFIED for step in listed),
        executed=sum(step.outcome is Outcome.EXECUTED for step in listed),
        failed=sum(step.outcome.bad for step in listed),
        excluded=excluded,
        undecided=len(not_run) - excluded,
    )


def by_page(record: Record) -> list[tuple[str, Coverage]]:
    """The coverage of each page, in the order of their paths."""
    ordered = sorted(record.steps, key=lambda step: step.page)
    return [(page, coverage(steps)) for page, steps in groupby(ordered, key=lambda step: step.page)]


def on_present_targets(record: Record) -> list[StepRecord]:
    """The steps that this machine could prove: a missing target is no drop."""
    return [step for step in record.steps if step.target not in record.missing]


def drop(record: Record, minimum: float, previous: Record | None) -> str | None:
    """Why the coverage is too low, with the commands that lost their proof; None if it holds.

    `minimum` is a percentage of `Coverage.proven`, on the targets present.
    """
    steps = on_present_targets(record)
    reached = coverage(steps)
    if reached.documented == reached.excluded or reached.proven >= minimum:
        return None
    unproven = [step for step in steps if step.outcome is not Outcome.VERIFIED and not step.page_reason]
    lost = _lost(unproven, previous)
    listed = ", ".join(f"{step.page}:{step.line}" for step in lost or unproven)
    what = "ont perdu leur preuve" if lost else "sans preuve"
    return f"couverture {reached.proven:.1f} %, minimum {minimum:g} % ; {what} : {listed}"


def _lost(unproven: list[StepRecord], previous: Record | None) -> list[StepRecord]:
    before = {(step.page, step.command) for step in previous.steps if step.outcome is Outcome.VERIFIED} if previous else set()
    return [step for step in unproven if (step.page, step.command) in before]
