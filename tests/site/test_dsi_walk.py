"""Does a DSI find each answer within two clicks of the home page, with the figure and where it comes from?

The figures are read where the site reads them: its data files, and a record as a run writes it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import lxml.html
import pytest
import yaml
from lxml.html import HtmlElement

from macros.costs import read_costs
from macros.dates import in_words
from macros.roadmap import read_roadmap
from macros.supported import read_supported
from tests.site.conftest import ROOT, build_site, copy_sources
from tests.site.records import put, step

HOST = "http://site.example/"
HIGH = ("h1", "h2", "h3")
# The measures of a run, by the title of the command that prints them; each page shows its own.
MEASURES = {
    ("haute-disponibilite", "Mesure à l'intérieur du cluster"): "aucune requête perdue sur 4\u00a0001",
    ("haute-disponibilite", "Suppression du seul front"): "17 requêtes perdues sur 902, en 3,1 s",
    ("mettre-a-jour", "Mesure pendant le changement de version"): "aucune requête perdue sur 5\u00a0003",
    ("maintenance-noeud", "Nœud vidé, deux fronts"): "aucune requête perdue sur 2\u00a0007",
    ("perte-noeud", "Perte d'un nœud, deux fronts"): "611 requêtes perdues sur 3\u00a0011, en 41,5 s",
}
RESTORED = "77 s pour reprendre, 13 lignes perdues sur 240"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; the words by which the right link is known; what the answer must show, and its source."""

    asked: str
    words: str
    figures: tuple[str, ...]
    source: str


def _data(name: str) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((ROOT / "docs/_data" / name).read_text(encoding="utf-8"))
    return loaded


@cache
def questions() -> tuple[Question, ...]:
    """The fifteen, as a DSI asks them; `source` is found in the address of a link of the answer."""
    roadmap = read_roadmap(ROOT / "docs/feuille-de-route.md")
    costs = read_costs(ROOT / "docs/_data/couts.yaml", roadmap)
    ways = [way["ancre"] for way in _data("couts.yaml")["scenarios"]]  # type: ignore[attr-defined]
    proposed = yaml.safe_load((ROOT / "docs/_data/engagements.yaml").read_text(encoding="utf-8"))
    ends = read_supported(ROOT / "docs/_data/versions.yaml").kubernetes
    ran = len(MEASURES) + 1
    people, days = proposed["astreinte"]["personnes"], roadmap.days("horizon-1")
    return (
        Question("Combien par an, selon l'hébergement ?", "par an", tuple(str(costs.year(it)) for it in ways), "#hyp"),
        Question("Et pour démarrer ?", "pour démarrer", tuple(str(costs.start(it)) for it in ways), "#hyp"),
        Question("Qui est d'astreinte ?", "astreinte", (str(people), str(costs.on_call)), "couts/#hyp"),
        Question("Une panne, combien de temps ?", "RTO", tuple(MEASURES.values()), "preuves/recette"),
        Question("Combien de données perdues ?", "RPO", (proposed["sauvegarde"]["perte"], RESTORED), "restaurer"),
        Question("Quelles données personnelles ?", "RGPD", (proposed["conservation"]["duree"],), "cnil.fr"),
        Question(
            "Jusqu'à quand est-ce suivi ?",
            "suivis",
            tuple(in_words(it.fin) for it in ends if it.fin),
            "kubernetes.io/releases",
        ),
        Question(
            "Pourquoi pas Compose sur deux machines ?",
            "Compose",
            tuple(str(costs.over_years(it)) for it in ways),
            "couts/#hyp",
        ),
        Question("Qu'est-ce qui ferait revenir ?", "revenir", (str(costs.year("manage")),), "couts/#hyp"),
        Question("Quel calendrier ?", "calendrier", (days, costs.porting), "couts/#hyp"),
        Question("Combien coûte la formation ?", "formation", (str(costs.price("formation", 1, 1)),), "#hyp"),
        Question("Que manque-t-il pour la production ?", "production", (days,), "feuille-de-route"),
        Question("Que fait-on des failles ?", "failles", tuple(proposed["failles"].values()), "feuille-de-route"),
        Question("Qu'est-ce qui peut tout arrêter ?", "tout arrêter", tuple(MEASURES.values())[1:2], "haute-dispo"),
        Question(
            "Qu'est-ce qui est prouvé, et quand ?",
            "prouvé",
            (f"{ran} commandes vérifiées sur {ran} le 1er novembre 2026",),
            "enregistrement.json",
        ),
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built beside the record of a run that measured."""
    project = copy_sources(tmp_path_factory.mktemp("dsi") / "copy")
    put(
        project,
        *(
            step(page=f"docs/exploitation/{page}.md", title=title, out=f"verdict\u00a0: {verdict}\n")
            for (page, title), verdict in MEASURES.items()
        ),
        step(
            page="docs/exploitation/restaurer.md", title="RTO et RPO de cet exercice", out=f"< une ligne\n{RESTORED}\n"
        ),
    )
    built = build_site(project)
    assert built.status == 0, built.output
    return built.site


@pytest.mark.parametrize("number", range(15))
def test_a_question_is_answered_two_clicks_from_the_home_page(site: Path, number: int) -> None:
    question = questions()[number]

    reached = list(_two_clicks(site, question.words))

    assert reached, f"{question.asked} : aucun lien à deux clics de l'accueil ne parle de « {question.words} »"
    lacks = {address: _lacks(section, question) for address, section in reached}
    assert not all(lacks.values()), f"{question.asked} : {lacks}"


def test_an_answer_without_its_figure_or_its_source_is_none(site: Path) -> None:
    question = questions()[0]
    _, section = next(iter(_two_clicks(site, question.words)))
    wrong = Question("", "", ("123 456 €",), "nulle-part")

    assert _lacks(section, question) == []
    assert _lacks(section, wrong) == ["123 456 €", "nulle-part"]
    assert not list(_two_clicks(site, "personne n'en parle"))


def _two_clicks(site: Path, words: str) -> Iterator[tuple[str, list[HtmlElement]]]:
    """What lies behind links whose line speaks of it, on the home page and one click further: address, section."""
    first = list(_links(site, "index.html"))
    further = (link for address, _ in first for link in _links(site, address))
    for address, line in dict.fromkeys([*first, *further]):
        if words.casefold() in line.casefold():
            yield address, _section(site, address)


@cache
def _links(site: Path, address: str) -> tuple[tuple[str, str], ...]:
    """Inside addresses that this page's own text leads to, each with the line that the link stands in."""
    found = []
    here = urldefrag(address).url
    for link in _article(site, here).iterlinks():
        element, attribute, target = link[0], link[1], link[2]
        leads = urljoin(HOST + here, target).removeprefix(HOST)
        if element.tag != "a" or attribute != "href" or ":" in leads or "headerlink" in element.get("class", ""):
            continue
        line = next((it for it in element.iterancestors("tr", "li", "p", "dd")), element)
        path, anchor = urldefrag(leads)
        page = f"{path}index.html" if path.endswith("/") or not path else path
        if page.endswith(".html") and (site / page).is_file():
            found.append((f"{page}#{anchor}", " ".join(line.text_content().split())))
    return tuple(found)


@cache
def _article(site: Path, page: str) -> HtmlElement:
    (article,) = lxml.html.fromstring((site / page).read_text(encoding="utf-8")).xpath("//article | //main")[:1]
    return article


def _section(site: Path, address: str) -> list[HtmlElement]:
    """The heading that the address names and what follows it, up to the next as high; else the whole page."""
    page, anchor = urldefrag(address)
    article = _article(site, page)
    headings = [it for it in article.iter(*HIGH) if it.get("id") == anchor] if anchor else []
    if not headings:
        return [article]
    found = [headings[0]]
    for after in headings[0].itersiblings():
        if after.tag in HIGH[: HIGH.index(headings[0].tag) + 1]:
            break
        found.append(after)
    return found


def _lacks(section: list[HtmlElement], question: Question) -> list[str]:
    """The figures that the section does not show, and its source if no link leads there."""
    text = _plain(" ".join(part.text_content() for part in section))
    leads = [str(link[2]) for part in section for link in part.iterlinks()]
    figures = [figure for figure in question.figures if _plain(figure).casefold() not in text.casefold()]
    return figures + ([] if any(question.source in lead for lead in leads) else [question.source])


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)
