"""Does the site tell the last runs as the engine kept them?"""

import json
from pathlib import Path

import pytest

from macros.past_runs import history, read_past_runs
from macros.sources import SourceError
from runbook.reporting.kept import HISTORY, KEPT, remember
from tests.site.records import run, step


def _keep(state: Path, day: int, outcome: str = "vérifié", number: int = 1) -> None:
    steps = [
        *(step(seconds=1.5) for _ in range(number)),
        step(outcome=outcome),
        step(target="local", on="local"),
    ]
    remember(run(*steps, date=f"2026-11-{day:02d}T09:30:00+00:00", exit_status=int(outcome == "échoué")), state)


def test_only_the_last_runs_are_kept_and_the_newest_comes_first(tmp_path: Path) -> None:
    for day in range(1, KEPT + 4):
        _keep(tmp_path, day)

    runs = read_past_runs(tmp_path)

    assert [one.date[8:10] for one in runs] == [f"{day:02d}" for day in range(KEPT + 3, 3, -1)]


def test_two_runs_that_end_in_the_same_second_are_both_kept(tmp_path: Path) -> None:
    _keep(tmp_path, 1)
    _keep(tmp_path, 1, number=2)

    assert [sum(totals.steps for totals in one.targets.values()) for one in read_past_runs(tmp_path)] == [4, 3]


def test_the_table_and_the_drawing_count_what_each_run_came_to(tmp_path: Path) -> None:
    _keep(tmp_path, 1, "échoué")
    _keep(tmp_path, 2, number=3)

    text = history(read_past_runs(tmp_path))

    first, second = [line for line in text.splitlines() if line.startswith("| ") and "novembre" in line]
    assert first.startswith("| 2 novembre 2026, 09:30 UTC | `012345678` | 5 / 5 | 0 | 0 | 0 | 1 min 24 s |")
    assert second.startswith("| 1er novembre 2026, 09:30 UTC | `012345678` | 2 / 3 | 0 | 1 | 0 | 1 min 22 s |")
    assert text.count("<rect") == 3
    assert "2 sur 3, 5 sur 5" in text


def test_what_a_stand_in_answered_has_a_column_only_where_there_is_some(tmp_path: Path) -> None:
    _keep(tmp_path, 1)
    assert "Par substitut" not in history(read_past_runs(tmp_path))

    remember(run(step(on="local", stood_in=True), date="2026-11-02T09:30:00+00:00"), tmp_path)

    text = history(read_past_runs(tmp_path))
    assert "| Par substitut |" in text
    assert f"{text.splitlines()[-2]}".endswith("| 1 |")


def test_a_target_counts_its_own_commands_only(tmp_path: Path) -> None:
    _keep(tmp_path, 2, number=3)

    runs = read_past_runs(tmp_path)

    assert "| 4 / 4 |" in history(runs, "recette")
    assert "| 1 / 1 |" in history(runs, "local")
    assert "Aucune exécution complète" in history(runs, "compose")


def test_without_a_history_the_page_says_so(tmp_path: Path) -> None:
    assert history(read_past_runs(tmp_path)) == "Aucune exécution complète n'a encore été gardée."


def test_a_file_of_another_version_is_passed_over_and_one_that_is_none_is_named(tmp_path: Path) -> None:
    folder = tmp_path / HISTORY
    folder.mkdir()
    (folder / "1.json").write_text(json.dumps({"version": 0}), encoding="utf-8")
    assert read_past_runs(tmp_path) == []

    (folder / "2.json").write_text("pas du JSON", encoding="utf-8")
    with pytest.raises(SourceError, match=r"2\.json"):
        read_past_runs(tmp_path)
