"""A PostgreSQL server of the tests' own, of Debian's package."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pg8000.native


@dataclass(frozen=True)
class Server:
    """A server that listens on this machine only, and can be stopped and started again."""

    programs: Path
    data: Path
    port: int

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://essai:essai@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str) -> str:
        """The address of an empty database."""
        connection = pg8000.native.Connection("essai", "127.0.0.1", "postgres", self.port, "essai")
        connection.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.run(f"CREATE DATABASE {name}")
        connection.close()
        return self.url(name)

    def control(self, *words: str) -> None:
        """Have `pg_ctl` start or stop it, and wait until it has."""
        as_its_user(self.programs / "pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", *words)


def programs() -> Path | None:
    """Where the newest server of this machine is installed, `None` if there is none."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@contextlib.contextmanager
def serving(found: Path) -> Iterator[Server]:
    """A server whose data go with it; not in pytest's folder, which is for one user only."""
    with tempfile.TemporaryDirectory(prefix="datapress-postgresql-") as folder:
        yield from _serving(found, Path(folder))


def _serving(found: Path, folder: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = Server(found, folder / "data", probe.getsockname()[1])
    password = folder / "password"
    password.write_text("essai")
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        shutil.chown(password, "postgres")
    as_its_user(
        *(found / "initdb", "-D", server.data, "-U", "essai", "--pwfile", password, "-A", "scram-sha-256"),
        *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
    )
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write(
            f"port = {server.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
            "fsync = off\nmax_connections = 40\n"
        )
    server.control("start")
    try:
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.control("stop", "-m", "immediate")


def as_its_user(*command: object) -> None:
    """Run a program of the server, which refuses to be root."""
    other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*other, *map(str, command)], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60
    )


def until(condition, seconds: float = 15.0) -> None:
    """Return once the condition holds; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
