"""The secret values that no kept output may show, gathered as the run makes them known."""

import fnmatch
import os
from collections.abc import Iterable
from pathlib import Path

from runbook.running.mask import Mask, secrets_of_manifest
from runbook.settings import Secrets


class Private:
    """Learns secret values from manifests, the environment and the pages' shells; masks text."""

    def __init__(self, secrets: Secrets, root: Path) -> None:
        self._secrets, self._root = secrets, root
        self._values = {value for name, value in os.environ.items() if self.is_secret(name)}
        self._read: dict[Path, int] = {}
        self._mask = Mask(self._values)

    def is_secret(self, variable: str) -> bool:
        """Whether the settings call a variable of this name secret."""
        return any(fnmatch.fnmatchcase(variable, pattern) for pattern in self._secrets.variables)

    def learn(self, values: Iterable[str] = ()) -> None:
        """Take in these values, and those of manifests written since the last call."""
        known = len(self._values)
        self._values.update(value for value in values if value)
        for pattern in self._secrets.manifests:
            for path in self._root.glob(pattern):
                changed = path.stat().st_mtime_ns
                if self._read.get(path) != changed:
                    self._read[path] = changed
                    self._values.update(secrets_of_manifest(path.read_text(encoding="utf-8", errors="replace")))
        if len(self._values) != known:
            self._mask = Mask(self._values)

    def hide(self, text: str) -> str:
        """`text` without any known secret value."""
        return self._mask(text)
