"""Where does the admin token come from, and is a caller's token the right one?"""

import hmac
import os
import re
from collections.abc import Mapping
from pathlib import Path

from datapress_common.settings import SettingError

_ALLOWED = re.compile(r"[\x21-\x7e]{16,256}")
_EXPECTED = "16 à 256 caractères ASCII sans espace"


class Token:
    """A secret that can be compared, and neither shown nor serialised."""

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: str) -> None:
        self._value = value.encode()
        self.source = source

    def matches(self, candidate: str) -> bool:
        """Compare in a time that says nothing about the token."""
        return hmac.compare_digest(self._value, candidate.encode())

    def __repr__(self) -> str:
        return f"Token(source={self.source!r})"


def read_token(environ: Mapping[str, str] = os.environ) -> Token | None:
    """The token of `API_TOKEN_FILE` or of `API_TOKEN`, `None` if neither is set.

    Raises `SettingError`, which never quotes the token, when both are set or the one that is set
    cannot be used.
    """
    path, value = environ.get("API_TOKEN_FILE"), environ.get("API_TOKEN")
    if path is not None and value is not None:
        raise SettingError("API_TOKEN", " et API_TOKEN_FILE : une seule des deux est permise.")
    if path is not None:
        return _token("API_TOKEN_FILE", _read(path), "fichier")
    if value is not None:
        return _token("API_TOKEN", value, "environnement")
    return None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "contenu illisible"
        raise SettingError(
            "API_TOKEN_FILE", f"=« {path} » : {reason} ; attendu : un fichier lisible."
        ) from None


def _token(name: str, value: str, source: str) -> Token:
    if not _ALLOWED.fullmatch(value):
        raise SettingError(name, f" (valeur masquée) ; attendu : {_EXPECTED}.")
    return Token(value, source)
