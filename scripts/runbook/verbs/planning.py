"""`runbook plan`: what would run here, where, and what would not."""

from pathlib import Path

import click
import msgspec

from runbook.plan import make_plan
from runbook.settings import load
from runbook.verbs.options import (
    console,
    context_option,
    json_option,
    missing_targets,
    pages_argument,
    print_json,
    selected,
    show_missing,
    show_refused,
    target_option,
)


@click.command("plan")
@pages_argument
@target_option
@context_option
@json_option
@click.pass_obj
def command(
    root: Path,
    asked: tuple[str, ...],
    tags: tuple[str, ...],
    targets: tuple[str, ...],
    context: str | None,
    as_json: bool,
) -> int:
    """Montre ce qui serait exécuté ici, où, et ce qui ne le serait pas, avec la raison."""
    from runbook.reporting import terminal

    settings = load(root)
    missing = missing_targets(root, settings, targets, context)
    selection = selected(root, settings, asked, tags)
    plan = make_plan(selection.pages, settings, missing, selection.chosen)
    if as_json:
        print_json([msgspec.to_builtins(page) for page in plan.pages])
    else:
        screen = console()
        show_missing(missing, screen)
        terminal.show_plan(plan, screen)
    show_refused(plan.refused)
    return 1 if plan.refused else 0
