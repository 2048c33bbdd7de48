"""One target made ready for its pages, and put back afterwards."""

import contextlib
import enum
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runbook.errors import TargetError
from runbook.plan import Step
from runbook.running import presence, processes, servers
from runbook.running.interruption import Interruptions
from runbook.running.private import Private
from runbook.settings import Settings

# Variables that would change how bash starts or what it prints.
UNWANTED = frozenset(
    ["BASH_ENV", "ENV", "PROMPT_COMMAND", "PS1", "PS2", "PS4", "BASHOPTS", "SHELLOPTS", "CDPATH", "GLOBIGNORE"]
)


class Answer(enum.Enum):
    """What the person on duty says of the next step."""

    RUN = enum.auto()
    SKIP = enum.auto()
    STOP = enum.auto()


def always(_: Step) -> Answer:
    """Nobody is asked."""
    return Answer.RUN


@dataclass(frozen=True, slots=True)
class Run:
    """What every page of one run shares; `folder` is private to the run and removed after it."""

    root: Path
    folder: Path
    settings: Settings
    private: Private
    token: str
    confirm: Callable[[Step], Answer] = always
    interruptions: Interruptions = field(default_factory=Interruptions)


@dataclass(frozen=True, slots=True)
class Session:
    """A prepared target: the environment of its shells and the processes that pages must not end."""

    env: dict[str, str]
    spared: tuple[int, ...]


@contextlib.contextmanager
def open_target(target: str, on: str, run: Run, notes: list[str]) -> Iterator[Session]:
    """`target`'s pages may run inside the block, served by `on`; TargetError if it cannot be prepared."""
    settings = run.settings
    served = settings.targets[on]
    stand_in = settings.targets[target].stand_in if on != target else None
    overrides: Mapping[str, Mapping[str, str]] = stand_in.env if stand_in else {}
    env = _environment(run)
    with run.interruptions.allowed():
        if served.contexts:
            env["KUBECONFIG"] = str(_pinned_context(run.folder))
        was_there = served.present is not None and presence.succeeds(served.present, run.root, env)
    with servers.running(settings.served_by(target, on), run, overrides) as started:
        try:
            yield Session(env, tuple(server.process.pid for server in started))
        finally:
            if was_there:
                notes.append(f"{on} : déjà déployé avant l'exécution ; laissé en place")
            else:
                notes.extend(_tear_down(on, run, env))


def sweep(run: Run, spared: tuple[int, ...] = ()) -> None:
    """End what the run's commands left behind, also where each process starts its successor before it ends."""
    processes.hunt(run.token, spared)


def _environment(run: Run) -> dict[str, str]:
    env = {
        name: value for name, value in os.environ.items() if name not in UNWANTED and not name.startswith("BASH_FUNC_")
    }
    return {
        **env,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{env.get('PATH', os.defpath)}",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        **run.settings.env,
        processes.TOKEN: run.token,
    }


def _pinned_context(folder: Path) -> Path:
    """A copy of the current context alone: whatever happens outside, pages reach no other cluster."""
    ran = subprocess.run(
        ["kubectl", "config", "view", "--minify", "--flatten", "--raw"],
        capture_output=True,
        timeout=presence.TIMEOUT,
        check=False,
    )
    if ran.returncode:
        raise TargetError(f"contexte kubectl illisible : {ran.stderr.decode(errors='replace').strip()}")
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_bytes(ran.stdout)
    return path


def _tear_down(target: str, run: Run, env: dict[str, str]) -> Iterator[str]:
    served = run.settings.targets[target]
    for command in served.teardown:
        try:
            ran = subprocess.run(
                ["bash", "-c", command],
                cwd=run.root,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=served.teardown_deadline,
                check=False,
                start_new_session=True,  # a Ctrl+C of the terminal is for the engine
            )
        except subprocess.TimeoutExpired:
            yield f"{target} : « {command} » n'a pas fini en {served.teardown_deadline:g} s ; à relancer à la main"
            continue
        if ran.returncode:
            yield f"{target} : « {command} » a échoué : {ran.stderr.decode(errors='replace').strip()}"
