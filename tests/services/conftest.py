"""What the tests of the services share: clients, tiny servers, and services under Gunicorn."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from datapress_api import create_app as create_api
from datapress_front import create_app as create_front

from . import databases

ROOT = Path(__file__).parents[2]

Talk = Callable[[socket.socket], None]


@pytest.fixture
def token() -> str:
    """An admin token, as good as a real one."""
    return "jeton-de-test-0123456789abcdef"


@pytest.fixture
def api_client() -> Callable[..., FlaskClient]:
    """Makes a client of the API, its settings given as keywords."""
    return lambda **environ: create_api(environ).test_client()


@pytest.fixture
def front_client() -> Callable[..., FlaskClient]:
    """Makes a client of the front, its settings given as keywords."""
    return lambda **environ: create_front(environ).test_client()


@pytest.fixture
def seen_by_front(front_client: Callable[..., FlaskClient]) -> Callable[..., dict[str, Any]]:
    """Tells what `/status` says of the API at a URL: an API that never answers would hold up one that waits for it."""

    def see(url: str, **environ: str) -> dict[str, Any]:
        client = front_client(API_BASE_URL=url, **environ)
        status = client.get("/status")
        api: dict[str, Any] = status.get_json()["api"]
        assert status.status_code == (503 if api["error"] else 200)
        return api

    return see


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Server]:
    """A PostgreSQL server; without one the test is skipped, and says why."""
    with databases.serving() as server:
        if server is None:
            pytest.skip(databases.ABSENT)
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/essai.sqlite"
    server: databases.Server = request.getfixturevalue("postgresql")
    return server.new_database("essai")


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    return _free_port()


@pytest.fixture
def free_port_elsewhere() -> int:
    """Another one."""
    return _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def tcp_listener() -> Iterator[int]:
    """A port whose callers are taken, and never answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def tcp_server() -> Iterator[Callable[[Talk], str]]:
    """Starts servers that answer with a function, called in a thread once a request is read.

    The function gets the connection and ends, at the latest, when it cannot be written or read
    any more; the fixture hands back the server's URL.
    """
    with contextlib.ExitStack() as stack:
        yield lambda talk: stack.enter_context(_tcp_server(talk))


@contextlib.contextmanager
def _tcp_server(talk: Talk) -> Iterator[str]:
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def converse(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if read_request(connection):
                talk(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                threads.append(threading.Thread(target=converse, args=(connection,)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        acceptor.join()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def read_request(connection: socket.socket) -> bytes:
    """The head of the next request on a connection, nothing if the other end has closed it."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        received = connection.recv(65536)
        if not received:
            return b""
        head += received
    return head


@pytest.fixture
def next_request() -> Callable[[socket.socket], bytes]:
    """Reads the head of the next request on a connection."""
    return read_request


@dataclass
class Service:
    """A service that runs under Gunicorn, and all it has written so far."""

    process: subprocess.Popen[str]
    url: str
    lines: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def follow(self) -> None:
        """Read what the service writes, to the end."""
        for line in self.process.stdout or ():
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()

    def wait_for_line(self, text: str) -> None:
        """Return once a line holds `text`; fail after 15 seconds."""
        with self.changed:
            found = self.changed.wait_for(lambda: any(text in line for line in self.lines), 15)
            assert found, self.lines

    def wait_until_ready(self) -> None:
        """Return once it says that it is ready; fail after 15 seconds."""
        deadline = time.monotonic() + 15
        while requests.get(self.url + "/health/ready", timeout=15).status_code != 200:
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.02)

    def terminate(self) -> None:
        """Ask the service to end, as a container engine does."""
        self.process.send_signal(signal.SIGTERM)

    def exit_status(self) -> int:
        """The status with which the service ended, all its lines read."""
        return self.process.wait(timeout=15)


@pytest.fixture
def gunicorn() -> Iterator[Callable[..., Service]]:
    """Starts services (`api`, `front`) under Gunicorn with the shared settings, and ends them."""
    with contextlib.ExitStack() as stack:
        yield lambda name, options=(), wait=True, **environ: stack.enter_context(_running(name, environ, options, wait))


@contextlib.contextmanager
def _running(name: str, environ: Mapping[str, str], options: Sequence[str], wait: bool) -> Iterator[Service]:
    port = _free_port()
    with subprocess.Popen(
        [*gunicorn_command(name), *options],
        cwd=ROOT,
        env=gunicorn_environ(name) | {"PORT": str(port)} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        service = Service(process, f"http://127.0.0.1:{port}")
        follower = threading.Thread(target=service.follow)
        follower.start()
        try:
            service.wait_for_line("Booting worker")
            if wait:
                service.wait_until_ready()
            yield service
        finally:
            process.terminate()
            process.wait(timeout=15)
            follower.join()


@pytest.fixture
def unread(free_port: int) -> Iterator[Callable[[str], Service]]:
    """Starts a service under Gunicorn whose output nobody reads."""
    with contextlib.ExitStack() as stack:

        def start(name: str) -> Service:
            process = stack.enter_context(
                subprocess.Popen(
                    gunicorn_command(name),
                    cwd=ROOT,
                    env=gunicorn_environ(name) | {"PORT": str(free_port)},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
            stack.callback(process.kill)
            assert process.stdout
            assert process.stdout.read(1), "it starts"
            return Service(process, f"http://127.0.0.1:{free_port}")

        yield start


@pytest.fixture
def refused_start() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Starts a service under Gunicorn that is expected to end by itself; Gunicorn tries a port for 5 seconds."""
    return lambda name, **environ: subprocess.run(
        gunicorn_command(name),
        cwd=ROOT,
        env=gunicorn_environ(name) | {"PORT": str(_free_port())} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def gunicorn_command(name: str) -> list[str]:
    """The command of the images, for a checkout."""
    settings = "services/common/gunicorn.conf.py"
    return [sys.executable, "-m", "gunicorn", "-c", settings, f"datapress_{name}:create_app()"]


def gunicorn_environ(name: str) -> dict[str, str]:
    """Where the code of a service is, and nothing else of this process's environment."""
    paths = [str(ROOT / "services" / part) for part in ("common", name)]
    return {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(paths)}
