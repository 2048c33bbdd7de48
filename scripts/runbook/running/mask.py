"""No output that is kept shows a secret: which values are, where they stand in a text, and what is put over them."""

import base64
import binascii
import fnmatch
import json
import os
import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote

import yaml

from runbook.settings import Secrets

MASK: Final = "••••"

# Shorter values are no secrets worth the name, and masking every « ok » would hide the output.
SHORTEST: Final = 4
# A shorter line of a value, or piece of its base64 form, may well stand elsewhere by chance.
_SHORTEST_PART: Final = 8
# Where the command `base64` breaks its lines.
_BASE64_LINE: Final = 76

# Words that a variable's name has when its value is a secret; others, that look like them, are taken out before.
_NAMED = re.compile(r"KEY|PAT|TOKEN|SECRET|PASSW|PASSPHRASE|(?:^|_)PASS(?:_|$)|CREDENTIAL|DATABASE_URL|_DSN$")
_HARMLESS = re.compile(r"PATH|PATCH|PATTERN|COMPAT|SPAT|DISPATCH|KEYBOARD|KEYMAP|KEYWORD|KEYSPACE|MONKEY")
_WORDS = ("key", "keys", "Key")  # of a loop over names and values
_IN_ADDRESS = re.compile(r"://[^/@:\s]*:([^/@\s]+)@")


class Private:
    """Learns secret values from manifests, the environment and the pages' shells; hides them."""

    def __init__(self, secrets: Secrets, root: Path) -> None:
        self._secrets, self._root = secrets, root
        self._forms: set[str] = set()
        self._read: dict[Path, int] = {}
        inside = _IN_ADDRESS.findall("\n".join(os.environ.values()))  # of a proxy, say
        self.learn((*map(unquote, inside), *(value for name, value in os.environ.items() if self.is_secret(name))))

    def is_secret(self, variable: str) -> bool:
        """Whether a variable of this name holds a secret, as its name or the settings tell."""
        return (bool(_NAMED.search(_HARMLESS.sub("", variable.upper()))) and variable not in _WORDS) or any(
            fnmatch.fnmatchcase(variable, pattern) for pattern in self._secrets.variables
        )

    def learn(self, values: Iterable[str]) -> None:
        """Take in these values, and those of manifests written since the last call."""
        found = {part for value in values for part in (value, *map(unquote, _IN_ADDRESS.findall(value)))}
        for path in (path for pattern in self._secrets.manifests for path in self._root.glob(pattern)):
            changed = path.stat().st_mtime_ns
            if self._read.get(path) != changed:
                self._read[path] = changed
                found |= secrets_of_manifest(path.read_text(encoding="utf-8", errors="replace"))
        self._forms.update(form for value in found for form in forms_of(value))

    def hide(self, text: str) -> str:
        """`text` without any known secret value."""
        return masked(text, self._forms)


def masked(text: str, forms: Iterable[str]) -> str:
    """`text` with `••••` over each occurrence of these: those that overlap or touch are under one mask."""
    hidden = bytearray(len(text))
    for form in forms:
        at = text.find(form)
        while at >= 0:
            hidden[at : at + len(form)] = b"x" * len(form)
            at = text.find(form, at + 1)
    given, at = "", 0
    for found in re.finditer(rb"x+", hidden):
        given += text[at : found.start()] + MASK
        at = found.end()
    return given + text[at:]


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
    for section in ("data", "stringData") if document.get("kind") == "Secret" else ():
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


def forms_of(value: str) -> Iterator[str]:
    """The texts that show `value`, or a good part of it.

    It and its lines; percent-encoded, escaped for JSON or HTML; in base64 with both alphabets, alone, in broken lines,
    or inside something longer (`user:password`).  A value shorter than four characters, not counting blanks at its
    ends, is left alone, and so is a line shorter than eight.
    """
    lines = (line.strip() for line in value.splitlines())
    for text in (value.strip(), *(line for line in lines if len(line) >= _SHORTEST_PART)):
        if len(text) < SHORTEST:
            continue
        encoded = (quote(text, safe=""), quote(text), quote_plus(text))
        yield from (text, *encoded)
        yield from (re.sub("%..", lambda match: match.group().lower(), form) for form in encoded)
        yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
        yield from (escape(text), escape(text, quote=False))
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
