"""Pictures of the site and of the front as people see them. usage: python -m browser.screenshots SITE FOLDER [NAME…]"""

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser
from werkzeug.serving import make_server

import datapress_api
import datapress_front
from datapress_common.life import life_of
from served.server import site_server
from served.while_open import served

from .drive import driven
from .find import MISSING, find_browser

PAGES = {
    "accueil": "",
    "runbook": "exploitation/haute-disponibilite/",
    "preuve": "preuves/recette/",
    "diaporama": "presentation/diaporama/",
    "diaporama-preuves": "presentation/diaporama/#preuves",
}
FRONTS = ("front", "front-sans-api")
SCREENS = {375: 812, 1440: 900}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
NOWHERE = "http://127.0.0.1:9"  # the port of a service that nobody runs


def main(site: Path, folder: Path, *names: str) -> int:
    """Write the pictures of these names, or all; 1 where no browser can take them, 2 for an unknown name."""
    unknown = set(names) - {*PAGES, *FRONTS}
    if unknown:
        print(
            f"scripts/screenshots\u00a0: image inconnue\u00a0: {', '.join(sorted(unknown))}\u00a0; choisir "
            f"parmi {', '.join((*PAGES, *FRONTS))}",
            file=sys.stderr,
        )
        return 2
    program = find_browser()
    if program is None:
        print(f"scripts/screenshots : {MISSING}", file=sys.stderr)
        return 1
    folder.mkdir(exist_ok=True)
    with shown(program, site) as (browser, pages, fronts):
        addresses = {name: pages + page for name, page in PAGES.items()} | fronts
        for name, width, scheme in product(names or addresses, SCREENS, SCHEMES):
            path = folder / f"{name}-{width}-{scheme}.png"
            _take(browser, addresses[name], width, scheme, path)
            print(path)
    return 0


@contextmanager
def shown(program: str, site: Path) -> Iterator[tuple[Browser, str, dict[str, str]]]:
    """A browser, the address of the site that was built, and those of the front by name."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its access log says nothing of the pictures
    with ExitStack() as stack:
        pages, fronts = stack.enter_context(served(site_server(site))), _fronts(stack)
        yield stack.enter_context(driven(program)), pages, fronts


def _fronts(stack: ExitStack) -> dict[str, str]:
    """The front as it is with an API that answers, and without one."""
    service = datapress_api.create_app({})
    for beginning in life_of(service).beginnings:  # as its server has it do, and here before anybody looks
        beginning()
    api = stack.enter_context(served(make_server("127.0.0.1", 0, service, threaded=True)))
    asking = datapress_front.create_app({"API_BASE_URL": api, "API_PUBLIC_URL": "http://localhost:8000"})
    alone = datapress_front.create_app({"API_BASE_URL": NOWHERE})
    fronts = zip(FRONTS, (asking, alone), strict=True)
    return {
        name: stack.enter_context(served(make_server("127.0.0.1", 0, front, threaded=True))) for name, front in fronts
    }


def _take(browser: Browser, address: str, width: int, scheme: Scheme, path: Path) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": SCREENS[width]}, color_scheme=scheme, locale="fr-FR"
    )
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=path, full_page=True)
    context.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
