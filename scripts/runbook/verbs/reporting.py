"""`runbook report`: the last recorded run again, for people and programs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook.settings import load
from runbook.verbs.options import console, json_option, print_json

if TYPE_CHECKING:
    from runbook.reporting.record import Record


@click.command("report")
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
    root: Path, record_folder: Path | None, junit_file: Path | None, commit: str | None, schema: bool, as_json: bool
) -> int:
    """Rend compte de la dernière exécution enregistrée ; son code de sortie est celui du verdict."""
    from runbook.reporting import junit, record, terminal

    if schema:
        print_json(record.schema())
        return 0
    folder = record_folder or root / load(root).state
    done = record.load(folder / record.FILE)
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


def _elsewhere(done: "Record", commit: str) -> list[str]:
    """The campaigns that do not prove what `commit` holds."""
    return [
        f"exécution du {campaign.date} : commit {campaign.commit or 'inconnu'}{', dépôt modifié' if campaign.dirty else ''}, au lieu de {commit}"
        for campaign in done.campaigns
        if campaign.commit != commit or campaign.dirty
    ]
