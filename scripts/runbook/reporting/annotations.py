"""Workflow commands that GitHub Actions shows beside the line of the page that failed."""

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from runbook.outcome import Outcome
from runbook.rules.finding import Finding

if TYPE_CHECKING:  # the check has findings to annotate, and no record to load
    from runbook.reporting.record import Campaign


def say(lines: Iterable[str], err: bool = False) -> None:
    """Print them where GitHub Actions reads the output."""
    for line in lines if os.environ.get("GITHUB_ACTIONS") == "true" else ():
        click.echo(line, err=err)


def of_campaign(campaign: "Campaign") -> Iterator[str]:
    """One `::error` a failed step or fault, one `::notice` a step that did not run for want of its target."""
    for step in campaign.steps:
        if step.outcome.bad:
            said, title = f"{step.outcome} : {step.reason}", f"{step.outcome} ({step.target})"
            yield _command("error", said, file=step.page, line=step.fault_line, title=title)
        elif step.outcome is Outcome.NOT_RUN and not step.page_reason:
            yield _command("notice", step.reason, file=step.page, line=step.line, title=step.outcome)
    for fault in (*campaign.faults, *filter(None, [campaign.drop])):
        yield _command("error", fault, title="campagne")


def of_findings(findings: Iterable[Finding]) -> Iterator[str]:
    """One `::error` a finding of the static check."""
    for found in findings:
        said = f"{found.cause} ; {found.remedy}"
        yield _command("error", said, file=found.path, line=found.line, title=found.rule)


def _command(kind: str, message: str, **properties: object) -> str:
    escaped = (
        f"{name}={_data(str(value)).replace(':', '%3A').replace(',', '%2C')}" for name, value in properties.items()
    )
    return f"::{kind} {','.join(escaped)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
