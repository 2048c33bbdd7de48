"""What does the page of one target say of the last run?"""

from .changes import Changes
from .last_run import Run
from .past_runs import PastRun, history
from .proofs import box, by, link, stale, target_name, terms, version


def target_proofs(run: Run | None, changes: Changes, past: list[PastRun], titles: dict[str, str], target: str) -> str:
    """The proofs of one target: conditions, totals, every step of every page, the last runs."""
    steps = [step for step in run.steps if step.target == target] if run else []
    if run is None or not steps:
        return box("info", "Rien de vérifié sur cette cible", f"Aucune exécution enregistrée ne porte sur la cible {target_name(target)}.")
    pages = dict.fromkeys(step.page for step in steps)
    parts = [
        _target_conditions(run, target),
        stale(changes.of_all(steps)),
        "## Bilan { #bilan }\n\n" + by(steps, "Page", lambda step: link(step.page, titles)),
        "## Commandes { #commandes }\n\nLa ligne mène à la commande dans sa page ; un clic sur une commande montre ce qu'elle a réellement affiché, secrets masqués.",
        *(
            f'### {titles.get(page, page)} {{ #page-{number} }}\n\n<div data-steps="{target}" data-page="{page}"></div>'
            for number, page in enumerate(pages, start=1)
        ),
        "## Dernières exécutions { #historique }\n\n" + history(past, target),
    ]
    return "\n\n".join(part for part in parts if part)


def _target_conditions(run: Run, target: str) -> str:
    rows = [("Date", f"{run.day}, {run.date:%H:%M} UTC"), ("Commit", run.revision), ("Machine", run.machine)]
    rows += [(_name(name), version("", text)) for name, text in run.versions.get(target, {}).items() if text]
    if target in run.missing:
        rows.append(("Cible absente", f"{run.missing[target]} ; ce qui a répondu est le substitut local"))
    return terms(rows)


def _name(tool: str) -> str:
    return {"kubectl": "kubectl", "cluster": "Cluster Kubernetes"}.get(tool, tool.capitalize())
