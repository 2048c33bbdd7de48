"""What a page shows as JSON and what was found, field by field."""

from collections.abc import Iterator

from runbook.matching.alignment import align
from runbook.matching.expect_json import fields, same
from runbook.matching.json_documents import Document, Json, dumped, read_expected, read_output
from runbook.matching.mismatch import visible
from runbook.matching.seen import seen
from runbook.matching.wildcard import ANY, ELLIPSIS, Wild

_WIDEST = 100


def rows(expected: str, actual: str) -> Iterator[str]:
    """Rows that start with `- ` (expected, not found), `+ ` (found, not expected) or two spaces.

    Raises NotJsonError if one of the texts is not JSON.
    """
    wanted = [_value(item) for item in read_expected(expected)]
    yield from _sequence(wanted, [document.value for document in read_output(seen(actual))], 0)


def _value(item: Document | Wild) -> Json:
    return ELLIPSIS if item is ANY else item.value


def _sequence(expected: list[Json], actual: list[Json], depth: int) -> Iterator[str]:
    """The elements of an array, or documents; an unexpected one is compared with the missing one before it."""
    pairs = align([value == ELLIPSIS for value in expected], len(actual), lambda i, j: same(expected[i], actual[j]))
    missing: list[Json] = []
    for i, j in pairs:
        if j is None:
            missing += [] if i is None else [expected[i]]
        elif i is None and missing:
            yield from _pair(missing.pop(0), actual[j], "", depth)
        else:
            yield from (_row("- ", depth, "", value) for value in missing)
            missing = []
            yield _row("+ " if i is None else "  ", depth, "", actual[j])
    yield from (_row("- ", depth, "", value) for value in missing)


def _pair(expected: Json, actual: Json, name: str, depth: int) -> Iterator[str]:
    if same(expected, actual):
        yield _row("  ", depth, name, actual)
    elif isinstance(expected, dict) and isinstance(actual, dict):
        yield _text("  ", depth, f"{name}{{")
        for field, value in fields(expected):
            shown = f"{dumped(field)}: "
            if field in actual:
                yield from _pair(value, actual[field], shown, depth + 1)
            else:
                yield _row("- ", depth + 1, shown, value)
        if others := len(actual.keys() - expected.keys()):
            yield _text(
                "  ", depth + 1, f"[{others} autre{'s' if others > 1 else ''} champ{'s' if others > 1 else ''}]"
            )
        yield _text("  ", depth, "}")
    elif isinstance(expected, list) and isinstance(actual, list):
        yield _text("  ", depth, f"{name}[")
        yield from _sequence(expected, actual, depth + 1)
        yield _text("  ", depth, "]")
    else:
        yield _row("- ", depth, name, expected)
        yield _row("+ ", depth, name, actual)


def _row(sign: str, depth: int, name: str, value: Json) -> str:
    text = dumped(value)
    if len(text) > _WIDEST:
        text = f"{text[:_WIDEST]} [et {len(text) - _WIDEST} caractères]"
    return _text(sign, depth, f"{name}{text}")


def _text(sign: str, depth: int, text: str) -> str:
    return f"{sign}{'  ' * depth}{visible(text)}"
