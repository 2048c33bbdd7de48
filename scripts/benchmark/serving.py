"""How is a service run for a measurement, and what did it cost?"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "services" / "common" / "gunicorn.conf.py"


@dataclass
class Serving:
    """A service under Gunicorn, and the lines that it has written."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)
    booted: threading.Event = field(default_factory=threading.Event)

    def follow(self) -> None:
        """Read what it writes, to the end."""
        for line in self.process.stdout or ():
            self.lines.append(line)
            if "Booting worker" in line:
                self.booted.set()

    @property
    def boots(self) -> int:
        """How many workers have been started; more than asked for means that some died."""
        return sum("Booting worker" in line for line in self.lines)

    def memory(self) -> float:
        """MiB that the master and its workers hold, what they share counted once."""
        return sum(process.memory_full_info().pss for process in self._processes()) / 2**20

    def processor(self) -> float:
        """Seconds of processor that the workers have used so far."""
        times = [process.cpu_times() for process in self._processes()]
        return sum(time.user + time.system for time in times)

    def terminate(self) -> None:
        """Ask it to end, as a container engine does."""
        self.process.send_signal(signal.SIGTERM)

    def _processes(self) -> list[psutil.Process]:
        master = psutil.Process(self.process.pid)
        return [master, *master.children(recursive=True)]


@contextlib.contextmanager
def serving(
    application: str,
    *,
    environ: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    paths: Sequence[Path] = (),
) -> Iterator[Serving]:
    """Run `application` (`api`, `front`, or `module:factory()`) on a free port, and end it."""
    port = free_port()
    factory = application if ":" in application else f"datapress_{application}:create_app()"
    folders = [ROOT / "services" / name for name in ("common", "api", "front")]
    with subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(SETTINGS), *options, factory],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(str(path) for path in [*folders, *paths]),
            "PORT": str(port),
            **(environ or {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        service = Serving(process, port)
        follower = threading.Thread(target=service.follow)
        follower.start()
        try:
            if not service.booted.wait(20):
                process.kill()
                follower.join()
                sys.exit("Le service ne démarre pas :\n" + "".join(service.lines))
            yield service
        finally:
            process.terminate()
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
            follower.join()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
