"""Which database does the API use?"""

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from datapress_common.settings import refusal

_USABLE = re.compile(r"(?:sqlite:///|postgresql://)[\x21-\x7e]+")
_EXPECTED = "postgresql://utilisateur:motdepasse@hôte:5432/base, ou sqlite:///chemin"
_MEMORY = Path("/dev/shm")  # noqa: S108 - the one place where a read-only container may write
_EMBEDDED = count()


@dataclass(frozen=True, slots=True)
class Location:
    """Where the data are; `kept` is false for the file that this process made for itself."""

    url: URL
    kept: bool


def read_database_url(environ: Mapping[str, str]) -> Location:
    """The database of `DATABASE_URL` or of the file `DATABASE_URL_FILE`; else a file that ends with the process.

    Raises `SettingError`, which never quotes the address: it holds a password.
    """
    path, text = environ.get("DATABASE_URL_FILE"), environ.get("DATABASE_URL")
    if path is not None and text is not None:
        raise refusal("DATABASE_URL et DATABASE_URL_FILE sont définies", "une seule des deux")
    if path is not None:
        try:
            text = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise refusal("DATABASE_URL_FILE (fichier illisible)", "un fichier lisible") from None
    if text is None:
        return Location(URL.create("sqlite", database=str(_own_file())), kept=False)
    try:
        url = make_url(text) if _USABLE.fullmatch(text) else None
    except (ArgumentError, ValueError):
        url = None
    if url is None or not url.database:
        name = "DATABASE_URL" if path is None else "DATABASE_URL_FILE"
        raise refusal(f"{name} (valeur masquée)", _EXPECTED)
    # Pure Python, and under a permissive licence.
    return Location(url.set(drivername="postgresql+pg8000") if url.drivername == "postgresql" else url, kept=True)


def _own_file() -> Path:
    """The name of a file that no other process uses: the workers of one service share it, replicas do not."""
    folder = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    return folder / f"datapress-api-{os.getpid()}-{next(_EMBEDDED)}.sqlite"
