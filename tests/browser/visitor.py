"""A process that visits pages one after the other. usage: python -m tests.browser.visitor <TOUR >VISITS,
both in JSON"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

import msgspec
import psutil
from playwright.sync_api import ConsoleMessage, Page, Response

from browser.drive import driven

from .barriers import AT_REST, built_barriers, colour_barriers
from .visits import SCHEMES, SCREENS, WIDE, Scheme, Sight, Tour, Visit

# The theme draws into closed shadow roots: open, they can be looked into.
_OPEN_SHADOWS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
"""
_SEEN = """
() => {
  const drawn = [...document.querySelectorAll("div.mermaid")].filter((host) => {
    const drawing = host.shadowRoot?.querySelector("svg");
    return drawing && !drawing.querySelector(".error-icon") && drawing.querySelectorAll("path, line").length > 1
      && drawing.getBoundingClientRect().height > 40;
  }).length;
  const { scrollWidth, clientWidth } = document.documentElement;
  const { backgroundColor, color } = getComputedStyle(document.body);
  return [drawn, scrollWidth - clientWidth, backgroundColor + color];
}
"""
# Once all is unfolded: what is folded has no place on the screen.
_IN_THE_WAY = """
() => {
  const covered = [...document.querySelectorAll(".md-code__button")].filter((button) => {
    const one = button.getBoundingClientRect();
    const code = button.closest("pre").querySelector("code").getBoundingClientRect();
    return one.width && code.width && code.right > one.left && code.left < one.right;
  }).map((button) => button.closest("pre").innerText.slice(0, 60));
  const cueless = [...document.querySelectorAll("article table")].filter((table) => {
    const frame = table.closest(".md-typeset__scrollwrap, .dp-tableau");
    if (!frame || frame.scrollWidth <= frame.clientWidth + 1) return false;
    const { maskImage, backgroundImage } = getComputedStyle(frame); // an edge that fades, or a shadow
    return maskImage === "none" && backgroundImage === "none";
  }).length;
  return [covered, cueless];
}
"""
_UNFOLD = "for (const details of document.querySelectorAll('details')) details.open = true"

Judged = dict[tuple[int, Scheme], list[int]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the page in front has asked for, got and said."""

    requests: list[str]
    answers: list[Response]
    complaints: list[str]


def main() -> int:
    """Write a visit a line; the last line says what went wrong if the exit status is not 0."""
    tour = msgspec.json.decode(sys.stdin.buffer.read(), type=Tour)
    judged: Judged = defaultdict(list)
    with driven(tour.program) as browser:
        # The theme leaves its transitions out where motion is unwelcome: there is less to wait for.
        # A host that compresses nothing is the worst one, and what it sends is what the page weighs.
        context = browser.new_context(
            reduced_motion="reduce", locale="fr-FR", extra_http_headers={"Accept-Encoding": "identity"}
        )
        context.add_init_script(_OPEN_SHADOWS)
        page = context.new_page()  # for all addresses: a new one for each would cost more than the page
        heard = _listen(page)
        for address in tour.addresses:
            with _limited(tour.deadline, address):
                _tell(msgspec.json.encode(_visit(page, address, tour.first, heard, judged)))
    return 0


@contextmanager
def _limited(deadline: float, address: str) -> Iterator[None]:
    """No call of the browser has to return: this process and its browser end where the block does not in time."""

    def end() -> None:
        _tell(f"{address} : la page n'est pas vue en {deadline:g} s".encode())
        for child in psutil.Process().children(recursive=True):
            child.kill()
        os._exit(1)

    timer = Timer(deadline, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _tell(line: bytes) -> None:
    os.write(sys.stdout.fileno(), line + b"\n")


def _listen(page: Page) -> Heard:
    heard = Heard([], [], [])
    page.on("request", lambda request: heard.requests.append(request.url))
    page.on("response", lambda response: heard.answers.append(response))  # noqa: PLW0108 — no built-in method
    page.on("console", lambda message: heard.complaints.extend(_complaint(message)))
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    return heard


def _visit(page: Page, address: str, first: Scheme, heard: Heard, judged: Judged) -> Visit:
    for kind in (heard.requests, heard.answers, heard.complaints):
        kind.clear()
    page.set_viewport_size({"width": WIDE, "height": SCREENS[WIDE]})
    page.emulate_media(color_scheme=first)
    answer = page.goto(address, wait_until="networkidle")
    assert answer is not None
    diagrams = answer.text().count('class="mermaid"')
    sights = [
        _look(page, width, scheme, judged, built=scheme == first)
        for scheme in sorted(SCHEMES, key=lambda one: one != first)
        for width in SCREENS
    ]
    weight = sum(int(one.header_value("content-length") or 0) for one in heard.answers if "/mermaid/" not in one.url)
    elsewhere = _elsewhere(heard.requests, address)
    return Visit(address, answer.status, elsewhere, tuple(heard.complaints), weight, diagrams, tuple(sights))


def _elsewhere(requests: Sequence[str], address: str) -> tuple[str, ...]:
    """The requests that leave the host of `address`."""
    host = urlsplit(address).netloc
    return tuple(
        url for url in requests if urlsplit(url).scheme not in ("blob", "data") and urlsplit(url).netloc != host
    )


def _look(page: Page, width: int, scheme: Scheme, judged: Judged, *, built: bool) -> Sight:
    """A scheme changes colours alone: what else there is to find is looked for in one of the two, if `built`."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": SCREENS[width]})
    page.evaluate(AT_REST)
    drawn, sideways, ground = page.evaluate(_SEEN)
    page.evaluate(_UNFOLD)
    covered, cueless = page.evaluate(_IN_THE_WAY)
    looks, found = colour_barriers(page, judged[width, scheme])
    judged[width, scheme] += looks
    return Sight(
        width,
        scheme,
        drawn,
        sideways,
        ground,
        tuple(covered),
        cueless,
        (*found, *(built_barriers(page) if built else ())),
    )


def _complaint(message: ConsoleMessage) -> list[str]:
    """What the console says, but for the status of the page itself, which is a result of its own."""
    own = (
        "Failed to load resource" in message.text
        and message.page is not None
        and message.location["url"] == message.page.url
    )
    return [] if own or message.type not in ("error", "warning") else [f"{message.type} : {message.text}"]


if __name__ == "__main__":
    sys.exit(main())
