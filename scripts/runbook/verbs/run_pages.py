"""Carry pages out, compare, record: what `runbook run` does."""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from runbook.errors import RunbookError
from runbook.plan import Plan, Step, make_plan
from runbook.reading.selection import Selection
from runbook.reporting import annotations, coverage, history, make, merge, record, terminal
from runbook.reporting.record import Campaign
from runbook.running import campaign
from runbook.running.interruption import Interruptions
from runbook.running.session import Answer, always
from runbook.settings import Settings
from runbook.verbs.options import announce_stop, console, known_target, missing_targets, print_json, show_missing
from runbook.verbs.verdict import verdict

if TYPE_CHECKING:
    from runbook.rules.finding import Finding


def run_pages(
    root: Path,
    settings: Settings,
    selection: Selection,
    state: str,
    targets: tuple[str, ...],
    required: str,
    context: str | None,
    by_step: bool,
    checks: bool,
    junit_file: Path | None,
    record_folder: Path | None,
    as_json: bool,
) -> int:
    """Run the pages selected, in this `state` of the repository; the exit status."""
    asked = selection.chosen
    missing = missing_targets(root, settings, targets, context)
    if by_step and not (asked and sys.stdin.isatty()):
        raise RunbookError("--step demande un terminal et le nom d'au moins une page")
    plan = make_plan(selection.pages, settings, missing, asked, prerequisites=not by_step)
    problems = [
        f"{name} : cible requise mais absente : {missing[name]}"
        for name in _required(required, settings)
        if name in missing
    ] + [f"page refusée : {problem}" for problem in plan.refused]
    screen = console(stderr=as_json)
    show_missing(missing, screen)
    whole = not (by_step or asked or targets)
    findings = _findings(verdict(root, settings, state, lambda: selection.pages).findings, screen) if checks else None
    kept = record_folder or root / settings.state
    interruptions = Interruptions()
    with interruptions.handled(partial(announce_stop, screen)):
        start = make.at_start(dict.fromkeys(page.page for page in plan.pages), settings, root)
        journal = _run(
            plan, settings, root, screen, partial(terminal.ask, screen) if by_step else always, interruptions
        )
        done = make.campaign(start, journal, settings, root, missing, problems, findings, whole)
        if not (by_step or asked):
            done = _with_ratchet(done, settings, kept)
        if by_step:
            done = _written(
                done,
                lambda: click.echo(
                    f"Journal : {merge.keep_apart(done, root / settings.state / 'journal' / done.date.replace(':', ''))}"
                ),
            )
        else:
            done = _written(done, lambda: merge.keep(done, kept, settings.coverage))
        if whole:
            done = _written(done, lambda: history.keep(done, kept))
        if junit_file:
            from runbook.reporting import junit  # loaded where a report is asked for

            done = _written(done, lambda: junit.write([done], junit_file))
    if as_json:
        print_json(record.Record(record.VERSION, [done]))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.annotations(done):
            click.echo(line)
    terminal.show_summary([done], screen)
    return done.exit_status


def _written(done: Campaign, write: Callable[[], object]) -> Campaign:
    """The campaign, failed where what was asked for could not be written: a verdict that nobody can read again is none."""
    try:
        write()
    except OSError as error:
        fault = f"{error.filename or 'enregistrement'} : {error.strerror} ; faire de la place ou choisir un autre dossier, puis relancer"
        return msgspec.structs.replace(done, faults=[*done.faults, fault], exit_status=1)
    return done


def _findings(findings: "list[Finding]", screen: Console) -> list[str]:
    """What the static check has to say before anything runs."""
    for finding in findings:
        screen.print(f"[bold red]✘[/] {escape(str(finding))}")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.of_findings(findings):
            click.echo(line)
    return [str(finding) for finding in findings]


def _run(
    plan: Plan,
    settings: Settings,
    root: Path,
    screen: Console,
    confirm: Callable[[Step], Answer],
    interruptions: Interruptions,
) -> campaign.Journal:
    journal, progress = campaign.Journal(), terminal.Progress(screen)
    with (
        campaign.opened(settings, root, confirm, interruptions) as run,
        closing(campaign.run_plan(plan, run, journal)) as events,
    ):
        try:
            for event in events:
                progress(event)
        finally:
            progress.close()
    return journal


def _with_ratchet(done: Campaign, settings: Settings, state: Path) -> Campaign:
    """The campaign, failed if the share of verified commands is below the minimum of the settings."""
    fault = coverage.drop([done], settings.coverage, record.load_previous(state / record.FILE))
    return msgspec.structs.replace(done, drop=fault, exit_status=1) if fault else done


def _required(text: str, settings: Settings) -> list[str]:
    return [known_target(name.strip(), settings) for name in text.split(",") if name.strip()]
