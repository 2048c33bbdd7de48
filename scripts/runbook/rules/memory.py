"""What slow programs said of a text, remembered between two checks."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runbook.repository.model import Repository
from runbook.whole_file import write_whole

Ask = Callable[[list[str]], Mapping[str, list[Any]]]


def asked_once(repository: Repository, name: str, version: str, texts: Sequence[str], ask: Ask) -> dict[str, list[Any]]:
    """Text → what the slow program of this name says of it; `ask` is called for what it was not asked about before.

    Answers are kept under the hash of the text and of the program's `version`, those wanted now and no others.
    """
    file = repository.root / repository.settings.state / "cache" / f"{name}.json"
    keys = {text: hashlib.sha256(f"{version}\0{text}".encode()).hexdigest() for text in dict.fromkeys(texts)}
    try:
        known: dict[str, list[Any]] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or damaged
        known = {}
    new = [text for text, key in keys.items() if key not in known]
    answers = ask(new) if new else {}
    said = {text: known[key] if key in known else answers.get(text, []) for text, key in keys.items()}
    if new or len(known) != len(keys):
        with contextlib.suppress(OSError):  # where it cannot be written, nothing is remembered
            write_whole(file, json.dumps({keys[text]: said[text] for text in said}).encode())
    return said
