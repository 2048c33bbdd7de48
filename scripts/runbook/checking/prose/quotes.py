"""What a page quotes in its prose: inline code, addresses and port numbers, with their lines."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from runbook.reading.content import Page

FENCE = re.compile(r"\s*(?:>\s*)*(`{3,}|~{3,})")
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
TAGGED = re.compile(r"<code>([^<>]+)</code>")
ADDRESS = re.compile(r"https?://[^\s<>()\"'`|\]]+")
LINK = re.compile(r"\]\((?!https?:)([^()\s#]+\.md)(?:#[^()\s]*)?(?:\s[^()]*)?\)")
REMOVED = re.compile(r"\b(?:supprim|effac)(?:ant|ez|er) `([^`\s]+)`")
PORT = re.compile(r"\bports? (\d{3,5}(?:(?:, | et | ou | and | or )\d{3,5})*)\b")


@dataclass(frozen=True, slots=True)
class Quote:
    """A text that the prose gives as a name, and the line of the source that it stands on."""

    page: str
    line: int
    text: str


def code(page: Page) -> Iterator[Quote]:
    """Each piece of inline code."""
    for line, text in prose(page):
        for found in CODE.finditer(text):
            yield Quote(page.path, line, found[2].strip())
        for found in TAGGED.finditer(text):
            yield Quote(page.path, line, html.unescape(found[1]).strip())


def addresses(page: Page) -> Iterator[Quote]:
    """Each URL, quoted, linked or bare."""
    for line, text in prose(page):
        for found in ADDRESS.finditer(text):
            yield Quote(page.path, line, found[0].rstrip(".,;:*_"))


def links(page: Page) -> Iterator[Quote]:
    """Each page that a link leads to, as it is written."""
    for line, text in prose(page):
        for found in LINK.finditer(CODE.sub("", text)):
            yield Quote(page.path, line, found[1])


def removed(page: Page) -> Iterator[Quote]:
    """Each file that the reader is told to remove."""
    for line, text in prose(page):
        for found in REMOVED.finditer(text):
            yield Quote(page.path, line, found[1])


def ports(page: Page) -> Iterator[Quote]:
    """Each number that the text calls a port."""
    for line, text in prose(page):
        for found in PORT.finditer(text):
            yield from (Quote(page.path, line, number) for number in re.findall(r"\d+", found[1]))


def prose(page: Page) -> Sequence[tuple[int, str]]:
    """Line number in the source and text of every line outside fences."""
    return _outside_fences(page.markdown, page.line_of)


@lru_cache(maxsize=256)  # a dozen rules read the same pages
def _outside_fences(markdown: str, line_of: tuple[int, ...]) -> tuple[tuple[int, str], ...]:
    outside = []
    fence = ""
    for index, text in enumerate(markdown.split("\n")):
        found = FENCE.match(text)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not text.strip(" >").strip(fence[0]):
            fence = ""
        elif not fence:
            outside.append((line_of[index], text))
    return tuple(outside)
