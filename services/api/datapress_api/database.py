"""How does the API reach its database without ever waiting for it longer than a caller would?"""

import atexit
import contextlib
import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import ServiceUnavailable

from datapress_api.database_url import Location
from datapress_api.sample import add_sample
from datapress_api.table import INDICATORS, METADATA
from datapress_common.life import Life

_LOG = logging.getLogger(__name__)

# A caller waits three seconds: for a place, then for the database.
_PLACE_SECONDS = 0.5
_DATABASE_SECONDS = 2.0
_LOOK_SECONDS, _LOOK_AGAIN_SECONDS = 2.0, 0.25
# Many times what a look at a database that answers nothing takes.
_STALLED_SECONDS = 60.0
# Any number, the same for whoever changes the schema of this database.
_LOCK = 7_240_851
_UNREACHABLE = "base de données injoignable"


class Database:
    """A few connections, and what was last seen of the database."""

    def __init__(self, location: Location, places: int, life: Life) -> None:
        self.location = location
        self.engine = make_engine(location, places)
        self.obstacle: str | None = None
        self._places = threading.BoundedSemaphore(places)
        self._ended = threading.Event()
        self._life = life
        life.beginnings.append(self.begin)
        life.needs.append(lambda: self.obstacle)
        if not location.kept:
            atexit.register(_remove, location, os.getpid())

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a transaction of its own; 503 when there is none to be had in time.

        What is known to be missing is not tried again by every caller: `watch` sees it come back.
        """
        if self.obstacle is not None or not self._places.acquire(timeout=_PLACE_SECONDS):
            raise ServiceUnavailable(retry_after=1)
        try:
            with self.engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            _LOG.error("Base de données en défaut : %s", cause(error))
            raise ServiceUnavailable(retry_after=1) from None
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            raise ServiceUnavailable(retry_after=1) from None
        finally:
            self._places.release()

    def begin(self) -> None:
        """What comes before being ready: the database is there, its schema too, and somebody goes on looking."""
        if not self.location.kept:
            self._prepare()
        self._look()
        threading.Thread(target=self._watch, name="database", daemon=True).start()

    def trace(self) -> None:
        """Have each statement be a part of the trace of its request."""
        from datapress_api.statements import trace_statements  # noqa: PLC0415 - loads what only traces need

        trace_statements(self.engine)

    def _prepare(self) -> None:
        # What is forgotten with the process never migrates: the tables as they are, without Alembic's 16 MiB.
        try:
            with alone(self.engine) as connection:
                METADATA.create_all(connection)
                add_sample(connection)
        except (SQLAlchemyError, OSError):
            _LOG.exception("Base de données embarquée : préparation impossible")

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS if self.obstacle is None else _LOOK_AGAIN_SECONDS):
            self._look()

    def _look(self) -> None:
        """See whether the database answers and has the columns that this code needs."""
        self._life.turns("regard sur la base de données", _STALLED_SECONDS)
        try:
            with self.engine.connect() as connection:
                connection.execute(select(INDICATORS).where(INDICATORS.c.id == 0))
            seen = None
        except Exception as error:  # the driver raises just anything at what is no PostgreSQL
            seen = _UNREACHABLE if _is_unreachable(error) else self._missing()
            self.engine.dispose()  # what it had open may be as dead
            if seen != self.obstacle:
                _LOG.error("%s : %s", seen.capitalize(), cause(error))
        if seen is None and self.obstacle is not None:
            _LOG.info("Base de données retrouvée")
        self.obstacle = seen

    def _missing(self) -> str:
        """Which columns this code needs and the database lacks: the migration has not been done yet."""
        try:
            there = {column["name"] for column in inspect(self.engine).get_columns(INDICATORS.name)}
        except (SQLAlchemyError, OSError):
            there = set()
        if not there:
            return "schéma absent de la base de données"
        lacking = ", ".join(column.name for column in INDICATORS.columns if column.name not in there)
        return f"schéma de la base de données en retard, sans {lacking}"


@contextlib.contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that waits for whoever else is changing the schema of the same database to end."""
    if engine.dialect.name == "sqlite":
        with Path(f"{engine.url.database}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with engine.begin() as connection:
                yield connection
        return
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def make_engine(location: Location, connections: int) -> Engine:
    """An engine whose every wait is bounded."""
    # For SQLite the seconds that it waits for another writer; for PostgreSQL, for each word of the server.
    engine = create_engine(
        location.url,
        pool_size=connections + 1,
        max_overflow=0,
        pool_timeout=_PLACE_SECONDS,
        connect_args={"timeout": _DATABASE_SECONDS},
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Readers and one writer at once.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _is_unreachable(error: Exception) -> bool:
    """Whether nobody answered as a database does, rather than one that knows of no such table or column."""
    if isinstance(error, OperationalError):
        return "no such" not in str(error).lower()
    return isinstance(error, InterfaceError) or not isinstance(error, DBAPIError)


def cause(error: Exception) -> str:
    """The driver's words, without the statement and without an address that could hold a password."""
    return str(getattr(error, "orig", None) or error).splitlines()[0][:200]


def _remove(location: Location, owner: int) -> None:
    if os.getpid() == owner:
        for suffix in ("", "-wal", "-shm", ".lock"):
            Path(f"{location.url.database}{suffix}").unlink(missing_ok=True)
