"""`runbook rules`: what the check looks for, and each rule with its examples."""

from textwrap import indent

import click

from runbook.errors import RunbookError
from runbook.rules.finding import nearest
from runbook.rules.rule import load_rules
from runbook.verbs.options import JSON, Asked, print_json, verb


@verb("rules", click.argument("identifier", required=False, metavar="[RÈGLE]"), JSON, of_pages=False)
def command(asked: Asked, identifier: str | None) -> None:
    """Liste les règles du contrôle, ou en explique une."""
    known = load_rules()
    if identifier is None and asked.as_json:
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
    if asked.as_json:
        told = {"identifier": one.identifier, "sentence": one.sentence, "bad": one.bad, "good": one.good}
        print_json({**told, "where": one.where or None})
        return
    where, bad, good = f" ({one.where})" if one.where else "", indent(one.bad, "    "), indent(one.good, "    ")
    click.echo(f"{one.sentence}\n\nMauvais{where} :\n{bad}\n\nBon :\n{good}\n")
    click.echo(f'Pour l\'ignorer dans un bloc : data-ignore="{one.identifier}: raison"')
    click.echo(f'Ailleurs, dans pyproject.toml : [tool.runbook.rules.ignore."fichier"] "{one.identifier}" = "raison"')
