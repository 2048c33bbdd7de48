"""What a slow tool said of a text, kept so that the same text is not shown to it twice."""

import hashlib
import json
from pathlib import Path
from typing import Any

from runbook.whole_file import write_whole


class Remembered:
    """JSON values in one file, under the hash of a text and of the tool's version.

    A file that cannot be read counts as empty: everything is asked again.
    """

    def __init__(self, path: Path, version: str) -> None:
        self._path, self._version = path, version
        self._used: dict[str, Any] = {}
        try:
            self._known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def recall(self, text: str) -> Any:
        """What was learnt of this text, None if nothing was."""
        key = self._key(text)
        if key not in self._used and key in self._known:
            self._used[key] = self._known[key]
        return self._used.get(key)

    def learn(self, text: str, value: Any) -> None:
        """Keep what the tool said of this text; not None."""
        self._used[self._key(text)] = value

    def write(self) -> None:
        """Keep what was asked for since the file was read, and nothing else, so that it does not grow."""
        if self._used == self._known:
            return
        write_whole(self._path, json.dumps(self._used).encode())

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._version}\0{text}".encode()).hexdigest()
