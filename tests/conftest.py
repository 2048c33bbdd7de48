"""What all tests share: the browser of this machine, started once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from browser.find import MISSING, find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's program; its absence is said, and `scripts/test --require navigateur` refuses it."""
    return find_browser() or pytest.skip(MISSING)


@pytest.fixture(scope="session")
def browser(program: str) -> "Iterator[Browser]":
    """The browser, without a network: every test opens a context of its own in it."""
    from browser.drive import driven

    with driven(program) as started:
        yield started
