"""What were the files that a proof depends on, and are they still the same?"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

_OPENING = re.compile(r"^[\s>]*(?:[-*+]\s+|\d+[.)]\s+)*(?P<fence>`{3,}|~{3,})")


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


def commands(root: Path, pages: Iterable[str]) -> dict[str, str]:
    """Path → SHA-256 of what a page has run and compares: its front matter and its fenced blocks, without the prose."""
    found = {name: root / name for name in pages if (root / name).is_file()}
    return {
        name: hashlib.sha256("\n".join(_blocks(path.read_text(encoding="utf-8"))).encode()).hexdigest()
        for name, path in sorted(found.items())
    }


def _blocks(text: str) -> Iterator[str]:
    """The lines of the front matter and of the fences; after a fence left open, all of them."""
    lines = text.splitlines()
    fence = "---" if lines and lines[0].rstrip() == "---" else ""
    for number, line in enumerate(lines):
        if fence:
            yield line
            if number and line.strip(" >").startswith(fence):
                fence = ""
        elif opening := _OPENING.match(line):
            fence = opening["fence"]
            yield line
