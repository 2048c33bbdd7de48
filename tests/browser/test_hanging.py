"""Does a page that never answers end its test, and nothing more?"""

import psutil
import pytest

from served.server import site_server
from served.while_open import served
from tests.driven import Driven

from .visits import visit_all

HANGING = "<!doctype html><title>x</title><script>setTimeout(() => { for (;;); }, 300)</script>"
GOOD = "<!doctype html><html lang=fr><title>x</title><main><h1>Titre</h1></main></html>"


def test_a_visit_that_never_ends_is_told_by_its_address_and_leaves_no_process(program: str, tmp_path) -> None:
    for name, text in (("good", GOOD), ("hanging", HANGING)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(text)
    before = set(psutil.Process().children(recursive=True))

    with served(site_server(tmp_path)) as site, pytest.raises(RuntimeError, match="/hanging/ : la page n'est pas vue"):
        visit_all(program, [f"{site}good/", f"{site}hanging/"], deadline=10)

    _, left = psutil.wait_procs(set(psutil.Process().children(recursive=True)) - before, timeout=30)
    assert left == []


def test_a_call_that_never_returns_ends_with_its_browser_and_the_next_test_has_another(drive: Driven) -> None:
    from playwright.sync_api import Error

    page = drive.browser().new_page()
    with drive.limited(1), pytest.raises(Error, match="closed"):
        page.evaluate("() => { for (;;); }")

    assert drive.browser().new_page().evaluate("() => 6 * 7") == 42
