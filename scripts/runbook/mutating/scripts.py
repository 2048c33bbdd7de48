"""Operators on the repository's own scripts: the script gone, a file that it names renamed."""

import re
from collections.abc import Iterator

from runbook.mutating.mutant import Mutant, replaced

FILE = re.compile(r"(?<![\w/.$-])(?:[\w-]+/)+[\w.-]*\w|(?<![\w/.$-])[\w-]+\.(?:ya?ml|txt|toml|json)\b")


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """Every mutant of one script."""
    for found in FILE.finditer(text):
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if not line.lstrip().startswith("#"):
            yield replaced("script-file-renamed", path, text, found.start(), found.end(), f"{found.group()}x")
