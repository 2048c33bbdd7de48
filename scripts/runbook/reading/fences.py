"""Every fenced block of a page, exactly as superfences renders it, with its source line.

Python-Markdown itself converts the page with the site's own extensions; only the formatters are
replaced by one that leaves a numbered mark.  A fence is rendered if its mark reaches the HTML.
A CommonMark parser or a regular expression would lose the fences inside admonitions and tabs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from typing import Any
from weakref import WeakKeyDictionary

import markdown as python_markdown
from pymdownx.superfences import SuperFencesBlockPreprocessor, SuperFencesRawBlockPreprocessor

from runbook.errors import SettingsError
from runbook.reading.content import Page, Site
from runbook.reading.origins import origins

MARK = "data-runbook-fence"
MARKED = re.compile(rf'<pre {MARK}="(\d+)">')
CONVERTERS: WeakKeyDictionary[Site, dict[bool, python_markdown.Markdown]] = WeakKeyDictionary()
TEXT_ONLY = (
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
)  # a browser reads no element in these
INERT = "template"
HIDING = re.compile(rf"<!|<\?|<(?:{'|'.join((*TEXT_ONLY, INERT))})\b", re.IGNORECASE)
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
    """The numbers of the marks that a browser shows: none in a comment, a script, a template, or what it takes for a declaration."""
    if not HIDING.search(html):
        return {int(number) for number in MARKED.findall(html)}
    marks = _Marks()
    marks.feed(html)
    marks.close()
    return marks.shown


class _Marks(HTMLParser):
    CDATA_CONTENT_ELEMENTS = TEXT_ONLY  # type: ignore[misc] # where the parser has it for a subclass to say

    def __init__(self) -> None:
        super().__init__()
        self.shown: set[int] = set()
        self._inert = 0  # templates that stand open here

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        number = dict(attrs).get(MARK)
        if tag == INERT:
            self._inert += 1
        elif tag == "pre" and number and not self._inert:
            self.shown.add(int(number))

    def handle_endtag(self, tag: str) -> None:
        if tag == INERT and self._inert:
            self._inert -= 1


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
    preprocessor: Any = next(
        (one for one in converter.preprocessors if type(one) is SuperFencesBlockPreprocessor), None
    )
    if preprocessor is None:
        raise SettingsError(
            "le site ne lit pas ses blocs avec pymdownx.superfences ; l'ajouter à markdown_extensions, dans mkdocs.yml"
        )
    lines = page.markdown.split("\n")
    line_at: Sequence[int] = ()
    opening, after = 0, 0
    search = partial(type(preprocessor).search_nested, preprocessor)
    process = partial(type(preprocessor).process_nested_block, preprocessor)

    def search_nested(given: list[str]) -> list[str]:
        nonlocal line_at
        # Markdown ends every text with two lines of its own; an extension before this one may have taken lines away
        line_at = (
            range(len(lines))
            if len(given) == len(lines) + 2
            else origins([_plain(line) for line in lines], [_plain(line) for line in given[:-2]])
        )
        found_and_replaced: list[str] = search(given)
        return found_and_replaced

    def process_nested_block(ws: str, content: str, start: int, end: int) -> None:
        nonlocal opening, after
        opening, after = start, end
        process(ws, content, start, end)

    def formatter(src: str = "", language: str = "", options: Any = None, **kwargs: Any) -> str:
        options = dict(options or {})
        index = line_at[opening]
        found.append(
            Fence(
                line=page.line_of[index],
                index=index,
                end=line_at[after - 1] + 1,
                language=language or "",
                title=options.get("title"),
                attributes={str(key): str(value) for key, value in (kwargs.get("attrs") or {}).items()},
                classes=tuple(kwargs.get("classes") or ()),
                source=src,
            )
        )
        return f'<pre {MARK}="{len(found) - 1}"></pre>'

    _keep_lines(converter)
    preprocessor.search_nested = search_nested
    preprocessor.process_nested_block = process_nested_block
    for entry in preprocessor.extension.superfences:
        entry["formatter"] = formatter


def _keep_lines(converter: python_markdown.Markdown) -> None:
    """Where tabs are kept, blocks are read twice, and one without a line comes back with a blank one: it comes back without."""
    for first in converter.preprocessors:
        if type(first) is SuperFencesRawBlockPreprocessor:
            raw: Any = first
            store = partial(type(raw)._store, raw)  # noqa: SLF001 — the only place that knows both the block and its lines
            raw._store = lambda source, code, start, end: store(source if end - start > 2 else "", code, start, end)  # noqa: B023, SLF001


def _plain(line: str) -> str:
    """As Markdown compares lines: tabs are spaces, and an empty line has none."""
    return line.expandtabs(4).rstrip()


def _shadows(page: Page, fences: tuple[Fence, ...]) -> list[Shadow]:
    covered = {index for fence in fences for index in range(fence.index, fence.end)}
    lines = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), page.markdown).split("\n")
    return [
        Shadow(page.line_of[index], line.strip())
        for index, line in enumerate(lines)
        if index not in covered and OPENING.match(line)
    ]
