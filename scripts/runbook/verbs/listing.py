"""`runbook list`: the documented commands, nothing run."""

from pathlib import Path

import click
import msgspec

from runbook.plan import label, make_plan
from runbook.settings import load
from runbook.verbs.options import json_option, pages_argument, print_json, selected, show_refused

REFUSED, UNDECIDED = "refusé", "indécis"


@click.command("list")
@pages_argument
@json_option
@click.pass_obj
def command(root: Path, asked: tuple[str, ...], tags: tuple[str, ...], as_json: bool) -> int:
    """Liste les commandes des pages, sans rien exécuter."""
    settings = load(root)
    selection = selected(root, settings, asked, tags)
    plan = make_plan(selection.pages, settings, {}, selection.chosen)
    steps = [step for step in plan.steps if selection.holds(step.block.page, step.block.line)]
    if as_json:
        blocks = [
            {**msgspec.to_builtins(step.block), "mode": UNDECIDED if step.block.undecided else step.mode}
            for step in steps
        ]
        print_json([*blocks, *({**msgspec.to_builtins(problem), "mode": REFUSED} for problem in plan.refused)])
    else:
        for step in steps:
            place = UNDECIDED if step.block.undecided else step.block.target or "-"
            click.echo(f"{step.place}  {place}  {label(step.block.title, step.block.code)}")
        _show_undecided([step.block.undecided for step in steps if step.block.undecided])
    show_refused(plan.refused)
    return 1 if plan.refused else 0


def _show_undecided(reasons: list[str]) -> None:
    """How many commands nobody has decided about, by reason."""
    for reason in dict.fromkeys(reasons):
        click.echo(f"{UNDECIDED} : {reasons.count(reason)} × {reason}", err=True)
