"""One target made ready for its pages, and put back afterwards."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runbook.running import presence, servers
from runbook.running.asking import ask
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
            if run.operator.asked and not was_there:
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
        told = ask(["bash", "-c", command], run.root, env, served.teardown_deadline)
        if told.status is None:
            yield f"{target} : « {command} » n'a pas fini en {served.teardown_deadline:g} s ; à relancer à la main"
        elif told.status:
            yield f"{target} : « {command} » a échoué : {told.err.strip()}"
