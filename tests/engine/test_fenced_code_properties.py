"""Where a site has Markdown's own fences alone, the engine finds the blocks that Markdown renders, and only those."""

from functools import cache
from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runbook.reading.content import Site
from runbook.reading.fences import find_fences
from tests.engine.test_fences import page_of
from tests.engine.test_fences_elsewhere import descriptions
from tests.engine.test_fences_properties import blocks, odd_fences, pages

SETS = (["toc", "tables", "fenced_code"], ["attr_list", "def_list", "admonition", "md_in_html", "fenced_code", "meta"])


class Rendered(HTMLParser):
    """What stands in each `<pre><code class="language-…">`, with the language; a reader sees nothing in a template."""

    CDATA_CONTENT_ELEMENTS = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open, self._inert = False, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = (dict(attrs).get("class") or "").removeprefix("language-")
        self._inert += tag == "template"
        if tag == "code" and not self._inert and (dict(attrs).get("class") or "").startswith("language-"):
            self._open = True
            self.found.append((language, ""))

    def handle_endtag(self, tag: str) -> None:
        self._inert = max(0, self._inert - (tag == "template"))
        self._open = self._open and tag != "code"

    def handle_data(self, data: str) -> None:
        if self._open:
            language, before = self.found[-1]
            self.found[-1] = (language, before + data)


def rendered(text: str, extensions: list[str]) -> list[tuple[str, str]]:
    page = Rendered()
    page.feed(_converter(tuple(extensions)).reset().convert(text))
    page.close()
    return [(language, code.strip()) for language, code in page.found]


@cache
def _converter(extensions: tuple[str, ...]) -> markdown.Markdown:
    return markdown.Markdown(extensions=[*extensions])


@cache
def _site(extensions: tuple[str, ...]) -> Site:
    return Site((), [*extensions], {})


def found(text: str, extensions: list[str]) -> list[tuple[str, str]]:
    fences, _ = find_fences(page_of(text), _site(tuple(extensions)))
    return [(fence.language, fence.source.strip()) for fence in fences if fence.language]


@pytest.mark.parametrize("extensions", SETS)
def test_the_blocks_of_other_projects_are_those_that_markdown_renders(extensions: list[str]) -> None:
    total = 0
    for name, text in descriptions().items():
        blocks_found = found(text, extensions)
        assert blocks_found == rendered(text, extensions), name
        total += len(blocks_found)
    assert total >= 20


@settings(max_examples=150, deadline=None)
@example('``` { .bash data-x="1" }\na\n```\n\n~~~bash hl_lines="1"\nb\n~~~\n', 0)
@given(pages(), st.integers(0, 1))
def test_the_blocks_found_are_those_rendered(text: str, number: int) -> None:
    assert found(text, SETS[number]) == rendered(text, SETS[number])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(blocks(), odd_fences(), st.just("text")), max_size=6), st.sampled_from(["", "Author: me\n\n"])
)
def test_every_block_stands_at_its_fences(parts: list[str], before: str) -> None:
    text = before + "\n\n".join(parts) + "\n"
    lines = text.split("\n")
    for fence in find_fences(page_of(text), Site((), SETS[1], {}))[0]:
        opening, closing = lines[fence.line - 1], lines[fence.end - 1]
        assert fence.language in opening
        assert opening[:3] == closing[:3] in ("```", "~~~")
        inside = [line.expandtabs(4).rstrip() for line in lines[fence.line : fence.end - 1]]
        assert "\n".join(inside).strip() == "\n".join(map(str.rstrip, fence.source.split("\n"))).strip()
