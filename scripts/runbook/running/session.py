"""One target made ready for its pages, and put back afterwards; the environment that its commands have."""

import contextlib
import fnmatch
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runbook.errors import TargetError
from runbook.running import processes, servers
from runbook.running.asking import ask, succeeds
from runbook.running.run import Run

# What a machine needs of its user's environment: programs, proxies, certificates, the Docker Engine's address.
KEPT = (
    "PATH", "USER", "LOGNAME", "TMPDIR", "TZ", "*_CA_BUNDLE", "SSL_CERT_*", "GIT_SSL_CAINFO", "PIP_CERT",
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS*", "DOCKER_CERT_PATH", "DOCKER_API_VERSION",
)  # fmt: skip
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")  # in either case
HERE = "localhost,127.0.0.1,::1"
DOCKER = ("currentContext", "cliPluginsExtraDirs", "features", "plugins", "aliases")  # no credentials


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
    env = _environment(run)
    with run.interruptions.allowed():
        if served.contexts:
            env["KUBECONFIG"] = str(_pinned_context(run))
        was_there = served.present is not None and succeeds(served.present, run.root, env)
    names = settings.served_by(target, on)
    with servers.running(names, run, env, stand_in.env if stand_in else {}) as started:
        try:
            yield Session(env, tuple(server.process.pid for server in started))
        finally:
            if was_there:
                notes.append(f"{on} : déjà déployé avant l'exécution ; laissé en place")
            elif run.operator.asked:
                notes += [f"{on} : « {one} » n'a pas été lancé, personne ne l'a demandé" for one in served.teardown]
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


def _environment(run: Run) -> dict[str, str]:
    """The run's own, with what the settings let through of the caller's, and no token; its home is in its folder."""
    home = run.folder / "home"
    if not home.exists():
        home.mkdir(mode=0o700)
        _lend_docker(home / ".docker")
    patterns = (*KEPT, *run.settings.keep_env)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() in PROXIES or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    }
    if any(name.lower() in PROXIES for name in kept):
        kept |= {name: ",".join(filter(None, [kept.get(name), HERE])) for name in ("no_proxy", "NO_PROXY")}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        **run.settings.env,
        processes.TOKEN: run.token,
    }


def _lend_docker(folder: Path) -> None:
    """The caller's contexts and plugins of Docker's command line, without the credentials of any registry."""
    lent = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    folder.mkdir(mode=0o700)
    for name in ("contexts", "cli-plugins", "buildx"):
        if (lent / name).is_dir():
            (folder / name).symlink_to(lent / name)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        told = json.loads((lent / "config.json").read_text(encoding="utf-8"))
        shown = {name: value for name, value in told.items() if name in DOCKER}
        (folder / "config.json").write_text(json.dumps(shown), encoding="utf-8")


def _pinned_context(run: Run) -> Path:
    """A copy of the current context alone: whatever happens outside, pages reach no other cluster."""
    told = ask(["kubectl", "config", "view", "--minify", "--flatten", "--raw"])
    if told.status != 0:
        raise TargetError(f"contexte kubectl illisible : {told.err.strip() or 'kubectl ne répond pas'}")
    path = run.folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(told.out, encoding="utf-8")
    return path
