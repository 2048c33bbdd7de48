"""The files that make the repository: what git keeps or would add."""

import subprocess
from pathlib import Path

from runbook.settings import FILE, Settings


def listed_files(root: Path, settings: Settings) -> frozenset[str]:
    """Relative POSIX paths of the files that are there; where git does not keep this folder, of all but what the engine itself keeps."""
    try:
        ran = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        names = ran.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):  # not a git repository
        names = []
    if FILE not in names:  # a folder that the repository around it ignores
        state = root / settings.state
        return frozenset(
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.is_file() and not path.is_relative_to(state)
        )
    return frozenset(name for name in names if name and (root / name).exists())
