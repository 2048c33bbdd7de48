"""Where what a block prints goes: files that the block appends to and that the engine reads.

The engine makes them and keeps them open, so that no `umask`, `noclobber` or deletion in a block
hides what was printed.
"""

import contextlib
import os
from pathlib import Path

FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
OUT, ERR = "o", "e"


class Outputs:
    """The two streams of one block; `limit` is the size in bytes past which a stream is too large."""

    __slots__ = ("_files", "_limit")

    def __init__(self, stem: str, limit: int) -> None:
        self._limit = limit
        self._files: list[int] = []
        try:
            for kind in (OUT, ERR):
                self._files.append(os.open(stem + kind, FLAGS, 0o600))
        except OSError:
            self.close()
            raise

    @property
    def flooded(self) -> bool:
        return any(os.fstat(file).st_size > self._limit for file in self._files)

    def read(self) -> tuple[bytes, bytes]:
        """What was printed so far on each stream, up to the limit."""
        sizes = (min(os.fstat(file).st_size, self._limit) for file in self._files)
        out, err = (os.pread(file, size, 0) if size else b"" for file, size in zip(self._files, sizes, strict=True))
        return out, err

    def close(self) -> None:
        """Read no more from them."""
        for file in self._files:
            os.close(file)
        self._files.clear()


def empty_large(folder: Path, limit: int, but: Outputs | None = None) -> None:
    """Empty every file of `folder` larger than `limit`: what a process left running prints, and nobody reads.

    Those of `but` are left: how large they grow is its owner's business.
    """
    kept = set() if but is None else {os.fstat(file).st_ino for file in but._files}  # noqa: SLF001 — same module
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.stat(follow_symlinks=False).st_size > limit and entry.inode() not in kept:
                os.truncate(entry.path, 0)
