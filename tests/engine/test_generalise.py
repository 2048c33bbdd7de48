"""What is accepted agrees with what was obtained, and leaves open what was open."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook.matching.expect import Kind, check_expected, compare
from runbook.matching.generalise import generalise

PODS = "NAME          READY   STATUS    RESTARTS   AGE\napi-5f4b      1/1     Running   0          3m\n"


@pytest.mark.parametrize(
    ("expected", "actual", "accepted"),
    [
        ("one\ntwo", "one\nthree", "one\nthree"),
        ("start\n…\nend", "start\na\nb\nstop", "start\n…\nstop"),
        ("…\nport 80\n…", "hello\nport 81\nbye", "…\nport 81\n…"),
        ("version … of … ready", "version 3 of api waiting", "version … of … waiting"),
        ("at …: port 80", "at 12:03 UTC: port 81", "at …: port 81"),
        ("a\nb\nc", "a\nc", "a\nc"),
        ("a\nc", "a\nb\nc", "a\nb\nc"),
        ("id-… ok", "id-77 failed", "id-… failed"),
        ("NAME   READY   …\napi-…  2/2     …", PODS, "NAME   READY   …\napi-…      1/1     …"),
        ("NAME   READY   STATUS   RESTARTS   AGE\napi-5f4b   1/1   Running   0   9d", PODS, None),
        ("x: …\ny: 2", "x: 1\ny: 3", "x: …\ny: 3"),
    ],
)
def test_a_text_keeps_what_still_holds(expected: str, actual: str, accepted: str | None) -> None:
    made = generalise(expected, actual, Kind.TEXT)
    assert made == (expected if accepted is None else accepted)
    assert compare(made, actual, Kind.TEXT) is None


@pytest.mark.parametrize(
    ("expected", "actual", "accepted"),
    [
        ('{"status": "ok"}', '{"status": "down", "at": 3}', '{"status": "down"}'),
        ('{"at": "…", "n": 1}', '{"at": 77, "n": 2, "x": 0}', '{"at": "…", "n": 2}'),
        ('{"gone": 1, "n": 1}', '{"n": 1}', '{"n": 1}'),
        ('{"l": [1, "…"]}', '{"l": [2, 3]}', '{"l": [2, "…"]}'),
        (
            '[{"name": "api", "ready": true}, "…"]',
            '[{"name": "api", "ready": false, "z": 1}, {"name": "front"}]',
            '[{"name": "api", "ready": false}, "…"]',
        ),
        ('{\n  "n": 1.5\n}', '{"n": 2.50, "m": 1}', '{\n  "n": 2.50\n}'),
        ('{"n": 1}', "not json", "not json"),
    ],
)
def test_json_keeps_to_the_keys_that_were_shown(expected: str, actual: str, accepted: str) -> None:
    assert generalise(expected, actual, Kind.JSON) == accepted


WORDS = st.lists(st.sampled_from(["a", "b", "…", "x…", "…y", "NAME  READY", "api  1/1", "1", ""]), max_size=5)


@given(WORDS, WORDS)
def test_what_is_accepted_holds(old: list[str], new: list[str]) -> None:
    expected, actual = "\n".join(old), "\n".join(new).replace("…", "z")
    if check_expected(expected, Kind.TEXT) is None:
        assert compare(generalise(expected, actual, Kind.TEXT), actual, Kind.TEXT) is None or not actual.strip()


VALUES = st.recursive(
    st.sampled_from([None, True, 1, 2.5, "a", "…"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "l", "m"]), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_what_is_accepted_of_json_holds(old: object, new: object) -> None:
    expected, actual = json.dumps(old, ensure_ascii=False), json.dumps(new).replace("\\u2026", "z")
    if check_expected(expected, Kind.JSON) is None:
        assert compare(generalise(expected, actual, Kind.JSON), actual, Kind.JSON) is None
