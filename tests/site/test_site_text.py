"""Are the pages written as French readers expect, and complete in their kind?"""

import itertools
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_what_it_was_taken_against_and_what_confirms_it(page: Path) -> None:
    expected = ["Contexte", "Options", "Décision", "Conséquences", "Confirmation"]
    headings = re.findall(r"^## ([^{\n]+?)(?: \{.*)?$", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert [heading for heading in headings if heading in expected] == expected


def test_every_decision_is_in_their_index() -> None:
    index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")

    assert len(DECISIONS) >= 10
    for page in DECISIONS:
        assert f"({page.name})" in index


def test_a_difficulty_says_symptom_cause_fix_and_what_catches_it() -> None:
    text = (DOCS / "difficultes.md").read_text(encoding="utf-8")
    difficulties = text.split("\n### ")[1:]

    assert len(difficulties) > 20
    for difficulty in difficulties:
        terms = re.findall(r"^(.+)\n:   ", difficulty, re.MULTILINE)
        assert terms == ["Symptôme", "Cause", "Correction", "Ce qui l'attrape"], difficulty.splitlines()[0]


def test_a_next_step_says_its_reason_effort_cost_risk_and_state() -> None:
    text = (DOCS / "feuille-de-route.md").read_text(encoding="utf-8")
    steps = text.split("\n### ")[1:]

    assert len(steps) >= 9
    for step in steps:
        terms = re.findall(r"^(.+)\n:   ", step, re.MULTILINE)
        assert terms[-6:] == ["Raison", "Choix d'aujourd'hui", "Effort", "Coût", "Risque", "État"], step.splitlines()[0]


@pytest.mark.promesse("besoins")
def test_every_expectation_of_the_brief_stands_in_one_table_with_its_page_and_proof() -> None:
    text = (DOCS / "contexte.md").read_text(encoding="utf-8").partition("{ #besoin-reponse-preuve")[2]
    rows = re.findall(r"^\| §\u00a0(\d) \| (.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    proof = re.compile(r'\[\[= proved\("[a-z0-9/-]+\.md"|\]\([a-z0-9/-]+\.md(#[a-z-]+)?\)\u00a0: \S')

    assert text.count("\n|---") == 1
    assert [number for number, _ in itertools.groupby(rows, lambda row: row[0])] == ["1", "2", "3", "4", "5", "7"]
    assert len(rows) >= 55
    for _, expectation, answer, where in rows:
        assert len(expectation) > 5
        assert len(answer) > 5, expectation
        assert proof.search(where), expectation


def test_every_abbreviation_that_pages_explain_is_in_the_glossary() -> None:
    explained = re.findall(
        r"^\*\[(.+?)\]:", (DOCS / "_includes" / "abreviations.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    glossary = (DOCS / "glossaire.md").read_text(encoding="utf-8")

    assert explained
    for abbreviation in explained:
        assert re.search(rf"^{re.escape(abbreviation)}\n:   ", glossary, re.MULTILINE), abbreviation
