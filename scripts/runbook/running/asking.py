"""Ask the machine: what a program answers, in time and without a keyboard; which targets are here; what listens."""

import contextlib
import fnmatch
import socket
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runbook.settings import Settings, Target

TIMEOUT = 20.0
OUTPUT = "sortie:"
NOT_ASKED = "cible non demandée (--target)"
HERE = "localhost,127.0.0.0/8,0.0.0.0,::1"  # as `no_proxy` names this machine


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


def missing_targets(
    settings: Settings, root: Path, context: str | None = None, asked: Collection[str] = ()
) -> dict[str, str]:
    """Target → what it lacks, for the absent ones and, if some were `asked` for, the others.

    `context` allows one more kubectl context.
    """
    known = settings.targets.items()
    lacks = {name: lack(one, root, context) if not asked or name in asked else NOT_ASKED for name, one in known}
    return {name: reason for name, reason in lacks.items() if reason}


def lack(target: Target, root: Path, context: str | None = None) -> str | None:
    """What keeps pages from running on this target, None if nothing does."""
    for requirement in target.requires:
        if ask(["bash", "-c", requirement.command], root).status != 0:
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


def holds(condition: str, output: bytes) -> bool:
    """Whether a readiness condition (`http…`, `port:N`, `sortie:text`) is true now."""
    kind, _, rest = condition.partition(":")
    if f"{kind}:" == OUTPUT:
        return rest.encode() in output
    if kind != "port":
        return answers(condition)
    with contextlib.suppress(OSError, OverflowError), socket.create_connection(("localhost", int(rest)), timeout=1):
        return True
    return False


def answers(url: str) -> bool:
    """Whether this URL answers below 500 within a second; no proxy is asked for an address of this machine."""
    import requests  # noqa: PLC0415 — a tenth of a second that pages without services do not pay

    with requests.Session() as session:
        session.trust_env = not requests.utils.should_bypass_proxies(url, no_proxy=f"{HERE},{socket.gethostname()}")
        try:
            return session.get(url, timeout=1, allow_redirects=False).status_code < 500
        except requests.RequestException:
            return False
