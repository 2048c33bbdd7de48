"""What the probe's tests share: a server that fails on purpose and counts how often it did."""

import contextlib
import json
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Fault = Callable[[socket.socket, threading.Event], None]


@dataclass
class Server:
    """Answers 200, except to every `every`-th request, with which `fault` deals before it closes."""

    fault: Fault | None = None
    every: int = 5
    good: bytes = OK
    close_after: bool = False
    received: int = 0
    faults: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/health"

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            while _read_request(connection):
                with self.lock:
                    self.received += 1
                    faulty = self.fault is not None and self.received % self.every == 0
                    self.faults += faulty
                if faulty and self.fault:
                    self.fault(connection, self.over)
                    return
                connection.sendall(self.good)
                if self.close_after:
                    return


def _read_request(connection: socket.socket) -> bytes:
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        received = connection.recv(4096)
        if not received:
            return b""
        request += received
    return request


@pytest.fixture
def server() -> Iterator[Callable[..., Server]]:
    """Starts servers, and stops them at the end."""
    servers: list[Server] = []

    def start(**settings: Any) -> Server:
        servers.append(Server(**settings))
        threading.Thread(target=servers[-1].serve, daemon=True).start()
        return servers[-1]

    yield start
    for it in servers:
        it.over.set()
        with contextlib.suppress(OSError):
            it.listener.shutdown(socket.SHUT_RDWR)
        it.listener.close()


@pytest.fixture
def sonde() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the probe as an operator does, until it ends."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / "scripts/sonde", *arguments], check=False, capture_output=True, text=True, timeout=60
        )

    return run


@pytest.fixture
def measured(
    sonde: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> Callable[..., tuple[int, dict[str, Any], str]]:
    """Measures for a while; gives the exit status, the summary and the table."""

    def run(url: str, *options: str) -> tuple[int, dict[str, Any], str]:
        done = sonde("mesurer", url, "--dossier", tmp_path / "sonde", "--duree=0.6", "--pause=5", *options)
        summary = json.loads((tmp_path / "sonde/resume.json").read_text())
        return done.returncode, summary, done.stdout

    return run


def drop(connection: socket.socket, over: threading.Event) -> None:
    """Close without a word."""


def reset(connection: socket.socket, over: threading.Event) -> None:
    """Close so that the other end gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def stall(connection: socket.socket, over: threading.Event) -> None:
    """Never answer."""
    over.wait(20)


def drip(connection: socket.socket, over: threading.Event) -> None:
    """Answer one byte at a time, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not over.wait(0.05):
        connection.sendall(b".")


def truncate(connection: socket.socket, over: threading.Event) -> None:
    """Announce more than is sent."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok")


def refuse(connection: socket.socket, over: threading.Event) -> None:
    """Answer that the service is not available."""
    connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")


def babble(connection: socket.socket, over: threading.Event) -> None:
    """Answer something that is not HTTP, and that a terminal should not see."""
    connection.sendall(b"\x1b[31mok\r\n\r\n")


FAULTS: dict[str, tuple[Fault, str]] = {
    "drop": (drop, "coupure"),
    "reset": (reset, "coupure"),
    "stall": (stall, "delai"),
    "drip": (drip, "delai"),
    "truncate": (truncate, "coupure"),
    "refuse": (refuse, "statut"),
    "babble": (babble, "coupure"),
}


@pytest.fixture(params=FAULTS)
def fault(request: pytest.FixtureRequest) -> tuple[Fault, str]:
    """Each way in which a request can be lost, and the cause that the probe must give."""
    return FAULTS[request.param]
