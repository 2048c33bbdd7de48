"""How an output that is not what the page promises is put into words."""

import unicodedata
from dataclasses import dataclass

from runbook.matching.wildcard import ELLIPSIS, fits

_LONGEST = 160
_NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first place where an output differs from its expected result.

    `line` counts from 0 in the expected text; it is None when no line of it is to blame.
    `expected` and `got` are whole: a line, a cell or a JSON value.  `reason` is a sentence in
    French that quotes both, cut when they are long.
    """

    line: int | None
    expected: str
    got: str
    reason: str


def quoted(text: str) -> str:
    """`text` between French quotation marks, without control characters, cut when it is long."""
    shown = visible(text.strip(" "))
    if not shown:
        return "«  » (vide)"
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]} [et {len(shown) - _LONGEST} caractères]"
    return f"« {shown} »"


def visible(text: str) -> str:
    """`text` with its control characters, tabs apart, as escapes: a terminal would obey them."""
    return text if text.isprintable() else "".join(map(_visible, text))


def advice(expected: str, got: str) -> str:
    """What the two texts have in common when only a trifle parts them, to be put after a reason."""
    if "..." in expected and fits(expected.replace("...", ELLIPSIS), got):
        return " ; pour « n'importe quel texte », écrire « … » (U+2026) et non trois points"
    if expected.replace(_NBSP, " ") == got.replace(_NBSP, " "):
        return " ; l'un des deux a une espace insécable (U+00A0) à la place d'une espace"
    if " ".join(expected.split()) == " ".join(got.split()):
        return " ; seules les espaces diffèrent"
    if expected.casefold() == got.casefold():
        return " ; seules les majuscules diffèrent"
    return ""


def _visible(character: str) -> str:
    if character == "\t" or character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode()
