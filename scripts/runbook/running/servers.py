"""Start a target's services on their documented ports, and stop them."""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from runbook.errors import TargetError
from runbook.matching.seen import seen
from runbook.running import asking, processes
from runbook.running.run import Run
from runbook.settings import Service
from runbook.whole_file import write_whole

POLL = 0.05


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
    for name, port in ((name, port) for name, service in services.items() for port in service.ports):
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


def first_ended(servers: list[Server]) -> Server:
    """Wait until one of them ends by itself."""
    ends = {os.pidfd_open(server.process.pid): server for server in servers}
    ended = ends[select.select(ends, [], [])[0][0]]
    for descriptor in ends:
        os.close(descriptor)
    ended.process.wait()
    return ended


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
    while server.process.poll() is None:
        if asking.answers(service.ready):
            return
        if time.monotonic() > end:
            said = f"ne répond pas sur {service.ready} en {service.deadline:g} s"
            break
        time.sleep(POLL)
    else:
        printed = server.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = f"s'est arrêté (code {server.process.returncode}) : {printed[-1] if printed else 'aucune sortie'}"
    raise TargetError(f"le service « {server.name} » {said} ; journal : {_kept(server, run)}")


def _kept(server: Server, run: Run) -> Path:
    """A copy of the service's journal that stays after the run, without secrets, as a path from the repository."""
    kept = Path(run.settings.state) / "services" / server.log.name
    text = run.private.hide(seen(server.log.read_text(encoding="utf-8", errors="replace")))
    write_whole(run.root / kept, text.encode())
    return kept
