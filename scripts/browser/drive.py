"""How is the browser of this machine driven?"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserType, sync_playwright

# What the pages need stands on this machine: no other name leads anywhere, as with the cable out.
CLOSED_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@contextmanager
def driven(program: str) -> Iterator[Browser]:
    """The browser `program`, without a window and without a network, until the end of the block."""
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium, program)
        try:
            yield browser
        finally:
            browser.close()


def launched(kind: BrowserType, program: str) -> Browser:
    """The same, until it is closed."""
    return kind.launch(executable_path=program, args=[CLOSED_NETWORK])
