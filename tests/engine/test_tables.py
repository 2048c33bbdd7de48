"""Tables are found where they are, and rows cut into their cells, empty ones too."""

from pathlib import Path

import pytest

from runbook.matching import tables

OUTPUTS = Path(__file__).parent / "outputs"


def output(name: str) -> str:
    return (OUTPUTS / name).read_text(encoding="utf-8")


ABSENT = "absent-5bf9c76b4b-hjsq2 0/1 ErrImageNeverPull 0 11s 172.17.0.2 recette <none> <none>"


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("kubectl-get-endpoints.txt", {"datapress-front": ("datapress-front", "", "9s")}),
        (
            "kubectl-config-get-contexts.txt",
            {"*": ("*", "recette", "recette", "recette", ""), "": ("", "other", "recette", "recette", "default")},
        ),
        (
            "kubectl-get-pods-wide.txt",
            {"absent-5bf9c76b4b-hjsq2": tuple(ABSENT.split())},
        ),
        (
            "docker-compose-ps.txt",
            {
                "expect-samples-gone-1": (
                    "expect-samples-gone-1",
                    "python:3.13-slim",
                    '"false"',
                    "gone",
                    "7 seconds ago",
                    "Exited (1) 5 seconds ago",
                    "",
                )
            },
        ),
        (
            "docker-ps.txt",
            {
                "716aaf67939b": (
                    "716aaf67939b",
                    "b4b3cbf3c9b8",
                    '"python3 -m http.ser…"',
                    "6 seconds ago",
                    "Up 5 seconds",
                    "",
                    "k8s_api_datapress-api-7db4dc54d-d4fkk",
                )
            },
        ),
    ],
)
def test_a_row_is_cut_under_its_headings(name: str, rows: dict[str, tuple[str, ...]]) -> None:
    lines = [line.rstrip() for line in output(name).splitlines()]
    table = tables.find(lines)[0]
    cut = [table.printed_cells(line) for line in lines[table.start : table.end]]
    assert {cells[0]: cells for cells in cut if cells and cells[0] in rows} == rows


def test_every_table_of_a_real_output_is_found() -> None:
    headings = [table.headings for table in tables.find(output("kubectl-get-all.txt").splitlines()).values()]
    assert [names[-2] for names in headings] == ["RESTARTS", "PORT(S)", "AVAILABLE", "READY", "REPLICAS", "DURATION"]


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (["NAME   READY", "web    1/1", "", "after  this"], 2),
        (["NAME   READY", "web    1/1", "NAME   TYPE", "web    NodePort"], 2),
        (["NAME   READY", "web    1/1", "KIND       TYPE"], 2),
        (["NAME   READY", "WEB    UP", "DB     DOWN"], 3),
        (["NAME   READY", "web    1/1", "Type   Age", "----   ---", "a      b"], 2),
        (["  NAME   READY", "  web    1/1", "…", "  db     1/1", "Done:  all"], 4),
        (["  Type   Age", "  ----   ---", "  a      b"], 3),
        (["NAME   READY"], 1),
        (["Type   Age", "----   ---"], 2),
    ],
)
def test_a_table_ends_where_its_rows_do(lines: list[str], end: int) -> None:
    assert tables.find(lines)[0].end == end


@pytest.mark.parametrize("name", ["日本", "e\u0301te\u0301", "été", "a\u200bb"])
@pytest.mark.parametrize("counted", ["characters", "columns"])
def test_a_cell_may_be_empty_beside_wide_characters(name: str, counted: str) -> None:
    # Some programs count characters, others the columns of a terminal.
    columns = {"日本": 4, "e\u0301te\u0301": 3, "été": 3, "a\u200bb": 2}
    row = f"{name}{' ' * (14 - (len(name) if counted == 'characters' else columns[name]))}1/1"
    (table,) = tables.find(["NAME   ROLE   READY", row]).values()
    assert table.printed_cells(row) == (name, "", "1/1")


@pytest.mark.parametrize(
    "row", ["日本   db     1/1", "日本     db     1/1", "e\u0301te\u0301    db     1/1", "été    db     1/1"]
)
def test_wide_and_combined_characters_keep_columns(row: str) -> None:
    # Some programs count characters, others the columns of a terminal.
    (table,) = tables.find(["NAME   ROLE   READY", row]).values()
    assert table.printed_cells(row) == (row.split(maxsplit=1)[0], "db", "1/1")


def test_runs_of_spaces_in_a_printed_message_stay_in_its_cell() -> None:
    shown = (
        "REASON   OBJECT   MESSAGE         COUNT\n"
        "Failed            two  or   more  1\n"
        "Failed   pod/x    exit code:  1   2\n"
    )
    (table,) = tables.find(shown.splitlines()).values()
    assert table.printed_cells(shown.splitlines()[2]) == ("Failed", "pod/x", "exit code:  1", "2")


@pytest.mark.parametrize(
    "line", ["Name   Ready", "NAME READY", "ERROR", "2026-11-24   08:00", "NAME   …", "GET  /status  200", ""]
)
def test_other_lines_are_no_headings(line: str) -> None:
    assert not tables.find([line, "a   b"])


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("web  1/1  Running", ("web", "1/1", "Running")),
        ("web    1/1   Running", ("web", "1/1", "Running")),
        ("web    1/1                    Running  late", ("web", "1/1", "Running  late")),
        ("web    1/1   …", ("web", "1/1", "…")),
        ("web   …", ("web", "…", "…")),
        ("web    1/1", ("web", "1/1", "")),
        ("                              Running", ("", "", "Running")),
        ("web 1/1 Running", None),
        ("a-long-name-for-a-server  1/1", None),
        ("a  b  c  d", None),
    ],
)
def test_a_row_typed_by_hand_has_a_cell_for_each_heading(row: str, cells: tuple[str, ...] | None) -> None:
    (table,) = tables.find(["NAME   READY                  STATUS"]).values()
    assert table.cells(row) == cells
