"""What all tests share: the browser of this machine, the site of a clean clone, and who works apart from whom."""

from pathlib import Path

import pytest

from browser.find import MISSING, find_browser
from tests.site.conftest import build_site, copy_sources

# Made once at great cost, or one for the whole machine: the sample's server has one port.
SHARED = {"browser", "sample"}


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's program; its absence is said, and `scripts/test --require navigateur` refuses it."""
    return find_browser() or pytest.skip(MISSING)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a clean clone, built strictly and away from the repository; nobody writes into it."""
    built = build_site(copy_sources(tmp_path_factory.mktemp("site") / "copy"))
    assert built.status == 0, built.output
    return built.site


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a browser, a port or a file stay with one worker, where there are several."""
    for item in items:
        shared = SHARED & set(getattr(item, "fixturenames", ()))
        item.add_marker(pytest.mark.xdist_group(shared.pop() if shared else str(item.path)))
