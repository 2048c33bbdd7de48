"""What does each built page link to, and which places does it offer?"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import lxml.html

HOST = "http://site.invalid/"  # only so that relative addresses can be joined
_LEADING = {"href", "src", "poster"}
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
    document = lxml.html.document_fromstring(path.read_bytes().decode())
    address = _address(site, path)
    base = HOST if path.name == "404.html" else urljoin(HOST, address)
    links = (link for _, attribute, link, _ in document.iterlinks() if attribute in _LEADING)
    anchors = {"", "top", *document.xpath("//@id | //a/@name")}
    return BuiltPage(address, frozenset(urljoin(base, link) for link in links), frozenset(anchors))


def _address(site: Path, path: Path) -> str:
    return str(path.relative_to(site)).removesuffix("index.html")
