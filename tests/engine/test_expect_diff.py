"""The comparison that a person reads: the first wrong thing, and little around it."""

import json

from runbook.matching.expect import Kind
from runbook.matching.generalise import diff


def test_lines_that_agree_are_context_as_the_page_has_them() -> None:
    assert diff("a\nb …\nc\nd", "a\nb 1\nx\nd", Kind.TEXT) == ("@@ -1,4 +1,4 @@", " a", " b …", "-c", "+x", " d")


def test_a_missing_and_an_extra_line_stand_alone() -> None:
    assert diff("a\nb\nc\nd\n", "a\nc\nd\ne", Kind.TEXT)[1:] == (" a", "-b", " c", " d", "+e")


def test_long_agreements_are_left_out_and_very_long_differences_cut() -> None:
    lines = [f"line {number}" for number in range(100)]
    rows = diff("\n".join(lines), "\n".join([*lines[:50], "x", *lines[51:]]), Kind.TEXT)
    assert rows[:6] == ("@@ -48,7 +48,7 @@", " line 47", " line 48", " line 49", "-line 50", "+x")
    rows = diff("a", "\n".join(map(str, range(10_000))), Kind.TEXT)
    assert (len(rows), rows[-1]) == (61, "[la suite n'est pas montrée]")


def test_what_is_open_in_the_page_is_open_in_what_it_should_show() -> None:
    shown = "\n".join(["start", *map(str, range(5)), "end", "late"])
    assert diff("start\n…\nend\nlast", shown, Kind.TEXT)[1:] == (" start", " …", " end", "-last", "+late")
    table = "NAME      READY   AGE\nweb-1     1/1     5s\nweb-2     0/1     5s\n"
    rows = diff("NAME  READY  AGE\nweb-…  1/1  1d\nweb-…  1/1  1d", table, Kind.TEXT)[1:]
    assert [row[0] for row in rows] == [" ", " ", "-", "+"]
    assert rows[3].split()[1] == "0/1"


def test_control_characters_are_shown_not_obeyed() -> None:
    assert diff("a", "\x1b[31ma\x07\u200b b\u00a0", Kind.TEXT)[1:] == ("-a", "+a\\u200b b\u00a0")


def test_json_is_compared_value_by_value_without_the_keys_that_nobody_showed() -> None:
    expected = {"service": "front", "api": {"reachable": True, "status": 200}, "tags": ["a", "b"]}
    actual = {"service": "front", "at": 1, "api": {"reachable": False, "status": 200}, "tags": ["a", "c", "b"]}
    rows = diff(json.dumps(expected), json.dumps(actual), Kind.JSON)
    changed = [row.replace(" ", "") for row in rows if row[0] in "+-"]
    assert changed == ['-"reachable":true,', '+"reachable":false,', '+"c",']


def test_an_output_that_is_no_json_is_shown() -> None:
    assert "+Not Found" in diff('{"a": 1}', "Not Found", Kind.JSON)
    assert len(diff('{"a": 1}', "[" * 900 + "]" * 900, Kind.JSON)) > 1  # nor is one that nobody can compare
    assert '+  "a": "\\ud800"' in diff('{"a": 1}', '{"a": "\\ud800"}', Kind.JSON)  # half a character


def test_a_long_value_is_cut() -> None:
    assert any(row.endswith("caractères]") for row in diff('{"a": 1}', json.dumps({"a": "x" * 500}), Kind.JSON))
