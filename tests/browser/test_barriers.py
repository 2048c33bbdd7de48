"""Is a page judged as it stays, and not as it is for an instant?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .barriers import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGE = """<!doctype html><html lang="fr"><head><title>x</title><style>
body {{ background: #fff }} p {{ color: {before}; transition: color 700ms }} .moved p {{ color: {after} }}
i {{ display: block; width: 1px; height: 1px; animation: turn 1s infinite }}
@keyframes turn {{ to {{ rotate: 1turn }} }}
</style></head><body><main><h1>Titre</h1><p>Texte</p>{more}</main></body></html>"""
MOVE = "() => { document.body.classList.add('moved') }"
PALE, DARK = "#aaa", "#000"


@pytest.fixture
def shown(browser: "Browser") -> "Callable[..., Page]":
    def shown(before: str, after: str, more: str = "") -> "Page":
        page = browser.new_page()
        page.set_content(PAGE.format(before=before, after=after, more=more))
        assert page.evaluate("() => getComputedStyle(document.querySelector('p')).color")
        return page

    return shown


def test_a_colour_on_its_way_is_judged_when_it_has_come(shown: "Callable[..., Page]") -> None:
    darkening, paling = shown(PALE, DARK), shown(DARK, PALE)
    for page in (darkening, paling):
        page.evaluate(MOVE)

    assert barriers(darkening) == []
    assert [found.split()[0] for found in barriers(paling)] == ["color-contrast"]


def test_what_begins_when_another_ends_is_waited_for_too(shown: "Callable[..., Page]") -> None:
    page = shown(DARK, "#010101")
    page.evaluate(
        "() => document.querySelector('p').addEventListener('transitionend', (end) => "
        "{ end.target.style.color = '#aaa' }, { once: true })"
    )
    page.evaluate(MOVE)

    assert [found.split()[0] for found in barriers(page)] == ["color-contrast"]
    assert page.evaluate("() => getComputedStyle(document.querySelector('p')).color") == "rgb(170, 170, 170)"


def test_an_animation_without_end_holds_nothing_up(shown: "Callable[..., Page]") -> None:
    assert barriers(shown(DARK, DARK, more="<i></i>")) == []
