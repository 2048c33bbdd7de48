"""The alignment of a comparison leaves as few things alone as can be."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook.matching.alignment import align, shorten

# `*` goes with anything, any number of times; letters with themselves.
expected_things = st.text("ab*", max_size=6)
found_things = st.text("ab", max_size=6)


def fewest_alone(expected: str, found: str) -> int:
    @cache
    def alone(i: int, j: int) -> int:
        if i == len(expected):
            return len(found) - j
        if expected[i] == "*":
            return min(alone(i + 1, k) for k in range(j, len(found) + 1))
        choices = [1 + alone(i + 1, j)]
        if j < len(found):
            choices.append(1 + alone(i, j + 1))
            if expected[i] == found[j]:
                choices.append(alone(i + 1, j + 1))
        return min(choices)

    return alone(0, 0)


@given(expected_things, found_things)
def test_everything_has_its_place_and_as_little_as_possible_is_alone(expected: str, found: str) -> None:
    wild = [thing == "*" for thing in expected]
    pairs = align(wild, len(found), lambda i, j: expected[i] == found[j])
    assert [j for _, j in pairs if j is not None] == list(range(len(found)))
    assert [i for i, _ in pairs if i is not None and not wild[i]] == [i for i, any_ in enumerate(wild) if not any_]
    assert all(wild[i] or expected[i] == found[j] for i, j in pairs if i is not None and j is not None)
    assert sum(None in pair for pair in pairs) == fewest_alone(expected, found)


@pytest.mark.parametrize(
    ("agreed", "kept"),
    [
        (7, [*"0123456"]),
        (8, ["0", "1", "2", "[2 lignes comme attendu]", "5", "6", "7"]),
    ],
)
def test_only_what_is_worth_a_note_is_folded(agreed: int, kept: list[str]) -> None:
    rows = ["- x", *(f"  {number}" for number in range(agreed)), "+ y"]
    assert shorten(rows) == ["- x", *(f"  {row}" for row in kept), "+ y"]


def test_sixty_rows_are_shown_and_no_more() -> None:
    assert shorten(["- x"] * 60) == ["- x"] * 60
    assert shorten(["- x"] * 61) == ["- x"] * 60 + ["  [la suite n'est pas montrée]"]
