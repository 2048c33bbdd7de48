"""How does the site's page lead to the files, once they exist?"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .slides import DeckError

_PLACE = re.compile(r'<(p|ul) id="dp-fichiers">.*?</\1>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Download:
    """A file made from the deck, and what it is."""

    path: Path
    title: str

    @property
    def label(self) -> str:
        """What the link says: the kind of file and its weight."""
        return f"{self.title} ({max(1, round(self.path.stat().st_size / 1000))}\u00a0ko)"


def link(page: Path, made: Sequence[Download]) -> None:
    """Write the links in place of the sentence that says how to make the files; again is harmless."""
    items = "".join(
        f'<li><a href="{html.escape(download.path.name)}" download>{html.escape(download.label)}</a></li>'
        for download in made
    )
    text, count = _PLACE.subn(f'<ul id="dp-fichiers">{items}</ul>', page.read_text(encoding="utf-8"))
    if count != 1:
        raise DeckError(f"{page} : la place des fichiers n'y est pas")
    page.write_text(text, encoding="utf-8")
