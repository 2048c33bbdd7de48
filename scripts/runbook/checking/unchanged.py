"""Is everything as it was when the check last found nothing?  Then it would find nothing again."""

from pathlib import Path

import msgspec

from runbook.settings import Settings
from runbook.whole_file import write_whole


class Silence(msgspec.Struct, frozen=True):
    """A check without any finding: of what (`state_of`), when (ISO 8601), over which pages and how many commands."""

    of: str
    date: str
    pages: list[str]
    commands: int


def recall(root: Path, settings: Settings, state: str) -> Silence | None:
    """The check that found nothing in this very state, if it is the last one that found nothing."""
    try:
        kept = msgspec.json.decode(_memory(root, settings).read_bytes(), type=Silence)
    except (OSError, msgspec.DecodeError):  # none yet, or damaged: everything is checked
        return None
    return kept if kept.of == state else None


def keep(root: Path, settings: Settings, silence: Silence) -> None:
    """Remember it, instead of the one before."""
    write_whole(_memory(root, settings), msgspec.json.encode(silence))


def _memory(root: Path, settings: Settings) -> Path:
    return root / settings.state / "cache" / "silence.json"
