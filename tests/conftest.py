"""What all tests share: the browser of this machine, and the site of a clean clone."""

from pathlib import Path

import pytest

from browser.find import MISSING, find_browser
from tests.site.conftest import build_site, copy_sources


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
