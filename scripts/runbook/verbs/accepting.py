"""`runbook accept`: what was obtained becomes what the page promises, and the difference is shown."""

import os
from pathlib import Path

import click

from runbook.errors import RunbookError
from runbook.settings import load
from runbook.verbs.options import context_option, json_option, pages_argument, selected, target_option

NOT_CI = ("", "0", "false", "no")


@click.command("accept")
@pages_argument
@target_option
@context_option
@click.option("--dry-run", "dry", is_flag=True, help="Montrer ce qui changerait, sans rien écrire.")
@json_option
@click.pass_obj
def command(
    root: Path,
    asked: tuple[str, ...],
    tags: tuple[str, ...],
    targets: tuple[str, ...],
    context: str | None,
    dry: bool,
    as_json: bool,
) -> int:
    """Exécute des pages, et récrit leurs résultats attendus d'après ce qui a été obtenu ; jamais en CI."""
    if os.environ.get("CI", "").casefold() not in NOT_CI:
        raise RunbookError(
            "accept récrit des pages : pas en CI (variable CI) ; le lancer sur un poste, et relire l'écart"
        )
    if not asked and not tags:
        raise RunbookError("accept demande au moins une page, un dossier, un motif ou une étiquette (--tag)")
    settings = load(root)
    selection = selected(root, settings, asked, tags)
    from runbook.verbs.accept_pages import accept_pages

    return accept_pages(root, settings, selection, targets, context, dry, as_json)
