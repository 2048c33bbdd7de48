"""Is everything as it was when the pages were last read and checked? What was found then still holds."""

import contextlib
import hashlib
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TypeVar

import msgspec

import runbook
from runbook.reading.content import PageBlocks
from runbook.settings import Settings
from runbook.whole_file import write_whole

# Of the environment, what tells of the terminal and of the last command, and nothing of what is read.
SESSION = {"_", "PWD", "OLDPWD", "SHLVL", "COLUMNS", "LINES", "TERM", "WINDOWID"}
NOT_READ = {"node_modules", "__pycache__"}


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


def keep(root: Path, settings: Settings, found: Remembered, environment: Mapping[str, str] = os.environ) -> None:
    """Remember it instead of what was found before, unless somebody wrote meanwhile; else it is found each time."""
    with contextlib.suppress(OSError):
        ignored = root / settings.state / ".gitignore"
        if not ignored.exists():
            write_whole(ignored, b"*\n")
        if state_of(root, settings, environment) == found.of:
            write_whole(_memory(root, settings, type(found)), msgspec.msgpack.encode(found))


def _memory(root: Path, settings: Settings, kind: type[Remembered]) -> Path:
    return root / settings.state / "cache" / f"{kind.__name__.lower()}.msgpack"


def state_of(root: Path, settings: Settings, environment: Mapping[str, str] = os.environ) -> str:
    """A hash of when the repository's files were changed, of the engine, Python, the distributions, this environment.

    Not of what runs left, which no page shows while it is read for its commands; nor of the clock and
    the network, which nothing asks.
    """
    digest = hashlib.sha256()
    for part in chain(_files(root, settings), _tools(root, environment)):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _files(root: Path, settings: Settings) -> Iterator[bytes]:
    """Of each file that git knows or would add, and of each page, what `stat` tells; then the names at the root."""
    for name in sorted(listed_files(root, settings) | _pages(root)):
        status = (root / name).stat()
        yield os.fsencode(f"{name} {status.st_mode} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}")
    yield "\0".join(sorted({*os.listdir(root)} - {settings.state, *NOT_READ})).encode()  # noqa: PTH208 — of names alone


def _pages(root: Path) -> set[str]:
    """Every Markdown file, in no hidden folder: a site publishes also those that git ignores."""
    found = set()
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in NOT_READ]
        pages = (Path(folder, name) for name in names if name.endswith(".md"))
        found |= {page.relative_to(root).as_posix() for page in pages if page.exists()}
    return found


def _tools(root: Path, environment: Mapping[str, str]) -> Iterator[bytes]:
    yield sys.version.encode()
    yield "\0".join(sorted(os.listdir(sysconfig.get_path("purelib")))).encode()  # noqa: PTH208 — names hold versions
    asked = (f"{name}={value}" for name, value in environment.items() if name not in SESSION)
    yield os.fsencode("\0".join(sorted(asked)))
    engine = Path(runbook.__file__).parent
    if not engine.is_relative_to(root):
        for path in sorted(engine.rglob("*.py")):
            yield path.read_bytes()


def listed_files(root: Path, settings: Settings) -> frozenset[str]:
    """Relative POSIX paths of the files there, by git, or all but what the engine keeps where git does not know."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names: list[str] = []
    with contextlib.suppress(OSError, subprocess.CalledProcessError):  # no git, or no repository
        names = os.fsdecode(subprocess.run(command, cwd=root, capture_output=True, check=True).stdout).split("\0")
    if settings.site not in names:  # or a folder that the repository around it ignores
        state = root / settings.state
        files = (path for path in root.rglob("*") if path.is_file() and not path.is_relative_to(state))
        return frozenset(path.relative_to(root).as_posix() for path in files)
    return frozenset(name for name in names if name and (root / name).exists())
