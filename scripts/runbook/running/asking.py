"""Ask the machine: what a program answers, in time and without a keyboard, and which targets are here."""

import fnmatch
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runbook.settings import Settings, Target

TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said; `status` is None where nobody answered: no such program, or not in time."""

    status: int | None
    out: str = ""
    err: str = ""

    @property
    def well(self) -> str:
        """What was said, without blanks around; nothing where that went wrong."""
        return self.out.strip() if self.status == 0 else ""


def ask(
    command: Sequence[str], root: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = TIMEOUT
) -> Answer:
    """In a session of its own: a Ctrl+C of the terminal is for the engine."""
    try:
        ran = subprocess.run(
            command,
            cwd=root,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return Answer(None)
    return Answer(ran.returncode, ran.stdout.decode(errors="replace"), ran.stderr.decode(errors="replace"))


def succeeds(command: str, root: Path, env: Mapping[str, str] | None = None) -> bool:
    """Whether bash runs this command with status 0 in time."""
    return ask(["bash", "-c", command], root, env).status == 0


def missing_targets(settings: Settings, root: Path, context: str | None = None) -> dict[str, str]:
    """Target → what it lacks, for the absent ones only; `context` allows one more kubectl context."""
    lacks = {name: lack(target, root, context) for name, target in settings.targets.items()}
    return {name: reason for name, reason in lacks.items() if reason}


def lack(target: Target, root: Path, context: str | None = None) -> str | None:
    """What keeps pages from running on this target, None if nothing does."""
    for requirement in target.requires:
        if not succeeds(requirement.command, root):
            return requirement.missing
    if not target.contexts:
        return None
    current = ask(["kubectl", "config", "current-context"]).well
    if not current:
        return "aucun contexte kubectl courant"
    if current == context or any(fnmatch.fnmatchcase(current, pattern) for pattern in target.contexts):
        return None
    return (
        f"contexte kubectl « {current} » refusé : un runbook ne s'exécute que sur {', '.join(target.contexts)}, "
        f"ou sur le contexte nommé par --context {current}"
    )
