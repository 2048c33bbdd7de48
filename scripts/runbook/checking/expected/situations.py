"""Is what a page shows of a changed application something that it can answer: with the others, or without them?"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from werkzeug.test import TestResponse

from runbook.checking.expected.state import fits
from runbook.checking.finding import Finding
from runbook.reading.content import Block, Expected

Path = tuple[str, ...]
REMEDY = "corriger la page, ou le code s'il a tort"
STATUS_LINE = re.compile(r"HTTP/[\d.]+ (\d{3})\b")


def impossible_values(block: Block, expected: Expected, responses: list[TestResponse], said: str) -> Iterator[Finding]:
    """Each value of the JSON that no situation gives, and that no command of the page has typed."""
    bodies = [response.get_json(silent=True) for response in responses]
    for path, value in _leaves(json.loads(expected.text)):
        known = [found for body in bodies for found in _at(body, path)]
        if not known or any(_same(value, other) for other in known) or (isinstance(value, str) and value in said):
            continue
        shown = ", ".join(dict.fromkeys(json.dumps(other, ensure_ascii=False) for other in known))
        line = next((index for index, row in enumerate(expected.text.split("\n")) if f'"{path[-1]}"' in row), 0)
        yield Finding(
            block.page,
            expected.line + line,
            f"résultat attendu : {'.'.join(path)} = {json.dumps(value, ensure_ascii=False)}, que l'application ne donne jamais",
            f"elle donne {shown} ; {REMEDY}",
            "situations",
        )


def impossible_statuses(block: Block, expected: Expected, responses: list[TestResponse]) -> Iterator[Finding]:
    """A status, in a status line or alone, that no situation gives; 000 says that nobody answered."""
    known = {str(response.status_code) for response in responses}
    for index, row in enumerate(expected.text.split("\n")):
        found = STATUS_LINE.match(row) or re.fullmatch(r"([1-5]\d\d)", row.strip())
        if found and found[1] not in known:
            yield Finding(
                block.page,
                expected.line + index,
                f"résultat attendu : statut {found[1]}, que l'application ne donne pas ici",
                f"elle donne {', '.join(sorted(known))} ; {REMEDY}",
                "situations",
            )


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each value that is neither an object nor a list, under its keys."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif path and not isinstance(value, list):
        yield path, value


def _at(body: Any, path: Path) -> Iterable[Any]:
    for key in path:
        if not isinstance(body, dict) or key not in body:
            return []
        body = body[key]
    return [body]


def _same(value: Any, other: Any) -> bool:
    if isinstance(value, str) and isinstance(other, str):
        return fits(value, other)
    return value == "…" or (value == other and type(value) is type(other))
