"""End processes for certain: whole trees, the descendants that escaped from them, and all if the engine is killed.

A command may start a session of its own, ignore SIGTERM, or outlive its parent.  The engine makes
itself the reaper of orphans (Linux), so whatever a run starts stays findable below it.
"""

import contextlib
import ctypes
import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import psutil

from runbook.running.interruption import OF_A_TERMINAL

TOKEN = "RUNBOOK_RUN"  # noqa: S105 — the name of a variable that marks our processes
PR_SET_CHILD_SUBREAPER = 36
POLL = 0.02
GRACE = 0.5  # seconds between SIGTERM and SIGKILL for what should not be there any more
HUNT = 30.0  # seconds that the hunt for survivors may last: one that runs away is caught sooner on a quiet machine
DONE = b"."
LOOK = 0.25  # seconds between two looks at whether the engine is stopped


def adopt_orphans(*, wanted: bool = True) -> None:
    """Orphaned descendants become children of this process instead of init's (Linux ≥ 3.4), or no longer do."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)


def tree(pid: int) -> list[psutil.Process]:
    """The process and its descendants, children last; empty if it is gone."""
    pids, found = [pid], []
    for one in pids:  # which grows
        with contextlib.suppress(psutil.Error):
            found.append(psutil.Process(one))
            pids += _children(one)
    return found


def alive(process: psutil.Process) -> bool:
    """Whether it still runs; a zombie does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def survivors(token: str, spared: Collection[int] = ()) -> list[psutil.Process]:
    """Live processes that carry this run's token or descend from one that does or from us, `spared` trees apart."""
    kept = {process.pid for pid in spared for process in tree(pid)} | {os.getpid()}
    found = {process.pid: process for process in tree(os.getpid())[1:]}
    marker = f"{TOKEN}={token}".encode()
    for pid in psutil.pids():
        if pid not in found and pid not in kept and marker in _environment(pid):
            found.update({process.pid: process for process in tree(pid)})
    return [process for pid, process in found.items() if pid not in kept and alive(process)]


def hunt(token: str, spared: Collection[int] = ()) -> None:
    """End every survivor, round after round: the kernel's list of our children catches those that flee by forking."""
    grace, end = GRACE, time.monotonic() + HUNT
    while True:
        left = survivors(token, spared)
        kill(left, grace)
        while (fleeing := _children(os.getpid()).difference(spared)) and time.monotonic() < end:
            for pid in fleeing:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, os.WNOHANG)
        if not left or time.monotonic() > end:
            return
        grace = 0.0  # what is there now ran away from the first round


def stop(processes: Iterable[psutil.Process], grace: float) -> None:
    """SIGTERM, then SIGKILL after `grace` seconds."""
    left = [process for process in processes if alive(process)]
    for number, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 2.0)):
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)
        end = time.monotonic() + seconds
        while (left := [process for process in left if alive(process)]) and time.monotonic() < end:
            time.sleep(POLL)


def kill(processes: Iterable[psutil.Process], grace: float = GRACE) -> None:
    """End processes and whatever they start meanwhile."""
    todo = list(processes)
    stop(todo, grace)
    stop([late for process in todo for late in tree(process.pid)], 0)


def holder_of(port: int) -> str | None:
    """Who listens on this TCP port: `name (pid)`, « un autre programme » if unknown, None if nobody."""
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            with contextlib.suppress(psutil.Error):
                if connection.pid:
                    return f"{psutil.Process(connection.pid).name()}, processus {connection.pid}"
            return "un autre programme"
    return None


def _children(pid: int) -> set[int]:
    """Adopted ones and zombies included, from the kernel where it lists them: psutil looks at every process."""
    tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
    with contextlib.suppress(OSError):
        if tasks:
            return {int(child) for task in tasks for child in task.read_text(encoding="ascii").split()}
    return {process.pid for process in psutil.Process(pid).children()}


def _environment(pid: int) -> bytes:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 — of every process
        return file.read()
    return b""


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
            with contextlib.suppress(psutil.Error, OSError):
                if psutil.Process(engine).status() == psutil.STATUS_STOPPED:
                    os.kill(engine, signal.SIGCONT)
        if os.read(reader, 1) != DONE:
            hunt(token)
            time.sleep(LOOK)
            hunt(token)  # again: one that was between two programs had no environment to be known by
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os._exit(0)
