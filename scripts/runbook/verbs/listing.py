"""`runbook list`: the documented commands, nothing run."""

from pathlib import Path

import click
import msgspec

from runbook.plan import make_plan
from runbook.reporting.label import label
from runbook.settings import load
from runbook.verbs.options import json_option, pages, pages_argument, print_json


@click.command("list")
@pages_argument
@json_option
@click.pass_obj
def command(root: Path, asked: tuple[str, ...], as_json: bool) -> None:
    """Liste les commandes des pages, sans rien exécuter."""
    settings = load(root)
    plan = make_plan(pages(root, settings, asked), settings, {}, asked)
    if as_json:
        print_json([{**msgspec.to_builtins(step.block), "mode": step.mode} for step in plan.steps])
        return
    for step in plan.steps:
        click.echo(f"{step.place}  {step.block.target or '-'}  {label(step.block.title, step.block.code)}")
