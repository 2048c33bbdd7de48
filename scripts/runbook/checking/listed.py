"""The files that make the repository: what git keeps or would add."""

import subprocess
from pathlib import Path

from runbook.settings import Settings


def listed_files(root: Path, settings: Settings) -> frozenset[str]:
    """Relative POSIX paths of the files that are there; without git, of all but what the engine itself keeps."""
    try:
        ran = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=root, capture_output=True, text=True, check=True
        )
        return frozenset(name for name in ran.stdout.split("\0") if name and (root / name).exists())
    except (OSError, subprocess.CalledProcessError):  # not a git repository
        state = root / settings.state
        return frozenset(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and not path.is_relative_to(state))
