"""What ends a run whose engine was killed outright, by SIGKILL or for want of memory:
a process that waits for that alone."""

import contextlib
import os
import select
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil

from runbook.running import processes
from runbook.running.interruption import OF_A_TERMINAL

DONE = b"."
LOOK = 0.25  # seconds between two looks at whether the engine is stopped


@contextlib.contextmanager
def guarded(token: str, folder: Path) -> Iterator[None]:
    """Inside the block, if this process dies without leaving it, all that carries `token` is ended,
    and `folder` removed.

    If it is stopped (a command can do that to its parent), it is told to go on: nobody else watches the deadlines.

    The guardian is nobody's child, so that no hunt for what a run left finds it; the engine's end is the end of a pipe
    that only the engine holds.  Targets are not torn down: the engine alone knows which.
    """
    reader, writer = os.pipe()
    engine = os.getpid()
    processes.adopt_orphans(wanted=False)
    child = os.fork()
    if not child:
        if os.fork():
            os._exit(0)
        os.close(writer)
        _watch(reader, engine, token, folder)
    os.close(reader)
    os.waitpid(child, 0)
    try:
        yield
    finally:
        with contextlib.suppress(BrokenPipeError):
            os.write(writer, DONE)
        os.close(writer)


def _watch(reader: int, engine: int, token: str, folder: Path) -> None:
    """Never returns: neither the engine's stack nor its clean-up is this process's."""
    try:
        os.setsid()
        for one in OF_A_TERMINAL:  # they are for the engine, and it will tell
            signal.signal(one, signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):  # else who reads the engine's output would wait for this process too
            os.dup2(nothing, stream)
        os.closerange(3, reader)
        os.closerange(reader + 1, os.sysconf("SC_OPEN_MAX"))
        os.chdir("/")
        while not select.select([reader], [], [], LOOK)[0]:
            _wake(engine)
        if os.read(reader, 1) != DONE:
            processes.hunt(token)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os._exit(0)


def _wake(engine: int) -> None:
    with contextlib.suppress(psutil.Error, OSError):
        if psutil.Process(engine).status() == psutil.STATUS_STOPPED:
            os.kill(engine, signal.SIGCONT)
