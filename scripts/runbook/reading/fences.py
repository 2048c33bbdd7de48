"""Every fenced block of a page, exactly as superfences renders it, with its source line.

Python-Markdown itself converts the page with the site's own extensions; only the formatters are
replaced by one that leaves a numbered mark.  A fence is rendered if its mark reaches the HTML.
A CommonMark parser or a regular expression would lose the fences inside admonitions and tabs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from weakref import WeakKeyDictionary

import markdown as python_markdown

from runbook.reading.content import Page, Site

MARK = "data-runbook-fence"
MARKED = re.compile(rf'<pre {MARK}="(\d+)">')
CONVERTERS: WeakKeyDictionary[Site, dict[bool, python_markdown.Markdown]] = WeakKeyDictionary()
HIDING = re.compile(r"<!|<\?|<(?:script|style)\b", re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
OPENING = re.compile(r"^[\s>]*(?:[-*+]\s+|\d+[.)]\s+|[!?]{3}\S*\s+)*(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")


@dataclass(frozen=True, slots=True)
class Fence:
    """One rendered block; `line` is its opening line and `source` the text that the reader copies."""

    line: int
    index: int  # of the opening line in page.markdown, from 0
    end: int  # index after the closing line
    language: str
    title: str | None
    attributes: dict[str, str]
    classes: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Shadow:
    """A line that looks like the opening of a block and that the site does not render as one."""

    line: int
    text: str


def find_fences(page: Page, site: Site) -> tuple[tuple[Fence, ...], tuple[Shadow, ...]]:
    """The page's rendered blocks in reading order, and the openings that are not rendered as blocks."""
    if "```" not in page.markdown and "~~~" not in page.markdown:
        return (), ()
    found: list[Fence] = []
    converter = _converter(site, lines=HIDING.search(page.markdown) is not None)
    _record_fences(converter, page, found)
    rendered = _shown(converter.convert(page.markdown))
    fences = tuple(fence for number, fence in enumerate(found) if number in rendered)
    return fences, tuple(_shadows(page, fences))


def _shown(html: str) -> set[int]:
    """The numbers of the marks that a browser shows: none in a comment, a script, or what it takes for a declaration."""
    if not HIDING.search(html):
        return {int(number) for number in MARKED.findall(html)}
    marks = _Marks()
    marks.feed(html)
    marks.close()
    return marks.shown


class _Marks(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.shown: set[int] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        number = dict(attrs).get(MARK)
        if tag == "pre" and number:
            self.shown.add(int(number))


def _converter(site: Site, lines: bool) -> python_markdown.Markdown:
    """One converter a site, as good as new: making one costs more than converting a page.

    What stands inside a line makes no block, but may hide those after it: it is read only if `lines`.
    """
    known = CONVERTERS.setdefault(site, {})
    if lines not in known:
        # snippets are resolved already, a second pass would resolve the escaped ones
        extensions = [name for name in site.extensions if name != "pymdownx.snippets"]
        known[lines] = python_markdown.Markdown(extensions=extensions, extension_configs=dict(site.extension_configs))
        for name in () if lines else ("inline", "smarty"):
            known[lines].treeprocessors.deregister(name, strict=False)
    return known[lines].reset()


def _record_fences(converter: python_markdown.Markdown, page: Page, found: list[Fence]) -> None:
    preprocessor: Any = converter.preprocessors["fenced_code_block"]
    process: Callable[..., None] = type(preprocessor).process_nested_block.__get__(preprocessor)
    opening = 0

    def process_nested_block(ws: str, content: str, start: int, end: int) -> None:
        nonlocal opening
        opening = start
        process(ws, content, start, end)

    def formatter(src: str = "", language: str = "", options: Any = None, **kwargs: Any) -> str:
        options = dict(options or {})
        index = min(opening, len(page.line_of) - 1)
        found.append(
            Fence(
                line=page.line_of[index],
                index=index,
                end=index + src.count("\n") + 3 if src else index + 2,
                language=language or "",
                title=options.get("title"),
                attributes={str(key): str(value) for key, value in (kwargs.get("attrs") or {}).items()},
                classes=tuple(kwargs.get("classes") or ()),
                source=src,
            )
        )
        return f'<pre {MARK}="{len(found) - 1}"></pre>'

    preprocessor.process_nested_block = process_nested_block
    for entry in preprocessor.extension.superfences:
        entry["formatter"] = formatter


def _shadows(page: Page, fences: tuple[Fence, ...]) -> list[Shadow]:
    covered = {index for fence in fences for index in range(fence.index, fence.end)}
    lines = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), page.markdown).split("\n")
    return [
        Shadow(page.line_of[index], line.strip())
        for index, line in enumerate(lines)
        if index not in covered and OPENING.match(line)
    ]
