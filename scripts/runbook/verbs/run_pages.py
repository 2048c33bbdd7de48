"""Carry pages out, compare, record: what `runbook run` does."""

import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import click
import msgspec
from rich.console import Console

from runbook.errors import RunbookError
from runbook.plan import Plan, Step, make_plan
from runbook.reading.blocks import PageBlocks
from runbook.reporting import annotations, coverage, history, record, terminal
from runbook.running import campaign
from runbook.running.interruption import Interruptions
from runbook.running.session import Answer, always
from runbook.settings import Settings, load
from runbook.verbs.options import announce_stop, console, known_target, missing_targets, pages, print_json, show_missing


def run_pages(
    root: Path,
    asked: tuple[str, ...],
    targets: tuple[str, ...],
    required: str,
    context: str | None,
    by_step: bool,
    junit_file: Path | None,
    record_folder: Path | None,
    as_json: bool,
) -> int:
    """Run the pages asked for, or all; the exit status."""
    settings = load(root)
    missing = missing_targets(root, settings, targets, context)
    if by_step and not (asked and sys.stdin.isatty()):
        raise RunbookError("--step demande un terminal et le nom d'au moins une page")
    found = pages(root, settings, asked)
    plan = make_plan(found, settings, missing, asked, prerequisites=not by_step)
    problems = [f"{name} : cible requise mais absente : {missing[name]}" for name in _required(required, settings) if name in missing]
    screen = console(stderr=as_json)
    show_missing(missing, screen)
    whole = not (by_step or asked or targets)
    findings = _findings(found, settings, root) if whole else None
    interruptions = Interruptions()
    with interruptions.handled(partial(announce_stop, screen)):
        done = _run(plan, settings, root, missing, problems, findings, screen, partial(terminal.ask, screen) if by_step else always, interruptions)
        if not (by_step or asked):
            done = _with_ratchet(done, settings, root / settings.state)
        state = record_folder or root / settings.state
        if by_step:
            done = _written(done, lambda: click.echo(f"Journal : {record.save(done, root / settings.state / 'journal' / done.date.replace(':', ''))}"))
        elif record_folder or not (asked or targets):  # the record speaks of the whole site, or says where it is
            done = _written(done, lambda: record.save(done, state))
        if whole:
            done = _written(done, lambda: history.keep(done, state))
        if junit_file:
            from runbook.reporting import junit  # loaded where a report is asked for

            done = _written(done, lambda: junit.write(done, junit_file))
    if as_json:
        print_json(done)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.annotations(done):
            click.echo(line)
    terminal.show_summary(done, screen)
    return done.exit_status


def _written(done: record.Record, write: Callable[[], object]) -> record.Record:
    """The record, failed where what was asked for could not be written: a verdict that nobody can read again is none."""
    try:
        write()
    except OSError as error:
        fault = f"{error.filename or 'enregistrement'} : {error.strerror} ; faire de la place ou choisir un autre dossier, puis relancer"
        return msgspec.structs.replace(done, faults=[*done.faults, fault], exit_status=1)
    return done


def _findings(found: list[PageBlocks], settings: Settings, root: Path) -> list[str]:
    """What the static check says; it is loaded here, for a run of some pages does without."""
    from runbook.checking.check import check
    from runbook.checking.model import read_model

    return [str(finding) for finding in check(found, read_model(root, settings))]


def _run(
    plan: Plan,
    settings: Settings,
    root: Path,
    missing: dict[str, str],
    problems: list[str],
    findings: list[str] | None,
    screen: Console,
    confirm: Callable[[Step], Answer],
    interruptions: Interruptions,
) -> record.Record:
    before = record.take_fingerprints(dict.fromkeys(page.page for page in plan.pages), settings, root)
    journal, started, progress = campaign.Journal(), time.monotonic(), terminal.Progress(screen)
    with campaign.opened(settings, root, confirm, interruptions) as run, closing(campaign.run_plan(plan, run, journal)) as events:
        try:
            for event in events:
                progress(event)
        finally:
            progress.close()
    return record.make(journal, settings, root, missing, time.monotonic() - started, problems, before, findings)


def _with_ratchet(done: record.Record, settings: Settings, state: Path) -> record.Record:
    """The record, failed if the share of verified commands is below the minimum of the settings."""
    fault = coverage.drop(done, settings.coverage, record.load_previous(state / record.FILE))
    return msgspec.structs.replace(done, faults=[*done.faults, fault], exit_status=1) if fault else done


def _required(text: str, settings: Settings) -> list[str]:
    return [known_target(name.strip(), settings) for name in text.split(",") if name.strip()]
