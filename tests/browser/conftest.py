"""What the tests in a browser share: the whole site with a proof beside every command, served, and the front."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.serving import make_server

from datapress_front import create_app
from runbook.reporting.kept import remember
from served.server import site_server
from served.while_open import served
from tests.driven import browser as browser  # noqa: PLC0414 — fixtures of this package
from tests.driven import drive as drive  # noqa: PLC0414
from tests.site.conftest import build_site, copy_sources, documented
from tests.site.records import put, run, step

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from .visits import Visit

PROJECT = "datapress-poc"
# More than any command of a real run prints but for a few, in a text that HTML makes longer still.
LONG = """{"ts": "2026-11-24T22:00:43Z", "level": "info", "msg": "requête servie < 5 ms & à l'heure"}\n""" * 60
OUTCOMES: tuple[dict[str, Any], ...] = (
    {
        "out": "NAME            READY   STATUS\ndatapress-api   2/2     Running\n" * 8 + "x" * 300 + LONG,
        "stood_in": False,
    },
    {"outcome": "exécuté, sans assertion", "out": "deployment.apps/datapress-api configured\n" + LONG},
    {
        "outcome": "échoué",
        "reason": "attendu « 2/2 », obtenu « 1/2 »",
        "err": "error: timed out waiting for the condition\n" + LONG,
        "exit_status": 1,
    },
    {"outcome": "non exécuté", "reason": "demande un écran", "page_reason": True},
    {"outcome": "non exécuté", "reason": "moteur Docker injoignable"},
    {"on": "local", "stood_in": True, "out": '{"status": "ok"}\n' + LONG},
)


@pytest.fixture(scope="session")
def full_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with a record that gives every command one of all outcomes, in turn, and a history of two runs."""
    project = copy_sources(tmp_path_factory.mktemp("full") / "copy")
    steps = _every_step()
    for day in (1, 2):
        remember(run(*steps, date=f"2026-11-0{day}T09:30:00+00:00"), project / ".runbook")
    put(project, *steps, findings=[], missing={"compose": "moteur Docker injoignable"})
    return _built(project)


@pytest.fixture(scope="session")
def bare_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a clean clone, where nothing was run, in the folder of a host that publishes several projects."""
    host = tmp_path_factory.mktemp("bare")
    built = _built(copy_sources(host / "copy"), f"https://pages.example/{PROJECT}/")
    (host / "host").mkdir()
    site = built.rename(host / "host" / PROJECT)
    shutil.copy(site / "404.html", host / "host")  # what the host answers for whatever the project has not
    return site


@pytest.fixture(scope="session")
def full(full_site: Path) -> Iterator[str]:
    """The address of the site with its proofs."""
    with served(site_server(full_site)) as address:
        yield address


@pytest.fixture(scope="session")
def bare(bare_site: Path) -> Iterator[str]:
    """The address of the site without any, below its host's."""
    with served(site_server(bare_site.parent)) as address:
        yield f"{address}{PROJECT}/"


@pytest.fixture(scope="session")
def fronts() -> Iterator[dict[str, str]]:
    """The address of the front in each of its states."""
    api = HTTPServer()
    api.expect_request("/health").respond_with_json({"status": "ok", "version": "1.0.0"})
    api.expect_request("/ill/health").respond_with_data("panne", status=500)
    api.start()
    states = {
        "API disponible": {"API_BASE_URL": api.url_for(""), "API_PUBLIC_URL": api.url_for("")},
        "API en erreur": {"API_BASE_URL": api.url_for("/ill")},
        "API injoignable": {"API_BASE_URL": "http://127.0.0.1:9"},
    }
    with ExitStack() as stack:
        stack.callback(api.stop)  # type: ignore[no-untyped-call]  # the library annotates only part of itself
        yield {
            state: stack.enter_context(served(make_server("127.0.0.1", 0, create_app(environ))))
            for state, environ in states.items()
        }


@pytest.fixture
def open_page(browser: "Browser") -> "Iterator[Callable[..., Page]]":
    """Opens an address in a context of its own: `open_page(address, width=375, color_scheme="dark")`."""
    with ExitStack() as stack:

        def open_page(address: str, width: int = 1440, height: int = 900, **options: Any) -> "Page":
            context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR", **options)
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.goto(address)  # what the theme listens to is ready once all is loaded
            return page

        yield open_page


@pytest.fixture(scope="session")
def visits(program: str, full_site: Path, full: str, bare: str, fronts: dict[str, str]) -> "list[Visit]":
    """Every page that we publish, on every screen and in both schemes, and some below another address."""
    from .visits import visit_all

    pages = ["/".join(path.parent.relative_to(full_site).parts) for path in sorted(full_site.rglob("index.html"))]
    without_proof = [
        page for page in pages if page in ("", "exploitation", "presentation/diaporama") or page.startswith("preuves")
    ]
    return visit_all(
        program,
        [
            *(f"{full}{page}/" if page else full for page in pages),
            f"{full}nulle/part/",
            *(f"{bare}{page}/" if page else bare for page in without_proof),
            f"{bare}nulle/part/",
            *(address for front in fronts.values() for address in (front, f"{front}inconnu")),
        ],
    )


def _every_step() -> list[dict[str, Any]]:
    return [
        step(
            page=block.page,
            line=block.line,
            fault_line=block.line,
            title=block.title,
            command=block.code,
            target=block.target,
            **{"on": block.target, **outcome},
        )
        for block, outcome in zip(documented(), cycle(OUTCOMES), strict=False)
    ]


def _built(project: Path, address: str = "") -> Path:
    built = build_site(project, address)
    assert built.status == 0, built.output
    return built.site
