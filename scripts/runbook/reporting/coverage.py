"""How much of what the pages document is proven, and whether that has gone down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from runbook.outcome import Outcome
from runbook.reporting.record import Campaign, Record, StepRecord


@dataclass(frozen=True, slots=True)
class Coverage:
    """Numbers of commands; `decided` are those run or left out by the page itself."""

    documented: int
    verified: int
    executed: int
    failed: int
    excluded: int
    undecided: int
    checked_only: int = 0

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


def by_page(campaigns: Sequence[Campaign]) -> list[tuple[str, Coverage]]:
    """The coverage of each page, in the order of their paths, then that of all under an empty path.

    Commands that did not run in a campaign that the static check was asked of, and found nothing in, are
    `checked_only`.
    """
    steps = [(step, campaign.findings == []) for campaign in campaigns for step in campaign.steps]
    pages = {
        step.page: [entry for entry in steps if entry[0].page == step.page]
        for step, _ in sorted(steps, key=lambda entry: entry[0].page)
    }
    return [
        (
            page,
            replace(
                coverage(step for step, _ in listed),
                checked_only=sum(checked and step.outcome is Outcome.NOT_RUN for step, checked in listed),
            ),
        )
        for page, listed in [*pages.items(), ("", steps)]
    ]


def on_present_targets(campaigns: Iterable[Campaign]) -> list[StepRecord]:
    """The steps that the machines could prove: a missing target is no drop."""
    return [step for campaign in campaigns for step in campaign.steps if step.target not in campaign.missing]


def drop(campaigns: Iterable[Campaign], minimum: float, previous: Record | None) -> str | None:
    """Why the coverage is too low, with the commands that lost their proof; None if it holds.

    `minimum` is a percentage of `Coverage.proven`, on the targets present.
    """
    steps = on_present_targets(campaigns)
    reached = coverage(steps)
    if reached.documented == reached.excluded or reached.proven >= minimum:
        return None
    unproven = [step for step in steps if step.outcome is not Outcome.VERIFIED and not step.page_reason]
    lost = _lost(unproven, previous)
    listed = ", ".join(f"{step.page}:{step.line}" for step in lost or unproven)
    what = "ont perdu leur preuve" if lost else "sans preuve"
    share = f"{reached.proven:.1f}".replace(".", ",")
    return f"couverture {share} %, minimum {minimum:g} % ; {what} : {listed}"


def _lost(unproven: list[StepRecord], previous: Record | None) -> list[StepRecord]:
    earlier = [step for campaign in previous.campaigns for step in campaign.steps] if previous else []
    before = {(step.page, step.command) for step in earlier if step.outcome is Outcome.VERIFIED}
    return [step for step in unproven if (step.page, step.command) in before]
