"""What does a browser meet on a page: requests, complaints, weight, drawings, width, barriers?"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Response, async_playwright

from browser.drive import CLOSED_NETWORK

from .barriers import AT_REST, barriers

WIDE = 1440
SCREENS = {WIDE: 900, 375: 812}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# Two tabs for each of two cores, two for each scheme: a page that waits for the last answer leaves its core to another.
TABS = 4

# The theme draws into closed shadow roots: open, they can be looked into.
_OPEN_SHADOWS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
"""
_UNFOLD = "for (const details of document.querySelectorAll('details')) details.open = true"
_DRAWN = """
() => [...document.querySelectorAll("div.mermaid")].filter((host) => {
  const drawing = host.shadowRoot?.querySelector("svg");
  return drawing && !drawing.querySelector(".error-icon") && drawing.querySelectorAll("path, line").length > 1
    && drawing.getBoundingClientRect().height > 40;
}).length
"""
_SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_GROUND = "() => getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color"


@dataclass(frozen=True, slots=True)
class Sight:
    """A page on one screen in one colour scheme."""

    width: int
    scheme: Scheme
    drawn: int  # diagrams
    sideways: int  # pixels that the page is wider than the screen
    ground: str  # the colours of its background and of its text
    barriers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One page, loaded once, seen on every screen in every scheme; it was loaded in the scheme of the first sight."""

    address: str
    status: int
    elsewhere: tuple[str, ...]
    complaints: tuple[str, ...]
    weight: int  # bytes of a first visit without any compression, apart from the library that draws diagrams
    diagrams: int
    sights: tuple[Sight, ...]

    def __str__(self) -> str:
        return urlsplit(self.address).path


def visit_all(program: str, addresses: Sequence[str]) -> list[Visit]:
    """Every address on every screen and in every scheme; the network is closed but for this machine."""
    with ThreadPoolExecutor(1) as apart:  # the tests' own browser keeps an event loop in this thread
        return apart.submit(lambda: asyncio.run(_visits(program, addresses))).result()


async def _visits(program: str, addresses: Sequence[str]) -> list[Visit]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[CLOSED_NETWORK])
        walks = await asyncio.gather(*(_walk(browser, addresses[tab::TABS], SCHEMES[tab % 2]) for tab in range(TABS)))
        await browser.close()
    return [visit for walk in walks for visit in walk]


async def _walk(browser: Browser, addresses: Sequence[str], first: Scheme) -> list[Visit]:
    """All addresses in one tab: a new one for each would cost more than the page."""
    # The theme leaves its transitions out where motion is unwelcome: there is less to wait for.
    # A host that compresses nothing is the worst one, and what it sends is what the page weighs.
    context = await browser.new_context(
        reduced_motion="reduce", locale="fr-FR", extra_http_headers={"Accept-Encoding": "identity"}
    )
    await context.add_init_script(_OPEN_SHADOWS)
    page = await context.new_page()
    requests: list[str] = []
    answers: list[Response] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("response", lambda response: answers.append(response))  # noqa: PLW0108 — Playwright cannot mark a built-in method
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    visits = []
    for address in addresses:
        for heard in (requests, answers, complaints):
            heard.clear()
        await page.set_viewport_size({"width": WIDE, "height": SCREENS[WIDE]})
        await page.emulate_media(color_scheme=first)
        answer = await page.goto(address, wait_until="networkidle")
        assert answer is not None
        diagrams = (await answer.text()).count('class="mermaid"')
        sights = [
            await _look(page, width, scheme)
            for scheme in sorted(SCHEMES, key=lambda one: one != first)
            for width in SCREENS
        ]
        weight = sum(
            [int(await one.header_value("content-length") or 0) for one in answers if "/mermaid/" not in one.url]
        )
        visits.append(
            Visit(
                address,
                answer.status,
                _elsewhere(requests, address),
                tuple(complaints),
                weight,
                diagrams,
                tuple(sights),
            )
        )
    await context.close()
    return visits


def _elsewhere(requests: Sequence[str], address: str) -> tuple[str, ...]:
    """The requests that leave the host of `address`."""
    host = urlsplit(address).netloc
    return tuple(
        url for url in requests if urlsplit(url).scheme not in ("blob", "data") and urlsplit(url).netloc != host
    )


async def _look(page: Page, width: int, scheme: Scheme) -> Sight:
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": width, "height": SCREENS[width]})
    await page.evaluate(AT_REST)
    drawn, sideways, ground = await page.evaluate(_DRAWN), await page.evaluate(_SIDEWAYS), await page.evaluate(_GROUND)
    await page.evaluate(_UNFOLD)
    return Sight(width, scheme, drawn, sideways, ground, tuple(await barriers(page)))


def _complaint(message: ConsoleMessage) -> list[str]:
    """What the console says, but for the status of the page itself, which is a result of its own."""
    own = (
        "Failed to load resource" in message.text
        and message.page is not None
        and message.location["url"] == message.page.url
    )
    return [] if own or message.type not in ("error", "warning") else [f"{message.type} : {message.text}"]
