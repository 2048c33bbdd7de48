"""The private folder of a run: in memory where there is room for it, and gone when the run is over.

Its files are many, small, short-lived and may hold secrets.  A lock tells a folder in use from one
that a killed run left behind; the next run removes the latter.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108 — what is made there has a random name, and is ours alone
ROOM = 1 << 30  # bytes that must be free there, and in memory: an output may grow for a moment before it is cut
PREFIX = "runbook-run-"


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user can open; OSError if none can be made."""
    where = _where()
    _remove_stale(where)
    folder, lock = _locked_folder(where)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _where() -> Path:
    """Memory, unless somebody chose another place or there is not enough of it."""
    if os.environ.get("TMPDIR"):
        return Path(tempfile.gettempdir())
    with contextlib.suppress(OSError):
        room = os.statvfs(MEMORY)
        if (
            os.access(MEMORY, os.W_OK | os.X_OK)
            and min(room.f_bavail * room.f_frsize, psutil.virtual_memory().available) >= ROOM
        ):
            return MEMORY
    return Path(tempfile.gettempdir())


def _locked_folder(where: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where))
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(lock, fcntl.LOCK_SH)
        if folder.exists():  # else another run took it for a stale one before it was locked
            return folder, lock
        os.close(lock)


def _remove_stale(where: Path) -> None:
    for folder in where.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid != os.getuid():
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
