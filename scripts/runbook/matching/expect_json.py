"""Whether an output is what a page shows as JSON, and if not, the first value that differs."""

import re
from dataclasses import dataclass
from decimal import Decimal

from runbook.matching.json_documents import (
    Document,
    Json,
    NotJsonError,
    Path,
    dumped,
    line_of,
    read_expected,
    read_output,
)
from runbook.matching.mismatch import Mismatch, advice, quoted
from runbook.matching.seen import alike, seen
from runbook.matching.wildcard import ANY, ELLIPSIS, Pattern, Placement, Wild, fits, place

_TOO_DEEP = "trop d'objets ou de tableaux JSON imbriqués pour être comparés"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KINDS = ((bool, "booléen"), (Decimal, "nombre"), (str, "chaîne"), (list, "tableau"), (dict, "objet"))


def check(text: str) -> str | None:
    """What makes `text` useless or ambiguous as an expected result, in French."""
    try:
        documents = read_expected(text)
    except NotJsonError as error:
        return (
            f"JSON invalide à la ligne {_line(text, error.at) + 1} du résultat attendu : "
            f"{error}{_unquoted(text, error.at)}"
        )
    if not documents:
        return "le résultat attendu est vide"
    if all(document is ANY or document.value == ELLIPSIS for document in documents):
        return "un résultat attendu fait seulement de « … » n'affirme rien"
    return None


def compare(expected: str, actual: str) -> Mismatch | None:
    """The first difference, or None when the output holds all that the page shows."""
    try:
        wanted = read_expected(expected)
    except NotJsonError as error:
        return Mismatch(_line(expected, error.at), expected, actual, f"le résultat attendu n'est pas du JSON : {error}")
    output = seen(actual)
    try:
        found = [document.value for document in read_output(output)]
    except NotJsonError as error:
        return Mismatch(None, expected, actual, _not_json(output, error))
    try:
        return _compare(expected, wanted, found)
    except RecursionError:
        return Mismatch(None, expected, actual, _TOO_DEEP)


def same(expected: Json, actual: Json) -> bool:
    """Whether a value of the output is, or holds, what the page shows in its place."""
    if isinstance(expected, str):
        return expected == ELLIPSIS or (isinstance(actual, str) and fits(alike(expected), alike(actual)))
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            name in actual and same(value, actual[name]) for name, value in fields(expected)
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and locate(elements(expected), actual).missed is None
    return type(expected) is type(actual) and expected == actual


def fields(expected: dict[str, Json]) -> list[tuple[str, Json]]:
    """The fields that an object must have; `"…": "…"` only tells the reader that it has others."""
    return [(name, value) for name, value in expected.items() if (name, value) != (ELLIPSIS, ELLIPSIS)]


def elements(expected: list[Json]) -> Pattern[Json]:
    """The elements that an array must have, where `"…"` stands for any number of them."""
    return [ANY if value == ELLIPSIS else value for value in expected]


def locate(expected: Pattern[Json], actual: list[Json]) -> Placement[Json]:
    """Where the expected values are in those of the output."""
    return place(expected, len(actual), lambda value, at: _after(value, actual, at))


def _after(expected: Json, actual: list[Json], at: int) -> int | None:
    return at + 1 if at < len(actual) and same(expected, actual[at]) else None


def _compare(expected: str, wanted: list[Document | Wild], found: list[Json]) -> Mismatch | None:
    pattern: Pattern[Document] = wanted
    placement = place(pattern, len(found), lambda document, at: _after(document.value, found, at))
    document, at = placement.item, placement.at
    if placement.missed is None:
        return None
    if document is None:
        got = dumped(found[at])
        return Mismatch(None, "", got, f"la sortie a un document JSON de trop : {quoted(got)}")
    want = dumped(document.value)
    line = line_of(expected, document, ())
    if not found:
        return Mismatch(line, want, "", f"la sortie est vide ; attendu {quoted(want)}")
    if at == len(found):
        return Mismatch(line, want, "", f"il manque dans la sortie le document JSON {quoted(want)}")
    if placement.floating and at + 1 < len(found):
        return Mismatch(line, want, "", f"aucun document JSON de la sortie n'est {quoted(want)}")
    difference = _difference(document.value, found[at], ())
    where = f"document {at + 1} de la sortie, " if len(found) > 1 else ""
    return Mismatch(
        line_of(expected, document, difference.path), difference.expected, difference.got, f"{where}{difference.reason}"
    )


@dataclass(frozen=True, slots=True)
class _Difference:
    """The first differing value in a document: `path` leads to it in the expected text."""

    path: Path
    expected: str
    got: str
    reason: str


def _difference(expected: Json, actual: Json, path: Path) -> _Difference:
    if isinstance(expected, dict) and isinstance(actual, dict):
        name, value = next(
            (name, value) for name, value in fields(expected) if name not in actual or not same(value, actual[name])
        )
        return _difference(value, actual[name], (*path, name)) if name in actual else _absent(value, (*path, name))
    if isinstance(expected, list) and isinstance(actual, list):
        placement = locate(elements(expected), actual)
        missed, at = placement.missed or 0, placement.at
        if missed == len(expected):
            got = dumped(actual[at])
            return _Difference(path, "", got, f"{_shown(path)} a un élément de trop : {quoted(got)}")
        if at == len(actual):
            return _absent(expected[missed], (*path, missed))
        if placement.floating and at + 1 < len(actual):
            want = dumped(expected[missed])
            return _Difference((*path, missed), want, "", f"aucun élément de {_shown(path)} n'est {quoted(want)}")
        return _difference(expected[missed], actual[at], (*path, missed))
    want, got = dumped(expected), dumped(actual)
    kinds = _kind(expected), _kind(actual)
    hint = advice(want, got) if kinds[0] == kinds[1] else f" ({kinds[1]} au lieu de {kinds[0]})"
    return _Difference(path, want, got, f"{_shown(path)} : attendu {quoted(want)}, obtenu {quoted(got)}{hint}")


def _absent(expected: Json, path: Path) -> _Difference:
    want = dumped(expected)
    return _Difference(path, want, "", f"{_shown(path)} manque dans la sortie ; attendu {quoted(want)}")


def _shown(path: Path) -> str:
    """`path` as `$.api.pods[0]`."""
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{step}" if _PLAIN.fullmatch(step) else f"[{dumped(step)}]"
        for step in path
    )
    return "".join(("$", *steps))


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    return next(name for kind, name in _KINDS if isinstance(value, kind))


def _not_json(output: str, error: NotJsonError) -> str:
    line = _line(output, error.at)
    shown = output.split("\n")[line] if line else output.strip().split("\n")[0]
    place = f"plus du JSON à partir de sa ligne {line + 1}" if line else "pas du JSON"
    return f"la sortie n'est {place} ({error}) : {quoted(shown)}"


def _unquoted(text: str, at: int) -> str:
    return ' ; écrire "…" entre guillemets, ou "…": "…" dans un objet' if text[at : at + 1] == ELLIPSIS else ""


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at)
