"""Is the deck what a validation meeting needs, and does it say what the manifests and the roadmap say?"""

import re

import lxml.html

from deck.slides import Diagram, Points, Table
from macros.roadmap import Roadmap, read_roadmap
from tests.site.conftest import ROOT

from .conftest import Deck

OTHER_HOST = re.compile(
    r"""(?:src|href|srcset|data)\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|\bfetch\(|import\("""
)


def test_ten_slides_at_most_each_with_a_message_of_its_own(deck: Deck) -> None:
    titles = [slide.title for slide in deck.slides]

    assert 8 <= len(titles) <= 10
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert len(title.split()) >= 5, title


def test_every_slide_has_notes_that_say_more_than_its_title(deck: Deck) -> None:
    for slide in deck.slides:
        assert len(slide.notes.splitlines()) >= 2, slide.title
        assert slide.title not in slide.notes


def test_a_slide_holds_few_words(deck: Deck) -> None:
    page = lxml.html.fromstring(deck.page.read_bytes().decode("utf-8"))

    for slide, body in zip(deck.slides, page.find_class("dp-corps"), strict=True):
        for drawing in body.find_class("dp-dessin"):
            drawing.drop_tree()
        assert len(body.text_content().split()) <= 100, slide.title


def test_the_deck_goes_from_the_context_to_the_decisions(deck: Deck) -> None:
    page = lxml.html.fromstring(deck.page.read_bytes().decode("utf-8"))

    assert [heading.get("id") for heading in page.xpath("//h1 | //h2")] == [
        "couverture",
        "contexte",
        "objectifs",
        "architecture",
        "modes",
        "securite",
        "ci-cd",
        "preuves",
        "limites",
        "decision",
    ]
    assert len(page.xpath("//h1")) == 1


def test_the_limits_are_what_the_roadmap_has_left_to_do_first(deck: Deck) -> None:
    cards = [card for card in read_roadmap(ROOT / "docs" / "feuille-de-route.md").stages["horizon-1"] if card.days]
    (table,) = (block for block in deck.slides[8].blocks if isinstance(block, Table))

    assert len(table.rows) == 1 + len(cards) > 1
    for row, card in zip(table.rows[1:], cards, strict=True):
        assert card.title.startswith(row[0])
        assert row[2] == Roadmap.size(card.terms["Effort"][0])
        assert card.terms["Risque"].startswith(row[3])


def test_the_decisions_asked_are_those_of_the_roadmap(deck: Deck) -> None:
    roadmap = (ROOT / "docs" / "feuille-de-route.md").read_text(encoding="utf-8")
    wanted = re.findall(r"^\d\. \*\*(.+?)\*\*", roadmap.partition("{ #decision }")[2], re.MULTILINE)
    (points,) = (block for block in deck.slides[9].blocks if isinstance(block, Points))

    assert [item[0].text for item in points.items] == [one.removesuffix(".") for one in wanted]


def test_the_diagrams_say_what_the_manifests_say(deck: Deck) -> None:
    service = (ROOT / "k8s" / "front-service.yaml").read_text(encoding="utf-8")
    node_port = re.search(r"nodePort: (\d+)", service)
    (drawing,) = (block for block in deck.slides[4].blocks if isinstance(block, Diagram))
    words = drawing.svg.text_content()

    assert node_port is not None
    assert f"NodePort {node_port[1]}" in words
    assert "http://api:8000" in words


def test_both_forms_of_a_diagram_hold_the_same_words_and_a_description(deck: Deck) -> None:
    page = lxml.html.fromstring(deck.page.read_bytes().decode("utf-8"))
    figures = page.find_class("dp-dessin")

    assert len(figures) == 4
    for figure in figures:
        wide, tall = figure.findall("svg")
        assert wide.text_content() == tall.text_content()
        assert wide.get("role") == tall.get("role") == "img"
        assert wide.get("aria-label") == tall.get("aria-label")
        assert len(wide.get("aria-label")) > 40


def test_the_deck_asks_nothing_of_another_host(deck: Deck) -> None:
    texts = [
        deck.page.read_text(encoding="utf-8"),
        *(path.read_text(encoding="utf-8") for path in (deck.site / "assets").glob("diaporama.*")),
    ]

    assert len(texts) == 3
    assert not [found[0] for text in texts for found in [OTHER_HOST.search(text)] if found]


def test_the_deck_does_not_move_by_itself(deck: Deck) -> None:
    style = (deck.site / "assets" / "diaporama.css").read_text(encoding="utf-8")

    assert not re.search(r"\b(transition|animation)\b|scroll-behavior", style)
