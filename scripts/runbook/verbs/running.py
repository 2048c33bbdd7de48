"""`runbook run`: what it is asked; the work is loaded when it is called."""

from pathlib import Path
from typing import Any

import click

from runbook.reading.selection import select
from runbook.reading.state import state_of
from runbook.settings import load
from runbook.verbs.options import context_option, json_option, pages_argument, pages_meanwhile, target_option


@click.command("run")
@pages_argument
@target_option
@click.option(
    "--require",
    "required",
    metavar="CIBLES",
    default="",
    help="Échouer si l'une de ces cibles (séparées par des virgules) manque.",
)
@context_option
@click.option(
    "--step",
    "by_step",
    is_flag=True,
    help="Pas à pas : montrer le texte et la commande, demander avant chacune, tenir un journal lisible.",
)
@click.option(
    "--check",
    "checks",
    is_flag=True,
    help="Contrôler d'abord tout le site, comme « runbook check » ; un constat fait échouer.",
)
@click.option(
    "--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Écrire aussi un rapport JUnit XML."
)
@click.option(
    "--record", "record_folder", type=click.Path(path_type=Path, file_okay=False), help="Dossier de l'enregistrement."
)
@json_option
@click.pass_obj
def command(root: Path, /, **asked: Any) -> int:
    """Exécute les pages (toutes, ou celles nommées et celles dont elles dépendent)."""
    settings = load(root)
    state = state_of(root, settings)
    with pages_meanwhile(root, settings, state) as read:
        from runbook.verbs.run_pages import Asked, run_pages

        selection = select(read(), root, asked.pop("asked"), asked.pop("tags"))
    return run_pages(root, settings, selection, state, Asked(**asked))
