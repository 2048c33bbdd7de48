"""Where does the admin token come from, and does a caller have it?"""

import hmac
import re
from collections.abc import Mapping
from pathlib import Path

from datapress_common.settings import SettingError, quote, refusal

_USABLE = re.compile(r"[\x21-\x7e]{16,256}")
_USABLE_IN_WORDS = "16 à 256 caractères ASCII sans espace"


class AdminToken:
    """A secret that can be compared with, but neither shown nor serialised."""

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: str) -> None:
        self._value = value.encode()
        self.source = source

    def __repr__(self) -> str:
        return f"AdminToken(source={self.source!r})"

    def matches(self, candidate: str) -> bool:
        """Compare in a time that says nothing about the secret."""
        return hmac.compare_digest(self._value, candidate.encode())


def read_admin_token(environ: Mapping[str, str]) -> AdminToken | None:
    """The token in the file `API_TOKEN_FILE` or in `API_TOKEN`, `None` if neither is set.

    Both set, or one that cannot be used, raises `SettingError`, which never quotes the token.
    """
    path, value = environ.get("API_TOKEN_FILE"), environ.get("API_TOKEN")
    if path is not None and value is not None:
        raise refusal("API_TOKEN et API_TOKEN_FILE sont définies", "une seule des deux")
    if path is not None:
        return AdminToken(_read(path), "API_TOKEN_FILE")
    if value is None:
        return None
    if not _USABLE.fullmatch(value):
        raise refusal("API_TOKEN (valeur masquée)", _USABLE_IN_WORDS)
    return AdminToken(value, "API_TOKEN")


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
