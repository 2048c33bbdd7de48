"""What were the files that a proof depends on, and are they still the same?"""

import hashlib
import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatch
from pathlib import Path

# The front matter, and each fence in a list or a quotation too; one left open goes to the end.
_BLOCKS = re.compile(
    r"\A---[ \t]*\n.*?^---|^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*(?P<fence>`{3,}|~{3,}).*?(?:^[ >]*(?P=fence)|\Z)",
    re.MULTILINE | re.DOTALL,
)


def fingerprints(root: Path, patterns: Collection[str]) -> dict[str, str]:
    """Path from `root` → SHA-256 of each file that a pattern names, unless a `!pattern` does too.

    In a `!pattern`, `*` stands for any text, slashes included.
    """
    listed, refused = [[one for one in patterns if one.startswith("!") is no] for no in (False, True)]
    paths = {path for pattern in listed for path in root.glob(pattern)}
    found = {path.relative_to(root).as_posix(): path for path in sorted(paths) if path.is_file()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in found.items()
        if not any(fnmatch(name, pattern[1:]) for pattern in refused)
    }


def commands(root: Path, pages: Iterable[str]) -> dict[str, str]:
    """Path → SHA-256 of what a page has run and compares: its front matter and its fenced blocks, without the prose."""
    texts = ((name, (root / name).read_text(encoding="utf-8")) for name in sorted(pages) if (root / name).is_file())
    return {
        name: hashlib.sha256("\n".join(found[0] for found in _BLOCKS.finditer(text)).encode()).hexdigest()
        for name, text in texts
    }
