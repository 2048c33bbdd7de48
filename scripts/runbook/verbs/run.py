"""`runbook run`: carry pages out, judge, record."""

import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click
import msgspec
from rich.markup import escape

from runbook.errors import RunbookError
from runbook.judging import Journal, judged
from runbook.plan import Plan, make_plan
from runbook.reading.content import PageBlocks
from runbook.reading.selection import Selection, select
from runbook.reporting import annotations, coverage, kept, make, record, terminal
from runbook.reporting.record import Campaign
from runbook.running.interruption import Interruptions
from runbook.running.run import opened
from runbook.verbs.check import verdict
from runbook.verbs.options import CONTEXT, JSON, JUNIT, RECORD, TARGET, Asked, pages_meanwhile, print_json, verb

if TYPE_CHECKING:  # for a person on duty alone
    from runbook.reporting.step_by_step import StepByStep


@verb(
    "run",
    TARGET,
    click.option("--require", metavar="CIBLES", default="", help="Échouer si l'une de ces cibles (a,b) manque."),
    CONTEXT,
    click.option("--step", "by_step", is_flag=True, help="Pas à pas : demander avant chaque commande ; tout est noté."),
    click.option("--check", "checks", is_flag=True, help="Contrôler d'abord tout le site ; un constat fait échouer."),
    JUNIT,
    RECORD,
    JSON,
)
def command(asked: Asked, require: str, by_step: bool, checks: bool) -> int:
    """Exécute les pages (toutes, ou celles nommées et celles dont elles dépendent)."""
    root, settings, screen = asked.root, asked.settings, asked.screen
    with pages_meanwhile(asked) as read:
        missing = asked.missing_targets()
        selection = select(read(), root, asked.pages, asked.tags)
    if by_step and not (selection.chosen and sys.stdin.isatty()):
        raise RunbookError("--step demande un terminal et le nom d'au moins une page")
    plan = make_plan(selection.pages, settings, missing, selection.chosen, prerequisites=not by_step)
    wanted = [asked.known(name.strip()) for name in require.split(",") if name.strip()]
    problems = [f"{name} : cible requise mais absente : {missing[name]}" for name in wanted if name in missing]
    problems += [f"page refusée : {problem}" for problem in plan.refused]
    findings = _findings(asked, selection.pages) if checks else None
    interruptions = Interruptions()
    announce = partial(asked.announce_stop, *(["aucun nettoyage n'est lancé."] if by_step else []))
    with interruptions.handled(announce):
        pages = dict.fromkeys(page.page for page in plan.pages)
        whole = not (by_step or selection.chosen or asked.targets)
        campaign = make.at_start(pages, settings, root, missing, whole)
        tell: StepByStep | terminal.Progress = terminal.Progress(screen)
        if by_step:
            from runbook.reporting import step_by_step

            tell = step_by_step.StepByStep(screen, root / settings.state / "journal")
        journal = carried_out(asked, plan, interruptions, tell)
        journal.faults += problems
        done = _kept(asked, selection, by_step, campaign(journal, findings))
    if asked.as_json:
        print_json(record.Record(record.VERSION, [done]))
    annotations.say(annotations.of_campaign(done))
    terminal.show_summary([done], screen)
    return done.exit_status


def _findings(asked: Asked, pages: list[PageBlocks]) -> list[str]:
    """What the static check has to say before anything runs."""
    findings = verdict(asked, lambda: pages).findings
    for finding in findings:
        asked.screen.print(f"[bold red]✘[/] {escape(str(finding))}")
    annotations.say(annotations.of_findings(findings))
    return [str(finding) for finding in findings]


def carried_out(
    asked: Asked, plan: Plan, interruptions: Interruptions, tell: "StepByStep | terminal.Progress"
) -> Journal:
    """Everything that came of a plan, told as it came."""
    journal = Journal()
    try:
        with (
            opened(asked.settings, asked.root, tell.operator, interruptions) as run,
            closing(judged(plan, run, journal)) as events,
        ):
            for event in events:
                tell(event)
    except KeyboardInterrupt:  # what could not be put back is said all the same
        for note in journal.notes:
            asked.screen.print(note, markup=False, highlight=False)
        raise
    finally:
        tell.close()
    return journal


def _kept(asked: Asked, selection: Selection, by_step: bool, done: Campaign) -> Campaign:
    """The campaign, written where it was asked for; step by step, its journal is written already."""
    settings = asked.settings
    if asked.junit_file:
        from runbook.reporting import junit

        done = _written(done, partial(junit.write, [done], asked.junit_file))
    if by_step or any(selection.chosen.values()):  # a part of a page proves nothing of it
        return done
    if not selection.chosen:  # the share of verified commands may not be below the minimum of the settings
        fault = coverage.drop([done], settings.coverage, record.load_previous(asked.folder / record.FILE))
        done = msgspec.structs.replace(done, drop=fault, exit_status=1) if fault else done
    return _written(done, partial(kept.keep, done, asked.folder, settings.coverage))


def _written(done: Campaign, write: Callable[[], object]) -> Campaign:
    """The campaign, failed where what was asked for could not be written: else nobody could read the verdict."""
    try:
        write()
    except OSError as error:
        remedy = "faire de la place ou choisir un autre dossier, puis relancer"
        fault = f"{error.filename or 'enregistrement'} : {error.strerror} ; {remedy}"
        return msgspec.structs.replace(done, faults=[*done.faults, fault], exit_status=1)
    return done
