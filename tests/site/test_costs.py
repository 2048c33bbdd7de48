"""Are the euros of the pages the sums of the assumptions, and is a wrong data file refused by name?"""

from pathlib import Path

import pytest

from macros.costs import read_costs
from macros.roadmap import Card, Roadmap
from macros.sources import SourceError

WORKS = Roadmap({"horizon-1": (Card("Un", "un", {}, (2, 5)), Card("Fait", "fait", {}, None))})
DATA = """
date: 2026-01-01
hypotheses:
  jour: {titre: Un jour, bas: 100, haut: 200, unite: € par jour, origine: Hypothèse}
  machine: {titre: Une machine, bas: 10, haut: 30, unite: € par mois, origine: Hypothèse}
  astreinte: {titre: Une semaine, bas: 1, haut: 2, unite: € par semaine, origine: Hypothèse}
portage: {titre: Porter, bas: 10, haut: 20, origine: Hypothèse}
scenarios:
  - titre: Ici
    ancre: ici
    depart: [[portage, 1, 1, Porter], [chantiers, 1, 1, Chantiers]]
    annee: [[machine, 12, 24, Les machines]]
astreinte: {titre: Astreinte, semaines: 52}
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "couts.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_way_of_hosting_costs_the_sum_of_its_entries(tmp_path: Path) -> None:
    costs = read_costs(_written(tmp_path, DATA), WORKS)
    assert (costs.start("ici").low, costs.start("ici").high) == (12 * 100, 25 * 200)
    assert (costs.year("ici").low, costs.year("ici").high) == (120, 720)
    assert (costs.over_years("ici").low, costs.over_years("ici").high) == (1200 + 3 * 120, 5000 + 3 * 720)
    assert str(costs.over_years("ici")) == "1\u202f600 à 7\u202f200\u00a0€"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[machine, 12", "[machin, 12", "machin"),
        ("bas: 10, haut: 30", "bas: dix, haut: 30", "hypotheses"),
        ("semaines: 52", "semaine: 52", "semaine"),
    ],
)
def test_a_wrong_data_file_is_refused_by_the_name_of_what_is_wrong(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(SourceError, match=said):
        read_costs(_written(tmp_path, DATA.replace(old, new)), WORKS).comparison()
