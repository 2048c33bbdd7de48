"""The JSON documents in a text, one after the other as logs have them, and where their values stand."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn, TypeAlias

import msgspec

from runbook.matching.mismatch import quoted
from runbook.matching.wildcard import ELLIPSIS

# Numbers are decimals: exact, of any size, and never equal to a boolean.
Json: TypeAlias = "bool | Decimal | str | list[Json] | dict[str, Json] | None"
Path: TypeAlias = tuple[str | int, ...]

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_START = re.compile(r"[^ \t\r\n]")
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


@dataclass(frozen=True, slots=True)
class Document:
    """One value, and the index in the text where it starts; a lone `…` is what `"…"` is."""

    value: Json
    start: int


def read_output(text: str) -> list[Json]:
    """The documents that a command printed."""
    return [document.value for document in _documents(text)]


def read_expected(text: str) -> list[Document]:
    """The documents that a page shows: a field stands once in each object, and a lone `…` may stand between them."""
    return list(_documents(text, ELLIPSIS, object_pairs_hook=_once))


def dumped(value: Json, indent: int = 0) -> str:
    """`value` as JSON, with numbers as they were written: on one line, or one value a line."""
    try:
        return msgspec.json.format(_ENCODER.encode(value), indent=indent).decode()
    except UnicodeEncodeError:  # half of a character, which only an escape can write
        return json.dumps(value, indent=indent or None, default=str)


def line_of(text: str, documents: list[Document], path: Path) -> int | None:
    """The line, from 0, of the value at `path`: an index in the `documents` of `text`, then names and indices."""
    if not path:
        return None
    at = documents[int(path[0])].start
    # Where we are: an index for each open array, a name (None before it is read) for each open object.
    names: list[str | int | None] = []
    for match in _PART.finditer(text, at):
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


def _documents(text: str, wildcard: str = "", **hooks: Any) -> Iterator[Document]:
    decoder = json.JSONDecoder(parse_int=Decimal, parse_float=Decimal, parse_constant=_refuse, **hooks)
    end = 0
    while found := _START.search(text, end):
        at = found.start()
        if text[at] == wildcard:
            yield Document(ELLIPSIS, at)
            end = at + 1
            continue
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            cause = next((cause for start, cause in _CAUSES if error.msg.startswith(start)), "texte inattendu")
            raise NotJsonError(f"{cause}, à {quoted(_line_from(text, error.pos))}", error.pos) from None
        except ValueError as error:  # what the parser would accept, and we do not
            raise NotJsonError(str(error), at) from None
        except InvalidOperation:
            raise NotJsonError("nombre hors de toute mesure", at) from None
        except RecursionError:
            raise NotJsonError("trop d'objets ou de tableaux imbriqués", at) from None
        if text[end : end + 1] not in "{[ \t\r\n":
            raise NotJsonError(f"texte inattendu, à {quoted(_line_from(text, at))}", at)
        yield Document(value, at)


def _line_from(text: str, at: int) -> str:
    return text[at:].split("\n", 1)[0] if at < len(text) else "fin du texte"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} n'est pas une valeur JSON")


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    for name, value in pairs:
        if name in fields:
            raise ValueError(f"champ {quoted(name)} écrit deux fois dans le même objet")
        fields[name] = value
    return fields
