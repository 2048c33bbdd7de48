"""The files that make the repository: what git keeps or would add, and what of it has changed since git last looked."""

import subprocess
from pathlib import Path

from runbook.settings import Settings


def listed_files(root: Path, settings: Settings) -> frozenset[str]:
    """Relative POSIX paths of the files that are there; where git does not keep this folder,
    of all but what the engine itself keeps."""
    names = _git(root, "--cached", "--others", "--exclude-standard").split("\0")
    if settings.site not in names:  # no repository, or a folder that the repository around it ignores
        state = root / settings.state
        files = (path for path in root.rglob("*") if path.is_file() and not path.is_relative_to(state))
        return frozenset(path.relative_to(root).as_posix() for path in files)
    return frozenset(name for name in names if name and (root / name).exists())


def kept_contents(root: Path) -> str:
    """What git's index says of each file: its mode, the hash of its content, its path;
    empty where git keeps nothing."""
    return _git(root, "--stage")


def changed_files(root: Path) -> frozenset[str]:
    """The files that are not as the index says, new ones and those that are gone included."""
    names = _git(root, "--modified", "--deleted", "--others", "--exclude-standard").split("\0")
    return frozenset(name for name in names if name)


def _git(root: Path, *options: str) -> str:
    try:
        ran = subprocess.run(["git", "ls-files", "-z", *options], cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        return ""
    return ran.stdout.decode(errors="surrogateescape")
