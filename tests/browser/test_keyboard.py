"""With the keyboard alone: can everything be reached, seen to be reached, and used?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import documented

from .barriers import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page

RUNBOOK = "exploitation/verifier/"
FOCUSED = "document.activeElement"
# Of what can have the focus, what does not look different when it has it.
UNSEEN = """
() => {
  const still = document.createElement("style");
  still.textContent = "*, *::before, *::after { transition: none !important; animation: none !important; }";
  document.head.append(still);
  const near = (element) => [element.nextElementSibling, element.parentElement].filter(Boolean);
  const look = (element) => [element, ...near(element)].map((one) => {
    const style = getComputedStyle(one);
    return [style.outlineStyle === "none" ? "" : style.outline, style.boxShadow, style.backgroundColor, style.color,
      style.borderColor, style.textDecoration, style.opacity, style.transform].join();
  }).join(";");
  const able = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => one.getClientRects().length);
  const unseen = [];
  for (const one of able) {
    document.activeElement.blur();
    const before = look(one);
    one.focus();
    if (document.activeElement === one && look(one) === before) unseen.push(one.outerHTML.slice(0, 120));
  }
  return [able.length, unseen];
}
"""


def reach(page: "Page", wanted: str, most: int = 200) -> int:
    """Press Tab until what has the focus matches the selector; the number of presses."""
    for pressed in range(1, most):
        page.keyboard.press("Tab")
        if page.evaluate(f"wanted => {FOCUSED}.matches(wanted)", wanted):
            return pressed
    pytest.fail(f"{wanted} is not reached by {most} presses of Tab")


@pytest.mark.parametrize("width", [1440, 375])
@pytest.mark.parametrize("where", ["", RUNBOOK, "preuves/recette/", "presentation/diaporama/"])
def test_whatever_has_the_focus_looks_like_it(
    full: str, open_page: "Callable[..., Page]", where: str, width: int
) -> None:
    page = open_page(full + where, width=width)
    page.keyboard.press("Tab")

    able, unseen = page.evaluate(UNSEEN)

    assert able > 5
    assert unseen == []


def test_whatever_has_the_focus_looks_like_it_on_the_front_too(
    fronts: dict[str, str], open_page: "Callable[..., Page]"
) -> None:
    for address in fronts.values():
        page = open_page(address, bypass_csp=True)
        page.keyboard.press("Tab")
        able, unseen = page.evaluate(UNSEEN)
        assert (able >= 3, unseen) == (True, [])


def test_the_first_stop_skips_to_the_content(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full + RUNBOOK)

    assert reach(page, ".md-skip") == 1
    page.keyboard.press("Enter")
    assert "#" in page.url


def test_the_tabs_of_the_site_lead_on(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full)
    reach(page, ".md-tabs__link[href*=exploitation]")

    page.keyboard.press("Enter")

    page.wait_for_url(f"{full}exploitation/")


def test_the_search_opens_is_read_and_leads_on(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full)
    page.keyboard.press("s")
    page.keyboard.type("glossaire")
    page.locator(".md-search-result__link").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"() => {FOCUSED}.matches('.md-search-result__link')")
    page.keyboard.press("Enter")

    page.wait_for_url(f"{full}glossaire/**")


def test_a_copy_button_gives_the_command_as_it_is_run(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full + RUNBOOK, permissions=["clipboard-read", "clipboard-write"])
    reach(page, ".md-clipboard, .md-code__button")
    command = page.evaluate(f"() => {FOCUSED}.closest('.highlight').querySelector('code').innerText")

    page.keyboard.press("Enter")
    page.get_by_text("Copié dans le presse-papier").wait_for()

    assert command.strip() in {block.code.strip() for block in documented()}
    assert page.evaluate("() => navigator.clipboard.readText()").strip() == command.strip()


def test_the_output_of_a_command_unfolds(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full + RUNBOOK)
    reach(page, "details.proof > summary")

    page.keyboard.press("Enter")

    assert page.evaluate(f"() => {FOCUSED}.parentElement.open")


@pytest.mark.parametrize("key", ["Enter", " "])
def test_on_a_small_screen_the_menu_opens_leads_on_and_closes(
    full: str, open_page: "Callable[..., Page]", key: str
) -> None:
    page = open_page(full, width=375, height=812)
    reach(page, "[for=__drawer]")
    page.keyboard.press(key)
    page.wait_for_function("() => document.querySelector('#__drawer').checked")
    reach(page, ".md-nav--primary label[tabindex]:not([for=__drawer])")
    page.keyboard.press("Enter")
    reach(page, ".md-nav--primary a.md-nav__link[href*=contexte]")
    page.keyboard.press("Enter")

    page.wait_for_url(f"{full}contexte/")


def test_on_a_small_screen_the_search_opens_and_closes(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full, width=375, height=812)
    reach(page, ".md-header [for=__search]")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('.md-search__input')")
    page.keyboard.press("Escape")

    page.wait_for_function("() => !document.querySelector('#__search').checked")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 375])
def test_axe_finds_nothing_serious_in_an_open_search_or_menu(
    full: str, open_page: "Callable[..., Page]", scheme: str, width: int
) -> None:
    page = open_page(full, width=width, color_scheme=scheme)
    page.keyboard.press("s")
    page.keyboard.type("secret")
    page.locator(".md-search-result__link").first.wait_for()
    searching = barriers(page)
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('#__search').checked")
    page.evaluate("() => { document.querySelector('#__drawer').checked = true }")
    browsing = barriers(page)

    assert searching + browsing == []
