"""Where does the admin token come from, and does a caller have it?"""

import hmac
import logging
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from datapress_common.settings import SettingError, quote, refusal

_LOG = logging.getLogger(__name__)

_USABLE = re.compile(r"[\x21-\x7e]{16,256}")
_USABLE_IN_WORDS = "16 à 256 caractères ASCII sans espace"


class AdminToken:
    """A secret that can be compared with, but neither shown nor serialised; read again when its file changes."""

    __slots__ = ("_lock", "_path", "_stamp", "_value", "source")

    def __init__(self, value: str, source: str, path: str | None = None) -> None:
        self._value: bytes | None = value.encode()
        self._path = path
        self._stamp = _stamp(path) if path else None
        self._lock = threading.Lock()
        self.source = source

    def __repr__(self) -> str:
        return f"AdminToken(source={self.source!r})"

    def matches(self, candidate: str) -> bool:
        """Compare in a time that says nothing about the secret."""
        current = self._current()
        return current is not None and hmac.compare_digest(current, candidate.encode())

    def usable(self) -> bool:
        """Whether there is a token now: a file may have gone, or hold nothing that can be used."""
        return self._current() is not None

    def _current(self) -> bytes | None:
        """The token as it is now: a replaced one counts from the next request on, without a restart."""
        if self._path is None:
            return self._value
        with self._lock:
            # Looked at before it is read: a change in between is seen the next time.
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._value = _read(self._path).encode()
                    _LOG.info("Jeton d'administration relu : %s", self.source)
                except SettingError as refused:
                    self._value = None
                    _LOG.error("Jeton d'administration inutilisable : %s", refused)
            return self._value


def read_admin_token(environ: Mapping[str, str]) -> AdminToken | None:
    """The token in the file `API_TOKEN_FILE` or in `API_TOKEN`, `None` if neither is set.

    Both set, or one that cannot be used, raises `SettingError`, which never quotes the token.
    """
    path, value = environ.get("API_TOKEN_FILE"), environ.get("API_TOKEN")
    if path is not None and value is not None:
        raise refusal("API_TOKEN et API_TOKEN_FILE sont définies", "une seule des deux")
    if path is not None:
        return AdminToken(_read(path), "API_TOKEN_FILE", path)
    if value is None:
        return None
    if not _USABLE.fullmatch(value):
        raise refusal("API_TOKEN (valeur masquée)", _USABLE_IN_WORDS)
    return AdminToken(value, "API_TOKEN")


def _stamp(path: str) -> tuple[int, int, int] | None:
    """What changes when a file is written or replaced, a Kubernetes Secret's symbolic link included."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _read(path: str) -> str:
    named = f"API_TOKEN_FILE={quote(path)}"
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise _unreadable(named, error) from None
    if not _USABLE.fullmatch(value):
        raise refusal(f"{named} (contenu masqué)", f"un fichier qui contient {_USABLE_IN_WORDS}")
    return value


def _unreadable(named: str, error: Exception) -> SettingError:
    if isinstance(error, FileNotFoundError):
        problem = "fichier absent"
    elif isinstance(error, PermissionError):
        problem = "lecture interdite"
    else:
        problem = "fichier illisible"
    return refusal(f"{named} ({problem})", "un fichier lisible")
