"""Whether the output of a command is what the page shows as its expected result.

The page may leave out what varies with `…`: in a line, some text; alone on a line, some lines;
in JSON, `"…"` is any value, and any elements of an array.  The rest must be there, all of it and
nothing else: no part of the judgement is a matter of likeness.  Nothing here reads or writes.
"""

from enum import Enum

from runbook.matching import diff_json, diff_text, expect_json, expect_text, text_pattern
from runbook.matching.alignment import shorten
from runbook.matching.json_documents import NotJsonError
from runbook.matching.mismatch import Mismatch


class Kind(Enum):
    """The language of the fence that shows the expected result."""

    TEXT = "text"
    JSON = "json"


def check_expected(text: str, kind: Kind) -> str | None:
    """What the author of an expected result got wrong, in French, or None."""
    return expect_json.check(text) if kind is Kind.JSON else text_pattern.check(text)


def compare(expected: str, actual: str, kind: Kind) -> Mismatch | None:
    """The first place where the output is not as expected, or None if it is."""
    return expect_json.compare(expected, actual) if kind is Kind.JSON else expect_text.compare(expected, actual)


def diff(expected: str, actual: str, kind: Kind) -> tuple[str, ...]:
    """Both texts in one, for people: rows that start with `- ` (expected), `+ ` (got) or two spaces (both).

    Long agreements and the end of a long comparison are left out, with a note in brackets.
    """
    if kind is Kind.JSON:
        try:
            return tuple(shorten(diff_json.rows(expected, actual)))
        except (NotJsonError, RecursionError):
            pass
    return tuple(shorten(diff_text.rows(expected, actual)))


__all__ = ["Kind", "Mismatch", "check_expected", "compare", "diff"]
