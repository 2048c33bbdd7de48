"""Which pages of the built site are bound, and what becomes of one when it stands among the others?"""

import posixpath
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import html
from lxml.html import HtmlElement

FIRST = "exploitation/"
# What a reader clicks, and what only a screen shows.
SCREEN_ONLY = ".//a[@class='headerlink'] | .//button | .//*[contains(concat(' ', @class, ' '), ' proof ')] | .//script"
NAMING = ("id", "for", "name", "aria-labelledby", "aria-describedby")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its address from the site's root, its title and its content."""

    url: str
    title: str
    content: HtmlElement

    @property
    def name(self) -> str:
        return self.url.strip("/").replace("/", "-")


def read_sheets(site: Path) -> Iterator[Sheet]:
    """The pages of the first one's folder in the order of the site, each leading to the next."""
    url: str | None = FIRST
    while url is not None and url.startswith(FIRST):
        page = html.parse(str(site / url / "index.html")).getroot()
        (content,) = page.xpath("//article")
        for element in content.xpath(SCREEN_ONLY):
            element.drop_tree()
        yield Sheet(url, content.xpath("string(.//h1)").strip(), content)
        following = page.xpath("//link[@rel='next']/@href")
        url = _from_root(url, following[0]) if following else None


def bound(sheet: Sheet, names: dict[str, str]) -> HtmlElement:
    """The sheet's content where it stands beside others: names of its own, and links that lead inside the document."""
    content = deepcopy(sheet.content)
    for element in content.iter():
        for attribute in NAMING:
            if value := element.get(attribute):
                element.set(attribute, f"{sheet.name}--{value}")
        if (href := element.get("href")) and not urlsplit(href).scheme:
            target, _, anchor = _from_root(sheet.url, href).partition("#")
            if target in names:
                element.set("href", f"#{names[target]}--{anchor}" if anchor else f"#{names[target]}")
            else:  # nobody can follow it on paper
                del element.attrib["href"]
    content.tag = "section"
    content.set("id", sheet.name)
    content.set("class", f"{content.get('class', '')} dp-feuillet")
    return content


def _from_root(url: str, href: str) -> str:
    parts = urlsplit(urljoin(f"http://site/{url}", href))
    path = posixpath.normpath(parts.path).lstrip("/")
    return f"{path}/#{parts.fragment}" if parts.fragment else f"{path}/"
