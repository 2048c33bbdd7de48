"""Does a reader's word lead first to the page that answers it?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

ANSWERS = {
    "redémarrer": {"exploitation/mettre-a-jour/", "exploitation/demarrer/", "exploitation/haute-disponibilite/", "exploitation/"},
    "l'architecture": {"architecture/"},
    "l’architecture": {"architecture/"},
    "pod": {"exploitation/haute-disponibilite/", "exploitation/deboguer/", "exploitation/verifier/", "glossaire/"},
    "30080": {"exploitation/verifier/", "exploitation/deployer/", "architecture/recette/", "decisions/0002-exposition/"},
    "santé": {"decisions/0003-sondes/", "exploitation/verifier/", "utiliser-api/", "glossaire/"},
    "secret": {"decisions/0005-configuration-et-secret/", "architecture/configuration/"},
}


def first_result(page: "Page", word: str) -> str:
    page.locator(".md-search__input").fill(word)
    page.keyboard.press("End")  # the theme listens to keys: one for the whole word, and one answer
    first = page.locator(".md-search-result__link").first
    first.wait_for()
    return (first.get_attribute("href") or "").split("?")[0]


@pytest.mark.parametrize("word", ANSWERS)
def test_the_first_result_answers(full: str, open_page: "Callable[..., Page]", word: str) -> None:
    page = open_page(full)
    page.keyboard.press("/")

    assert first_result(page, word).removeprefix(full) in ANSWERS[word]


def test_a_word_of_no_page_finds_nothing_and_says_so_in_french(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full)
    page.keyboard.press("/")
    page.keyboard.type("zzyzx")

    page.get_by_text("Aucun document trouvé").wait_for()


def test_an_unknown_address_is_told_in_french_with_ways_out_that_exist(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(f"{full}une/ancienne/adresse")

    assert page.locator("h1").inner_text() == "Page introuvable"
    ways = [str(link.get_attribute("href")) for link in page.locator("article a[href]").all()]
    assert len(ways) >= 3
    assert [page.request.get(page.evaluate("href => new URL(href, location).href", way)).status for way in ways] == [200] * len(ways)
    page.keyboard.press("/")
    assert first_result(page, "secret").removeprefix(full) in ANSWERS["secret"]
