"""Is every promise that a page carries tried by a test, and does every test that tries one have its page?"""

import re
from collections import defaultdict
from pathlib import Path

from tests.site.conftest import ROOT

MOST = 40
CARRIED = re.compile(r'^#+ .*\{[^}]*\bdata-promesse="([^"]*)"', re.MULTILINE)
TRIED = re.compile(r'pytest\.mark\.promesse\("([^"]+)"\)')


def found(folder: Path, suffix: str, pattern: re.Pattern[str]) -> dict[str, list[str]]:
    """Promise → the files under `folder` that name it."""
    named: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
        for names in pattern.findall(path.read_text(encoding="utf-8")):
            for name in names.split():
                named[name].append(path.name)
    return named


def test_every_promise_of_a_page_is_tried_and_every_trial_has_a_page() -> None:
    carried, tried = found(Path("docs"), ".md", CARRIED), found(Path("tests"), ".py", TRIED)

    assert set(carried) - set(tried) == set(), "promised, and tried by no test"
    assert set(tried) - set(carried) == set(), "tried, and promised by no page"
    assert 20 < len(carried) <= MOST
