"""`runbook report`: the last recorded run again, for people and programs."""

from pathlib import Path

import click

from runbook.settings import load
from runbook.verbs.options import console, json_option, print_json


@click.command("report")
@click.option("--record", "record_folder", type=click.Path(path_type=Path, file_okay=False), help="Dossier de l'enregistrement.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire un rapport JUnit XML.")
@click.option("--schema", "schema", is_flag=True, help="Donner le schéma JSON de l'enregistrement, sans le lire.")
@json_option
@click.pass_obj
def command(root: Path, record_folder: Path | None, junit_file: Path | None, schema: bool, as_json: bool) -> int:
    """Rend compte de la dernière exécution enregistrée ; son code de sortie est celui du verdict."""
    from runbook.reporting import junit, record, terminal

    if schema:
        print_json(record.schema())
        return 0
    folder = record_folder or root / load(root).state
    done = record.load(folder / record.FILE)
    if junit_file:
        junit.write(done, junit_file)
    if as_json:
        print_json(done)
        return done.exit_status
    screen = console()
    screen.print(terminal.steps_table(done.steps))
    screen.print()
    screen.print(terminal.coverage_table(done))
    terminal.show_summary(done, screen)
    return done.exit_status
