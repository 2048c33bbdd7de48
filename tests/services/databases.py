"""A PostgreSQL server of the tests' own: of Debian's package, or else of the Compose profile `donnees`."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pg8000.native

ROOT = Path(__file__).parents[2]
ABSENT = "PostgreSQL absent : ni celui de Debian (apt-get install postgresql), ni un Docker joignable avec son image"


@dataclass(frozen=True)
class Server:
    """A server that listens on this machine only, and can be stopped, at once, and started again."""

    user: str
    password: str
    port: int
    stop: Callable[[], None]
    start: Callable[[], None]

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str) -> str:
        """The address of an empty database."""
        connection = pg8000.native.Connection(self.user, "127.0.0.1", "postgres", self.port, self.password)
        connection.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.run(f"CREATE DATABASE {name}")
        connection.close()
        return self.url(name)


@contextlib.contextmanager
def serving() -> Iterator[Server | None]:
    """A server whose data go with it, `None` where there is nothing to make one of."""
    programs = installed()
    with contextlib.ExitStack() as stack:
        # Not in pytest's folder, which is for one user only.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="datapress-postgresql-")))
        if programs is not None:
            yield stack.enter_context(_of_debian(programs, folder))
        else:
            compose = _compose(folder, port := _free_port())
            yield stack.enter_context(_of_compose(compose, port)) if _has_image(compose) else None


def installed() -> Path | None:
    """Where the newest server of this machine is installed, `None` if there is none."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@contextlib.contextmanager
def _of_debian(programs: Path, folder: Path) -> Iterator[Server]:
    port, data, password = _free_port(), folder / "data", folder / "password"
    password.write_text("essai")
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        shutil.chown(password, "postgres")
    _as_its_user(
        *(programs / "initdb", "-D", data, "-U", "essai", "--pwfile", password, "-A", "scram-sha-256"),
        *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
    )
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(
            f"port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
            "fsync = off\nmax_connections = 40\n"
        )
    control = partial(_as_its_user, programs / "pg_ctl", "-D", data, "-w", "-l", data / "log")
    server = Server("essai", "essai", port, partial(control, "stop", "-m", "immediate"), partial(control, "start"))
    server.start()
    try:
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.stop()


def _as_its_user(*command: object) -> None:
    """Run a program of the server, which refuses to be root."""
    _run(*(["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []), *command)


def _compose(folder: Path, port: int) -> list[object]:
    """The Compose command of a project of the tests' own, whose database alone is published."""
    more = folder / "published.yaml"
    more.write_text(f'services: {{base: {{ports: ["127.0.0.1:{port}:5432"]}}}}\n')
    return [
        *("docker", "compose", "--project-name", f"datapress-essai-{os.getpid()}", "--profile", "donnees"),
        *("--file", ROOT / "compose.yaml", "--file", more),
    ]


def _has_image(compose: list[object]) -> bool:
    """Whether Docker is there, with the image or with a registry that has it."""
    try:
        _run(*compose, "pull", "--quiet", "--policy", "missing", "base")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@contextlib.contextmanager
def _of_compose(compose: list[object], port: int) -> Iterator[Server | None]:
    start = partial(_run, *compose, "up", "--detach", "--wait", "base")
    password = os.environ.get("POSTGRES_PASSWORD", "developpement")
    try:
        start()
        server = Server("datapress", password, port, partial(_run, *compose, "kill", "base"), start)
        yield server if _is_reached(port) else None
    finally:
        _run(*compose, "down", "--volumes", "--timeout", "1")


def _is_reached(port: int) -> bool:
    """Whether Docker publishes its ports here: its socket is also seen from other networks."""
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def _run(*command: object) -> None:
    subprocess.run(
        [*map(str, command)],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=120,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def until(condition, seconds: float = 15.0) -> None:
    """Return once the condition holds; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
