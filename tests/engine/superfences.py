"""What superfences really publishes: the page rendered with its true formatters, read back as a browser would."""

from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from typing import Any

import markdown
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

HIGHLIGHT = {"pymdownx.highlight": {"pygments_lang_class": True, "use_pygments": True}}


def published(text: str, extensions: Sequence[str], configs: dict[str, Any]) -> list[str]:
    """The text of each shell block as the copy button takes it, in reading order, without blank lines around."""
    named = [*extensions, *(name for name in HIGHLIGHT if name not in extensions)]
    page = _Page()
    page.feed(markdown.markdown(text, extensions=named, extension_configs={**configs, **HIGHLIGHT}))
    page.close()
    return [block.strip("\n") for block in page.blocks]


@cache
def is_shell(language: str) -> bool:
    """Whether the site highlights this language as it does bash: what the reader takes for commands."""
    try:
        return "bash" in get_lexer_by_name(language).aliases
    except ClassNotFound:
        return False


class _Page(HTMLParser):
    """A reader sees no element in a template, nor where a browser takes everything for text."""

    CDATA_CONTENT_ELEMENTS = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")

    def __init__(self) -> None:
        super().__init__()
        self._templates = 0
        self.blocks: list[str] = []
        self._depth = 0  # of nested <div> since the block's own
        self._code = False
        self._number = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag == "template":
            self._templates += 1
        elif self._templates:
            return
        if tag == "div":
            if self._depth:
                self._depth += 1
            elif "highlight" in classes and any(
                is_shell(name.removeprefix("language-")) for name in classes if name.startswith("language-")
            ):
                self._depth = 1
                self.blocks.append("")
        elif tag == "code":
            self._code = True
        elif tag == "span" and "linenos" in classes:
            self._number = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates = max(0, self._templates - 1)
        elif self._templates:
            return
        if tag == "div" and self._depth:
            self._depth -= 1
        elif tag == "code":
            self._code = False
        elif tag == "span":
            self._number = False

    def handle_data(self, data: str) -> None:
        if self._depth and self._code and not self._number:
            self.blocks[-1] += data
