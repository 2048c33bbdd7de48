"""The comparison that a person reads: the first wrong thing, and little around it."""

import json

from runbook.matching.expect import Kind, diff


def test_lines_that_agree_are_context() -> None:
    assert diff("a\nb …\nc\nd", "a\nb 1\nx\nd", Kind.TEXT) == ("  a", "  b 1", "- c", "+ x", "  d")


def test_a_missing_and_an_extra_line_stand_alone() -> None:
    assert diff("a\nb\nc\nd", "a\nc\nd\ne", Kind.TEXT) == ("  a", "- b", "  c", "  d", "+ e")


def test_long_agreements_are_folded() -> None:
    lines = [f"line {number}" for number in range(100)]
    rows = diff("\n".join(lines), "\n".join([*lines[:50], "x", *lines[51:]]), Kind.TEXT)
    assert rows[:6] == ("  [47 lignes comme attendu]", "  line 47", "  line 48", "  line 49", "- line 50", "+ x")
    assert rows[6:] == (
        "  line 51",
        "  line 52",
        "  line 53",
        "  [43 lignes comme attendu]",
        "  line 97",
        "  line 98",
        "  line 99",
    )


def test_what_a_wildcard_stands_for_is_context() -> None:
    shown = "\n".join(["start", *map(str, range(5)), "end", "late"])
    assert diff("start\n…\nend\nlast", shown, Kind.TEXT)[-3:] == ("  end", "- last", "+ late")


def test_a_line_not_found_after_a_wildcard_stands_where_it_would_be() -> None:
    assert diff("a\n…\nz\nlast", "a\nb\nc\nlast", Kind.TEXT) == ("  a", "  b", "  c", "- z", "  last")


def test_a_very_long_difference_is_cut() -> None:
    rows = diff("a", "\n".join(map(str, range(10_000))), Kind.TEXT)
    assert len(rows) == 61
    assert rows[-1] == "  [la suite n'est pas montrée]"


def test_a_row_is_shown_as_printed_beside_the_expected_one() -> None:
    shown = "NAME      READY   AGE\nweb-1     1/1     5s\nweb-2     0/1     5s\n"
    rows = diff("NAME  READY  AGE\nweb-…  1/1  1d\nweb-…  1/1  1d", shown, Kind.TEXT)
    assert rows == ("  NAME      READY   AGE", "  web-1     1/1     5s", "- web-…  1/1  1d", "+ web-2     0/1     5s")


def test_a_table_with_other_headings_agrees_nowhere() -> None:
    rows = diff("NAME  STATE\nweb  1/1", "NAME  READY\nweb  1/1", Kind.TEXT)
    assert sorted(row[:2] for row in rows) == ["+ ", "+ ", "- ", "- "]


def test_dashes_under_headings_agree_at_any_width() -> None:
    shown = "  Type     Reason\n  ----     ------\n  Warning  BackOff\n"
    rows = diff("  Type   Reason\n  ----   ---\n  Normal   BackOff", shown.replace("------", "---"), Kind.TEXT)
    assert [row[0] for row in rows] == [" ", " ", "-", "+"]


def test_control_characters_are_shown_not_obeyed() -> None:
    assert diff("a", "\x1b[31ma\x07\u200b b\u00a0", Kind.TEXT) == ("- a", "+ a\\u200b b\u00a0")


def test_json_is_compared_field_by_field() -> None:
    expected = {"service": "front", "api": {"reachable": True, "status": 200}, "tags": ["a", "b"]}
    actual = {"service": "front", "at": 1, "api": {"reachable": False, "status": 200}, "tags": ["a", "c", "b"]}
    assert diff(json.dumps(expected), json.dumps(actual), Kind.JSON) == (
        "  {",
        '    "service": "front"',
        '    "api": {',
        '-     "reachable": true',
        '+     "reachable": false',
        '      "status": 200',
        "    }",
        '    "tags": [',
        '      "a"',
        '+     "c"',
        '      "b"',
        "    ]",
        "    [1 autre champ]",
        "  }",
    )


def test_an_element_is_compared_with_the_one_in_its_place() -> None:
    rows = diff('[{"a": 1}, {"a": 2, "b": 3}]', '[{"a": 1}, {"a": 4}]', Kind.JSON)
    assert rows == ("  [", '    {"a": 1}', "    {", '-     "a": 2', '+     "a": 4', '-     "b": 3', "    }", "  ]")


def test_an_output_that_is_not_json_is_compared_as_text() -> None:
    assert diff('{"a": 1}', "<html>\n", Kind.JSON) == ('- {"a": 1}', "+ <html>")


def test_a_long_value_is_cut() -> None:
    (missing, _) = diff('{"a": 1}', json.dumps("x" * 500), Kind.JSON)
    assert missing == '- {"a": 1}'
    assert diff("1", json.dumps("x" * 500), Kind.JSON)[1].endswith(" [et 402 caractères]")
