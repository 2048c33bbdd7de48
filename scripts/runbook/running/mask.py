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

    __slots__ = ("_forms", "_heads")

    def __init__(self, values: Iterable[str]) -> None:
        forms = {form for value in values for form in _forms(value)}
        self._forms = tuple(sorted(forms, key=len, reverse=True))
        self._heads: dict[str, list[str]] = {}
        for form in self._forms:
            self._heads.setdefault(form[0], []).append(form)

    def __call__(self, text: str) -> str:
        """`text` without the values."""
        stream = self.stream()
        return stream.feed(text) + stream.end()

    def stream(self) -> "MaskStream":
        """A mask for one text that comes in chunks."""
        return MaskStream(self)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where `text` must be hidden: starts and ends, in order, apart from each other."""
        found: list[tuple[int, int]] = []
        for form in self._forms:
            at = text.find(form)
            while at >= 0:
                found.append((at, at + len(form)))
                at = text.find(form, at + 1)
        found.sort()
        merged: list[tuple[int, int]] = []
        for start, end in found:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return merged

    def open_at(self, text: str) -> int:
        """Where the end of `text` may be the beginning of a value, or its length."""
        longest = len(self._forms[0]) if self._forms else 1
        for start in range(max(len(text) - longest + 1, 0), len(text)):
            tail = text[start:]
            if any(len(form) > len(tail) and form.startswith(tail) for form in self._heads.get(text[start], ())):
                return start
        return len(text)


class MaskStream:
    """Masks a text that comes in chunks, as if it came at once; only a possible beginning of a value is held back."""

    __slots__ = ("_hidden", "_mask", "_masked", "_rest")

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._rest = ""
        # The last thing given out is a mask, and it covers that much of the rest.
        self._masked, self._hidden = False, 0

    def feed(self, chunk: str) -> str:
        """What is certain of the text so far and was not given out before."""
        text = self._rest + chunk
        return self._give(text, self._mask.open_at(text))

    def end(self) -> str:
        """What is left: nothing more will come."""
        return self._give(self._rest, len(self._rest))

    def _give(self, text: str, certain: int) -> str:
        given: list[str] = []
        at = self._hidden
        for start, end in self._mask.spans(text):
            if start >= certain:
                break
            if not (self._masked and start <= at):
                given += (text[at:start], MASK)
                self._masked = True
            at = max(at, end)
        if at < certain:
            given.append(text[at:certain])
            self._masked = False
        self._rest, self._hidden = text[certain:], max(at - certain, 0)
        return "".join(given)


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
