"""A table that is not as expected is explained by its column and its row."""

import pytest

from runbook.matching.expect import Kind, Mismatch, compare

PODS = """\
NAME                               READY   STATUS    RESTARTS   AGE
datapress-api-7db4dc54d-4zv4n      1/1     Running   0          9m20s
datapress-api-7db4dc54d-d4fkk      1/1     Running   2          9m20s
datapress-front-7f99f5d9f6-vj2s5   1/1     Running   0          61s
"""


def mismatch(expected: str, actual: str) -> Mismatch:
    found = compare(expected, actual, Kind.TEXT)
    assert found is not None
    return found


def test_a_missing_an_extra_and_a_swapped_row_are_told_apart() -> None:
    heading, first, second, third = PODS.splitlines()
    assert "il manque dans le tableau la ligne" in mismatch(PODS, f"{heading}\n{first}\n{third}").reason
    assert "le tableau a une ligne en trop" in mismatch(f"{heading}\n{first}\n{third}", PODS).reason
    assert "le tableau a une ligne en trop" in mismatch(f"{heading}\n{first}\n{second}", PODS).reason
    assert mismatch(PODS, f"{heading}\n{third}\n{first}\n{second}").line == 1
    assert mismatch(PODS, f"{heading}\n{first}\n{second}").line == 3


@pytest.mark.parametrize(
    ("expected", "line", "reason"),
    [
        ("a  1\nb  2", 1, "il manque dans le tableau la ligne « a  1 », avant « b     2 »"),
        ("c  3\nd  2", 1, "colonne NAME, ligne « b » : attendu « c », obtenu « b »"),
        ("…\nb  3", 2, "colonne READY, ligne « b » : attendu « 3 », obtenu « 2 »"),
        ("…\n…  3", 2, "il manque dans le tableau la ligne « …  3 »"),
        ("b  2\n…\nc  3", 3, "il manque dans le tableau la ligne « c  3 »"),
        ("b  2\n\nafter", 2, "la sortie s'arrête avant"),
    ],
)
def test_the_reason_tells_kinds_of_difference_apart(expected: str, line: int, reason: str) -> None:
    for before, lines in (("", 0), ("…\n", 1)):
        found = mismatch(f"{before}NAME  READY\n{expected}", "NAME  READY\nb     2\n")
        assert found.line == line + lines
        assert reason in found.reason.replace("\u00a0", " ")


def test_what_follows_the_last_row_is_told_at_its_line() -> None:
    assert mismatch(PODS, f"{PODS}\nmore").line == 3
    heading, *_, last = PODS.splitlines()
    found = mismatch(f"{heading}\n…\n{last}", f"{PODS}more\n")
    assert found.line == 2
    assert "le tableau a une ligne en trop : « more »" in found.reason.replace("\u00a0", " ")
    assert mismatch(f"{heading}\n…\n{last}", f"{PODS}\nmore\n").line == 2


def test_the_reason_names_the_column_and_the_row() -> None:
    expected = "NAME  READY  STATUS  RESTARTS  AGE\n…\nabsent-…  0/1  Running  0  5s"
    shown = PODS + "absent-5bf9c76b4b-hjsq2            0/1     ErrImageNeverPull   0   12s\n"
    found = mismatch(expected, shown)
    assert found.line == 2
    reason = "colonne STATUS, ligne « absent-5bf9c76b4b-hjsq2 » : attendu « Running », obtenu « ErrImageNeverPull »"
    assert found.reason.replace("\u00a0", " ") == reason


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        ("NAME  READY  STATE  RESTARTS  AGE\n…", "titre de colonne « STATE » attendu, obtenu « STATUS »"),
        ("NAME  READY  STATUS  RESTARTS  AGE  IP\n…", "il manque dans la sortie la colonne « IP »"),
        ("NAME  READY\n…", "la sortie a une colonne de plus, « STATUS » ; finir les titres par « … »"),
        ("NAME  READY  …\nweb  1/1\n…", "colonne NAME, ligne « datapress-api-7db4dc54d-4zv4n » : attendu « web »"),
    ],
)
def test_other_headings_are_told(expected: str, reason: str) -> None:
    assert reason in mismatch(expected, PODS).reason.replace("\u00a0", " ")


def test_an_output_that_is_no_table_is_quoted() -> None:
    found = mismatch(PODS, "No resources found in datapress-recette namespace.\n")
    assert found.line == 0
    assert "obtenu « No resources found in datapress-recette namespace. »" in found.reason.replace("\u00a0", " ")
    assert "introuvable" in mismatch(f"…\n{PODS}", "nothing\n").reason
