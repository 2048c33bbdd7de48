"""Programs in forks of an interpreter that has loaded the engine already: a command then costs its own work alone.

The interpreter is nobody's child, as the engine ends those of the process that it runs in; it ends with whoever
holds the other end of its channel.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import mkdocs.plugins
import mkdocs.utils

ROOT = Path(__file__).parents[2]
MODULES = (
    *(f"runbook.verbs.{name}" for name in ("accept", "check", "list", "plan", "report", "run")),
    *("runbook.cli", "runbook.pytest_plugin", "runbook.reading.blocks", "runbook.reading.pages", "runbook.rules.check"),
    *("runbook.repository.model", "runbook.mutating.judge", "mkdocs_macros.plugin", "rich.markdown", "rich.live"),
    *("pymdownx.snippets", "pymdownx.tabbed", "pymdownx.details", "pymdownx.blocks.admonition", "requests", "pytest"),
)
PROGRAMS = {"runbook": ("runbook.cli", "main"), "pytest": ("pytest", "console_main")}
LONGEST = 1 << 18  # bytes of a message


class Called:
    """A program that runs: what the tests ask of a `subprocess.Popen`, with both outputs kept in memory."""

    def __init__(
        self,
        program: str,
        arguments: Sequence[str],
        env: Mapping[str, str] = os.environ,
        cwd: Path = ROOT,
        keyboard: int | None = None,
    ) -> None:
        self.returncode: int | None = None
        self._streams = [os.memfd_create("out"), os.memfd_create("err")]
        self._end, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked = json.dumps({"program": program, "arguments": list(arguments), "env": dict(env), "cwd": str(cwd)})
        with its, open(os.devnull) as nothing:  # noqa: PTH123
            given = nothing.fileno() if keyboard is None else keyboard
            socket.send_fds(_interpreter(), [asked.encode()], [its.fileno(), given, *self._streams])
        self.pid = int(self._end.recv(LONGEST))

    def poll(self) -> int | None:
        return self._waited(0)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = 60) -> tuple[str, str]:
        """Both outputs, once it has ended; TimeoutExpired if it does not."""
        if self._waited(timeout) is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        out, err = (os.pread(stream, 1 << 24, 0).decode().replace("\r\n", "\n") for stream in self._streams)
        return out, err

    def close(self) -> None:
        """End it, if it still runs."""
        self.kill()
        self._waited(10)
        self._end.close()
        for stream in self._streams:
            os.close(stream)

    def _waited(self, seconds: float) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], seconds)[0]:
            self.returncode = int(self._end.recv(LONGEST))
        return self.returncode


def called(
    program: str, arguments: Sequence[str], env: Mapping[str, str], cwd: Path = ROOT, keyboard: int | None = None
) -> subprocess.CompletedProcess[str]:
    """What `python -m PROGRAM ARGUMENTS…` does in a process of its own, without a `keyboard` if none is given."""
    with contextlib.closing(Called(program, arguments, env, cwd, keyboard)) as process:
        out, err = process.communicate()
        return subprocess.CompletedProcess([program, *arguments], process.returncode or 0, out, err)


def remember_what_is_installed() -> None:
    """MkDocs asks every distribution what it declares, each time that it opens a site: here nothing changes of that."""
    themes = mkdocs.utils.get_themes()
    mkdocs.utils.get_themes = cache(lambda: themes)  # its own memory is emptied for each site
    mkdocs.plugins.entry_points = cache(mkdocs.plugins.entry_points)  # type: ignore[attr-defined]
    mkdocs.plugins.get_plugins()


@cache
def _interpreter() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, __file__, str(theirs.fileno())]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()], check=True)
    return ours


def _serve(channel: socket.socket) -> None:
    for name in MODULES:
        importlib.import_module(name)
    remember_what_is_installed()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, LONGEST, 4)
        if not message:
            return
        if not os.fork():
            channel.close()
            _attend(json.loads(message), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _attend(asked: dict[str, Any], end: int, *streams: int) -> NoReturn:
    """Tell the number of the process, and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with socket.socket(fileno=end) as told:
        child = os.fork()
        if not child:
            told.close()
            _become(asked, *streams)
        told.send(str(child).encode())
        told.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())
    os._exit(0)


def _become(asked: dict[str, Any], *streams: int) -> NoReturn:
    """The program, as if this process had just begun."""
    status: object = 1
    try:
        for number, (given, name) in enumerate(zip(streams, ("stdin", "stdout", "stderr"), strict=True)):
            os.dup2(given, number)
            os.close(given)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
        os.environ.clear()
        os.environ.update(asked["env"])
        os.chdir(asked["cwd"])
        tempfile.tempdir = None
        sys.path[0] = asked["cwd"]
        sys.argv = [asked["program"], *asked["arguments"]]
        module, name = PROGRAMS[asked["program"]]
        status = getattr(importlib.import_module(module), name)()
    except SystemExit as ended:
        status = ended.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 0 if status is None else 1)


if __name__ == "__main__":
    if os.fork():
        os._exit(0)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 2)
    _serve(socket.socket(fileno=int(sys.argv[1])))
