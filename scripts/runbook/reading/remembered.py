"""What was worked out of a repository, while nothing of it has changed: MkDocs is then not even loaded."""

import contextlib
from pathlib import Path
from typing import TypeVar

import msgspec

from runbook.reading.content import PageBlocks
from runbook.settings import Settings
from runbook.whole_file import write_whole


class Remembered(msgspec.Struct, frozen=True):
    """Something that holds in the state `of` (`state_of`)."""

    of: str


class Reading(Remembered, frozen=True):
    """All the pages of a site."""

    pages: list[PageBlocks]
    unknown: tuple[str, ...] = ()


Known = TypeVar("Known", bound=Remembered)


def recall(root: Path, settings: Settings, state: str, kind: type[Known]) -> Known | None:
    """What was found of this kind in this very state, if it is the last one that was kept."""
    try:
        kept = msgspec.msgpack.decode(_memory(root, settings, kind).read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):  # none yet, or damaged: everything is read
        return None
    return kept if kept.of == state else None


def keep(root: Path, settings: Settings, found: Remembered) -> None:
    """Remember it instead of what was found before; where that cannot be written, it is found each time."""
    with contextlib.suppress(OSError):
        ignored = root / settings.state / ".gitignore"
        if not ignored.exists():
            write_whole(ignored, b"*\n")
        write_whole(_memory(root, settings, type(found)), msgspec.msgpack.encode(found))


def _memory(root: Path, settings: Settings, kind: type[Remembered]) -> Path:
    return root / settings.state / "cache" / f"{kind.__name__.lower()}.msgpack"
