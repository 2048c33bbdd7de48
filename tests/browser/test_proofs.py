"""Are a command, its proof and the table of proofs one click apart, and is no command hidden?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

RUNBOOK = "exploitation/deployer/"
# Of the commands scrolled to their end, those whose last character is under the copy button.
COVERED = """
() => [...document.querySelectorAll(".highlight pre > code")].filter((code) => {
  const button = code.parentElement.querySelector(".md-code__button");
  code.scrollLeft = code.scrollWidth;
  const text = document.createRange();
  text.selectNodeContents(code);
  const end = Math.max(...[...text.getClientRects()].map((one) => one.right));
  return button && end > button.getBoundingClientRect().left;
}).map((code) => code.innerText)
"""
LONG = (
    "() => [...document.querySelectorAll('.highlight pre > code')].filter((code) => code.scrollWidth > "
    "code.clientWidth).length"
)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_row_of_the_proofs_leads_to_its_command_and_unfolds_what_it_printed(
    full: str, open_page: "Callable[..., Page]", *, javascript: bool
) -> None:
    page = open_page(f"{full}preuves/recette/", java_script_enabled=javascript)
    row = page.locator(f".proofs tr:has(.proof--executed) a[href*='{RUNBOOK}']").first
    command = row.inner_text().removesuffix(" …")

    row.click()
    page.wait_for_url(f"{full}{RUNBOOK}#preuve-*")
    shown = page.locator("details.proof[open]")

    assert shown.count() == 1
    assert shown.locator(".proof__output").first.is_visible()
    assert "configured" in shown.locator(".proof__output").first.inner_text()
    block = page.locator(".highlight:has(+ .proof[open], + .block-hint + .proof[open])")
    assert command in block.inner_text()
    assert shown.locator("summary").bounding_box()["y"] > 100  # type: ignore[index]  # what is visible has one


@pytest.mark.parametrize("shown", ["", "preuves/", "preuves/recette/", "exploitation/", RUNBOOK])
@pytest.mark.parametrize(("today", "old"), [("2026-11-30T00:00:00Z", False), ("2026-12-02T00:00:00Z", True)])
def test_a_proof_looks_old_from_its_thirtieth_day_on_a_site_built_before(
    full: str, open_page: "Callable[..., Page]", shown: str, today: str, *, old: bool
) -> None:
    page = open_page(full)
    page.clock.set_fixed_time(today)  # the run is of 1 November, 09:30
    page.goto(full + shown)

    told = page.get_by_text("preuve de plus de 30 jours").first
    assert told.is_visible() if old else not told.is_visible()


@pytest.mark.parametrize("width", [375, 1440])
def test_a_long_command_scrolls_clear_of_its_copy_button(
    full: str, open_page: "Callable[..., Page]", width: int
) -> None:
    page = open_page(full + RUNBOOK, width=width)
    page.locator(".md-code__button").first.wait_for()

    assert page.evaluate(LONG) > (5 if width == 375 else 0)
    assert page.evaluate(COVERED) == []


def test_only_commands_have_a_copy_button(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(full + RUNBOOK)
    page.locator(".md-code__button").first.wait_for()

    assert page.locator(".md-code__button").count() > 5
    assert page.locator(".dp-resultat").count() > 5
    assert page.locator(".dp-resultat .md-code__button").count() == 0
