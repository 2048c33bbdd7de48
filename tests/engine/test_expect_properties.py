"""What holds for every expected result and every output, checked against simpler judges."""

import json
import re
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from runbook.matching import tables
from runbook.matching.expect import Kind, check_expected, compare
from runbook.matching.generalise import diff
from runbook.matching.text_pattern import Text

# Few characters, so that headings, wildcards, blanks and repetitions are common.
crowded = st.text('aA0 …-\n\t\r\x1b[m\u00a0{}":,日', max_size=80)
anything = st.one_of(st.text(), crowded)
names = st.sampled_from(["NAME", "READY", "STATUS", "LAST SEEN", "UP-TO-DATE", "PORT(S)", "AGE", "CONTAINER ID"])
cell = st.text("ab/1:é", min_size=1, max_size=6)


@given(anything, anything, st.sampled_from(Kind))
def test_nothing_raises_and_the_comparison_shows_a_difference_if_there_is_one(
    expected: str, actual: str, kind: Kind
) -> None:
    check_expected(expected, kind)
    found = compare(expected, actual, kind)
    rows = diff(expected, actual, kind)
    if found is None:
        assert not any(row.startswith(("-", "+")) for row in rows)
    else:
        assert found.reason
        assert found.line is None or 0 <= found.line <= expected.count("\n")


@given(anything)
def test_a_text_is_what_it_is(text: str) -> None:
    assert compare(text, text, Kind.TEXT) is None


@given(st.text("ab…\n", max_size=14), st.text("ab\n", max_size=14))
def test_a_regular_expression_comes_to_the_same_verdict(expected: str, actual: str) -> None:
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else f"{re.escape(line).replace('…', '.*')}\n" for line in Text(expected).lines
    )
    lines = "".join(f"{line}\n" for line in Text(actual).lines)
    assert (compare(expected, actual, Kind.TEXT) is None) == bool(re.fullmatch(pattern, lines))


@st.composite
def shortened(draw: st.DrawFn) -> tuple[str, str]:
    """A text without tables, and the same with pieces replaced by `…`."""
    actual = draw(st.text("abc \n", min_size=1, max_size=60))
    lines = Text(actual).lines
    for index in draw(st.lists(st.integers(0, max(len(lines) - 1, 0)), max_size=4)):
        if index < len(lines):
            start, end = sorted(draw(st.tuples(*[st.integers(0, len(lines[index]))] * 2)))
            lines[index] = f"{lines[index][:start]}…{lines[index][end:]}"
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(lines))] * 2)))
    if draw(st.booleans()):
        lines[first:last] = ["…"]
    return "\n".join(lines), actual


@given(shortened())
def test_pieces_may_be_left_out(texts: tuple[str, str]) -> None:
    expected, actual = texts
    assert compare(expected, actual, Kind.TEXT) is None


@given(shortened(), st.data())
def test_no_other_character_may_change(texts: tuple[str, str], data: st.DataObject) -> None:
    expected, actual = texts
    literal = [index for index, character in enumerate(expected) if character not in "…\n"]
    assume(literal)
    at = data.draw(st.sampled_from(literal))
    assert compare(f"{expected[:at]}§{expected[at + 1 :]}", actual, Kind.TEXT) is not None


@st.composite
def grids(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    headings = ["NAME", *draw(st.lists(names, min_size=1, max_size=4, unique=True))]
    width = len(headings)
    return headings, draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=6))


def printed(headings: list[str], rows: list[list[str]], gap: int) -> str:
    """A table as kubectl prints it: each column as wide as its widest cell."""
    widths = [max(map(len, column)) + gap for column in zip(headings, *rows, strict=True)]
    return "\n".join(
        "".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in [headings, *rows]
    )


@given(grids(), st.data())
def test_a_table_is_the_same_at_any_width_and_with_cells_and_rows_left_out(
    grid: tuple[list[str], list[list[str]]], data: st.DataObject
) -> None:
    headings, rows = grid
    shown = [[data.draw(st.sampled_from([text, f"{text[0]}…", f"…{text[-1]}", "…"])) for text in row] for row in rows]
    expected = printed(headings, shown, data.draw(st.integers(2, 5))).split("\n")
    first, last = sorted(data.draw(st.tuples(*[st.integers(1, len(expected))] * 2)))
    if data.draw(st.booleans()):
        expected[first:last] = ["…"]
    assert check_expected("\n".join(expected), Kind.TEXT) is None
    assert compare("\n".join(expected), printed(headings, rows, 3), Kind.TEXT) is None


@given(grids(), st.data())
def test_a_table_with_one_other_cell_is_another(grid: tuple[list[str], list[list[str]]], data: st.DataObject) -> None:
    headings, rows = grid
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(headings) - 1))
    shown = [list(cells) for cells in rows]
    shown[row][column] += "§"
    found = compare(printed(headings, shown, 2), printed(headings, rows, 3), Kind.TEXT)
    assert found is not None
    assert found.line == row + 1


@given(grids(), st.data())
def test_cells_may_be_empty_where_the_row_is_aligned(
    grid: tuple[list[str], list[list[str]]], data: st.DataObject
) -> None:
    headings, rows = grid
    blanked = [
        [data.draw(st.sampled_from([text, ""])) if index else text for index, text in enumerate(row)] for row in rows
    ]
    lines = [line.rstrip() for line in printed(headings, blanked, 3).split("\n")]
    (table,) = tables.find(lines).values()
    assert [table.printed_cells(line) for line in lines[1:]] == [tuple(row) for row in blanked]


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text('ab é\n"')
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("abc", max_size=2), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values, st.sampled_from([None, 2]))
def test_json_is_what_it_is_in_any_layout(value: Any, indent: int | None) -> None:
    expected = json.dumps(value, indent=indent, ensure_ascii=False)
    assert check_expected(expected, Kind.JSON) is None
    assert compare(expected, json.dumps(value), Kind.JSON) is None
    assert not any(row.startswith(("-", "+")) for row in diff(expected, json.dumps(value), Kind.JSON))


@given(values, st.data())
def test_parts_of_json_may_be_left_out(value: Any, data: st.DataObject) -> None:
    def less(part: Any) -> Any:
        if data.draw(st.integers(0, 4)) == 0:
            return "…"
        if isinstance(part, dict):
            return {name: less(item) for name, item in part.items() if data.draw(st.booleans())}
        if isinstance(part, list) and data.draw(st.booleans()):
            first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(part))] * 2)))
            return [*map(less, part[:first]), "…", *map(less, part[last:])]
        return part

    expected = json.dumps([less(value)], ensure_ascii=False)
    assert compare(expected, json.dumps([value]), Kind.JSON) is None


@given(values, st.data())
def test_another_scalar_in_json_is_found_at_its_path(value: Any, data: st.DataObject) -> None:
    places: list[tuple[Any, Any]] = []

    def walk(part: Any) -> None:
        for key, item in part.items() if isinstance(part, dict) else enumerate(part):
            if isinstance(item, dict | list):
                walk(item)
            else:
                places.append((part, key))

    actual = json.dumps([value])
    expected = json.loads(actual)
    walk(expected)
    assume(places)
    part, key = data.draw(st.sampled_from(places))
    part[key] = "§"
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    found = compare(text, actual, Kind.JSON)
    assert found is not None
    assert found.line is not None
    assert "§" in text.split("\n")[found.line]
    assert 'attendu «\u00a0"§"\u00a0»' in found.reason


plain_lines = st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=8)


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=8, unique=True), st.data())
def test_a_line_more_or_less_is_found_where_it_is(lines: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines)))
    more = [*lines[:at], "§", *lines[at:]]
    added = compare("\n".join(lines), "\n".join(more), Kind.TEXT)
    missing = compare("\n".join(more), "\n".join(lines), Kind.TEXT)
    assert added is not None
    assert missing is not None
    assert missing.line == at
    rows = diff("\n".join(lines), "\n".join(more), Kind.TEXT)
    assert [row for row in rows if row.startswith(("-", "+"))] == ["+§"]


@given(plain_lines, st.data())
def test_a_line_left_out_for_anything_takes_any_lines_and_none(lines: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines)))
    expected = "\n".join([*lines[:at], "…", *lines[at:]])
    between = data.draw(st.lists(st.text("abc§ ", max_size=5), max_size=4))
    assert compare(expected, "\n".join([*lines[:at], *between, *lines[at:]]), Kind.TEXT) is None


@given(
    plain_lines,
    st.lists(st.sampled_from(["", " ", "  \t"]), min_size=8, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["\x1b[1m{}\x1b[0m", "{}"]),
)
def test_colours_ends_of_lines_and_blanks_before_them_do_not_matter(
    lines: list[str], blanks: list[str], end: str, colour: str
) -> None:
    actual = end.join(f"{colour.format(line)}{blank}" for line, blank in zip(lines, blanks, strict=False))
    assert compare("\n".join(lines), actual, Kind.TEXT) is None


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), values, min_size=1, max_size=4), st.data())
def test_the_order_of_the_keys_of_json_does_not_matter_and_that_of_elements_does(
    value: dict[str, Any], data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(value.items()))))
    assert compare(json.dumps(value), json.dumps(shuffled), Kind.JSON) is None
    elements = [*value, "§"]
    assert compare(json.dumps(elements), json.dumps(elements[::-1]), Kind.JSON) is not None
    assert compare(json.dumps(elements), json.dumps([*elements, "§"]), Kind.JSON) is not None
    assert compare(json.dumps(elements), json.dumps(elements[:-1]), Kind.JSON) is not None
