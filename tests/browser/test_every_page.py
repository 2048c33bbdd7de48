"""On every page, screen and scheme: does anything leave the host, fail, weigh, overflow or stand in someone's way?"""

from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from served.while_open import served

from .visits import SCREENS, Visit, visit_all

FIRST_VISIT = 400_000
# The first test of the session waits for all the visits: a minute and a half on two free cores.
pytestmark = pytest.mark.timeout(900)


def test_every_page_is_visited_and_only_unknown_addresses_are_not_found(visits: list[Visit], full_site: Path) -> None:
    not_found = {visit.address for visit in visits if visit.status == 404}

    assert len({visit.address for visit in visits}) > len(list(full_site.rglob("index.html"))) > 35
    assert {visit.status for visit in visits} == {200, 404}
    assert all(address.endswith(("nulle/part/", "inconnu")) for address in not_found)
    assert len(not_found) == 4


def test_no_request_leaves_the_host(visits: list[Visit]) -> None:
    assert {str(visit): visit.elsewhere for visit in visits if visit.elsewhere} == {}


def test_nothing_fails_and_the_console_stays_silent(visits: list[Visit]) -> None:
    assert {str(visit): visit.complaints for visit in visits if visit.complaints} == {}


def test_every_diagram_is_drawn(visits: list[Visit]) -> None:
    assert sum(visit.diagrams for visit in visits) > 10
    assert {str(visit): visit.drawn for visit in visits if set(visit.drawn) != {visit.diagrams}} == {}


def test_no_page_scrolls_sideways(visits: list[Visit]) -> None:
    assert {str(visit): visit.sideways for visit in visits if max(visit.sideways) > 0} == {}


def test_a_first_visit_is_light(visits: list[Visit]) -> None:
    assert min(visit.weight for visit in visits) > 500
    assert {str(visit): visit.weight for visit in visits if visit.weight > FIRST_VISIT} == {}


def test_axe_finds_nothing_serious(visits: list[Visit]) -> None:
    found = [f"{visit}, {width} px : {barrier}" for visit in visits for width, barriers in zip(SCREENS, visit.barriers, strict=True) for barrier in barriers]

    assert found == []


SPOILT = """<!doctype html><html><head><title>x</title></head><body style="margin:0">
<p style="color:#aaa;background:#fff">Trop pâle</p><div style="width:2000px">Large</div>
<pre class="mermaid">graph</pre>
<img src="http://images.example/un.png" alt=""><script>
fetch("https://fetch.example/");
new Worker(URL.createObjectURL(new Blob(["fetch('https://worker.example/')"])));
throw new Error("cassé");
</script></body></html>"""


class _Spoilt(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(SPOILT.encode())))
        self.end_headers()
        self.wfile.write(SPOILT.encode())

    def log_message(self, *_: object) -> None:
        pass


def test_a_page_with_every_fault_shows_them_all(program: str) -> None:
    with served(HTTPServer(("127.0.0.1", 0), partial(_Spoilt))) as address:
        visit, dark = visit_all(program, [address])

    assert (visit.scheme, dark.scheme) == ("light", "dark")
    assert {url.split("/")[2] for url in visit.elsewhere} == {"images.example", "fetch.example", "worker.example"}
    assert any("cassé" in complaint for complaint in visit.complaints)
    assert (visit.diagrams, visit.drawn) == (1, (0, 0))
    assert min(visit.sideways) > 500
    assert visit.weight >= len(SPOILT.encode())
    assert all("color-contrast" in " ".join(barriers) and "html-has-lang" in " ".join(barriers) for barriers in visit.barriers)
