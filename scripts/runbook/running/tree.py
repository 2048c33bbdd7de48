"""What git holds of the repository: where HEAD is, and the tracked files that differ from it."""

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from runbook.running.asking import ask

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Tree:
    """`commit` and `branch` are empty outside git; `changed` has mode and digest of each tracked file that differs."""

    commit: str = ""
    branch: str = ""
    changed: frozenset[tuple[str, str]] = frozenset()


def tree(root: Path) -> Tree:
    """As it is now."""
    told = _git(root, "rev-parse", "HEAD", "--symbolic-full-name", "HEAD").split()
    if not told:
        return Tree()
    names = _git(root, "diff", "HEAD", "--name-only", "--no-renames", "-z").split("\0")
    return Tree(told[0], told[-1], frozenset((name, _state(root / name)) for name in names if name))


def changes(before: Tree, after: Tree) -> tuple[str, ...]:
    """What is no longer as it was, in French; nothing where git never knew."""
    if not before.commit or before == after:
        return ()
    if not after.commit:
        return ("le dépôt git n'est plus lisible",)
    files = sorted({name for name, _ in before.changed ^ after.changed})
    said = {
        f"HEAD est passé de {before.commit[:10]} à {after.commit[:10]}": before.commit != after.commit,
        f"la branche est passée de {before.branch} à {after.branch}": before.branch != after.branch,
        f"fichiers suivis par git modifiés : {', '.join(files)}": bool(files),
    }
    return tuple(words for words, true in said.items() if true)


def _state(path: Path) -> str:
    """Mode and content of a file; empty for one that is gone, and for what is no file."""
    with contextlib.suppress(OSError):
        return f"{path.lstat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return ""


def _git(root: Path, *arguments: str) -> str:
    return ask(["git", "--no-optional-locks", "-C", str(root), *arguments], timeout=TIMEOUT).well
