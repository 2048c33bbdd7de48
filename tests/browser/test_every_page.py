"""On every page, screen and scheme: does anything leave the host, fail, weigh, overflow or stand in someone's way?"""

from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from served.while_open import served

from .visits import SCHEMES, SCREENS, Visit, visit_all

# Bytes of the page and all that it loads by itself, from a host that compresses nothing: the search, which only
# a reader who turns to it gets, and the library that draws diagrams are apart.
FIRST_VISIT = 400_000
ONE_SCHEME = "presentation/diaporama/"  # the deck, which is shown in a room and printed
# The first test of the session waits for all the visits: a minute on two free cores.
pytestmark = pytest.mark.timeout(900)


def test_every_page_is_visited_and_only_unknown_addresses_are_not_found(visits: list[Visit], full_site: Path) -> None:
    not_found = {visit.address for visit in visits if visit.status == 404}

    assert len({visit.address for visit in visits}) > len(list(full_site.rglob("index.html"))) > 35
    assert {visit.status for visit in visits} == {200, 404}
    assert all(address.endswith(("nulle/part/", "inconnu")) for address in not_found)
    assert len(not_found) == 5


def test_every_page_is_seen_on_every_screen_in_both_schemes_and_the_schemes_differ(visits: list[Visit]) -> None:
    assert {visit.sights[0].scheme for visit in visits} == set(SCHEMES)
    for visit in visits:
        assert {(sight.width, sight.scheme) for sight in visit.sights} == {
            (width, scheme) for width in SCREENS for scheme in SCHEMES
        }
        light, dark = ({sight.ground for sight in visit.sights if sight.scheme == scheme} for scheme in SCHEMES)
        assert light.isdisjoint(dark) != (visit.address.endswith(ONE_SCHEME)), str(visit)


@pytest.mark.promesse("hors-ligne")
def test_no_request_leaves_the_host(visits: list[Visit]) -> None:
    assert {str(visit): visit.elsewhere for visit in visits if visit.elsewhere} == {}


def test_nothing_fails_and_the_console_stays_silent(visits: list[Visit]) -> None:
    assert {str(visit): visit.complaints for visit in visits if visit.complaints} == {}


def test_every_diagram_is_drawn(visits: list[Visit]) -> None:
    assert sum(visit.diagrams for visit in visits) > 5
    assert {
        str(visit): visit.sights for visit in visits if {sight.drawn for sight in visit.sights} != {visit.diagrams}
    } == {}


def test_no_page_scrolls_sideways(visits: list[Visit]) -> None:
    assert [
        (str(visit), sight.width, sight.scheme, sight.sideways)
        for visit in visits
        for sight in visit.sights
        if sight.sideways > 0
    ] == []


def test_no_command_passes_under_its_copy_button(visits: list[Visit]) -> None:
    assert {
        f"{visit}, {sight.width} px": sight.covered for visit in visits for sight in visit.sights if sight.covered
    } == {}


def test_a_table_that_goes_on_beyond_the_screen_looks_it(visits: list[Visit]) -> None:
    assert [
        (str(visit), sight.width, sight.cueless) for visit in visits for sight in visit.sights if sight.cueless
    ] == []


def test_a_first_visit_is_light(visits: list[Visit]) -> None:
    """With a record larger than a real one: every command has run or has a reason, and prints much."""
    assert min(visit.weight for visit in visits) > 500
    assert {str(visit): visit.weight for visit in visits if visit.weight > FIRST_VISIT} == {}


def test_axe_finds_nothing_serious(visits: list[Visit]) -> None:
    found = [
        f"{visit}, {sight.width} px, {sight.scheme} : {barrier}"
        for visit in visits
        for sight in visit.sights
        for barrier in sight.barriers
    ]

    assert found == []


SPOILT = """<!doctype html><html><head><title>x</title></head><body style="margin:0">
<p style="color:#aaa;background:#fff">Trop pâle</p><div style="width:2000px">Large</div>
<pre class="mermaid">graph</pre>
<article><div class="md-typeset__scrollwrap" style="overflow:auto;width:90px"><table><tr><td
style="min-width:300px">Trop large</td></tr></table></div>
<pre style="position:relative"><button class="md-code__button" style="position:absolute;right:0">c</button><code
style="display:block">kubectl get pods</code></pre></article>
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
        (visit,) = visit_all(program, [address])

    assert {url.split("/")[2] for url in visit.elsewhere} == {"images.example", "fetch.example", "worker.example"}
    assert any("cassé" in complaint for complaint in visit.complaints)
    assert (visit.diagrams, {sight.drawn for sight in visit.sights}) == (1, {0})
    assert min(sight.sideways for sight in visit.sights) > 500
    assert visit.weight >= len(SPOILT.encode())
    for sight in visit.sights:
        assert (sight.cueless, len(sight.covered)) == (1, 1)
        told = {barrier.split()[0] for barrier in sight.barriers}
        assert "color-contrast" in told
        assert ("html-has-lang" in told) == (sight.scheme == visit.sights[0].scheme)
