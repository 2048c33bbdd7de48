"""Workflow commands that GitHub Actions shows beside the line of the page that failed."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from runbook.outcome import Outcome
from runbook.rules.finding import Finding

if TYPE_CHECKING:  # the check has findings to annotate, and no record to load
    from runbook.reporting.record import Campaign


def annotations(campaign: "Campaign") -> Iterator[str]:
    """One `::error` a failed step or fault, one `::notice` a step that did not run for want of its target."""
    for step in campaign.steps:
        if step.outcome.bad:
            yield _command(
                "error",
                f"{step.outcome} : {step.reason}",
                file=step.page,
                line=str(step.fault_line),
                title=f"{step.outcome} ({step.target})",
            )
        elif step.outcome is Outcome.NOT_RUN and not step.page_reason:
            yield _command("notice", step.reason, file=step.page, line=str(step.line), title=str(step.outcome))
    for fault in (*campaign.faults, *filter(None, [campaign.drop])):
        yield _command("error", fault, title="campagne")


def of_findings(findings: Iterable[Finding]) -> Iterator[str]:
    """One `::error` a finding of the static check."""
    for found in findings:
        yield _command(
            "error", f"{found.cause} ; {found.remedy}", file=found.path, line=str(found.line), title=found.rule
        )


def _command(kind: str, message: str, **properties: str) -> str:
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
