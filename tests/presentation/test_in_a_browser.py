"""In a real browser: does every slide fit, on a wide screen and on a phone, and do the keys work?"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Deck

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SLIDES = 10
STATUS = "[role=status]"
SHOWN = "() => [...document.querySelectorAll('.dp-page')].filter((page) => page.offsetHeight > 0)"
OVER = f"""
() => ({SHOWN})().filter((page) => [page.querySelector(".dp-diapo"), page.querySelector(".dp-corps")]
  .some((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1))
  .map((page) => page.getAttribute("aria-label"))
"""
SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def opened(browser: "Browser") -> "Iterator[Callable[[Deck, int, int], Page]]":
    """Opens a deck on a screen of this size."""
    with ExitStack() as stack:

        def opened(deck: Deck, width: int, height: int) -> "Page":
            context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
            stack.callback(context.close)
            page = context.new_page()
            page.goto(deck.page.as_uri())
            return page

        yield opened


def through(page: "Page") -> list[tuple[int, Any]]:
    """How many slides are shown and which run over, at the start and after each press of the arrow."""
    seen = []
    for step in range(SLIDES):
        if step:
            page.keyboard.press("ArrowRight")
        seen.append((page.evaluate(f"() => ({SHOWN})().length"), page.evaluate(OVER)))
    return seen


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (1920, 1080)])
def test_on_a_wide_screen_the_keys_show_each_slide_alone_and_whole(
    deck: Deck, opened: "Callable[..., Page]", width: int, height: int
) -> None:
    page = opened(deck, width, height)

    assert through(page) == [(1, [])] * SLIDES
    assert page.locator(STATUS).text_content() == "10 / 10"
    assert page.evaluate("() => document.activeElement.id") == "decision"
    assert page.evaluate(SIDEWAYS) <= 0
    page.keyboard.press("Home")
    assert page.locator(STATUS).text_content() == "1 / 10"
    notes = page.locator(".dp-courante .dp-notes")
    assert not notes.is_visible()
    page.keyboard.press("n")
    assert notes.is_visible()


def test_on_a_phone_all_slides_follow_one_another_and_none_is_wider(deck: Deck, opened: "Callable[..., Page]") -> None:
    page = opened(deck, 375, 812)

    assert through(page) == [(SLIDES, [])] * SLIDES
    assert page.evaluate(SIDEWAYS) <= 0


def test_without_a_record_every_slide_fits_as_well(bare_deck: Deck, opened: "Callable[..., Page]") -> None:
    assert through(opened(bare_deck, 1440, 900)) == [(1, [])] * SLIDES
