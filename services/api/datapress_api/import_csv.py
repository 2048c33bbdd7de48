"""Bring a source's indicators into the database: what is new is added, what was corrected is replaced.

usage: python -m datapress_api.import_csv FICHIER      with DATABASE_URL or DATABASE_URL_FILE
The file is CSV in UTF-8, with the columns nom, periode, valeur, unite, source. Run again, it changes nothing.
"""

import csv
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from datapress_api.asked import NewIndicator, Refused, read
from datapress_api.database import cause
from datapress_api.migrate import named_engine, wait_for
from datapress_api.table import INDICATORS

_WAIT_SECONDS = 30.0
_LARGEST_FILE = 10_000_000
_COLUMNS = msgspec.structs.fields(NewIndicator)


def main(words: list[str]) -> None:
    """Import the file named; all of it or nothing, and say which line is refused."""
    if len(words) != 1:
        sys.exit("usage : python -m datapress_api.import_csv FICHIER")
    rows = _rows(Path(words[0]))
    engine = named_engine("Import")
    wait_for(engine, _WAIT_SECONDS, "Import")
    try:
        with engine.begin() as connection:
            done = Counter(bring(connection, row) for row in rows)
    except SQLAlchemyError as error:
        sys.exit(f"Import : rien n'est changé, la base a refusé ({cause(error)}).")
    print(f"Import : {done['added']} ajoutés, {done['corrected']} corrigés, {done['same']} déjà là.")


def bring(connection: Connection, row: dict[str, Any]) -> str:
    """Add or correct one indicator, known by its name, month and source; `added`, `corrected` or `same`."""
    columns = INDICATORS.c
    same_key = (columns.nom == row["nom"]) & (columns.periode == row["periode"]) & (columns.source == row["source"])
    found = connection.execute(select(columns.valeur, columns.unite).where(same_key)).first()
    if found is None:
        connection.execute(insert(INDICATORS).values(**row))
        return "added"
    if tuple(found) == (row["valeur"], row["unite"]):
        return "same"
    connection.execute(update(INDICATORS).where(same_key).values(valeur=row["valeur"], unite=row["unite"]))
    return "corrected"


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            sys.exit(f"Import : {path} dépasse {_LARGEST_FILE} octets ; le couper en plusieurs.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"Import : {path} illisible ({error}).")
    reader = csv.DictReader(text.splitlines())
    wanted = [column.name for column in _COLUMNS]
    if sorted(reader.fieldnames or []) != sorted(wanted):
        sys.exit(f"{path}:1 : colonnes {', '.join(reader.fieldnames or ['absentes'])} ; attendu : {', '.join(wanted)}")
    return [_row(path, reader.line_num, given) for given in reader]


def _row(path: Path, line: int, given: dict[str, Any]) -> dict[str, Any]:
    """An indicator that the API itself would take."""
    if None in given or None in given.values():
        sys.exit(f"{path}:{line} : {len(_COLUMNS)} colonnes attendues ; rien n'est importé")
    try:
        return msgspec.structs.asdict(read(NewIndicator, given, strict=False))
    except Refused as refused:
        sys.exit(f"{path}:{line} : {refused.detail} ; rien n'est importé")


if __name__ == "__main__":
    main(sys.argv[1:])
