"""`runbook plan`: what would run here, where, and what would not."""

from runbook.plan import make_plan
from runbook.reporting import terminal
from runbook.verbs.options import CONTEXT, JSON, TARGET, Asked, print_json, show_refused, verb


@verb("plan", TARGET, CONTEXT, JSON)
def command(asked: Asked) -> int:
    """Montre ce qui serait exécuté ici, où, et ce qui ne le serait pas, avec la raison."""
    missing, selection = asked.missing_targets(), asked.selected()
    plan = make_plan(selection.pages, asked.settings, missing, selection.chosen)
    if asked.as_json:
        print_json(plan.pages)
    else:
        terminal.show_plan(plan, asked.screen)
    show_refused(plan.refused)
    return 1 if plan.refused else 0
