"""Do the price of what comes next and its table say what the cards say?"""

import re
from pathlib import Path

import pytest

from macros.roadmap import DAYS, read_roadmap
from macros.sources import SourceError
from tests.site.records import ROOT

PAGE = ROOT / "docs" / "feuille-de-route.md"
CARD = "### {title} {{ #{anchor} }}\n\nEffort\n:   {effort}\n\nRisque\n:   {risk}\n\nÉtat\n:   {state}\n\n"
# What the brief asks of a later version, and the card that answers.
BRIEF = {
    "Ingress": "exposition",
    "cert-manager": "exposition",
    "TLS": "exposition",
    "Prometheus": "observabilite",
    "Grafana": "observabilite",
    "Loki": "observabilite",
    "Jaeger": "tracage",
    "HPA": "charge",
    "Tests unitaires Python": "tests",
    "registre": "livraison",
    "déploiement automatique": "livraison",
    "Base de données": "donnees",
    "NetworkPolicies": "securite",
    "distroless": "images",
}


def _page(folder: Path, *stages: tuple[str, str]) -> Path:
    page = folder / "page.md"
    text = "\n".join(f"## {anchor} {{ #{anchor} }}\n\n{cards}" for anchor, cards in stages)
    page.write_text(text + "\n## Fin { #decision }\n", encoding="utf-8")
    return page


def _card(effort: str, anchor: str = "un", risk: str = "Faible", state: str = "Prévu") -> str:
    return CARD.format(title=f"Titre {anchor}\u00a0: la suite", anchor=anchor, effort=effort, risk=risk, state=state)


def test_the_days_of_a_stage_are_those_of_its_cards(tmp_path: Path) -> None:
    page = _page(
        tmp_path,
        ("horizon-1", _card("S") + _card("M, pour commencer", "deux") + _card("–\u00a0: fait", "trois")),
        ("horizon-2", _card("L", "quatre")),
    )

    roadmap = read_roadmap(page)

    assert roadmap.days("horizon-1") == f"{DAYS['S'][0] + DAYS['M'][0]} à {DAYS['S'][1] + DAYS['M'][1]}"
    assert roadmap.days() == f"{sum(DAYS[size][0] for size in 'SML')} à {sum(DAYS[size][1] for size in 'SML')}"


def test_an_effort_of_no_known_size_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Titre un"):
        read_roadmap(_page(tmp_path, ("horizon-1", _card("XL")), ("horizon-2", _card("S"))))


def test_a_row_keeps_the_first_words_of_risk_and_state(tmp_path: Path) -> None:
    stages = [
        (f"horizon-{n}", _card("S", f"c{'abc'[n - 1]}", "Moyen, pour les uns", "Livré en partie\u00a0: le début"))
        for n in (1, 2, 3)
    ]

    rows = read_roadmap(_page(tmp_path, *stages)).summary().splitlines()

    assert rows[2] == "| [Titre ca](#ca) | D'abord | S, 2\u00a0à\u00a05\u00a0jours | Moyen | Livré en partie |"
    assert [row.split(" | ")[1] for row in rows[2:]] == ["D'abord", "Ensuite", "Plus tard"]


def test_every_card_of_the_page_is_in_its_table_with_one_of_the_states_it_announces() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [row.strip("| ").split(" | ") for row in read_roadmap(PAGE).summary().splitlines()[2:]]

    assert [re.search(r"#([a-z]+)", row[0])[1] for row in rows] == re.findall(
        r"^### .*\{ #([a-z]+) \}", text, re.MULTILINE
    )  # type: ignore[index]
    assert {row[4].split()[0] for row in rows} <= {"Livré", "Essayé", "Prévu"}
    assert {row[3] for row in rows} <= {"Faible", "Moyen", "Élevé"}


@pytest.mark.parametrize(("asked", "anchor"), BRIEF.items())
def test_each_improvement_of_the_brief_has_its_card(asked: str, anchor: str) -> None:
    cards = {card.anchor: card for stage in read_roadmap(PAGE).stages.values() for card in stage}

    assert asked.lower() in cards[anchor].terms["Demande"].lower()
