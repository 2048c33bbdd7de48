"""What were the files that a proof depends on, and are they still the same?"""

import hashlib
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path


def fingerprints(root: Path, patterns: Iterable[str]) -> dict[str, str]:
    """Path from `root` → SHA-256 of each file that a pattern names, unless a `!pattern` does too.

    In a `!pattern`, `*` stands for any text, slashes included.
    """
    listed = list(patterns)
    refused = [pattern.removeprefix("!") for pattern in listed if pattern.startswith("!")]
    found = {
        path.relative_to(root).as_posix(): path
        for pattern in listed
        if not pattern.startswith("!")
        for path in root.glob(pattern)
        if path.is_file()
    }
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(found.items())
        if not any(fnmatch(name, pattern) for pattern in refused)
    }
