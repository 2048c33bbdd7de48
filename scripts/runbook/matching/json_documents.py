"""The JSON documents in a text, one after the other as logs have them, and where their values stand."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, NoReturn, TypeAlias

from runbook.matching.mismatch import quoted
from runbook.matching.wildcard import ANY, ELLIPSIS, Wild

# Numbers are decimals: exact, of any size, and never equal to a boolean.
Json: TypeAlias = "bool | Decimal | str | list[Json] | dict[str, Json] | None"
Path: TypeAlias = tuple[str | int, ...]

_SPACES = re.compile(r"[ \t\r\n]*")
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')
# What the parser says to a programmer, for the author of a page.
_CAUSES: Final = (
    ("Expecting property name", "nom de champ entre guillemets attendu"),
    ("Expecting ',' delimiter", "virgule ou fin attendue"),
    ("Expecting ':' delimiter", "deux-points attendus"),
    ("Expecting value", "valeur attendue"),
    ("Illegal trailing comma", "virgule de trop"),
    ("Unterminated string", "guillemet fermant attendu"),
    ("Invalid control character", "caractère de contrôle dans une chaîne"),
    ("Invalid \\", "échappement inconnu dans une chaîne"),
)


class NotJsonError(Exception):
    """The text is not JSON from index `at` on; the message is in French."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class _RefusedError(ValueError):
    """The parser would accept it, we do not; the message is in French."""


@dataclass(frozen=True, slots=True)
class Document:
    """One value, and the index in the text where it starts."""

    value: Json
    start: int


def read_output(text: str) -> list[Document]:
    """The documents that a command printed."""
    decoder = json.JSONDecoder(parse_int=Decimal, parse_float=Decimal, parse_constant=_refuse)
    return [document for document in _documents(text, decoder) if document is not ANY]


def read_expected(text: str) -> list[Document | Wild]:
    """The documents that a page shows; between them a lone `…` stands for any others."""
    decoder = json.JSONDecoder(parse_int=Decimal, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)
    return list(_documents(text, decoder, ELLIPSIS))


def dumped(value: Json) -> str:
    """`value` as JSON on one line, with numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dumped(name)}: {dumped(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def line_of(text: str, documents: list[Document | Wild], path: Path) -> int | None:
    """The line, from 0, of the value at `path`: an index in the `documents` of `text`, then names and indices."""
    document = documents[int(path[0])] if path else ANY
    if document is ANY:
        return None
    at = document.start
    # Where we are: an index for each open array, a name (None before it is read) for each open object.
    names: list[str | int | None] = []
    for match in _PART.finditer(text, document.start):
        part = match.group()
        if part in "]}":
            names.pop()
        elif part == ",":
            last = names[-1]
            names[-1] = last + 1 if isinstance(last, int) else None
        elif part != ":":
            if names and names[-1] is None:
                names[-1] = json.loads(part)
            if tuple(names) == path[1:]:
                at = match.start()
                break
            if part in "{[":
                names.append(None if part == "{" else 0)
    return text.count("\n", 0, at)


def _documents(text: str, decoder: json.JSONDecoder, wildcard: str = "") -> Iterator[Document | Wild]:
    at = _after_spaces(text, 0)
    while at < len(text):
        if text[at] == wildcard:
            yield ANY
            at = _after_spaces(text, at + 1)
            continue
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            cause = next((cause for start, cause in _CAUSES if error.msg.startswith(start)), "texte inattendu")
            raise NotJsonError(f"{cause}, à {quoted(_line_from(text, error.pos))}", error.pos) from None
        except _RefusedError as error:
            raise NotJsonError(str(error), at) from None
        except InvalidOperation:
            raise NotJsonError("nombre hors de toute mesure", at) from None
        except RecursionError:
            raise NotJsonError("trop d'objets ou de tableaux imbriqués", at) from None
        following = _after_spaces(text, end)
        if following == end < len(text) and text[end] not in "{[":
            raise NotJsonError(f"texte inattendu, à {quoted(_line_from(text, at))}", at)
        yield Document(value, at)
        at = following


def _after_spaces(text: str, at: int) -> int:
    match = _SPACES.match(text, at)
    return match.end() if match else at


def _line_from(text: str, at: int) -> str:
    return text[at:].split("\n", 1)[0] if at < len(text) else "fin du texte"


def _refuse(constant: str) -> NoReturn:
    raise _RefusedError(f"{constant} n'est pas une valeur JSON")


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    for name, value in pairs:
        if name in fields:
            raise _RefusedError(f"champ {quoted(name)} écrit deux fois dans le même objet")
        fields[name] = value
    return fields
