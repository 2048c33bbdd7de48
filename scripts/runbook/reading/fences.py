"""Every fenced block of a page, exactly as the site renders it, with its source line.

Python-Markdown itself converts the page with the site's own extensions; only what makes HTML of a block is
replaced, and leaves a numbered mark.  A fence is rendered if its mark reaches the HTML.
A CommonMark parser or a regular expression would lose the fences inside admonitions and tabs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import markdown as python_markdown
from markdown.extensions.attr_list import get_attrs_and_remainder
from markdown.extensions.fenced_code import FencedBlockPreprocessor
from pymdownx.superfences import SuperFencesBlockPreprocessor, SuperFencesRawBlockPreprocessor

from runbook.reading.content import Page, Site
from runbook.reading.origins import origins
from runbook.reading.shown import HIDING, mark, shown

CONVERTERS: WeakKeyDictionary[Site, dict[bool, python_markdown.Markdown]] = WeakKeyDictionary()
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
    source: str


def find_fences(page: Page, site: Site) -> tuple[tuple[Fence, ...], tuple[tuple[int, str], ...]]:
    """The page's rendered blocks in reading order, and the line and text of what only looks like the opening of one."""
    if "```" not in page.markdown and "~~~" not in page.markdown:
        return (), ()
    found: list[Fence] = []
    converter = _converter(site, lines=HIDING.search(page.markdown) is not None)
    for preprocessor in converter.preprocessors:
        if type(preprocessor) is SuperFencesBlockPreprocessor:
            _record_superfences(preprocessor, page, found)
        elif type(preprocessor) is SuperFencesRawBlockPreprocessor:
            _keep_lines(preprocessor)
        elif type(preprocessor) is FencedBlockPreprocessor:
            _record_fenced_code(preprocessor, page, found)
    rendered = shown(converter.convert(page.markdown))
    fences = tuple(fence for number, fence in enumerate(found) if number in rendered)
    return fences, tuple(_shadows(page, fences))


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


def _record_superfences(preprocessor: Any, page: Page, found: list[Fence]) -> None:
    """Every block that pymdownx.superfences renders goes into `found`."""
    line_at: Sequence[int] = ()
    opening, after = 0, 0
    search = partial(type(preprocessor).search_nested, preprocessor)
    process = partial(type(preprocessor).process_nested_block, preprocessor)

    def search_nested(given: list[str]) -> list[str]:
        nonlocal line_at
        line_at = _line_at(page, given)
        preprocessor.attr_list = True  # the author's word holds, even if the site shows nothing of it
        found_and_replaced: list[str] = search(given)
        return found_and_replaced

    def process_nested_block(ws: str, content: str, start: int, end: int) -> None:
        nonlocal opening, after
        opening, after = start, end
        process(ws, content, start, end)

    def formatter(src: str = "", language: str = "", options: Any = None, **kwargs: Any) -> str:
        first, end = line_at[opening], line_at[after - 1] + 1
        title = dict(options or {}).get("title")
        attributes = {str(key): str(value) for key, value in (kwargs.get("attrs") or {}).items()}
        found.append(Fence(page.line_of[first], first, end, language or "", title, attributes, src))
        return mark(len(found) - 1)

    preprocessor.search_nested = search_nested
    preprocessor.process_nested_block = process_nested_block
    for entry in preprocessor.extension.superfences:
        entry["formatter"] = formatter


def _keep_lines(preprocessor: Any) -> None:
    """Where tabs are kept, blocks are read twice, and one without a line would come back with a blank one."""
    store = partial(type(preprocessor)._store, preprocessor)  # noqa: SLF001 — it knows block and lines
    preprocessor._store = lambda text, code, at, to: store(text if to - at > 2 else "", code, at, to)  # noqa: SLF001


def _record_fenced_code(preprocessor: Any, page: Page, found: list[Fence]) -> None:
    """Every block that Markdown's own fenced_code renders goes into `found`."""
    run, pattern = partial(type(preprocessor).run, preprocessor), type(preprocessor).FENCED_BLOCK_RE
    stash = preprocessor.md.htmlStash

    def recorded(given: list[str]) -> list[str]:
        line_at, moved = _line_at(page, given), 0
        last: re.Match[str] | None = None

        class Pattern:
            """Remembers what was found last, and so what is stored next."""

            @staticmethod
            def search(text: str, index: int) -> re.Match[str] | None:
                nonlocal last
                last = pattern.search(text, index)
                return last

        def store(_: str) -> str:
            nonlocal moved
            if last is None:
                raise RuntimeError  # nothing is stored but what was found
            opening = last.string.count("\n", 0, last.start()) - moved
            lines = last.group().count("\n")
            moved += 2 - lines  # the block becomes a line between two others
            found.append(_plain_fence(preprocessor, last, page, line_at[opening], line_at[opening + lines]))
            placeholder: str = type(stash).store(stash, mark(len(found) - 1))
            return placeholder

        preprocessor.FENCED_BLOCK_RE, stash.store = Pattern, store
        try:
            rendered: list[str] = run(given)
        finally:
            del preprocessor.FENCED_BLOCK_RE, stash.store
        return rendered

    preprocessor.run = recorded


def _plain_fence(preprocessor: Any, match: re.Match[str], page: Page, opening: int, closing: int) -> Fence:
    language, classes, options = match.group("lang") or "", [], {}
    if match.group("attrs"):
        _, classes, options = preprocessor.handle_attrs(get_attrs_and_remainder(match.group("attrs"))[0])
        language = classes.pop(0) if classes else ""
    source = match.group("code").removesuffix("\n")
    attributes = {key: str(value) for key, value in options.items() if key.startswith("data-")}
    return Fence(page.line_of[opening], opening, closing + 1, language, options.get("title"), attributes, source)


def _line_at(page: Page, given: list[str]) -> Sequence[int]:
    """The line of the page for each that an extension is given; Markdown ends every text with two of its own."""
    lines = page.markdown.split("\n")
    if len(given) == len(lines) + 2:
        return range(len(given))
    # an extension before this one has taken lines away
    return (*origins([_plain(line) for line in lines], [_plain(line) for line in given[:-2]]), len(lines), len(lines))


def _plain(line: str) -> str:
    """As Markdown compares lines: tabs are spaces, and an empty line has none."""
    return line.expandtabs(4).rstrip()


def _shadows(page: Page, fences: tuple[Fence, ...]) -> list[tuple[int, str]]:
    covered = {index for fence in fences for index in range(fence.index, fence.end)}
    lines = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), page.markdown).split("\n")
    return [
        (page.line_of[index], line.strip())
        for index, line in enumerate(lines)
        if index not in covered and OPENING.match(line)
    ]
