"""`runbook rules`: what the check looks for, and each rule with its examples."""

from pathlib import Path

import click

from runbook.errors import RunbookError
from runbook.rules.finding import nearest
from runbook.rules.rule import load_rules
from runbook.verbs.options import json_option, print_json


@click.command("rules")
@click.argument("identifier", required=False, metavar="[RÈGLE]")
@json_option
@click.pass_obj
def command(_: Path, identifier: str | None, as_json: bool) -> None:
    """Liste les règles du contrôle, ou en explique une."""
    known = load_rules()
    if identifier is None and as_json:
        print_json([{"identifier": one.identifier, "sentence": one.sentence} for one in known.values()])
        return
    if identifier is None:
        width = max(map(len, known))
        for name, described in known.items():
            click.echo(f"{name:{width}}  {described.sentence}")
        return
    one = known.get(identifier.partition(":")[0])
    if one is None:
        raise RunbookError(f"règle « {identifier} » inconnue ; {nearest(identifier, known)}")
    if as_json:
        told = {"identifier": one.identifier, "sentence": one.sentence, "bad": one.bad, "good": one.good}
        print_json({**told, "where": one.where or None})
        return
    where = f" ({one.where})" if one.where else ""
    click.echo(f"{one.sentence}\n\nMauvais{where} :\n{_shown(one.bad)}\n\nBon :\n{_shown(one.good)}\n")
    click.echo(f'Pour l\'ignorer dans un bloc : data-ignore="{one.identifier}: raison"')
    click.echo(f'Ailleurs, dans pyproject.toml : [tool.runbook.rules.ignore."fichier"] "{one.identifier}" = "raison"')


def _shown(example: str) -> str:
    return "\n".join(f"    {line}" for line in example.split("\n"))
