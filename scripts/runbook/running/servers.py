"""Start a target's services on their documented ports, and stop them."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runbook.errors import TargetError
from runbook.running import processes
from runbook.settings import Service

if TYPE_CHECKING:  # which is made of what stands here
    from runbook.running.session import Run

POLL = 0.05


@dataclass(frozen=True, slots=True)
class Server:
    """A started service: its process and the file that its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@contextlib.contextmanager
def running(names: list[str], run: "Run", env: Mapping[str, Mapping[str, str]]) -> Iterator[list[Server]]:
    """The services answer inside the block; TargetError names the busy port or shows why one ended."""
    services = run.settings.services
    for name in names:
        for port in services[name].ports:
            _refuse_busy(name, port)
    servers: list[Server] = []
    try:
        for name in names:
            server = _start(name, services[name], run, env.get(name, {}))
            servers.append(server)  # at once: a later one that fails to start must not orphan it
        with run.interruptions.allowed():
            for server in servers:
                _await_ready(server, services[server.name])
        yield servers
    finally:
        stop(servers, run.settings.stop_grace)


def first_ended(servers: list[Server]) -> Server:
    """Wait until one of them ends by itself."""
    while True:
        for server in servers:
            if server.process.poll() is not None:
                return server
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        processes.reap({server.process.pid for server in servers})


def stop(servers: list[Server], grace: float) -> None:
    """SIGTERM to each, SIGKILL to what is left after `grace` seconds."""
    for server in servers:
        with contextlib.suppress(ProcessLookupError):
            server.process.terminate()
    end = time.monotonic() + grace
    for server in servers:
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.process.wait(timeout=max(0.0, end - time.monotonic()))
        processes.kill(processes.tree(server.process.pid))
        server.process.wait()


def _refuse_busy(name: str, port: int) -> None:
    holder = processes.holder_of(port)
    if holder:
        raise TargetError(
            f"le port {port} du service « {name} » est déjà occupé par {holder} ; arrêter ce programme, puis relancer"
        )


def _start(name: str, service: Service, run: "Run", env: Mapping[str, str]) -> Server:
    log = run.folder / f"{name}.log"
    command = [word.replace("{python}", sys.executable) for word in service.command]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=run.root / service.cwd,
            env={**os.environ, **_rooted(service.env, run.root), **env, processes.TOKEN: run.token},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(name, process, log)


def _rooted(env: Mapping[str, str], root: Path) -> dict[str, str]:
    return {name: value.replace("{root}", str(root)) for name, value in env.items()}


def _await_ready(server: Server, service: Service) -> None:
    end = time.monotonic() + service.deadline
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise TargetError(
                f"le service « {server.name} » s'est arrêté (code {server.process.returncode}) : {_last_line(server.log)}"
            )
        if answers(service.ready):
            return
        time.sleep(POLL)
    raise TargetError(
        f"le service « {server.name} » ne répond pas sur {service.ready} en {service.deadline:g} s ; journal : {server.log}"
    )


def answers(url: str) -> bool:
    """Whether this URL answers below 500 within a second."""
    import requests  # noqa: PLC0415 — a tenth of a second that pages without services do not pay

    try:
        return requests.get(url, timeout=1, allow_redirects=False).status_code < 500
    except requests.RequestException:
        return False


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "aucune sortie"
