"""Bring the database to the schema of this code: a step of its own, before the first replica is asked for.

usage: python -m datapress_api.migrate [--exemple] [--attendre SECONDES]      with DATABASE_URL or DATABASE_URL_FILE
"""

import argparse
import os
import sys
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from datapress_api.database import alone, cause, make_engine
from datapress_api.database_url import read_database_url
from datapress_api.sample import add_sample

_AGAIN_SECONDS = 0.5
_WRONG_PASSWORD = "'28P01'"  # noqa: S105 - PostgreSQL's code for it


def main() -> None:
    """Migrate what the environment names; end with 1 and a line when that is not possible."""
    parser = argparse.ArgumentParser(prog="python -m datapress_api.migrate")
    parser.add_argument("--exemple", action="store_true", help="remplir une table vide avec les données d'exemple")
    parser.add_argument("--attendre", type=float, default=0.0, metavar="SECONDES", help="temps laissé à la base")
    options = parser.parse_args()

    engine = named_engine("Migration")
    wait_for(engine, options.attendre, "Migration")
    added = migrate(engine, with_sample=options.exemple)
    print(f"Schéma à jour, {added} indicateurs d'exemple ajoutés.")


def named_engine(what: str) -> Engine:
    """The database that the environment names; ends with a line when it names none, or badly."""
    location = read_database_url(os.environ)
    if not location.kept:
        sys.exit(f"{what} : DATABASE_URL ou DATABASE_URL_FILE doit nommer la base.")
    return make_engine(location, 1)


def wait_for(engine: Engine, seconds: float, what: str) -> None:
    """Return once the database takes a connection; end with 1 and a line when it does not in so many seconds."""
    until = time.monotonic() + seconds
    while True:
        try:
            engine.connect().close()
        except (SQLAlchemyError, OSError) as error:
            # A wrong password stays wrong; a server that is absent or starts is worth waiting for.
            if time.monotonic() >= until or _WRONG_PASSWORD in cause(error):
                sys.exit(f"{what} : base de données injoignable ou accès refusé ({cause(error)}).")
            time.sleep(_AGAIN_SECONDS)
        else:
            return


def migrate(engine: Engine, *, with_sample: bool = False, to: str = "head") -> int:
    """Apply what is missing, never beside somebody else who does; how many sample indicators were added.

    Each migration only adds, so that the version before still works on the schema after.
    """
    with alone(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        return add_sample(connection) if with_sample else 0


if __name__ == "__main__":
    main()
