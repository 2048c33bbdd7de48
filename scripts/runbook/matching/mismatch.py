"""How an output that is not what the page promises is put into words."""

import unicodedata
from dataclasses import dataclass

from runbook.matching.wildcard import ELLIPSIS, fits

_LONGEST = 160
# Characters of other alphabets, dashes and quotes that most fonts draw alike.
_LOOKS = dict(zip("АВЕКМНОРСТХаеорсухіѕј‐‑‒–—−’‘“”", "ABEKMHOPCTXaeopcyxisj------''\"\"", strict=True))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first place where an output differs from its expected result.

    `line` counts from 0 in the expected text; it is None when no line of it is to blame.  `reason` is a sentence in
    French that quotes what was expected (a line, a cell, a JSON value) and what was got, cut when they are long.
    """

    line: int | None
    reason: str


def quoted(text: str) -> str:
    """`text` between French quotation marks, without control characters, cut when it is long."""
    shown = visible(text.strip(" "))
    return f"« {shown} »" if shown else "«  » (vide)"


def visible(text: str) -> str:
    """`text`, cut when it is long, with its control characters as escapes: a terminal would obey them."""
    shown = "".join(
        one if one.isprintable() or unicodedata.category(one) == "Zs" else one.encode("unicode_escape").decode()
        for one in text.expandtabs()
    )
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]} [et {len(shown) - _LONGEST} caractères]"


def advice(expected: str, got: str) -> str:
    """What the two texts have in common when only a trifle parts them, to be put after a reason."""
    if "..." in expected and fits(expected.replace("...", ELLIPSIS), got):
        return " ; pour « n'importe quel texte », écrire « … » (U+2026) et non trois points"
    if expected != got and fits(_plain(expected), _plain(got)):
        only = [
            f"{_name(character)} {where}"
            for where, one, other in (("attendu", expected, got), ("obtenu", got, expected))
            for character in sorted(set(one) - set(other) - {ELLIPSIS})
            if not (character.isascii() and character.isprintable())
        ]
        if only:
            return f" ; la différence ne se voit pas : {', '.join(only)}"
    if " ".join(expected.split()) == " ".join(got.split()):
        return " ; seules les espaces diffèrent"
    if expected.casefold() == got.casefold():
        return " ; seules les majuscules diffèrent"
    return ""


def _plain(text: str) -> str:
    """`text` with one character for all that look alike, and none for those that take no room."""
    plain = unicodedata.normalize("NFKC", text.replace(ELLIPSIS, "\0"))
    shown = "".join(_LOOKS.get(one, one) for one in plain if unicodedata.category(one) not in ("Cf", "Mn"))
    return " ".join(shown.split(" ")).replace("\0", ELLIPSIS)


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
