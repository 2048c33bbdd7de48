"""Is every symptom of the debugging page provoked by the run, seen, explained and cured?"""

import re

import pytest

from tests.site.conftest import ROOT, documented

PAGE = "docs/exploitation/deboguer.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
SYMPTOMS = """page-blanche api-indisponible imagepullbackoff objet-manquant memoire crashloopbackoff
pending jamais-pret configuration fichiers"""
STEPS = ("constater", "diagnostiquer", "remedier", "retour")
HEADING = re.compile(r"^#{2,3} .*\{ #([a-z-]+) \}$")


def _commands(anchor: str) -> list[str]:
    """The commands between the heading of this anchor and the next heading, that the run executes on the recette."""
    lines = TEXT.splitlines()
    starts = [(number, found[1]) for number, line in enumerate(lines, 1) if (found := HEADING.match(line))] + [
        (len(lines) + 1, "")
    ]
    (place,) = (index for index, (_, name) in enumerate(starts) if name == anchor)
    first, last = starts[place][0], starts[place + 1][0]
    return [
        block.code
        for block in documented()
        if block.page == PAGE and first < block.line < last and not block.not_run and block.target == "recette"
    ]


@pytest.mark.parametrize("symptom", SYMPTOMS.split())
def test_each_symptom_is_provoked_then_seen_explained_and_cured_by_commands_that_run(symptom: str) -> None:
    provoking = _commands(symptom)

    assert len(provoking) == 1, "the exercise, and nothing that a real failure does not need"
    assert re.match(r"recette kubectl (scale|set|patch|delete) ", provoking[0])
    for step in STEPS:
        assert _commands(f"{symptom}-{step}"), step


@pytest.mark.parametrize("symptom", SYMPTOMS.split())
def test_each_symptom_is_one_click_from_the_top_of_its_page(symptom: str) -> None:
    table = TEXT.partition("{ #par-ou-commencer }")[2].partition("```")[0]

    assert f"](#{symptom})" in table
