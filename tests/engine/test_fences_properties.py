"""Whatever a page is made of, the engine finds the shell blocks that superfences renders, and only those."""

import re
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runbook.reading.content import Site
from runbook.reading.fences import find_fences
from tests.engine.superfences import Shown, is_shell, shown
from tests.engine.test_fences import CONFIGS, EXTENSIONS, SITE, page_of

FENCE = re.compile(r"`{3,}|~{3,}")
# Fences as people leave them: empty, refused for their options, longer than what they stand in, never closed.
ODD = (
    "```bash",
    "```",
    "```bash oops=1",
    '``` { .bash data-delai="3" title="T" }',
    '```bash title="U" {.x}',
    "````sh",
    "````",
    "true",
)
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
TAGS = "<div> </div> <script> </script> <template> </template> <textarea> </textarea> <pre> </pre> ?> <?php"
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
        *TAGS.split(),
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
def odd_fences(draw: st.DrawFn) -> str:
    """Opening after opening at one depth, where each line may end, hide or free the one before."""
    indent = draw(INDENTS)
    return "\n".join(
        indent + draw(st.one_of(st.sampled_from(ODD), OPENINGS, LINES)) for _ in range(draw(st.integers(2, 8)))
    )


@st.composite
def pages(draw: st.DrawFn) -> str:
    part = st.one_of(blocks(), odd_fences(), st.builds(str.__add__, INDENTS, PROSE))
    return draw(st.sampled_from(["\n", "\n\n"])).join(draw(st.lists(part, max_size=8))) + "\n"


def found(text: str) -> list[Shown]:
    """Each shell block as the engine reads it, without blank lines around."""
    fences = [fence for fence in find_fences(page_of(text), SITE)[0] if is_shell(fence.language)]
    return [Shown(fence.source.strip(), fence.title, fence.attributes) for fence in fences]


def rendered(text: str) -> list[Shown]:
    """Each shell block as the site shows it."""
    return [Shown(one.source.strip(), one.title, one.attributes) for one in shown(text, EXTENSIONS, CONFIGS)]


@pytest.mark.parametrize("length", range(1, 5))
def test_every_page_of_a_few_odd_fences_has_the_blocks_that_it_is_rendered_with(length: int) -> None:
    """No luck: all of them, in every run."""
    for lines in product(ODD, repeat=length):
        text = "\n".join(lines) + "\n"
        assert found(text) == rendered(text), text


@settings(max_examples=300, deadline=None)
@example("```bash\n```\n    <script>\n```bash\n```\n")
@example('```bash\n```\n```bash\n```\n```bash oops=1\n``` { .bash data-delai="3" title="T" }\n```\n```\n')
@given(pages())
def test_the_blocks_found_are_those_rendered(text: str) -> None:
    assert found(text) == rendered(text)


@settings(max_examples=200, deadline=None)
@example("```bash\n\n```\n", "", False)
@example("\n```bash\n```\n```bash\n", "", True)
@example("```bash\necho a\n```\n", "Author: somebody\n    of the project\n\n", True)
@given(pages(), st.sampled_from(["", "Author: somebody\n    of the project\n\n"]), st.booleans())
def test_every_block_begins_and_ends_at_a_fence_of_the_page_whatever_stands_before_it(
    text: str, before: str, tabs: bool
) -> None:
    """`before` is what an extension takes away; where tabs are kept, the blocks are read twice."""
    site = Site((), [*EXTENSIONS, "meta"], {**CONFIGS, "pymdownx.superfences": {"preserve_tabs": tabs}})
    lines = (before + text).split("\n")
    for fence in find_fences(page_of(before + text), site)[0]:
        opening, closing = lines[fence.line - 1], lines[fence.end - 1]
        assert FENCE.search(opening), fence
        assert fence.language in opening
        assert FENCE.search(closing), fence
        assert fence.end > fence.line


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='`~ \n\tab{}.="<>!-#$é', max_size=120))
def test_no_text_at_all_makes_the_finder_fail(text: str) -> None:
    find_fences(page_of(text), SITE)
