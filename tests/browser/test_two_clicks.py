"""At night, from the home page: is the right procedure two clicks away, and does it begin with something to do?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

SYMPTOMS = 6  # at least those that the brief names
# What the screen shows of the section that the address names: its heading, and a command after it.
SHOWN = """
() => {
  const inside = (one) => one.getBoundingClientRect().top >= 0 && one.getBoundingClientRect().top < innerHeight;
  const heading = document.getElementById(location.hash.slice(1));
  const command = [...document.querySelectorAll((
      "article .highlight"
  ))].find((one) => heading?.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  return [heading, command].map((one) => one && inside(one));
}
"""


@pytest.mark.parametrize("width", [375, 1440])
def test_every_symptom_is_two_clicks_from_the_home_page(
    full: str, open_page: "Callable[..., Page]", width: int
) -> None:
    page = open_page(full, width=width)
    page.get_by_role("link", name="Partir d’un symptôme").click()
    page.wait_for_url(f"{full}exploitation/deboguer/")
    rows = page.locator("article table:has(th:text-is('Aller à')) td:last-child a[href^='#']")
    rows.first.wait_for()
    leads = [row.get_attribute("href") or "" for row in rows.all()]

    assert len(leads) >= SYMPTOMS
    for lead in leads:
        page.goto(f"{full}exploitation/deboguer/")
        page.locator(f"article table a[href='{lead}']").first.click()
        page.wait_for_function(f"() => ({SHOWN})().every(Boolean)")


def test_every_situation_of_the_guide_is_two_clicks_from_any_page(full: str, open_page: "Callable[..., Page]") -> None:
    page = open_page(f"{full}glossaire/")
    page.locator(".md-tabs__link[href*=exploitation]").click()
    page.wait_for_url(f"{full}exploitation/")
    situations = page.locator("article h2[id] ~ * table tbody tr:has(a)")
    situations.first.wait_for()

    assert situations.count() >= 8
    for row in situations.all():
        lead = row.locator("a").first.get_attribute("href") or ""
        assert page.request.get(f"{full}exploitation/{lead}").status == 200
