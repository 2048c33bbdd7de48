"""One target made ready for its pages, and put back afterwards."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runbook.running import presence, servers
from runbook.running.environment import environment, pinned_context
from runbook.running.run import Run


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
    env = environment(run)
    with run.interruptions.allowed():
        if served.contexts:
            env["KUBECONFIG"] = str(pinned_context(run))
        was_there = served.present is not None and presence.succeeds(served.present, run.root, env)
    with servers.running(settings.served_by(target, on), run, env, overrides) as started:
        try:
            yield Session(env, tuple(server.process.pid for server in started))
        finally:
            if run.operator.asked:
                notes.extend(
                    f"{on} : « {command} » n'a pas été lancé, personne ne l'a demandé" for command in served.teardown
                )
            elif was_there:
                notes.append(f"{on} : déjà déployé avant l'exécution ; laissé en place")
            else:
                notes.extend(_tear_down(on, run, env))


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
