"""The engine sees the blocks that the reader sees, no more and no fewer, each at its line."""

import re
from pathlib import Path

import pytest

from runbook.reading.content import Page, Site
from runbook.reading.fences import Fence, find_fences
from runbook.reading.pages import read_site
from tests.engine.runs import command_line
from tests.engine.superfences import is_shell, published

CASES = Path(__file__).parent.parent / "cases"
EXTENSIONS = ["admonition", "attr_list", "tables", "pymdownx.details", "pymdownx.superfences", "pymdownx.tabbed"]
CONFIGS = {"pymdownx.tabbed": {"alternate_style": True}}
SITE = Site((), EXTENSIONS, CONFIGS)


def page_of(text: str) -> Page:
    lines = tuple(range(1, text.count("\n") + 2))
    return Page("docs/page.md", "page.md", "page/", "Page", {}, text, lines)


def fences_of(text: str) -> tuple[Fence, ...]:
    return find_fences(page_of(text), SITE)[0]


def shell_blocks(text: str, site: Site = SITE) -> list[str]:
    return [fence.source.strip("\n") for fence in find_fences(page_of(text), site)[0] if is_shell(fence.language)]


def test_the_blocks_found_are_those_that_superfences_renders() -> None:
    text = (CASES / "shapes.md").read_text(encoding="utf-8")
    found = shell_blocks(text)
    assert found == published(text, EXTENSIONS, CONFIGS)
    assert len(found) == 25


def test_a_block_in_a_footnote_is_found_where_it_is_written_though_it_is_shown_at_the_end() -> None:
    text = "A note.[^1]\n\n[^1]:\n    ```bash\n    echo note\n    ```\n\n```bash\necho text\n```\n"
    site = Site((), [*EXTENSIONS, "footnotes"], CONFIGS)
    assert shell_blocks(text, site) == ["echo note", "echo text"]
    assert sorted(published(text, site.extensions, CONFIGS)) == ["echo note", "echo text"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("```bash\necho a\x00b\n```\n", 1),
        ("```bash\necho a\x02b\x03\n```\n\n```bash\ntrue\n```\n", 2),
        ("\x02wzxhzdk:0\x03\n\n```bash\ntrue\n```\n", 1),
        (f"```bash\necho {'x' * 300_000}\n```\n", 1),
        (f"```bash {'x' * 50_000}\necho\n```\n", 0),
        (f"{'`' * 5_000}bash\necho\n{'`' * 5_000}\n", 1),
        ("```bash\ntrue\n```\n\n" * 300, 300),
        ("```bash\necho a\u2028b\x85c\x0bd\x0ce\n```\n", 1),
        ("```bash\r\necho a\r\n```\r\n", 1),
        ("```bash\n\u00a0echo a\n```\n", 1),
        ("``` bash \u2014\ntrue\n```\n", 0),
        ("```bash\ntrue\n\n```python\nx\n```\n", 1),
        ("<!-->\n\n```bash\ntrue\n```\n\n-->\n", 0),
        ("<!-- a\n\n```bash\ntrue\n```\n", 1),
        ("<SCRIPT>\n```bash\ntrue\n```\n</SCRIPT>\n", 0),
        ("<style>\n```bash\ntrue\n```\n</style>\n", 0),
        ("<?php\n```bash\ntrue\n```\n?>\n", 0),
        ("`<!--`\n\n```bash\ntrue\n```\n\n`-->`\n", 1),
        ("```text\n<!--\n```\n\n```bash\ntrue\n```\n\n```text\n-->\n```\n", 1),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_hostile_text_has_the_blocks_that_the_reader_sees(text: str, count: int) -> None:
    text = text.replace("\r\n", "\n")  # as MkDocs reads a file
    found = [block.strip() for block in shell_blocks(text)]
    assert found == [block.strip() for block in published(text, EXTENSIONS, CONFIGS)]
    assert len(found) == count


def test_every_block_knows_the_line_of_its_opening_fence() -> None:
    text = (CASES / "shapes.md").read_text(encoding="utf-8")
    lines = text.split("\n")
    for fence in fences_of(text):
        first = fence.source.split("\n")[0].strip()
        assert re.search(r"`{3,}|~{3,}", lines[fence.line - 1]), fence
        assert first in lines[fence.line], fence


def test_attributes_and_titles_arrive_as_they_are_written() -> None:
    (fence,) = fences_of('``` { .bash title="Un titre" data-delai="60" data-si="test -e x" }\ntrue\n```\n')
    assert fence.title == "Un titre"
    assert fence.attributes == {"data-delai": "60", "data-si": "test -e x"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# T\n\n```bash timeout=30\ntrue\n```\n", 3),
        ('```bash data-delai="30"\ntrue\n```\n', 1),
        ("texte\n\n```bash\ntrue\n", 3),
        ("1. liste\n\n        ```bash\n        true\n        ```\n", 3),
    ],
    ids=["option sans guillemets", "attribut sans accolades", "bloc non fermé", "trop indenté"],
)
def test_an_opening_that_the_site_does_not_render_as_a_block_is_reported(text: str, line: int) -> None:
    fences, shadows = find_fences(page_of(text), SITE)
    assert not fences
    assert shadows[0][0] == line


def test_a_fence_in_a_comment_is_neither_a_block_nor_a_fault() -> None:
    assert find_fences(page_of("<!--\n```bash\ntrue\n```\n-->\n"), SITE) == ((), ())


def test_lines_are_those_of_the_source_file_with_front_matter_bom_and_crlf(make_site) -> None:
    root = make_site()
    text = "\ufeff---\ntitle: T\n---\n\n# T\n\n```bash\ntrue\n```\n".replace("\n", "\r\n")
    (root / "docs" / "index.md").write_bytes(text.encode())
    site = read_site(root, "mkdocs.yml")
    ((fence,), _) = find_fences(site.pages[0], site)
    assert (fence.line, fence.source) == (7, "true")


def test_lines_after_a_snippet_are_those_of_the_page_that_includes_it(make_site) -> None:
    root = make_site(index='# T\n\n--8<-- "three.md"\n\n```bash\ntrue\n```\n')
    (root / "snippets" / "three.md").write_text("un\n\ndeux\n\ntrois\n", encoding="utf-8")
    site = read_site(root, "mkdocs.yml")
    ((fence,), _) = find_fences(site.pages[0], site)
    assert fence.line == 8


def test_a_block_from_a_snippet_is_at_the_line_that_includes_it(make_site) -> None:
    root = make_site(index='# T\n\n--8<-- "block.md"\n\nfin\n')
    (root / "snippets" / "block.md").write_text("```bash\ntrue\n```\n", encoding="utf-8")
    site = read_site(root, "mkdocs.yml")
    ((fence,), _) = find_fences(site.pages[0], site)
    assert (fence.line, fence.source) == (6, "true")


@pytest.mark.parametrize("name", ["template", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "TEMPLATE"])
def test_a_block_in_an_element_that_a_browser_shows_none_of_is_no_block(name: str) -> None:
    inside = f"<{name}>\n\n```bash\ntrue\n```\n\n</{name}>"
    found = fences_of(f"{inside}\n\n```bash\necho shown\n```\n\n{inside}\n")
    assert [fence.source for fence in found] == ["echo shown"]


def test_a_template_inside_another_ends_with_the_outer_one() -> None:
    text = "<template>\n<template>\n\n</template>\n\n```bash\ntrue\n```\n\n</template>\n\n```bash\necho shown\n```\n"
    assert [fence.source for fence in fences_of(text)] == ["echo shown"]


@pytest.mark.parametrize("blank", ["", "\n", "   \n\n"], ids=["nothing", "a blank line", "two blank lines"])
def test_a_block_that_shows_nothing_ends_at_its_closing_fence_and_leaves_no_opening_behind(blank: str) -> None:
    text = f"```bash\n{blank}```\n\n```bash\ntrue\n```\n"
    fences, shadows = find_fences(page_of(text), SITE)
    assert [text.split("\n")[fence.end - 1] for fence in fences] == ["```", "```"]
    assert not shadows


def test_lines_that_an_extension_takes_away_before_the_blocks_are_counted_still() -> None:
    text = (
        "Author: somebody\nSummary: lines of the\n    meta-data extension\n\n# "
        "T\n\n```bash\ntrue\n```\n\n```bash oops\n```\n"
    )
    site = Site((), [*EXTENSIONS, "meta"], CONFIGS)
    (fence,), (shadow, *_) = find_fences(page_of(text), site)
    assert (fence.line, fence.index, fence.end, shadow[0]) == (7, 6, 9, 11)


def test_lines_are_right_where_tabs_are_kept_and_blocks_are_therefore_read_twice() -> None:
    text = "# T\n\n```make\nall:\n\ttrue\n```\n\n- item\n\n\t```bash\n\techo a\n\t```\n\n```bash\necho b\n```\n"
    configs = {**CONFIGS, "pymdownx.superfences": {"preserve_tabs": True}}
    found, shadows = find_fences(page_of(text), Site((), EXTENSIONS, configs))
    assert [(fence.line, fence.end, fence.source) for fence in found] == [
        (3, 6, "all:\n\ttrue"),
        (10, 12, "echo a"),
        (14, 16, "echo b"),
    ]
    assert not shadows


@pytest.mark.parametrize("verb", ["list", "run"])
def test_a_page_in_another_encoding_is_told_at_its_line_and_the_others_are_read(make_site, verb: str) -> None:
    root = make_site(index="```bash\ntrue\n```\n")
    (root / "docs" / "old.md").write_bytes("# Titre\n\ncafé\n".encode("latin-1"))
    ran = command_line(root, verb)
    assert ran.returncode == 1
    assert "true" in ran.stdout
    assert "docs/old.md:3 : la page n'est pas en UTF-8 ; l'enregistrer en UTF-8" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
