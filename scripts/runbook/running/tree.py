"""What git holds of the repository: where HEAD is, and the tracked files that differ from it."""

import hashlib
import shlex
from dataclasses import dataclass
from pathlib import Path

from runbook.running.asking import ask

TIMEOUT = 60.0
DIFF = shlex.split(
    "diff HEAD --no-ext-diff --no-textconv --no-color --no-renames --full-index --binary "
    "--src-prefix=a/ --dst-prefix=b/"
)


@dataclass(frozen=True, slots=True)
class Tree:
    """`commit` and `branch` are empty outside git; `changed` has the digest of each tracked file's difference."""

    commit: str = ""
    branch: str = ""
    changed: frozenset[tuple[str, str]] = frozenset()


def tree(root: Path) -> Tree:
    """As it is now."""
    told = _git(root, "rev-parse", "HEAD", "--symbolic-full-name", "HEAD").split()
    if not told:
        return Tree()
    parts = _git(root, *DIFF).split("\ndiff --git ")
    changed = frozenset((_name(part), hashlib.sha256(part.encode()).hexdigest()) for part in parts if part)
    return Tree(told[0], told[-1], changed)


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


def _name(part: str) -> str:
    """The file that a part of a difference is about."""
    return part.partition("\n")[0].removeprefix("diff --git ").rpartition(" b/")[2].strip('"')


def _git(root: Path, *arguments: str) -> str:
    return ask(["git", "--no-optional-locks", "-C", str(root), *arguments], timeout=TIMEOUT).well
