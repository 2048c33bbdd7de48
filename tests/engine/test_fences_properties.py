"""Whatever a page is made of, the engine finds the shell blocks that superfences renders, and only those."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from runbook.reading.content import Site
from runbook.reading.fences import find_fences
from tests.engine.superfences import published
from tests.engine.test_fences import CONFIGS, EXTENSIONS, SITE, page_of, shell_blocks

FENCE = re.compile(r"`{3,}|~{3,}")
LINES = st.sampled_from(
    [
        "echo a",
        "",
        "  indented",
        "```",
        "~~~",
        "# comment",
        "cat <<END",
        "<!-- not html -->",
        "été « x »",
        "\ttab",
        "$(x) `y`",
    ]
)
OPENINGS = st.sampled_from(
    [
        "```bash",
        "``` bash",
        "```sh",
        "~~~bash",
        "````bash",
        "``` { .bash }",
        '``` { .bash data-delai="3" title="T" }',
        '```bash title="T"',
        "```bash oops=1",
        "```{.bash}",
        "```python",
        "```",
        "```bash {.x}",
        "``` bash title=T",
    ]
)
PROSE = st.sampled_from(
    [
        "A paragraph.",
        "# Title",
        "- item",
        "1. item",
        "> quote",
        "<!--",
        "-->",
        "!!! note",
        '??? tip "T"',
        '=== "Tab"',
        "<div>",
        "</div>",
        "<script>",
        "</script>",
        "<template>",
        "</template>",
        "<textarea>",
        "</textarea>",
        "<pre>",
        "</pre>",
        "<?php",
        "?>",
        "    deeper",
        "Term",
        ":   definition",
        "[^1]: note",
        "---",
        "| a | b |",
        "",
    ]
)
INDENTS = st.sampled_from(["", "", "", "    ", "        ", "> ", "  ", "\t"])


@st.composite
def blocks(draw: st.DrawFn) -> str:
    indent, opening = draw(INDENTS), draw(OPENINGS)
    fence = opening[: len(opening) - len(opening.lstrip("`~"))]
    closing = draw(st.sampled_from([fence, fence, fence, fence, fence + "`", "", "~~~"]))
    body = draw(st.lists(LINES, max_size=4))
    return "\n".join(f"{indent}{line}" for line in [opening, *body, *([closing] if closing else [])])


@st.composite
def pages(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.one_of(blocks(), st.builds(str.__add__, INDENTS, PROSE)), max_size=8))
    return draw(st.sampled_from(["\n", "\n\n"])).join(parts) + "\n"


@settings(max_examples=300, deadline=None)
@example("```bash\n```\n    <script>\n```bash\n```\n")
@given(pages())
def test_the_blocks_found_are_those_rendered(text: str) -> None:
    found = [block.strip() for block in shell_blocks(text)]
    assert found == [block.strip() for block in published(text, EXTENSIONS, CONFIGS)]


@settings(max_examples=200, deadline=None)
@example("```bash\n\n```\n", "", False)
@example("```bash\necho a\n```\n", "Author: somebody\n    of the project\n\n", True)
@given(pages(), st.sampled_from(["", "Author: somebody\n    of the project\n\n"]), st.booleans())
def test_every_block_begins_and_ends_at_a_fence_of_the_page_whatever_stands_before_it(
    text: str, before: str, tabs: bool
) -> None:
    """`before` is what an extension takes away; where tabs are kept, the blocks are read twice."""
    site = Site((), [*EXTENSIONS, "meta"], {**CONFIGS, "pymdownx.superfences": {"preserve_tabs": tabs}})
    lines = (before + text).split("\n")
    for fence in find_fences(page_of(before + text), site)[0]:
        if before and tabs and not fence.source.strip():
            continue  # read twice and with a line more, empty blocks are all alike; each is a fault of its own anyway
        opening, closing = lines[fence.line - 1], lines[fence.end - 1]
        assert FENCE.search(opening), fence
        assert fence.language in opening
        assert FENCE.search(closing), fence
        assert fence.end > fence.line


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='`~ \n\tab{}.="<>!-#$é', max_size=120))
def test_no_text_at_all_makes_the_finder_fail(text: str) -> None:
    find_fences(page_of(text), SITE)
