"""What does each built page link to, and which places does it offer?"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

HOST = "http://site.invalid/"  # only so that relative addresses can be joined
_LEADING = {"href", "src", "poster", "data"}
_LOCAL_HOSTS = {"localhost", "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """One page of the built site: its address, its links as addresses, and its anchors."""

    address: str
    links: frozenset[str]
    anchors: frozenset[str]


def read_built(site: Path) -> list[BuiltPage]:
    """Every page of `site`, an unknown address's own page included."""
    return [_read(site, path) for path in sorted(site.rglob("*.html"))]


def broken(site: Path) -> list[str]:
    """The links that lead nowhere inside the site, each with its page; no network is asked."""
    pages = read_built(site)
    anchors = {page.address: page.anchors for page in pages}
    return [
        f"{page.address} : {link}"
        for page in pages
        for link in sorted(page.links)
        if _inside(link) and not _leads(site, link, anchors)
    ]


def external(site: Path) -> dict[str, list[str]]:
    """The addresses outside this machine and the site, each with the pages that give it."""
    found: dict[str, list[str]] = {}
    for page in read_built(site):
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme in ("http", "https") and not _inside(link) and parts.hostname not in _LOCAL_HOSTS:
                found.setdefault(link, []).append(page.address)
    return dict(sorted(found.items()))


def _inside(link: str) -> bool:
    return link.startswith(HOST)


def _leads(site: Path, link: str, anchors: dict[str, frozenset[str]]) -> bool:
    parts = urlsplit(link)
    path = site / unquote(parts.path).lstrip("/")
    if path.is_dir():
        path /= "index.html"
    if not path.is_file():
        return False
    return path.suffix != ".html" or not parts.fragment or unquote(parts.fragment) in anchors[_address(site, path)]


def _read(site: Path, path: Path) -> BuiltPage:
    found = _Links(path.read_text(encoding="utf-8"))
    address = _address(site, path)
    base = HOST if path.name == "404.html" else urljoin(HOST, address)
    return BuiltPage(address, frozenset(urljoin(base, link) for link in found.links), frozenset(found.anchors))


def _address(site: Path, path: Path) -> str:
    return str(path.relative_to(site)).removesuffix("index.html")


class _Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: Iterator[tuple[str, str]] = ((name, value or "") for name, value in attrs)
        for name, value in values:
            if name in _LEADING and not (tag == "object" and name == "data"):
                self.links.add(value)
            if name == "id" or (name == "name" and tag == "a"):
                self.anchors.add(value)
