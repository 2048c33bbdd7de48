"""Does every link of the built site lead somewhere, and is what leads outside listed in one place?"""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from tests.site.conftest import ROOT

from sitelinks.__main__ import Verdict, ask, main
from sitelinks.built import broken, external, read_built

LISTED = ROOT / "docs/_data/liens-externes.txt"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "autre").mkdir()
    (tmp_path / "autre/index.html").write_text('<h2 id="là">x</h2><a href="../#haut">x</a>', encoding="utf-8")
    (tmp_path / "index.html").write_text('<h1 id="haut">x</h1>', encoding="utf-8")
    return tmp_path


def put(site: Path, link: str) -> Path:
    page = site / "index.html"
    page.write_text(f'{page.read_text(encoding="utf-8")}<a href="{link}">x</a>', encoding="utf-8")
    return site


def test_every_link_and_fragment_leads_somewhere(site: Path) -> None:
    assert len(read_built(site)) > 35
    assert sum(len(page.links) for page in read_built(site)) > 1000
    assert broken(site) == []


def test_every_address_outside_is_listed_in_one_place_and_no_other(site: Path) -> None:
    assert LISTED.read_text(encoding="utf-8").split() == list(external(site))


@pytest.mark.parametrize(
    "link", ["autre/", "autre/#l%C3%A0", "autre/#là", "#haut", "autre/index.html#là", "mailto:x@exemple.fr", "#", "."]
)
def test_a_link_that_leads_somewhere_is_accepted(small: Path, link: str) -> None:
    assert broken(put(small, link)) == []


@pytest.mark.parametrize("link", ["nulle-part/", "autre/#ici", "#bas", "autre/image.png", "../../x.html", "/absolue/"])
def test_a_link_that_leads_nowhere_is_named_with_its_page(small: Path, link: str) -> None:
    [found] = broken(put(small, link))

    assert found.startswith(" : http")


def test_what_runs_on_this_machine_is_not_outside(small: Path) -> None:
    put(put(small, "http://localhost:8080/"), "https://exemple.fr/a")

    assert external(small) == {"https://exemple.fr/a": [""]}


@pytest.mark.parametrize(("status", "said"), [(200, ""), (403, ""), (404, "morte (404)"), (500, "morte (500)")])
def test_a_dead_address_is_told_from_one_that_refuses_robots(httpserver: HTTPServer, status: int, said: str) -> None:
    httpserver.expect_request("/page").respond_with_data("x", status=status)

    assert ask(httpserver.url_for("/page#partie")) == said


def test_the_verdict_tells_dead_addresses_from_a_missing_network(
    httpserver: HTTPServer, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    httpserver.expect_request("/vivante").respond_with_data("x")
    listed, silent = small / "liens.txt", "http://127.0.0.1:9/"

    verdicts = []
    for addresses in (
        [httpserver.url_for("/vivante")],
        [httpserver.url_for("/vivante"), httpserver.url_for("/morte")],
        [silent],
    ):
        listed.write_text("\n".join(addresses), encoding="utf-8")
        verdicts.append(main(small, listed))

    assert verdicts == [Verdict.ALIVE, Verdict.DEAD, Verdict.UNKNOWN]
    assert "le réseau est sans doute absent, et rien n'a été vérifié" in capsys.readouterr().err


def test_no_more_time_than_allowed_is_taken() -> None:
    assert ask("http://127.0.0.1:9/", ends=0) == "sans réponse : plus le temps de demander"
