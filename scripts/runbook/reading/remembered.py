"""The pages as they were last read, while nothing that they are made of has changed: MkDocs is then not even loaded."""

import contextlib
from pathlib import Path

import msgspec

from runbook.reading.content import PageBlocks
from runbook.settings import Settings
from runbook.whole_file import write_whole


class Reading(msgspec.Struct, frozen=True):
    """All the pages of a site in the state `of` (`state_of`)."""

    of: str
    pages: list[PageBlocks]
    unknown: tuple[str, ...] = ()


def recall(root: Path, settings: Settings, state: str) -> Reading | None:
    """What was read in this very state, if it is the last one that was read."""
    try:
        kept = msgspec.msgpack.decode(_memory(root, settings).read_bytes(), type=Reading)
    except (OSError, msgspec.DecodeError):  # none yet, or damaged: everything is read
        return None
    return kept if kept.of == state else None


def keep(root: Path, settings: Settings, read: Reading) -> None:
    """Remember it instead of what was read before; where that cannot be written, pages are read each time."""
    with contextlib.suppress(OSError):
        ignored = root / settings.state / ".gitignore"
        if not ignored.exists():
            write_whole(ignored, b"*\n")
        write_whole(_memory(root, settings), msgspec.msgpack.encode(read))


def _memory(root: Path, settings: Settings) -> Path:
    return root / settings.state / "cache" / "pages.msgpack"
