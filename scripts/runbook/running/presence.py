"""Which targets are here, and what the others lack. Asks, never starts anything."""

import fnmatch
from pathlib import Path

from runbook.running.asking import ask
from runbook.settings import Settings, Target


def missing_targets(settings: Settings, root: Path, context: str | None = None) -> dict[str, str]:
    """Target → what it lacks, for the absent ones only; `context` allows one more kubectl context."""
    lacks = {name: lack(target, root, context) for name, target in settings.targets.items()}
    return {name: reason for name, reason in lacks.items() if reason}


def lack(target: Target, root: Path, context: str | None = None) -> str | None:
    """What keeps pages from running on this target, None if nothing does."""
    for requirement in target.requires:
        if not succeeds(requirement.command, root):
            return requirement.missing
    if target.contexts:
        return _refused_context(target, context)
    return None


def succeeds(command: str, root: Path, env: dict[str, str] | None = None) -> bool:
    """Whether bash runs this command with status 0 in time."""
    return ask(["bash", "-c", command], root, env).status == 0


def current_context() -> str | None:
    """The kubectl context that commands would use now."""
    return ask(["kubectl", "config", "current-context"]).well or None


def _refused_context(target: Target, context: str | None) -> str | None:
    current = current_context()
    if current is None:
        return "aucun contexte kubectl courant"
    if current == context or any(fnmatch.fnmatchcase(current, pattern) for pattern in target.contexts):
        return None
    return (
        f"contexte kubectl « {current} » refusé : un runbook ne s'exécute que sur {', '.join(target.contexts)}, "
        f"ou sur le contexte nommé par --context {current}"
    )
