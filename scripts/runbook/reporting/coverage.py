"""How much of what the pages document is proven, and whether that has gone down."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from runbook.outcome import Outcome, Result
from runbook.reporting.record import Campaign, Record


class Totals(msgspec.Struct, frozen=True):
    """Commands by what came of them; `excluded` by their page are among those not run, `stood_in` among the others."""

    steps: int
    verified: int
    executed: int
    failed: int
    not_run: int
    stood_in: int
    seconds: float
    excluded: int = 0

    @property
    def proven(self) -> float:
        """Share verified against an expected result among the commands meant to run, in percent."""
        meant = self.steps - self.excluded
        return 100 * self.verified / meant if meant else 0.0


def totals(steps: Iterable[Result]) -> Totals:
    """Count what became of these steps."""
    listed = list(steps)
    count = Counter(step.outcome for step in listed)
    return Totals(
        steps=len(listed),
        verified=count[Outcome.VERIFIED],
        executed=count[Outcome.EXECUTED],
        failed=count[Outcome.FAILED] + count[Outcome.TIMED_OUT],
        not_run=count[Outcome.NOT_RUN],
        stood_in=sum(step.stood_in for step in listed),
        seconds=round(sum(step.seconds for step in listed), 3),
        excluded=sum(step.page_reason for step in listed),
    )


def by_page(campaigns: Sequence[Campaign]) -> list[tuple[str, Totals, int, Campaign | None]]:
    """What each page comes to, in the order of their paths, then all of them under an empty path.

    The figure is of the commands that did not run in a campaign that the static check found nothing in; after it comes
    the first campaign that verified one of the page's.
    """
    steps = [(step, campaign) for campaign in campaigns for step in campaign.steps]
    told = []
    for page in [*sorted({step.page for step, _ in steps}), ""]:
        listed = [(step, campaign) for step, campaign in steps if page in ("", step.page)]
        seen = sum(campaign.findings == [] and step.outcome is Outcome.NOT_RUN for step, campaign in listed)
        proof = next((campaign for step, campaign in listed if step.outcome is Outcome.VERIFIED), None)
        told.append((page, totals(step for step, _ in listed), seen, proof))
    return told


def drop(campaigns: Iterable[Campaign], minimum: float, previous: Record | None) -> str | None:
    """Why the coverage is too low, with the commands that lost their proof; None if it holds.

    `minimum` is a percentage of `Totals.proven`, on the targets present: a missing one is no drop.
    """
    steps = [step for campaign in campaigns for step in campaign.steps if step.target not in campaign.missing]
    reached = totals(steps)
    if reached.steps == reached.excluded or reached.proven >= minimum:
        return None
    earlier = [step for campaign in previous.campaigns for step in campaign.steps] if previous else []
    before = {(step.page, step.command) for step in earlier if step.outcome is Outcome.VERIFIED}
    unproven = [step for step in steps if step.outcome is not Outcome.VERIFIED and not step.page_reason]
    lost = [step for step in unproven if (step.page, step.command) in before]
    listed = ", ".join(f"{step.page}:{step.line}" for step in lost or unproven)
    what = "ont perdu leur preuve" if lost else "sans preuve"
    share = f"{reached.proven:.1f}".replace(".", ",")
    return f"couverture {share} %, minimum {minimum:g} % ; {what} : {listed}"
