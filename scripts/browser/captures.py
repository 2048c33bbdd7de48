"""Pictures of the front and of the site inside the deck that was built. usage: python -m browser.captures SITE

A slide keeps a place for them, with a sentence beside; without a browser the sentence stands alone.
"""

import html
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, FloatRect

from .find import MISSING, find_browser
from .screenshots import shown

_PLACE = re.compile(r'(<div class="dp-captures" data-captures="([^"]*)">)(?:\s*<img\b[^>]*>)*')


@dataclass(frozen=True, slots=True)
class Capture:
    """What is shown of a page, of which server: the first of each of these parts, on a window of this width."""

    server: str
    page: str
    parts: tuple[str, ...]
    told: str
    width: int = 470


CAPTURES = {
    "indicateurs": Capture(
        "front", "indicateurs", ("figure.chart svg",), "Un indicateur, en courbe, dans le front.", width=620
    ),
    "front": Capture("front", "", ("section.state",), "Le front annonce l'API disponible."),
    "front-sans-api": Capture("front-sans-api", "", ("section.state",), "Le front répond, l'API étant injoignable."),
    "preuve": Capture(
        "site",
        "exploitation/haute-disponibilite/",
        (".highlight:has-text('sonde'):has(+ .proof--verified)", ".highlight:has-text('sonde') + .proof--verified"),
        "Une mesure de la page Haute disponibilité, et dessous la preuve de sa dernière exécution.",
        width=700,
    ),
}


def main(site: Path) -> int:
    """Take every picture that the deck asks for and put it there; 0, with a word, where no browser can."""
    deck = site / "presentation" / "diaporama" / "index.html"
    program = find_browser()
    if program is None:
        print(f"Captures non fabriquées\u00a0: {MISSING}", file=sys.stderr)
        return 0
    text = deck.read_text(encoding="utf-8")
    asked = dict.fromkeys(name for _, names in _PLACE.findall(text) for name in names.split())
    folder = deck.parent / "captures"
    folder.mkdir(exist_ok=True)
    with shown(program, site) as (browser, pages, fronts):
        servers = {"site": pages, **fronts}
        images = {name: _taken(browser, servers, CAPTURES[name], folder / f"{name}.png") for name in asked}
    deck.write_text(
        _PLACE.sub(lambda place: place[1] + "".join(images[name] for name in place[2].split()), text), encoding="utf-8"
    )
    for path in sorted(folder.glob("*.png")):
        print(path)
    return 0


def _taken(browser: Browser, servers: dict[str, str], capture: Capture, path: Path) -> str:
    """The image as the deck shows it; nothing where the page has no such part, as a proof before any run."""
    path.unlink(missing_ok=True)
    context = browser.new_context(
        viewport={"width": capture.width, "height": 1000}, device_scale_factor=2, locale="fr-FR", color_scheme="light"
    )
    page = context.new_page()
    page.goto(servers[capture.server] + capture.page, wait_until="networkidle")
    parts = [page.locator(part).first for part in capture.parts]
    boxes = [part.bounding_box() for part in parts if part.count()]
    clip = _around([box for box in boxes if box]) if len(boxes) == len(parts) else None
    if clip:
        page.screenshot(path=path, clip=clip, full_page=True)
    context.close()
    if not clip:
        return ""
    size = f'width="{round(clip["width"])}" height="{round(clip["height"])}"'
    return f'<img src="captures/{path.name}" alt="{html.escape(capture.told)}" {size}>'


def _around(boxes: list[FloatRect]) -> FloatRect:
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right = max(box["x"] + box["width"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
