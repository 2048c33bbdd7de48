"""Do the figures say what happened?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from lossprobe import figures
from lossprobe.calls import Caller, Exchange, Loss, Mode, Target

TARGET = Target("localhost", 80, "/", 5.0)
BEGAN_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def summary() -> dict[str, Any]:
    """100 answers of 1 to 100 ms, one a second, the 41st to 50th lost; the other mode had no request."""
    kept = Caller(TARGET, Mode.KEPT)
    for second in range(1, 101):
        loss = Loss.CUT if 40 < second <= 50 else None
        kept.exchanges.append(Exchange(f"n-{second}", second - second / 1000, float(second), loss, "coupée"))
    asked = {"url": "http://localhost/", "minimum": 1, "arret": "demandé", "complet": True}
    return asked | figures.summarise([kept, Caller(TARGET, Mode.NEW)], 0.0, 102.0, BEGAN_AT)


def test_the_longest_pause_is_the_time_without_any_good_answer(summary: dict[str, Any]) -> None:
    # From the 40th second to the 51st.
    assert summary["modes"]["gardees"]["interruption_ms"] == 11_000
    # No answer from the beginning to the end.
    assert summary["modes"]["nouvelles"]["interruption_ms"] == 102_000


def test_percentiles_are_those_of_the_good_answers(summary: dict[str, Any]) -> None:
    kept = summary["modes"]["gardees"]
    # 90 good answers: 1 to 40 ms, then 51 to 100.
    assert (kept["mediane_ms"], kept["p95_ms"], kept["p99_ms"], kept["maximum_ms"]) == (55, 96, 100, 100)
    assert summary["modes"]["nouvelles"]["p95_ms"] is None


def test_a_loss_bears_the_time_at_which_it_was_sent(summary: dict[str, Any]) -> None:
    assert [loss["requete"] for loss in summary["liste"]] == [f"n-{n}" for n in range(41, 51)]
    assert summary["liste"][0]["quand"] == "2026-01-02T03:04:45.959Z"


def test_losses_come_first_in_the_verdict(summary: dict[str, Any]) -> None:
    assert figures.verdict(summary | {"complet": False}) == (False, "10 requêtes perdues sur 100, en 9,0 s")


def test_losses_that_were_expected_are_told_and_fail_nothing_but_a_measurement_cut_short(
    summary: dict[str, Any],
) -> None:
    enough = summary | {"minimum": 0}
    assert figures.verdict(enough, losses_allowed=True) == (True, "10 requêtes perdues sur 100, en 9,0 s")
    assert not figures.verdict(enough | {"complet": False}, losses_allowed=True)[0]
    assert not figures.verdict(summary, losses_allowed=True)[0]


def test_one_mode_without_requests_proves_nothing(summary: dict[str, Any]) -> None:
    good, why = figures.verdict(summary | {"pertes": 0})
    assert not good
    assert "0 requêtes par mode au lieu de 1" in why


def test_the_table_fits_on_one_screen(summary: dict[str, Any]) -> None:
    lines = figures.table(summary).splitlines()
    assert len(lines) <= 40
    assert max(len(line) for line in lines if "n-" not in line) <= 80


def test_thousands_and_decimals_are_written_as_in_french(summary: dict[str, Any]) -> None:
    table = figures.table(summary | {"requetes": 1_234_567, "duree_s": 1_234.5, "pertes": 0, "liste": []})
    assert "durée\u00a0: 1\u00a0234,5 s" in table
    assert "102\u00a0000,0" in table
