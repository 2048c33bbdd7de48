"""Programs in forks of an interpreter that has loaded the engine already: a command then costs its own work alone.

The interpreter is nobody's child, as the engine ends those of the process that it runs in; it ends with whoever
holds the other end of its channel.
"""

import gc
import importlib
import json
import os
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

ROOT = Path(__file__).parents[2]
MODULES = (
    *(f"runbook.verbs.{name}" for name in ("accepting", "checking", "listing", "planning", "reporting", "running")),
    *("runbook.cli", "runbook.pytest_plugin", "runbook.reading.blocks", "runbook.reading.pages", "runbook.rules.check"),
    *("runbook.repository.model", "runbook.mutating.judge", "mkdocs_macros.plugin", "rich.markdown", "rich.live"),
    *("pymdownx.snippets", "pymdownx.tabbed", "pymdownx.details", "pymdownx.blocks.admonition", "requests", "pytest"),
)
PROGRAMS = {"runbook": ("runbook.cli", "main"), "pytest": ("pytest", "console_main")}
LONGEST = 1 << 18  # bytes of a message


def called(
    program: str,
    arguments: Sequence[str],
    env: Mapping[str, str],
    cwd: Path = ROOT,
    keyboard: int | None = None,
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """What `python -m PROGRAM ARGUMENTS…` does, in a process of its own, without a `keyboard` if none is given."""
    channel = _interpreter()
    asked = json.dumps({"program": program, "arguments": list(arguments), "env": dict(env), "cwd": str(cwd)})
    with open(os.devnull) as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:  # noqa: PTH123
        given = nothing.fileno() if keyboard is None else keyboard
        socket.send_fds(channel, [asked.encode()], [given, out.fileno(), err.fileno()])
        child = int(channel.recv(LONGEST))
        channel.settimeout(timeout)
        try:
            status = int(channel.recv(LONGEST))
        except BaseException:
            os.kill(child, signal.SIGKILL)
            channel.settimeout(None)
            channel.recv(LONGEST)
            raise
        channel.settimeout(None)
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode().replace("\r\n", "\n"))
    return subprocess.CompletedProcess([program, *arguments], status, *said)


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
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, LONGEST, 3)
        if not message:
            return
        child = os.fork()
        if not child:
            channel.close()
            _become(json.loads(message), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(str(child).encode())
        channel.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


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
