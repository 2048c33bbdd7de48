"""The browser that tests drive, for the packages that take this fixture into their own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


# Closed at the end of the package: the engine, run inside a test, ends every child of the process that it finds.
@pytest.fixture(scope="package")
def browser(program: str) -> "Iterator[Browser]":
    """The browser, without a network: every test opens a context of its own in it."""
    from browser.drive import driven

    with driven(program) as started:
        yield started
