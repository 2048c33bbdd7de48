"""Carry pages out, judge, record: what `runbook run` does."""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from runbook.errors import RunbookError
from runbook.judging import Journal, judged
from runbook.plan import Plan, make_plan
from runbook.reading.selection import Selection
from runbook.reporting import annotations, coverage, history, junit, make, merge, record, terminal
from runbook.reporting.record import Campaign
from runbook.reporting.step_by_step import StepByStep
from runbook.running.interruption import Interruptions
from runbook.running.run import NOBODY, opened
from runbook.settings import Settings
from runbook.verbs.options import announce_stop, console, known_target, missing_targets, print_json, show_missing
from runbook.verbs.verdict import verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    targets: tuple[str, ...]
    required: str
    context: str | None
    by_step: bool
    checks: bool
    junit_file: Path | None
    record_folder: Path | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class Order:
    """A run that is ready to start: of which repository, what, and where it is told."""

    root: Path
    settings: Settings
    asked: Asked
    selection: Selection
    missing: dict[str, str]
    plan: Plan
    screen: Console

    @property
    def folder(self) -> Path:
        return self.asked.record_folder or self.root / self.settings.state

    @property
    def whole(self) -> bool:
        return not (self.asked.by_step or self.selection.chosen or self.asked.targets)


def run_pages(root: Path, settings: Settings, selection: Selection, state: str, asked: Asked) -> int:
    """Run the pages selected, in this `state` of the repository; the exit status."""
    missing = missing_targets(root, settings, asked.targets, asked.context)
    if asked.by_step and not (selection.chosen and sys.stdin.isatty()):
        raise RunbookError("--step demande un terminal et le nom d'au moins une page")
    plan = make_plan(selection.pages, settings, missing, selection.chosen, prerequisites=not asked.by_step)
    order = Order(root, settings, asked, selection, missing, plan, console(stderr=asked.as_json))
    problems = [
        f"{name} : cible requise mais absente : {missing[name]}"
        for name in _required(asked.required, settings)
        if name in missing
    ] + [f"page refusée : {problem}" for problem in plan.refused]
    show_missing(missing, order.screen)
    findings = _findings(order, state) if asked.checks else None
    interruptions = Interruptions()
    announce = partial(announce_stop, order.screen, *(["aucun nettoyage n'est lancé."] if asked.by_step else []))
    with interruptions.handled(announce):
        pages = dict.fromkeys(page.page for page in plan.pages)
        campaign = make.at_start(pages, settings, root, missing, order.whole)
        journal = _carried_out(order, interruptions)
        journal.faults += problems
        done = _kept(order, campaign(journal, findings))
    if asked.as_json:
        print_json(record.Record(record.VERSION, [done]))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.annotations(done):
            click.echo(line)
    terminal.show_summary([done], order.screen)
    return done.exit_status


def _required(text: str, settings: Settings) -> list[str]:
    return [known_target(name.strip(), settings) for name in text.split(",") if name.strip()]


def _findings(order: Order, state: str) -> list[str]:
    """What the static check has to say before anything runs."""
    findings = verdict(order.root, order.settings, state, lambda: order.selection.pages).findings
    for finding in findings:
        order.screen.print(f"[bold red]✘[/] {escape(str(finding))}")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.of_findings(findings):
            click.echo(line)
    return [str(finding) for finding in findings]


def _carried_out(order: Order, interruptions: Interruptions) -> Journal:
    """Everything that came of it, told as it came: step by step to the person on duty, else as progress."""
    journal, screen = Journal(), order.screen
    tell: StepByStep | terminal.Progress
    operator = NOBODY
    if order.asked.by_step:
        tell = StepByStep(screen, order.root / order.settings.state / "journal")
        operator = tell.operator
    else:
        tell = terminal.Progress(screen)
    try:
        with (
            opened(order.settings, order.root, operator, interruptions) as run,
            closing(judged(order.plan, run, journal)) as events,
        ):
            for event in events:
                tell(event)
    finally:
        tell.close()
    return journal


def _kept(order: Order, done: Campaign) -> Campaign:
    """The campaign, written where it was asked for; step by step, its journal is written already."""
    asked, settings = order.asked, order.settings
    if asked.junit_file:
        done = _written(done, partial(junit.write, [done], asked.junit_file))
    if asked.by_step or order.selection.lines:  # a part of a page proves nothing of it
        return done
    if not order.selection.chosen:  # the share of verified commands may not be below the minimum of the settings
        fault = coverage.drop([done], settings.coverage, record.load_previous(order.folder / record.FILE))
        done = msgspec.structs.replace(done, drop=fault, exit_status=1) if fault else done
    done = _written(done, partial(merge.keep, done, order.folder, settings.coverage))
    return _written(done, partial(history.keep, done, order.folder)) if order.whole else done


def _written(done: Campaign, write: Callable[[], object]) -> Campaign:
    """The campaign, failed where what was asked for could not be written:
    a verdict that nobody can read again is none."""
    try:
        write()
    except OSError as error:
        fault = (
            f"{error.filename or 'enregistrement'} : {error.strerror} ; faire de la place ou choisir un autre "
            "dossier, puis relancer"
        )
        return msgspec.structs.replace(done, faults=[*done.faults, fault], exit_status=1)
    return done
