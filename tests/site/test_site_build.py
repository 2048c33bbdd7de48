"""Does the site build strictly from a clean copy, whole, in French and without another host?"""

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml

Build = Callable[[Path], Any]
LOADING = {"src", "srcset", "poster", "data"}
OTHER_HOST = re.compile(r"^\s*(?:https?:)?//")
# Namespaces are names, not addresses; sitemaps.org is one.
CSS_REQUEST = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(?:https?:)?//""")


class Page(HTMLParser):
    """What a built page loads, names and describes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.requests: list[str] = []
        self.scripts: list[str] = []
        self.description = ""
        self.title = ""
        self.language = ""
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta" and values.get("name") == "description":
            self.description = values["content"]
        if tag == "html":
            self.language = values.get("lang", "")
        if tag == "script" and "src" in values:
            self.scripts.append(values["src"])
        self._in_title = tag == "title"
        self.requests += [value for name, value in values.items() if name in LOADING]
        if tag == "link" and values.get("rel") not in ("canonical", "next", "prev"):
            self.requests.append(values["href"])
        if "style" in values:
            self.requests += re.findall(r"url\(([^)]*)\)", values["style"])

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def _pages(site: Path) -> Iterator[tuple[str, Page]]:
    for path in sorted(site.rglob("*.html")):
        yield str(path.relative_to(site)), Page(path.read_text(encoding="utf-8"))


def test_every_page_has_a_title_a_description_and_says_that_it_is_french(site: Path) -> None:
    pages = dict(_pages(site))

    assert len(pages) > 25
    for name, page in pages.items():
        assert page.title, name
        assert page.language == "fr", name
        assert page.description, name


def test_descriptions_are_sentences_of_their_own(site: Path) -> None:
    descriptions = [page.description for name, page in _pages(site) if name != "404.html"]

    assert len(set(descriptions)) == len(descriptions)
    for description in descriptions:
        assert description.endswith("."), description


def test_no_page_asks_anything_of_another_host(site: Path) -> None:
    for name, page in _pages(site):
        assert not [request for request in page.requests if OTHER_HOST.match(request)], name


def test_no_style_sheet_asks_anything_of_another_host(site: Path) -> None:
    sheets = list(site.rglob("*.css"))

    assert sheets
    for sheet in sheets:
        assert not CSS_REQUEST.search(sheet.read_text(encoding="utf-8")), sheet.name


def test_only_pages_with_a_diagram_load_what_draws_them_and_before_the_theme(site: Path) -> None:
    loading = []
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        scripts = Page(text).scripts
        has_library = any("mermaid" in script for script in scripts)
        assert has_library == ('class="mermaid"' in text), path
        if has_library:
            loading.append(path)
            order = [script for script in scripts if "mermaid" in script or "bundle" in script]
            assert "mermaid" in order[0], "the theme would fetch its own from another host"

    assert loading


def test_the_error_page_is_french_and_leads_home(site: Path) -> None:
    text = (site / "404.html").read_text(encoding="utf-8")

    assert "Page introuvable" in text
    assert "Not found" not in text


def test_the_parts_that_pages_are_made_of_are_not_published(site: Path) -> None:
    assert not [path for path in site.rglob("*") if path.name.startswith("_")]


def test_the_search_separates_words_at_both_apostrophes_and_does_not_stem(site: Path) -> None:
    config = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["config"]

    words = re.split(config["separator"].replace("(?!\\d)", r"(?!\d)"), "l'architecture d’un «\u00a0pod\u00a0»")

    assert [word for word in words if word] == ["l", "architecture", "d", "un", "pod"]
    assert "stemmer" not in config["pipeline"]


def test_without_a_record_the_site_says_that_nothing_was_verified(site: Path) -> None:
    assert "Aucune vérification enregistrée" in (site / "index.html").read_text(encoding="utf-8")
    assert "elle ne prouve rien" in (site / "preuves" / "index.html").read_text(encoding="utf-8")


def test_facts_reach_the_pages(site: Path, root: Path) -> None:
    service = yaml.safe_load((root / "k8s" / "front-service.yaml").read_text(encoding="utf-8"))

    text = (site / "architecture" / "recette" / "index.html").read_text(encoding="utf-8")

    assert f"NodePort {service['spec']['ports'][0]['nodePort']}" in text
    assert "[[=" not in text


def test_all_that_leads_nowhere_fails_the_build_and_so_does_a_page_outside_the_menu(copy: Path, build: Build) -> None:
    page = copy / "docs" / "index.md"
    leads = ["nulle-part.md", "contexte.md#nulle-part", "/contexte/"]
    page.write_text(
        page.read_text(encoding="utf-8") + "".join(f"\n[mort]({lead})\n" for lead in leads), encoding="utf-8"
    )
    (copy / "docs" / "orpheline.md").write_text("# Orpheline\n", encoding="utf-8")

    built = build(copy)

    warnings = re.findall(r"^WARNING -.*(?:\n .*)*", built.output, re.MULTILINE)
    assert built.status != 0
    assert len(warnings) == 4
    assert [said for said in (*leads, "orpheline.md") if not any(said in warning for warning in warnings)] == []


def test_an_unknown_macro_fails_the_build(copy: Path, build: Build) -> None:
    page = copy / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[[= inconnue =]]\n", encoding="utf-8")

    built = build(copy)

    assert built.status != 0
    assert "inconnue" in built.output


def test_a_missing_source_of_facts_fails_the_build_with_its_name(copy: Path, build: Build) -> None:
    (copy / "k8s" / "configmap.yaml").unlink()

    built = build(copy)

    assert built.status != 0
    assert "ConfigMap" in built.output


def test_nothing_builds_the_site_strictly_and_quietly_at_once(root: Path) -> None:
    """`--quiet` hides the warnings that `--strict` should count."""
    callers = [path for path in (*(root / "scripts").iterdir(), *(root / ".github").rglob("*.yml")) if path.is_file()]
    builds = [
        line
        for path in callers
        for line in path.read_text(encoding="utf-8").splitlines()
        if "mkdocs build" in line or '"mkdocs", "build"' in line
    ]

    assert builds
    assert not [line for line in builds if re.search(r"\s-q\b|--quiet", line)]
