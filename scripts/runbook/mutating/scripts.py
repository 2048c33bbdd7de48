"""Operators on the repository's own scripts: a file renamed, an option or a verb or a variable mistyped."""

import re
from collections.abc import Iterator

from runbook.mutating.mutant import Mutant, replaced

OPERATORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "script-file-renamed",
        re.compile(r"(?<![\w/.$-])(?:[\w-]+/)+[\w.-]*\w|(?<![\w/.$-])[\w-]+\.(?:ya?ml|txt|toml|json)\b"),
    ),
    ("script-option-mistyped", re.compile(r"(?<=\s)--[a-z][a-z-]+(?=[\s=])")),
    (
        "script-verb-mistyped",
        re.compile(r"(?<=docker )[a-z]{3,}|(?<=docker compose )[a-z]{2,}|(?<=runbook )[a-z]{3,}|(?<=mkdocs )[a-z]{3,}"),
    ),
    ("script-variable-mistyped", re.compile(r"(?<=\$)[a-z]{3,}\b|(?<=\$\{)[a-z]{3,}(?=[}%/,])")),
)


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """Every mutant of one script, its comments apart."""
    for operator, pattern in OPERATORS:
        for found in pattern.finditer(text):
            line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            if not line.lstrip().startswith("#") and " # " not in line and "echo" not in line and "printf" not in line:
                yield replaced(operator, path, text, found.start(), found.end(), f"{found.group()}x")
