"""Does a reader's word lead to the page that answers it, among the results that are seen at once?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

INDEX = "search/search_index.json"
# Where the answer is: a page, or a folder any page of which has it.
ANSWERS = {
    "redémarrer": ["exploitation/"],
    "l'architecture": ["architecture/"],
    "l’architecture": ["architecture/"],
    "pod": ["exploitation/", "glossaire/"],
    "30080": ["exploitation/", "architecture/recette/", "decisions/0002-exposition/"],
    "santé": ["decisions/0003-sondes/", "exploitation/verifier/", "utiliser-api/", "glossaire/"],
    "secret": ["decisions/0005-configuration-et-secret/", "architecture/configuration/"],
}


# As people type them, in a hurry and in either language → where they must be sent first.
SOUGHT = {
    "exploitation/revenir-en-arriere/": ("rollback", "retour arrière", "annuler", "undo", "version précédente"),
    "exploitation/mettre-a-jour/": ("update", "upgrade", "nouvelle version", "restart"),
    "exploitation/deboguer/": ("502", "503", "crash", "panne", "CrashLoopBackOff", "ImagePullBackOff", "OOMKilled"),
    "exploitation/deboguer/poste/": ("permission denied", "connection refused", "port occupé", "kubeconfig"),
    "exploitation/deboguer/cluster/": (
        "x509",
        "lenteur",
        "forbidden",
        "NotReady",
        "Terminating",
        "quota",
    ),
    "exploitation/exposer/": ("certificat", "HTTPS"),
    "exploitation/astreinte/": ("astreinte", "urgence", "incident", "escalade"),
    "exploitation/reconstruire/": ("désinstaller", "repartir de zéro"),
    "exploitation/deployer/": ("installer", "minikube"),
    "exploitation/observer/": ("supervision", "alerte"),
    "exploitation/chercher/": ("logs",),
    "dsi/donnees-personnelles/": ("RGPD", "CNIL"),
    "dsi/engagements/": ("SLA", "RTO", "RPO"),
    "dsi/couts/": ("prix", "budget"),
    "dsi/calendrier/": ("planning",),
}

# What a page leads to and is made of, as the browser understands its addresses.
LEADS = (
    "() => [...document.querySelectorAll('[href], [src]')].map((one) => one.href || one.src).filter((one) => "
    "one.startsWith(location.origin))"
)


def search(page: "Page", word: str) -> None:
    """Ask for this word alone, and wait for its first result."""
    first = page.locator(".md-search-result__link").first
    for written, state in (
        ("", "detached"),
        (word, "visible"),
    ):  # no answer to the word before is taken for one to this
        page.locator(".md-search__input").fill(written)
        page.keyboard.press("End")  # the theme listens to keys: one for the whole word, and one answer
        first.wait_for(state=state)


def leads_to_an_answer(page: "Page", home: str, word: str) -> None:
    """One of the three first results, which a phone shows without scrolling, is a page that answers the word."""
    item = ".md-search-result__item:nth-child(-n+3) > .md-search-result__link"
    search(page, word)
    page.locator(", ".join(f"{item}[href^='{home}{answer}']" for answer in ANSWERS[word])).first.wait_for()


def test_a_first_result_answers(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full)
    page.keyboard.press("/")
    for word in ANSWERS:
        leads_to_an_answer(page, full, word)


def test_the_words_that_people_type_lead_to_the_right_page_first(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full)
    page.keyboard.press("/")
    wrong = {}
    for answer, words in SOUGHT.items():
        for word in words:
            search(page, word)
            first = page.locator(".md-search-result__link").first.get_attribute("href") or ""
            if not first.startswith(f"{full}{answer}"):
                wrong[word] = first

    assert wrong == {}


def test_the_engine_and_the_index_are_sent_only_to_one_who_searches(full: str, browser: "Browser") -> None:
    context = browser.new_context(locale="fr-FR")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url.removeprefix(full)))
    page = context.new_page()
    page.goto(full, wait_until="networkidle")
    assert [one for one in asked if "search" in one] == []

    page.keyboard.press("/")
    search(page, "secret")

    assert asked.count(INDEX) == 1
    context.close()


def test_a_link_to_a_search_shows_its_results(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(f"{full}?q=secret")

    page.locator(".md-search-result__link").first.wait_for()


def test_a_word_of_no_page_finds_nothing_and_says_so_in_french(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full)
    page.keyboard.press("/")
    page.keyboard.type("zzyzx")

    page.get_by_text("Aucun document trouvé").wait_for()


@pytest.mark.parametrize("site", ["full", "bare"])
def test_an_unknown_address_is_told_in_french_with_ways_out_that_exist(
    open_page: "Callable[..., Page]", request: pytest.FixtureRequest, site: str
) -> None:
    """At the root of a host, and below it as GitHub Pages publishes a project."""
    home: str = request.getfixturevalue(site)
    page = open_page(f"{home}une/ancienne/adresse")

    assert page.locator("h1").inner_text() == "Page introuvable"
    leads = set(page.evaluate(LEADS))
    assert len(leads) > 30
    assert [lead for lead in leads if not lead.startswith(home) and lead.split("#")[0] != page.url] == []
    assert {
        lead: answer
        for lead in leads - {page.url}
        if (answer := page.request.get(lead).status) != 200 and lead.split("#")[0] != page.url
    } == {}
    assert page.locator("article a[href]").count() >= 3
    page.keyboard.press("/")
    leads_to_an_answer(page, home, "secret")
