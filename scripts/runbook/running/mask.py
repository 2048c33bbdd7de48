"""Where secret values stand in a text, in all the forms that commands print them in, and a mask over them."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, Final
from urllib.parse import quote, quote_plus

import yaml

MASK: Final = "••••"

# Shorter values are no secrets worth the name, and masking every « ok » would hide the output.
SHORTEST: Final = 4
# A shorter line of a value, or piece of its base64 form, may well stand elsewhere by chance.
_SHORTEST_PART: Final = 8
# Where the command `base64` breaks its lines.
_BASE64_LINE: Final = 76


class Mask:
    """Puts `••••` over each occurrence of these values: a call masks a whole text.

    Known forms: the value and its lines; percent-encoded, escaped for JSON or HTML; in base64 with
    both alphabets, alone, in broken lines, or inside something longer (`user:password`).  A value
    shorter than four characters, not counting blanks at its ends, is left alone, and so is a line
    shorter than eight.  Occurrences that overlap or touch are under one mask.
    """

    __slots__ = ("_forms",)

    def __init__(self, values: Iterable[str]) -> None:
        self._forms = {form for value in values for form in _forms(value)}

    def __call__(self, text: str) -> str:
        """`text` without the values."""
        given: list[str] = []
        at = 0
        for start, end in self.spans(text):
            given += (text[at:start], MASK)
            at = end
        return "".join((*given, text[at:]))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where `text` must be hidden: starts and ends, in order, apart from each other."""
        found = sorted((at, at + len(form)) for form in self._forms for at in _starts(form, text))
        merged: list[tuple[int, int]] = []
        for start, end in found:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return merged


def _starts(form: str, text: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def secrets_of_manifest(text: str) -> frozenset[str]:
    """The values in the Secrets of a YAML or JSON manifest: `stringData`, and `data` decoded.

    A text that is not YAML holds none, for it cannot be applied either.
    """
    try:
        documents = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError, RecursionError):
        return frozenset()
    return frozenset(value for document in documents for value in _secrets(document))


def _secrets(document: Any) -> Iterator[str]:
    if not isinstance(document, dict):
        return
    items = document.get("items")
    for item in items if isinstance(items, list) else ():
        yield from _secrets(item)
    if document.get("kind") != "Secret":
        return
    for section in ("data", "stringData"):
        fields = document.get(section)
        for value in fields.values() if isinstance(fields, dict) else ():
            if value is not None:
                yield _decoded(str(value)) if section == "data" else str(value)


def _decoded(value: str) -> str:
    """The value behind its base64 form, or this form itself if the value is no text."""
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return value


def _forms(value: str) -> Iterator[str]:
    """The texts that show `value`, or a good part of it."""
    lines = (line.strip() for line in value.splitlines())
    for text in (value.strip(), *(line for line in lines if len(line) >= _SHORTEST_PART)):
        if len(text) < SHORTEST:
            continue
        encoded = (quote(text, safe=""), quote(text), quote_plus(text))
        yield from (text, *encoded)
        yield from (re.sub("%..", lambda match: match.group().lower(), form) for form in encoded)
        yield from (
            json.dumps(text)[1:-1],
            json.dumps(text, ensure_ascii=False)[1:-1],
            escape(text),
            escape(text, quote=False),
        )
        for form in _base64_forms(text.encode(errors="surrogateescape")):
            yield from (form, form.replace("+", "-").replace("/", "_"))


def _base64_forms(data: bytes) -> Iterator[str]:
    whole = base64.b64encode(data).decode()
    yield from (whole, whole.rstrip("="))
    pieces = [whole[at : at + _BASE64_LINE] for at in range(0, len(whole), _BASE64_LINE)]
    for before in range(3):
        # The characters of three bytes depend on all of them: take those that owe nothing to neighbours.
        shifted = base64.b64encode(bytes(before) + data).decode()
        pieces.append(shifted[-(-before * 8 // 6) : (before + len(data)) * 8 // 6])
    yield from (piece for piece in pieces if len(piece) >= _SHORTEST_PART)
