"""Printed, is a runbook the page alone, whole and legible?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .barriers import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page

RUNBOOK = "exploitation/verifier/"
SHEET = 718  # CSS pixels between the margins of an A4 sheet
SCREEN_ONLY = (
    ".md-header, .md-tabs, .md-sidebar, .md-footer, .md-path, .md-top, .md-clipboard, .md-code__nav, .md-tags, "
    ".md-search, .headerlink"
)


@pytest.fixture(params=["light", "dark"])
def sheet(full: str, open_page: "Callable[..., Page]", request: pytest.FixtureRequest) -> "Page":
    page = open_page(full + RUNBOOK, width=SHEET, color_scheme=request.param)
    page.emulate_media(media="print")
    return page


def test_what_only_a_screen_can_use_is_not_printed(sheet: "Page") -> None:
    shown = [one.evaluate("one => one.className") for one in sheet.locator(SCREEN_ONLY).all() if one.is_visible()]

    assert shown == []


def test_commands_and_expected_results_are_printed_whole(sheet: "Page") -> None:
    blocks = sheet.locator(".highlight code")

    cut = blocks.evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1 || "
        "!one.getClientRects().length).map((one) => one.innerText)"
    )

    assert blocks.count() > 20
    assert cut == []
    assert sheet.evaluate("() => document.documentElement.scrollWidth") <= SHEET


def test_the_expected_result_is_printed_and_not_the_real_one_beside_it(sheet: "Page") -> None:
    sheet.evaluate(
        "() => { for (const proof of document.querySelectorAll('details.proof')) proof.open = true }"
    )  # as the theme does to print

    assert sheet.locator(".dp-resultat code").count() > 10
    assert sheet.locator("details.proof > summary").first.is_visible()
    assert sheet.locator(".proof__output").count() > 10
    assert [one for one in sheet.locator(".proof__output").all() if one.is_visible()] == []


def test_the_ink_is_dark_on_white_whatever_the_screen_was(sheet: "Page") -> None:
    assert sheet.evaluate("() => getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
    assert barriers(sheet) == []


def test_an_address_outside_is_printed_and_one_inside_is_not(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(f"{full}feuille-de-route/", width=SHEET)
    page.emulate_media(media="print")
    after = "all => all.map((one) => [one.href, getComputedStyle(one, '::after').content])"

    outside = page.locator("article a[href^=http]").evaluate_all(after)
    inside = page.locator("article p > a[href]:not([href^=http])").evaluate_all(after)

    assert len(outside) >= 3
    assert all(href in content for href, content in outside)
    assert inside
    assert all(content == "none" for _, content in inside)


def test_the_sheets_are_few_and_none_is_blank(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full + RUNBOOK)

    printed = page.pdf(format="A4")

    assert printed.startswith(b"%PDF")
    assert 3 < printed.count(b"/Type /Page\n") < 20
