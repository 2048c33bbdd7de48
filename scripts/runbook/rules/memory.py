"""What is remembered between two checks: that nothing was found in this state; what slow programs said of a text."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from runbook.settings import Settings
from runbook.whole_file import write_whole


class Silence(msgspec.Struct, frozen=True):
    """A check without any finding: of what (`state_of`), when (ISO 8601), over which pages and how many commands."""

    of: str
    date: str
    pages: list[str]
    commands: int
    notes: list[str] = []


def recall(root: Path, settings: Settings, state: str) -> Silence | None:
    """The check that found nothing in this very state, if it is the last one that found nothing."""
    try:
        kept = msgspec.json.decode(_file(root, settings, "silence").read_bytes(), type=Silence)
    except (OSError, msgspec.DecodeError):  # none yet, or damaged: everything is checked
        return None
    return kept if kept.of == state else None


def keep(root: Path, settings: Settings, silence: Silence) -> None:
    """Remember it, instead of the one before."""
    _write(_file(root, settings, "silence"), msgspec.json.encode(silence))


def asked_once(
    file: Path, version: str, texts: Sequence[str], ask: Callable[[list[str]], Mapping[str, list[Any]]]
) -> dict[str, list[Any]]:
    """Text → what a slow program says of it; `ask` is called for the texts that it was not asked about before.

    Answers are kept under the hash of the text and of the program's `version`, those wanted now and no others.
    """
    keys = {text: hashlib.sha256(f"{version}\0{text}".encode()).hexdigest() for text in dict.fromkeys(texts)}
    try:
        known: dict[str, list[Any]] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or damaged
        known = {}
    new = [text for text, key in keys.items() if key not in known]
    answers = ask(new) if new else {}
    said = {text: known[key] if key in known else answers.get(text, []) for text, key in keys.items()}
    if new or len(known) != len(keys):
        _write(file, json.dumps({keys[text]: said[text] for text in said}).encode())
    return said


def cache_file(root: Path, settings: Settings, name: str) -> Path:
    """Where the answers of a program are kept."""
    return _file(root, settings, name)


def _file(root: Path, settings: Settings, name: str) -> Path:
    return root / settings.state / "cache" / f"{name}.json"


def _write(file: Path, content: bytes) -> None:
    """Where it cannot be written, nothing is remembered."""
    with contextlib.suppress(OSError):
        write_whole(file, content)
