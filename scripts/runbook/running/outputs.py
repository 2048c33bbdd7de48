"""Where what a block prints goes: files that the block appends to and that the engine reads.

The engine makes them and keeps them open, so that no `umask`, `noclobber` or deletion in a block
hides what was printed.
"""

import contextlib
import os
from pathlib import Path

OUT, ERR = "o", "e"


class Outputs:
    """The two streams of one block; `limit` is the size in bytes past which a stream is too large."""

    def __init__(self, stem: str, limit: int) -> None:
        self._limit = limit
        with contextlib.ExitStack() as made:  # the first does not stay open if the second cannot be made
            self._files = [made.enter_context(Path(stem + kind).open("x+b", buffering=0)) for kind in (OUT, ERR)]
            self.close = made.pop_all().close

    @property
    def states(self) -> list[os.stat_result]:
        return [os.fstat(file.fileno()) for file in self._files]

    @property
    def flooded(self) -> bool:
        return any(state.st_size > self._limit for state in self.states)

    def read(self) -> tuple[bytes, bytes]:
        """What was printed so far on each stream, up to the limit."""
        sizes = (min(state.st_size, self._limit) for state in self.states)
        out, err = (os.pread(file.fileno(), size, 0) for file, size in zip(self._files, sizes, strict=True))
        return out, err


def empty_large(folder: Path, limit: int, but: Outputs) -> None:
    """Empty every file of `folder` larger than `limit`: what a process left running prints, and nobody reads.

    Those of `but` are left: how large they grow is its owner's business.
    """
    kept = {state.st_ino for state in but.states}
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.stat(follow_symlinks=False).st_size > limit and entry.inode() not in kept:
                os.truncate(entry.path, 0)
