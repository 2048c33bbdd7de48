"""`runbook list`: the documented commands, nothing run."""

import click
import msgspec

from runbook.plan import label, make_plan
from runbook.verbs.options import JSON, Asked, print_json, show_refused, verb

REFUSED, UNDECIDED = "refusé", "indécis"


@verb("list", JSON)
def command(asked: Asked) -> int:
    """Liste les commandes des pages, sans rien exécuter."""
    selection = asked.selected()
    plan = make_plan(selection.pages, asked.settings, {}, selection.chosen)
    steps = [step for step in plan.steps if selection.holds(step.block.page, step.block.line)]
    if asked.as_json:
        blocks = [
            {**msgspec.to_builtins(step.block), "mode": UNDECIDED if step.block.undecided else step.mode}
            for step in steps
        ]
        told = [{**msgspec.to_builtins(one), "page": one.path, "mode": REFUSED} for one in plan.refused]
        print_json([*blocks, *told])
    else:
        for step in steps:
            place = UNDECIDED if step.block.undecided else step.block.target or "-"
            click.echo(f"{step.place}  {place}  {label(step.block.title, step.block.code)}")
        reasons = [step.block.undecided for step in steps if step.block.undecided]
        for reason in dict.fromkeys(reasons):
            click.echo(f"{UNDECIDED} : {reasons.count(reason)} × {reason}", err=True)
    show_refused(plan.refused)
    return 1 if plan.refused else 0
