"""Do the figures that a comment gives for the setting below it hold?"""

import re
from collections.abc import Iterator

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model

RULE = "comment_claims"
COMMENT = re.compile(r"^\s*#\s?(.*)$")
BOUND = re.compile(r"\b(longer|shorter|more|less|plus long|plus court)\b[^.:;]*?(\d+(?:\.\d+)?) ?s\b", re.IGNORECASE)
TERM = re.compile(r"\((\d+)\)")
SETTING = re.compile(r"^\s*-?\s*(\w+)\s*[:=]\s*[\"']?(\d+(?:\.\d+)?)(?:s\b)?")
NONE_OF = re.compile(r"\bNo (\w+)(?: policy)?(?=[:,.])")


def comment_claims(model: Model) -> Iterator[Finding]:
    """In manifests, the Compose file and the server's settings: `longer than … 600 s`, `a (5) + b (25)`, `No restart policy`."""
    paths = {item.path for item in model.objects} | {model.settings.model.compose, model.settings.model.server}
    for path in sorted(paths & model.files):
        lines = (model.root / path).read_text(encoding="utf-8").split("\n")
        for start, end in _comments(lines):
            said = " ".join(line.strip().lstrip("# ") for line in lines[start:end])
            yield from (
                Finding(path, line, cause, "corriger le réglage, ou son commentaire", RULE)
                for line, cause in _denied(said, lines)
            )
            setting = SETTING.match(lines[end]) if end < len(lines) else None
            if setting:
                yield from (
                    Finding(path, end + 1, cause, "corriger le réglage, ou son commentaire", RULE)
                    for cause in _broken(said, setting[1], float(setting[2]))
                )


def _comments(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Where each run of comment lines starts and ends."""
    start = None
    for index, line in enumerate([*lines, ""]):
        if COMMENT.match(line):
            start = index if start is None else start
        elif start is not None:
            yield start, index
            start = None


def _broken(said: str, name: str, value: float) -> Iterator[str]:
    bound = BOUND.search(said)
    if bound:
        limit, least = float(bound[2]), bound[1].lower() in ("longer", "more", "plus long")
        if (value <= limit) if least else (value >= limit):
            yield f"{name} {value:g}, et le commentaire le dit plus {'long' if least else 'court'} que {limit:g} s"
    terms = [float(term) for term in TERM.findall(said)]
    if len(terms) > 1 and said.count(" + ") == len(terms) - 1 and sum(terms) != value:
        yield f"{name} {value:g}, et le commentaire compte {' + '.join(f'{term:g}' for term in terms)} = {sum(terms):g}"


def _denied(said: str, lines: list[str]) -> Iterator[tuple[int, str]]:
    for name in NONE_OF.findall(said):
        for number, line in enumerate(lines, 1):
            if re.match(rf"\s+{re.escape(name)}\s*:", line):
                yield number, f"« {name} » est là, et un commentaire dit qu'il n'y en a pas"
