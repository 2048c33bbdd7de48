"""The pages as they were last read, while nothing that they are made of has changed: MkDocs is then not even loaded."""

import contextlib
from pathlib import Path

import msgspec

from runbook.reading.content import PageBlocks
from runbook.reporting.whole_file import write_whole
from runbook.settings import Settings


class Reading(msgspec.Struct, frozen=True):
    """All the pages of a site in the state `of` (`state_of`)."""

    of: str
    pages: list[PageBlocks]


def recall(root: Path, settings: Settings, state: str) -> list[PageBlocks] | None:
    """The pages that were read in this very state, if it is the last one that was read."""
    try:
        kept = msgspec.msgpack.decode(_memory(root, settings).read_bytes(), type=Reading)
    except (OSError, msgspec.DecodeError):  # none yet, or damaged: everything is read
        return None
    return kept.pages if kept.of == state else None


def keep(root: Path, settings: Settings, state: str, pages: list[PageBlocks]) -> None:
    """Remember them instead of those before; where that cannot be written, they are read each time."""
    with contextlib.suppress(OSError):
        write_whole(_memory(root, settings), msgspec.msgpack.encode(Reading(state, pages)))


def _memory(root: Path, settings: Settings) -> Path:
    return root / settings.state / "cache" / "pages.msgpack"
