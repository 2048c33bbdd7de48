"""Write a file whole or not at all, also when the disk is full, a signal comes or another run does the same."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = ".lock"


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` in `path` in one stroke; OSError names it, and leaves what was there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, new = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123 — of a descriptor
                os.fchmod(descriptor, 0o644)
                file.write(content)
            Path(new).replace(path)
        except BaseException:
            Path(new).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait for whoever writes in `folder`, then be the only one; the system lets go if the run dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
