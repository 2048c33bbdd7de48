"""The secret values that no kept output may show, gathered as the run makes them known."""

import fnmatch
import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from runbook.running.mask import Mask, secrets_of_manifest
from runbook.settings import Secrets

# Words that a variable's name has when its value is a secret; others, that look like them, are taken out before.
_NAMED = re.compile(r"KEY|PAT|TOKEN|SECRET|PASSW|PASSPHRASE|(?:^|_)PASS(?:_|$)|CREDENTIAL|DATABASE_URL|_DSN$")
_HARMLESS = re.compile(r"PATH|PATCH|PATTERN|COMPAT|SPAT|DISPATCH|KEYBOARD|KEYMAP|KEYWORD|KEYSPACE|MONKEY")
_WORDS = ("key", "keys", "Key")  # of a loop over names and values
_IN_ADDRESS = re.compile(r"://[^/@:\s]*:([^/@\s]+)@")


class Private:
    """Learns secret values from manifests, the environment and the pages' shells; masks text."""

    def __init__(self, secrets: Secrets, root: Path) -> None:
        self._secrets, self._root = secrets, root
        self._values: set[str] = set()
        self._read: dict[Path, int] = {}
        self._mask = Mask(self._values)
        self.learn(value for name, value in os.environ.items() if self.is_secret(name))

    def is_secret(self, variable: str) -> bool:
        """Whether a variable of this name holds a secret, as its name or the settings tell."""
        return (bool(_NAMED.search(_HARMLESS.sub("", variable.upper()))) and variable not in _WORDS) or any(
            fnmatch.fnmatchcase(variable, pattern) for pattern in self._secrets.variables
        )

    def learn(self, values: Iterable[str] = ()) -> None:
        """Take in these values, and those of manifests written since the last call."""
        known = len(self._values)
        for value in filter(None, values):
            self._values |= {value, *map(unquote, _IN_ADDRESS.findall(value))}
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
