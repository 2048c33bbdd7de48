"""`runbook report`: the last recorded run again, for people and programs."""

import click
from msgspec.structs import replace

from runbook.errors import RunbookError
from runbook.reading.selection import Selection
from runbook.reporting import record, terminal
from runbook.reporting.kept import without
from runbook.verbs.options import JSON, JUNIT, RECORD, Asked, print_json, verb


@verb(
    "report",
    RECORD,
    JUNIT,
    click.option("--commit", metavar="SHA", help="Échouer si une preuve est d'un autre commit, ou d'un dépôt modifié."),
    click.option("--schema", is_flag=True, help="Donner le schéma JSON de l'enregistrement, sans le lire."),
    JSON,
)
def command(asked: Asked, commit: str | None, schema: bool) -> int:
    """Rend compte de la dernière exécution enregistrée ; son code de sortie est celui du verdict."""
    if schema:
        print_json(record.schema())
        return 0
    done = record.load(asked.folder / record.FILE)
    if asked.pages or asked.tags:
        done = _of(done, asked.selected())
    elsewhere = _elsewhere(done, commit) if commit else []
    for fault in elsewhere:
        click.echo(fault, err=True)
    if asked.junit_file:
        from runbook.reporting import junit

        junit.write(done.campaigns, asked.junit_file)
    if asked.as_json:
        print_json(done)
    else:
        asked.screen.print(terminal.steps_table(done.campaigns))
        asked.screen.print()
        asked.screen.print(terminal.coverage_table(done.campaigns))
        terminal.show_summary(done.campaigns, asked.screen)
    return 1 if elsewhere else done.exit_status


def _of(done: record.Record, selection: Selection) -> record.Record:
    """What the record says of the steps selected."""
    asked = (without(one, lambda step: not selection.holds(step.page, step.line)) for one in done.campaigns)
    campaigns = [campaign for campaign in asked if campaign.steps]
    if not campaigns:
        raise RunbookError("aucune exécution enregistrée de ces pages ; les exécuter : runbook run")
    return replace(done, campaigns=campaigns)


def _elsewhere(done: record.Record, commit: str) -> list[str]:
    """The campaigns that do not prove what `commit` holds."""
    return [
        f"exécution du {campaign.date} : commit "
        f"{campaign.commit or 'inconnu'}{', dépôt modifié' if campaign.dirty else ''}, au lieu de {commit}"
        for campaign in done.campaigns
        if campaign.commit != commit or campaign.dirty
    ]
