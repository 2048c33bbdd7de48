"""What a runbook promises is written in the page: a value taken from the manifests could not contradict them."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "```" in path.read_text(encoding="utf-8"))
PROMISE = re.compile(r"^[ ]*(```+)[^\n]*(?:bash|sh\b|Résultat attendu)[^\n]*\n(.*?)^[ ]*\1", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_commands_and_expected_results_hold_no_macro(page: Path) -> None:
    for block in PROMISE.finditer(page.read_text(encoding="utf-8")):
        assert "[[=" not in block.group(2)
