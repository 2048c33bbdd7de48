"""Whether an output is what a page shows as JSON, and if not, the first value that differs."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from runbook.matching.json_documents import Json, NotJsonError, Path, dumped, line_of, read_expected, read_output
from runbook.matching.mismatch import Mismatch, advice, quoted
from runbook.matching.seen import alike, seen
from runbook.matching.wildcard import ANY, ELLIPSIS, Pattern, Placement, fits, place

_TOO_DEEP = "trop d'objets ou de tableaux JSON imbriqués pour être comparés"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KINDS = {bool: "booléen", Decimal: "nombre", str: "chaîne", list: "tableau", dict: "objet", type(None): "null"}


def check(text: str) -> str | None:
    """What makes `text` useless or ambiguous as an expected result, in French."""
    try:
        documents = read_expected(text)
    except NotJsonError as error:
        bare = text[error.at : error.at + 1] == ELLIPSIS
        hint = ' ; écrire "…" entre guillemets, ou "…": "…" dans un objet' if bare else ""
        return f"JSON invalide à la ligne {_line(text, error.at) + 1} du résultat attendu : {error}{hint}"
    if not documents:
        return "le résultat attendu est vide"
    if all(document.value == ELLIPSIS for document in documents):
        return "un résultat attendu fait seulement de « … » n'affirme rien"
    return None


def compare(expected: str, actual: str) -> Mismatch | None:
    """The first difference, or None when the output holds all that the page shows."""
    try:
        wanted = read_expected(expected)
    except NotJsonError as error:
        return Mismatch(_line(expected, error.at), f"le résultat attendu n'est pas du JSON : {error}")
    output = seen(actual)
    try:
        found = read_output(output)
    except NotJsonError as error:
        return Mismatch(None, _not_json(output, error))
    try:
        difference = _in_list(elements([document.value for document in wanted]), found, ())
    except RecursionError:
        return Mismatch(None, _TOO_DEEP)
    return Mismatch(line_of(expected, wanted, difference.path), difference.reason) if difference else None


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
    return place(expected, len(actual), lambda value, at: at + 1 if same(value, actual[at]) else None)


@dataclass(frozen=True, slots=True)
class _Difference:
    """The first differing value: `path` leads to it in the expected text, from the index of its document on."""

    path: Path
    reason: str


def _in_list(expected: Pattern[Json], actual: list[Json], path: Path) -> _Difference | None:
    """The first difference between the elements of an array, or between the documents of the output: no path."""
    whole, part = (_shown(path), "élément") if path else ("la sortie", "document JSON")
    placement = locate(expected, actual)
    missed, at = placement.missed, placement.at
    if missed is None:
        return None
    if missed == len(expected):
        return _Difference(path, f"{whole} a un {part} de trop : {quoted(dumped(actual[at]))}")
    want = dumped(placement.item)
    if at == len(actual):
        if path:
            return _absent(placement.item, (*path, missed))
        lacks = f"il manque dans la sortie le document JSON {quoted(want)}"
        return _Difference((missed,), lacks if actual else f"la sortie est vide ; attendu {quoted(want)}")
    if placement.floating and at + 1 < len(actual):
        return _Difference((*path, missed), f"aucun {part} de {whole} n'est {quoted(want)}")
    found = _difference(placement.item, actual[at], (*path, missed))
    where = "" if path or len(actual) == 1 else f"document {at + 1} de la sortie, "
    return replace(found, reason=f"{where}{found.reason}")


def _difference(expected: Json, actual: Json, path: Path) -> _Difference:
    if isinstance(expected, dict) and isinstance(actual, dict):
        name, value = next(
            (name, value) for name, value in fields(expected) if name not in actual or not same(value, actual[name])
        )
        return _difference(value, actual[name], (*path, name)) if name in actual else _absent(value, (*path, name))
    if isinstance(expected, list) and isinstance(actual, list):
        inside = _in_list(elements(expected), actual, path)
        if inside:
            return inside
    want, got = dumped(expected), dumped(actual)
    kinds = _KINDS[type(expected)], _KINDS[type(actual)]
    hint = advice(want, got) if kinds[0] == kinds[1] else f" ({kinds[1]} au lieu de {kinds[0]})"
    return _Difference(path, f"{_shown(path)} : attendu {quoted(want)}, obtenu {quoted(got)}{hint}")


def _absent(expected: Json, path: Path) -> _Difference:
    return _Difference(path, f"{_shown(path)} manque dans la sortie ; attendu {quoted(dumped(expected))}")


def _shown(path: Path) -> str:
    """`path`, in its document, as `$.api.pods[0]`."""
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{step}" if _PLAIN.fullmatch(step) else f"[{dumped(step)}]"
        for step in path[1:]
    )
    return "".join(("$", *steps))


def _not_json(output: str, error: NotJsonError) -> str:
    line = _line(output, error.at)
    shown = output.split("\n")[line] if line else output.strip().split("\n")[0]
    place = f"plus du JSON à partir de sa ligne {line + 1}" if line else "pas du JSON"
    return f"la sortie n'est {place} ({error}) : {quoted(shown)}"


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at)
