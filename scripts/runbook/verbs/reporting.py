"""`runbook report`: the last recorded run again, for people and programs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from runbook.errors import RunbookError
from runbook.reading.selection import Selection
from runbook.settings import load
from runbook.verbs.options import console, json_option, pages_argument, print_json, selected

if TYPE_CHECKING:
    from runbook.reporting.record import Record


@click.command("report")
@pages_argument
@click.option(
    "--record", "record_folder", type=click.Path(path_type=Path, file_okay=False), help="Dossier de l'enregistrement."
)
@click.option(
    "--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire un rapport JUnit XML."
)
@click.option("--commit", metavar="SHA", help="Échouer si une preuve vient d'un autre commit, ou d'un dépôt modifié.")
@click.option("--schema", "schema", is_flag=True, help="Donner le schéma JSON de l'enregistrement, sans le lire.")
@json_option
@click.pass_obj
def command(
    root: Path,
    asked: tuple[str, ...],
    tags: tuple[str, ...],
    record_folder: Path | None,
    junit_file: Path | None,
    commit: str | None,
    schema: bool,
    as_json: bool,
) -> int:
    """Rend compte de la dernière exécution enregistrée ; son code de sortie est celui du verdict."""
    from runbook.reporting import junit, record, terminal

    if schema:
        print_json(record.schema())
        return 0
    folder = record_folder or root / load(root).state
    done = record.load(folder / record.FILE)
    if asked or tags:
        done = _of(done, selected(root, load(root), asked, tags))
    elsewhere = _elsewhere(done, commit) if commit else []
    for fault in elsewhere:
        click.echo(fault, err=True)
    status = 1 if elsewhere else done.exit_status
    if junit_file:
        junit.write(done.campaigns, junit_file)
    if as_json:
        print_json(done)
        return status
    screen = console()
    screen.print(terminal.steps_table(done.campaigns))
    screen.print()
    screen.print(terminal.coverage_table(done.campaigns))
    terminal.show_summary(done.campaigns, screen)
    return status


def _of(done: "Record", selection: Selection) -> "Record":
    """What the record says of the steps selected."""
    kept = [
        replace(campaign, steps=[step for step in campaign.steps if selection.holds(step.page, step.line)])
        for campaign in done.campaigns
    ]
    if not any(campaign.steps for campaign in kept):
        raise RunbookError("aucune exécution enregistrée de ces pages ; les exécuter : runbook run")
    return replace(
        done,
        campaigns=[
            replace(one, exit_status=int(bool(one.faults) or any(step.outcome.bad for step in one.steps)))
            for one in kept
            if one.steps
        ],
    )


def _elsewhere(done: "Record", commit: str) -> list[str]:
    """The campaigns that do not prove what `commit` holds."""
    return [
        f"exécution du {campaign.date} : commit "
        f"{campaign.commit or 'inconnu'}{', dépôt modifié' if campaign.dirty else ''}, au lieu de {commit}"
        for campaign in done.campaigns
        if campaign.commit != commit or campaign.dirty
    ]
