"""Tables of kubectl and docker: cell by cell, whatever the widths and the ages."""

from pathlib import Path

import pytest

from runbook.matching import tables
from runbook.matching.expect import Kind, Mismatch, check_expected, compare

OUTPUTS = Path(__file__).parent / "outputs"
PODS = """\
NAME                               READY   STATUS    RESTARTS   AGE
datapress-api-7db4dc54d-4zv4n      1/1     Running   0          9m20s
datapress-api-7db4dc54d-d4fkk      1/1     Running   2          9m20s
datapress-front-7f99f5d9f6-vj2s5   1/1     Running   0          61s
"""


def text(expected: str, actual: str) -> Mismatch | None:
    assert check_expected(expected, Kind.TEXT) is None
    return compare(expected, actual, Kind.TEXT)


def mismatch(expected: str, actual: str) -> Mismatch:
    found = text(expected, actual)
    assert found is not None
    return found


def output(name: str) -> str:
    return (OUTPUTS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(OUTPUTS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_real_output_is_what_it_is(path: Path) -> None:
    shown = path.read_text(encoding="utf-8")
    assert text(shown, shown) is None


@pytest.mark.parametrize("path", sorted(OUTPUTS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_real_output_without_any_of_its_lines_is_another(path: Path) -> None:
    shown = path.read_text(encoding="utf-8")
    lines = shown.splitlines()
    for gone in range(len(lines)):
        # Of a watch, neighbours can differ by their age only: then either may be the one that is gone.
        assert compare(shown, "\n".join(lines[:gone] + lines[gone + 1 :]), Kind.TEXT) is not None, lines[gone]


@pytest.mark.parametrize(
    "expected",
    [
        (
            "NAME  READY  STATUS  RESTARTS  AGE\ndatapress-api-…  1/1  Running  0  5d\n…\ndatapress-front-…  "
            "1/1  Running  0  2s"
        ),
        "NAME  READY  …\ndatapress-api-…  1/1\ndatapress-api-…  1/1  …\ndatapress-front-7f99f5d9f6-vj2s5   1/1",
        "NAME                               READY   …\n…\ndatapress-front-…   1/1",
        "NAME  READY  STATUS  RESTARTS  AGE\ndatapress-api-…  …\n…",
        "…\nNAME  READY  STATUS  RESTARTS  AGE\n…\ndatapress-front-…  1/1  Running  …",
        (
            "NAME                               READY   STATUS    RESTARTS   AGE\ndatapress-api-…   1/1   "
            "Running   …   1s\n…"
        ),
        "NAME  READY  STATUS  …\n…-4zv4n  1/1  …\n…-d4fkk  1/1  Run…\n…-vj2s5  1/1  Running",
        "NAME  READY  STATUS  RESTARTS  AGE\n…",
        "NAME  READY  STATUS  RESTARTS  AGE  …\n…",
        "NAME                READY   STATUS    RESTARTS   AGE\ndatapress-api-…     1/1     …\n…",
    ],
)
def test_widths_and_ages_do_not_matter_and_the_rest_may_be_left_out(expected: str) -> None:
    assert text(expected, PODS) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Running   0          61s", "CrashLoopBackOff   0          61s"),
        ("1/1     Running   0          61s", "0/1     Running   0          61s"),
        ("Running   2", "Running   3"),
        ("Running   0          61s", "Running   0          <invalid>"),
        ("READY", "RESTARTED"),
        ("STATUS    RESTARTS", "RESTARTS   STATUS"),
        ("datapress-front-7f99f5d9f6-vj2s5", "datapress-front-7f99f5d9f6-vj2s6"),
        ("datapress-api-7db4dc54d-4zv4n", "api-7db4dc54d-4zv4n"),
        ("   AGE", "   AGE   IP"),
        ("   AGE", ""),
        ("9m20s\n", "9m20s\n\n"),
        ("NAME ", "\nNAME "),
    ],
)
def test_any_other_change_matters(old: str, new: str) -> None:
    assert old in PODS
    assert compare(PODS, PODS.replace(old, new, 1), Kind.TEXT) is not None
    assert compare(PODS.replace(old, new, 1), PODS, Kind.TEXT) is not None


def test_empty_cells_are_told_from_filled_ones() -> None:
    shown = output("kubectl-get-endpoints.txt")
    assert text("NAME  ENDPOINTS  AGE\ndatapress-api  …:8000,…:8000  1s\ndatapress-front  …  1s", shown) is None
    found = mismatch(shown, shown.replace("front         ", "front    …:8080"))
    assert "colonne ENDPOINTS" in found.reason


def test_columns_that_are_shown_matter_when_others_are_left_out() -> None:
    reason = mismatch("NAME  READY  …\n…\ndatapress-front-…  0/1", PODS).reason
    assert "colonne READY" in reason
    assert "attendu «\u00a00/1\u00a0»" in reason
    assert mismatch("NAME  STATUS  …\n…", PODS).line == 0


def test_nothing_may_follow_a_table_unless_it_says_so() -> None:
    for more in ("\nmore", f"\n{PODS}", "more"):
        assert text(PODS, PODS + more) is not None
        assert text(f"{PODS}…", PODS + more) is None
        assert text(f"{PODS}\n…", PODS + more.removeprefix("\n")) is not None


def test_a_row_that_cannot_be_cut_is_compared_as_it_is() -> None:
    sentence = "NAME   READY\na sentence that crosses columns\n"
    assert compare(sentence, sentence, Kind.TEXT) is None
    found = compare(sentence, sentence.replace("columns", "cells"), Kind.TEXT)
    assert found is not None
    assert "n'a pas les colonnes" in found.reason
    assert "n'a pas les colonnes" in mismatch("NAME   READY\nweb    1/1", sentence).reason


def test_docker_tables_compare_by_cells() -> None:
    expected = """\
NAME   IMAGE   COMMAND   SERVICE   CREATED   STATUS   PORTS
expect-samples-api-1   python:3.13-slim   …   api   2 hours ago   Up 2 hours (healthy)   0.0.0.0:18000->8000/tcp…
expect-samples-front-1   python:…   "python3 -m http.ser…"   front   2 hours ago   Up 2 hours   …:18080->8080/tcp…
expect-samples-gone-1   …   "false"   gone   5 days ago   Exited (1) 2 hours ago   …
"""
    assert text(expected, output("docker-compose-ps.txt")) is None
    assert "colonne STATUS" in mismatch(expected.replace("(1)", "(0)"), output("docker-compose-ps.txt")).reason
    assert "colonne PORTS" in mismatch(expected.replace("18080", "18081"), output("docker-compose-ps.txt")).reason


def test_a_heading_may_carry_its_unit() -> None:
    expected = "NAME    CPU(cores)   MEMORY(bytes)\nweb-…   …            …"
    assert text(expected, "NAME                  CPU(cores)   MEMORY(bytes)\nweb-6d5f9-x2x   12m          37Mi") is None
    assert text(expected, "NAME             CPU(cores)   MEMORY(bytes)\ndatabase-x2x     12m          37Mi") is not None


def test_several_tables_and_text_in_one_output() -> None:
    expected = """\
NAME  READY  …
…
pod/datapress-front-…  0/1
pod/once-…             0/1

…
NAME   READY   UP-TO-DATE   AVAILABLE   AGE
…
deployment.apps/datapress-api     2/2     2            2           5s
…
"""
    shown = output("kubectl-get-all.txt")
    assert text(expected, shown) is None
    assert text(expected, shown + "\ntext that goes on\n") is None
    assert "colonne READY" in mismatch(expected.replace("2/2", "3/3"), shown).reason
    assert text(f"before\n{PODS}\nafter", f"before\n{PODS}\nafter") is None
    assert "attendu « after », obtenu « later »" in mismatch(f"{PODS}\nafter", f"{PODS}\nlater").reason.replace(
        "\u00a0", " "
    )


def test_two_tables_need_no_empty_line_between_them() -> None:
    services = "NAME           TYPE        PORT(S)\ndatapress-api  ClusterIP   80/TCP\n"
    assert text(PODS + services, PODS + services) is None
    assert text(PODS + PODS, PODS + PODS) is None
    assert text("NAME  READY  …\n…\nNAME  TYPE  PORT(S)\ndatapress-api  ClusterIP  80/TCP", PODS + services) is None
    assert mismatch(PODS + services, PODS + services.replace("80", "81")).line == 5


def test_a_row_cannot_be_taken_from_another_table() -> None:
    other = PODS.replace("datapress-front", "other").replace("1/1", "0/1")
    expected = "NAME  READY  …\n…\ndatapress-front-…  1/1\nother-…  0/1"
    assert text(expected, f"{PODS}\n{other}") is not None


def test_values_in_capitals_under_the_headings_are_a_row() -> None:
    shown = "VARIABLE      VALEUR\nENVIRONMENT   RECETTE\nLOG_LEVEL     INFO\n"
    (table,) = tables.find(shown.splitlines()).values()
    assert table.end == 3
    assert text("VARIABLE  VALEUR\n…\nLOG_LEVEL  …", shown.replace("RECETTE", "recette")) is None
    assert "colonne VALEUR" in mismatch(shown, shown.replace("INFO", "info")).reason


def test_events_of_describe_are_a_table_too() -> None:
    expected = """\
…
Events:
  Type   Reason   Age   From   Message
  ----   ------   ---   ----   -------
  Normal   Scheduled   5s   default-scheduler   Successfully assigned … to recette
  …
  Warning   BackOff   5s (x2 over 1m)   kubelet   Back-off restarting failed container
"""
    assert text(expected, output("kubectl-describe-pod.txt")) is None
    assert (
        "colonne Reason"
        in mismatch(expected.replace("BackOff  ", "Failed  "), output("kubectl-describe-pod.txt")).reason
    )


def test_a_cell_wider_than_its_column_shifts_the_others() -> None:
    watched = (
        "NAME   READY   STATUS    AGE\nweb    1/1     Running   5s\napi-with-a-long-name   0/1   "
        "ContainerCreating   1s\n"
    )
    assert text("NAME  READY  STATUS  AGE\n…\napi-with-a-long-name  0/1  ContainerCreating  9s", watched) is None
    assert (
        "colonne STATUS"
        in mismatch("NAME  READY  STATUS  AGE\n…\napi-with-a-long-name  0/1  Running  9s", watched).reason
    )


@pytest.mark.parametrize(
    ("expected", "line"),
    [
        ("NAME   READY   STATUS\nweb    1/1", None),
        ("NAME   READY   STATUS\nweb 1/1 Running", 2),
        ("NAME                  READY   STATUS\nweb   1/1   Running   5s", 2),
        ("NAME                  READY   STATUS\nweb   1/1", 2),
        ("NAME   READY   …\nweb    1/1     Running", 2),
        ("NAME   …   READY\nweb    1/1     Running", 1),
        ("NAME   READY\nweb    1/1\nthe end of the output", 3),
        ("before\n\nNAME   READY\n…\nweb-server-1  2  3", 5),
    ],
)
def test_a_row_without_a_cell_for_each_heading_is_a_mistake(expected: str, line: int | None) -> None:
    fault = check_expected(expected, Kind.TEXT)
    assert (
        fault is None if line is None else fault is not None and fault.startswith(f"ligne {line} du résultat attendu")
    )
