"""Is what a page's metadata names there: its template, and tags that other pages have too?"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from runbook.checking.finding import Finding, nearest
from runbook.checking.offered.model import Model
from runbook.reading.content import Page

RULE = "metadata"
NEAR = 0.85  # the likeness of two words, one of which is a slip of the other


def templates(pages: Sequence[Page], model: Model) -> Iterator[Finding]:
    """The `template` of a page is a file of the repository, or of a theme that is installed."""
    for page in pages:
        name = page.meta.get("template")
        if not isinstance(name, str) or any(path.endswith(f"/{name}") for path in model.files):
            continue
        if not any((folder / name).is_file() for folder in _themes()):
            known = {posixpath.basename(path) for path in model.files if path.endswith(".html")}
            yield Finding(
                page.path,
                line_of(page, model, "template"),
                f"modèle de page « {name} », absent du dépôt et des thèmes installés",
                nearest(name, known),
                RULE,
            )


def tags(pages: Sequence[Page], site: Sequence[Page], model: Model) -> Iterator[Finding]:
    """A tag that one page alone has is no slip of one that several have."""
    counted = Counter(tag for page in site for tag in _tags(page))
    shared = [tag for tag, count in counted.items() if count > 1]
    for page in pages:
        for tag in _tags(page):
            close = get_close_matches(tag, shared, n=1, cutoff=NEAR) if counted[tag] == 1 else []
            if close:
                yield Finding(
                    page.path,
                    line_of(page, model, "tags"),
                    f"étiquette « {tag} », que cette page est seule à porter",
                    f"vouliez-vous dire « {close[0]} » ?",
                    RULE,
                )


def line_of(page: Page, model: Model, key: str) -> int:
    """The line of the page's file that gives this key; the first where none does."""
    path = model.root / page.path
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    return next((number for number, line in enumerate(lines, 1) if re.match(rf"{key}\s*:", line)), 1)


def _tags(page: Page) -> list[str]:
    given = page.meta.get("tags")
    return [str(tag) for tag in given] if isinstance(given, list) else []


def _themes() -> Iterator[Path]:
    """The folder of each theme that MkDocs could be asked for."""
    for entry in entry_points(group="mkdocs.themes"):
        found = find_spec(entry.value)
        yield from map(Path, (found.submodule_search_locations if found else None) or [])
