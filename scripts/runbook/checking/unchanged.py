"""Is everything as it was when the check last found nothing?  Then it would find nothing again."""

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

import runbook
from runbook.checking.listed import listed_files
from runbook.reporting.whole_file import write_whole
from runbook.settings import Settings

# Of the environment, what tells of the terminal and of the last command, and nothing of what is checked.
SESSION = {"_", "PWD", "OLDPWD", "SHLVL", "COLUMNS", "LINES", "TERM", "WINDOWID"}


class Silence(msgspec.Struct, frozen=True):
    """A check without any finding: of what, when (ISO 8601), over which pages and how many commands."""

    of: str
    date: str
    pages: list[str]
    commands: int


def state_of(root: Path, settings: Settings) -> str:
    """A hash of all that a check depends on.

    The repository's files, what runs left for the site to show, the engine, Python, the installed
    distributions and the environment; not the clock nor the network, which no rule asks.
    """
    digest = hashlib.sha256()
    for part in chain(_files(root, settings), _records(root / settings.state), _tools(root)):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


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


def _files(root: Path, settings: Settings) -> Iterator[bytes]:
    """Each file's path, whether it can be run, and its bytes; then what else stands at the root."""
    for name in sorted(listed_files(root, settings)):
        path = root / name
        yield name.encode()
        if path.is_file():
            yield b"x" if os.access(path, os.X_OK) else b"-"
            yield path.read_bytes()
    yield "\0".join(sorted({*os.listdir(root)} - {settings.state})).encode()  # noqa: PTH208 — of names alone


def _records(state: Path) -> Iterator[bytes]:
    """What runs left there, by its size and its time: the site shows it, so that pages depend on it."""
    if state.is_dir():
        for entry in sorted(os.scandir(state), key=lambda entry: entry.name):
            if entry.name != "cache":
                status = entry.stat()
                yield f"{entry.name} {status.st_size} {status.st_mtime_ns}".encode()


def _tools(root: Path) -> Iterator[bytes]:
    yield sys.version.encode()
    yield "\0".join(sorted(os.listdir(sysconfig.get_path("purelib")))).encode()  # noqa: PTH208 — names hold the versions
    yield "\0".join(sorted(f"{name}={value}" for name, value in os.environ.items() if name not in SESSION)).encode(errors="surrogateescape")
    engine = Path(runbook.__file__).parent
    if not engine.is_relative_to(root):
        for path in sorted(engine.rglob("*.py")):
            yield path.read_bytes()
