"""The browser that tests drive, for the packages that take these fixtures into their own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

DEADLINE = 60.0  # seconds that a test may take with its pages, on a busy machine too


class Driven:
    """One browser at a time, begun again after one that had to be ended."""

    def __init__(self, program: str, kind: "BrowserType") -> None:
        self._program = program
        self._kind = kind
        self._browser: Browser | None = None

    def browser(self) -> "Browser":
        """The browser, without a network."""
        from browser.drive import launched

        if self._browser is None or not self._browser.is_connected():
            self._browser = launched(self._kind, self._program)
        return self._browser

    @contextmanager
    def limited(self, deadline: float) -> Iterator[None]:
        """A page that hangs answers no call, and no call asks for how long: the browser ends, and the call with it."""
        timer = Timer(deadline, end_browsers)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def end_browsers() -> None:
    """End what the driver of this process has started, and nothing else that a test may have."""
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            for one in child.children(recursive=True) if "playwright" in " ".join(child.cmdline()) else ():
                with suppress(psutil.NoSuchProcess):
                    one.kill()


# Closed at the end of the package: the engine, run inside a test, ends every child of the process that it finds.
@pytest.fixture(scope="package")
def drive(program: str) -> Iterator[Driven]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield Driven(program, playwright.chromium)
        end_browsers()


@pytest.fixture
def browser(drive: Driven) -> "Iterator[Browser]":
    """The browser: every test opens a context of its own in it, and has its time for all that it does there."""
    with drive.limited(DEADLINE):
        yield drive.browser()
