"""Pages that other people wrote, as found: the finder sees the shell blocks that superfences renders,
with any set of extensions."""

from functools import cache
from importlib.metadata import distributions
from typing import Any

import pytest

from runbook.reading.content import Site
from runbook.reading.fences import find_fences
from tests.engine.superfences import is_shell, published
from tests.engine.test_fences import page_of

FENCES = ("```", "~~~")
LONG = 50_000  # characters
SETS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("toc tables pymdownx.superfences", {}),
    "like ours": (
        "admonition attr_list tables pymdownx.details pymdownx.superfences pymdownx.tabbed",
        {"pymdownx.tabbed": {"alternate_style": True}},
    ),
    "like Material's": (
        """abbr admonition attr_list def_list footnotes md_in_html toc tables pymdownx.betterem pymdownx.details
        pymdownx.inlinehilite pymdownx.keys pymdownx.mark pymdownx.superfences pymdownx.tabbed pymdownx.tasklist""",
        {"pymdownx.tabbed": {"alternate_style": True}},
    ),
    "reads tabs and metadata": (
        "admonition meta nl2br pymdownx.details pymdownx.superfences",
        {
            "pymdownx.superfences": dict.fromkeys(
                ("preserve_tabs", "relaxed_headers", "disable_indented_code_blocks"), True
            )
        },
    ),
    "blocks": (
        """attr_list def_list footnotes md_in_html pymdownx.blocks.admonition pymdownx.blocks.details
        pymdownx.blocks.html pymdownx.blocks.tab pymdownx.superfences""",
        {},
    ),
}


@cache
def descriptions() -> dict[str, str]:
    """The long description, a whole history apart, of each installed distribution that shows code in Markdown."""
    found: dict[str, str] = {}
    for distribution in distributions():
        metadata = distribution.metadata
        text = metadata.get_payload()  # type: ignore[attr-defined]
        kind = metadata.get("Description-Content-Type") or ""  # type: ignore[attr-defined]
        if kind.startswith("text/markdown") and isinstance(text, str):
            found[metadata["Name"]] = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = {name: text for name, text in sorted(found.items()) if any(fence in text for fence in FENCES)}
    return {name: text for name, text in shown.items() if len(text) < LONG}


@pytest.mark.parametrize("extensions", SETS)
def test_the_shell_blocks_of_other_projects_are_those_that_superfences_renders(extensions: str) -> None:
    names, configs = SETS[extensions][0].split(), SETS[extensions][1]
    site, total = Site((), names, configs), 0
    pages = descriptions()
    for name, text in pages.items():
        found = [fence.source.strip() for fence in find_fences(page_of(text), site)[0] if is_shell(fence.language)]
        assert found == [block.strip() for block in published(text, names, configs)], name
        total += len(found)
    assert len(pages) >= 20
    assert total >= 20
