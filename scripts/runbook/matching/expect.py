"""Whether the output of a command is what the page shows as its expected result.

The page may leave out what varies with `…`: in a line, some text; alone on a line, some lines;
in JSON, `"…"` is any value, and any elements of an array.  The rest must be there, all of it and
nothing else: no part of the judgement is a matter of likeness.  Nothing here reads or writes.
"""

from enum import Enum

from runbook.matching import expect_json, expect_text, text_pattern
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
