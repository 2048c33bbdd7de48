"""`runbook rules`: what the check looks for, and each rule with its examples."""

from textwrap import indent

import click

from runbook.errors import RunbookError
from runbook.rules.finding import nearest
from runbook.rules.ignores import OF_ITSELF
from runbook.rules.rule import load_rules
from runbook.verbs.options import JSON, Asked, print_json, verb


@verb("rules", click.argument("identifier", required=False, metavar="[RÈGLE]"), JSON, of_pages=False)
def command(asked: Asked, identifier: str | None) -> None:
    """Liste les règles du contrôle, ou en explique une."""
    rules = load_rules()
    known = OF_ITSELF | {name: one.sentence for name, one in rules.items()}
    name = (identifier or "").partition(":")[0]
    if name and name not in known:
        raise RunbookError(f"règle « {identifier} » inconnue ; {nearest(name, known)}")
    one, shown = rules.get(name), [name] if name else sorted(known)
    if one is None and asked.as_json:
        told = [{"identifier": each, "sentence": known[each]} for each in shown]
        print_json(told[0] if name else told)
        return
    if one is None:
        for each in shown:
            click.echo(f"{each:{max(map(len, shown))}}  {known[each]}")
        return
    if asked.as_json:
        print_json({field: getattr(one, field) or None for field in ("identifier", "sentence", "bad", "good", "where")})
        return
    where, bad, good = f" ({one.where})" if one.where else "", indent(one.bad, "    "), indent(one.good, "    ")
    click.echo(f"{one.sentence}\n\nMauvais{where} :\n{bad}\n\nBon :\n{good}\n")
    click.echo(f'Pour l\'ignorer dans un bloc : data-ignore="{one.identifier}: raison"')
    click.echo(f'Ailleurs, dans pyproject.toml : [tool.runbook.rules.ignore."fichier"] "{one.identifier}" = "raison"')
