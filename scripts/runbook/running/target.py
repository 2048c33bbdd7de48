"""One target made ready for its pages, and put back afterwards: its services, the environment of its commands."""

import contextlib
import fnmatch
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runbook.errors import TargetError
from runbook.matching.seen import seen
from runbook.running import asking, processes
from runbook.running.asking import ask
from runbook.running.run import Run
from runbook.settings import Service
from runbook.whole_file import write_whole

# What a machine needs of its user's environment: programs, proxies, certificates, the Docker Engine's address.
KEPT = (
    "PATH", "USER", "LOGNAME", "TMPDIR", "TZ", "*_CA_BUNDLE", "SSL_CERT_*", "GIT_SSL_CAINFO", "PIP_CERT",
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS*", "DOCKER_CERT_PATH", "DOCKER_API_VERSION",
)  # fmt: skip
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")  # in either case
HERE = "localhost,127.0.0.1,::1"
DOCKER = ("currentContext", "cliPluginsExtraDirs", "features", "plugins", "aliases")  # no credentials
POLL = 0.05  # seconds between two questions to a service


@contextlib.contextmanager
def open_target(target: str, on: str, run: Run, notes: list[str]) -> Iterator[Run]:
    """`target`'s pages may run inside the block, served by `on`; TargetError if it cannot be prepared."""
    settings = run.settings
    served = settings.targets[on]
    stand_in = settings.targets[target].stand_in if on != target else None
    env = _environment(run)
    with run.interruptions.allowed():
        if served.contexts:
            env["KUBECONFIG"] = str(_pinned_context(run))
        was_there = served.present is not None and ask(["bash", "-c", served.present], run.root, env).status == 0
    names = settings.served_by(target, on)
    with running(names, run, env, stand_in.env if stand_in else {}) as started:
        try:
            yield replace(run, env=env, spared=tuple(server.process.pid for server in started))
        finally:
            if was_there:
                notes.append(f"{on} : déjà déployé avant l'exécution ; laissé en place")
            elif run.operator.asked:
                notes += [f"{on} : « {one} » n'a pas été lancé, personne ne l'a demandé" for one in served.teardown]
            else:
                notes.extend(_tear_down(on, run, env))


@dataclass(frozen=True, slots=True)
class Server:
    """A started service: its process and the file that its output goes to."""

    name: str
    service: Service
    process: subprocess.Popen[bytes]
    log: Path


@contextlib.contextmanager
def running(
    names: list[str], run: Run, env: Mapping[str, str], overrides: Mapping[str, Mapping[str, str]]
) -> Iterator[list[Server]]:
    """The services answer inside the block; TargetError names the busy port or shows why one ended.

    `env` is that of all of them, `overrides` what some of them have instead.
    """
    services = {name: run.settings.services[name] for name in names}
    for name, service in services.items():
        for port in service.ports:
            if holder := processes.holder_of(port):
                cause = f"le port {port} du service « {name} » est déjà occupé par {holder}"
                raise TargetError(f"{cause} ; arrêter ce programme, puis relancer")
    servers: list[Server] = []
    try:
        for name, service in services.items():
            own = {variable: value.replace("{root}", str(run.root)) for variable, value in service.env.items()}
            servers.append(_start(name, service, run, {**env, **own, **overrides.get(name, {})}))
        with run.interruptions.allowed():
            for server in servers:
                _await_ready(server, run)
        yield servers
    finally:
        below = [process for server in servers for process in processes.tree(server.process.pid)]
        processes.kill(below, run.settings.stop_grace)
        for server in servers:
            server.process.wait()


def _start(name: str, service: Service, run: Run, env: Mapping[str, str]) -> Server:
    log = run.folder / f"{name}.log"
    command = [word.replace("{python}", sys.executable) for word in service.command]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=run.root / service.cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(name, service, process, log)


def _await_ready(server: Server, run: Run) -> None:
    service = server.service
    end = time.monotonic() + service.deadline
    while not (ended := server.process.poll() is not None) and time.monotonic() < end:
        if asking.answers(service.ready):
            return
        time.sleep(POLL)
    said = f"ne répond pas sur {service.ready} en {service.deadline:g} s"
    if ended:
        printed = server.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = f"s'est arrêté (code {server.process.returncode}) : {printed[-1] if printed else 'aucune sortie'}"
    raise TargetError(f"le service « {server.name} » {said} ; journal : {_kept(server, run)}")


def _kept(server: Server, run: Run) -> Path:
    """A copy of the service's journal that stays after the run, without secrets, as a path from the repository."""
    kept = Path(run.settings.state) / "services" / server.log.name
    text = run.private.hide(seen(server.log.read_text(encoding="utf-8", errors="replace")))
    write_whole(run.root / kept, text.encode())
    return kept


def _tear_down(target: str, run: Run, env: dict[str, str]) -> Iterator[str]:
    served = run.settings.targets[target]
    for command in served.teardown:
        told = ask(["bash", "-c", command], run.root, env, served.teardown_deadline)
        if told.status is None:
            yield f"{target} : « {command} » n'a pas fini en {served.teardown_deadline:g} s ; à relancer à la main"
        elif told.status:
            yield f"{target} : « {command} » a échoué : {told.err.strip() or f'code {told.status}'}"


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
