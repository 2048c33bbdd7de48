"""Do pages count right: the items of the list that follows, and the manifests?"""

import re
from collections.abc import Iterator, Sequence

from runbook.checking.finding import Finding
from runbook.checking.offered.model import Model
from runbook.checking.prose.french_numbers import NUMBER, number
from runbook.checking.prose.metadata import line_of
from runbook.checking.prose.quotes import prose
from runbook.reading.content import Page

RULE = "prose_counts"
ANNOUNCED = re.compile(
    rf"\b(?:les |ces |aux |prouve |dit |font )?({NUMBER}) (?:autres )?([a-zà-ÿ]{{3,}}s)\b[^.:;]*[:.]\s*$", re.IGNORECASE
)
ITEM = re.compile(r"^(?P<indent> *)(?:\d+\.|[-*+]) +\S")
MANIFESTS = re.compile(
    rf"\b({NUMBER}) (?:manifestes|fichiers (?:YAML|du dossier `(?P<folder>[\w/-]+)`))", re.IGNORECASE
)


def prose_counts(page: Page, model: Model) -> Iterator[Finding]:
    """The counts of a page's text and of its description."""
    lines = prose(page)
    for index, (line, text) in enumerate(lines):
        yield from _list_after(page, index, lines)
        yield from (
            Finding(page.path, line, cause, "reprendre le nombre de fichiers", RULE)
            for cause in _manifests(text, model)
        )
    for key in ("description", "title"):
        yield from (
            Finding(page.path, line_of(page, model, key), cause, "reprendre le nombre de fichiers", RULE)
            for cause in _manifests(str(page.meta.get(key) or ""), model)
        )


def _list_after(page: Page, index: int, lines: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    """`… six choses :` and a list of five."""
    line, text = lines[index]
    found = ANNOUNCED.search(text.replace("\u00a0", " ")) if text.rstrip().endswith(":") else None
    following = [rest for _, rest in lines[index + 1 :]] if found else []
    if found is None or len(following) < 2 or following[0].strip() or not ITEM.match(following[1]):
        return
    count = _items(following[1:])
    if count != number(found[1]):
        yield Finding(
            page.path, line, f"« {found[1]} {found[2]} », et la liste qui suit en a {count}", "les compter", RULE
        )


def _items(lines: list[str]) -> int:
    first = ITEM.match(lines[0])
    indent = first["indent"] if first else ""
    count = 0
    for line in lines:
        item = ITEM.match(line)
        if item and item["indent"] == indent:
            count += 1
        elif line.strip() and not line.startswith(f"{indent} ") and not item:
            break
    return count


def _manifests(text: str, model: Model) -> Iterator[str]:
    if "manifestes" not in text.lower() and "fichiers" not in text.lower():  # ten times faster than the expression
        return
    base = model.settings.model.base
    known = [name for name in model.files_in.get(base, []) if name.endswith((".yaml", ".yml"))]
    for found in MANIFESTS.finditer(text.replace("\u00a0", " ")):
        count = number(found[1])
        if (
            base
            and known
            and (found["folder"] or base).rstrip("/") == base
            and count is not None
            and count > 3
            and count != len(known)
        ):
            yield f"« {found[0]} », et « {base} » en a {len(known)}"
