"""What superfences really publishes: the page rendered with its true formatters, read back as a browser would."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

import markdown
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

HIGHLIGHT = {"pymdownx.highlight": {"pygments_lang_class": True, "use_pygments": True}}


@dataclass(slots=True)
class Shown:
    """A shell block as it stands in the page: what the copy button takes, the title above it,
    and its data-* attributes."""

    source: str = ""
    title: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


def shown(text: str, extensions: Sequence[str], configs: dict[str, Any]) -> list[Shown]:
    """Each shell block in reading order, without blank lines around."""
    named = [*extensions, *(name for name in HIGHLIGHT if name not in extensions)]
    page = _Page()
    page.feed(_converter(tuple(named), json.dumps({**configs, **HIGHLIGHT})).reset().convert(text))
    page.close()
    return [Shown(block.source.strip("\n"), block.title, block.attributes) for block in page.blocks]


def published(text: str, extensions: Sequence[str], configs: dict[str, Any]) -> list[str]:
    """The text alone of each shell block."""
    return [block.source for block in shown(text, extensions, configs)]


@cache
def _converter(extensions: tuple[str, ...], configs: str) -> markdown.Markdown:
    return markdown.Markdown(extensions=[*extensions], extension_configs=json.loads(configs))


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
        self.blocks: list[Shown] = []
        self._depth = 0  # of nested <div> since the block's own
        self._inside: list[str] = []  # of the block: the elements that stand open, and what a <span> is for

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
                data = {name: value or "" for name, value in attrs if name.startswith("data-")}
                self.blocks.append(Shown(attributes=data))
        elif self._depth and tag in ("pre", "code", "span"):
            self._inside.append(next((name for name in ("filename", "linenos") if name in classes), tag))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates = max(0, self._templates - 1)
        elif self._templates:
            return
        if tag == "div" and self._depth:
            self._depth -= 1
        elif self._inside and tag in ("pre", "code", "span"):
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._depth:
            return
        block = self.blocks[-1]
        if "filename" in self._inside:
            block.title = (block.title or "") + data
        elif {"pre", "code"} <= {*self._inside} and "linenos" not in self._inside:
            block.source += data
