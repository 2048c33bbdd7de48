"""Every fenced block of a page, exactly as the site renders it, with its source line.

Python-Markdown itself converts the page with the site's own extensions; only what makes HTML of a block is
replaced, and leaves a numbered mark.  A fence is rendered if its mark reaches the HTML.
A CommonMark parser or a regular expression would lose the fences inside admonitions and tabs.
"""

import re
from collections.abc import Callable, Sequence
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

CONVERTERS: WeakKeyDictionary[Site, dict[bool, python_markdown.Markdown]] = WeakKeyDictionary()
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Marks that stand in the HTML for blocks; a browser shows none in a comment or in these elements.
MARK = "data-runbook-fence"
UNSEEN = "script|style|textarea|title|xmp|iframe|noembed|noframes"
HIDING = re.compile(rf"<!|<\?|<(?:{UNSEEN}|template)\b", re.IGNORECASE)
HIDDEN = re.compile(rf"<!--.*?(?:-->|\Z)|<[!?][^>]*>|<({UNSEEN})\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
INERT = re.compile(r"<template\b(?:(?!<template\b).)*?(?:</template\s*>|\Z)", re.IGNORECASE | re.DOTALL)
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
    rendered = _shown(converter.convert(page.markdown))
    fences = tuple(fence for number, fence in enumerate(found) if number in rendered)
    return fences, tuple(_shadows(page, fences))


def _converter(site: Site, lines: bool) -> python_markdown.Markdown:
    """One converter a site, as good as new: making one costs more than converting a page.

    Words in a line make no block, nor do attributes of what there is; but words may hide blocks: read only if `lines`.
    """
    known = CONVERTERS.setdefault(site, {})
    if lines not in known:
        # snippets are resolved already, a second pass would resolve the escaped ones
        extensions = [name for name in site.extensions if name != "pymdownx.snippets"]
        known[lines] = python_markdown.Markdown(extensions=extensions, extension_configs=dict(site.extension_configs))
        for name in ("toc", "attr_list", "prettify", *(() if lines else ("inline", "smarty", "abbr"))):
            known[lines].treeprocessors.deregister(name, strict=False)
    return known[lines].reset()


def _record_superfences(preprocessor: Any, page: Page, found: list[Fence]) -> None:
    """Every block that pymdownx.superfences renders goes into `found`."""
    line_at: Sequence[int] = ()
    opening, after = 0, 0
    search: Callable[[list[str]], list[str]] = partial(type(preprocessor).search_nested, preprocessor)
    process = partial(type(preprocessor).process_nested_block, preprocessor)

    def search_nested(given: list[str]) -> list[str]:
        nonlocal line_at
        line_at = _line_at(page, given)
        preprocessor.attr_list = True  # the author's word holds, even if the site shows nothing of it
        return search(given)

    def process_nested_block(ws: str, content: str, start: int, end: int) -> None:
        nonlocal opening, after
        opening, after = start, end
        process(ws, content, start, end)

    def formatter(src: str = "", language: str = "", options: Any = None, **kwargs: Any) -> str:
        first, end = line_at[opening], line_at[after - 1] + 1
        title = dict(options or {}).get("title")
        attributes = {str(key): str(value) for key, value in (kwargs.get("attrs") or {}).items()}
        found.append(Fence(page.line_of[first], first, end, language or "", title, attributes, src))
        return _mark(len(found) - 1)

    preprocessor.search_nested = search_nested
    preprocessor.process_nested_block = process_nested_block
    for entry in preprocessor.extension.superfences:
        entry["formatter"] = formatter


def _keep_lines(preprocessor: Any) -> None:
    """Where tabs are kept, blocks are read twice, and one without a line would come back with a blank one."""
    store = partial(type(preprocessor)._store, preprocessor)  # noqa: SLF001 — it knows block and lines
    preprocessor._store = lambda text, code, at, to: store(text if to - at > 2 else "", code, at, to)  # noqa: SLF001


def _record_fenced_code(preprocessor: Any, page: Page, found: list[Fence]) -> None:
    """Every block that Markdown's own fenced_code would render goes into `found`."""

    def run(given: list[str]) -> list[str]:
        line_at, text, made = _line_at(page, given), "\n".join(given), ""
        index, kept_from = 0, 0
        while match := preprocessor.FENCED_BLOCK_RE.search(text, index):
            attributes, rest = get_attrs_and_remainder(match["attrs"] or "")
            if rest:  # braces that do not match: no block
                index = match.end("attrs")
                continue
            _, classes, options = preprocessor.handle_attrs(attributes)
            opening, closing = (line_at[text.count("\n", 0, index)] for index in match.span())
            data = {key: str(value) for key, value in options.items() if key.startswith("data-")}
            language, source = match["lang"] or next(iter(classes), ""), match["code"].removesuffix("\n")
            line, title = page.line_of[opening], options.get("title")
            found.append(Fence(line, opening, closing + 1, language, title, data, source))
            made += f"{text[kept_from : match.start()]}\n{preprocessor.md.htmlStash.store(_mark(len(found) - 1))}\n"
            index = kept_from = match.end()
        return f"{made}{text[kept_from:]}".split("\n")

    preprocessor.run = run


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


def _mark(number: int) -> str:
    """What stands in the HTML in the place of that block."""
    return f'<pre {MARK}="{number}"></pre>'


def _shown(html: str) -> set[int]:
    """The numbers of the marks that a browser shows: none in a comment, a script, a template, a declaration."""
    shown = HIDDEN.sub("", html)
    while shown != (shown := INERT.sub("", shown)):  # the inner ones first
        pass
    return {int(number) for number in re.findall(rf'<pre {MARK}="(\d+)">', shown)}
