"""What a runbook promises is written in the page: a value taken from the manifests could not contradict them."""

import re
from pathlib import Path

import pytest

from tests.site.conftest import documented

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "```" in path.read_text(encoding="utf-8"))
PROMISE = re.compile(r"^[ ]*(```+)[^\n]*(?:bash|sh\b|Résultat attendu)[^\n]*\n(.*?)^[ ]*\1", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_commands_and_expected_results_hold_no_macro(page: Path) -> None:
    for block in PROMISE.finditer(page.read_text(encoding="utf-8")):
        assert "[[=" not in block.group(2)


def test_no_call_of_the_node_port_may_wait_for_ever_or_give_up_at_once() -> None:
    # While no pod behind it is ready, a node port refuses or, with another network, never answers.
    calls = [block for block in documented() if re.search(r"\bcurl\b.*:30080", block.code)]

    assert len(calls) >= 10
    assert [f"{block.page}:{block.line}" for block in calls if "--max-time" not in block.code or not block.retry] == []
