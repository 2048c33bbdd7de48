"""How are indicators found, added and removed?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from datapress_api.asked import Filters
from datapress_api.table import INDICATORS
from datapress_common.timestamps import iso_utc

# PostgreSQL refuses a larger one instead of not finding it.
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the indicators that a filter lets through, how many there are, and every name there is."""

    rows: list[dict[str, Any]]
    total: int
    names: list[str]


def find(connection: Connection, filters: Filters) -> Found:
    """The page asked for, by name, then month, then source."""
    total = connection.scalar(_filtered(select(func.count()).select_from(INDICATORS), filters)) or 0
    columns = INDICATORS.c
    ordered = _filtered(select(INDICATORS), filters).order_by(columns.nom, columns.periode, columns.source, columns.id)
    page = ordered.limit(filters.taille).offset((filters.page - 1) * filters.taille)
    names = connection.scalars(select(columns.nom).distinct().order_by(columns.nom))
    return Found([_told(row) for row in connection.execute(page).mappings()], total, list(names))


def get(connection: Connection, number: int) -> dict[str, Any] | None:
    """The indicator of this id."""
    if number > _LARGEST_ID:
        return None
    row = connection.execute(select(INDICATORS).where(INDICATORS.c.id == number)).mappings().first()
    return None if row is None else _told(row)


def add(connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The new indicator, `None` when there is one of that name, month and source already."""
    try:
        with connection.begin_nested():
            made = connection.execute(insert(INDICATORS).values(**values))
    except IntegrityError:
        return None
    (number,) = made.inserted_primary_key or (0,)
    return get(connection, number)


def remove(connection: Connection, number: int) -> bool:
    """Whether there was one to remove."""
    if number > _LARGEST_ID:
        return False
    return connection.execute(delete(INDICATORS).where(INDICATORS.c.id == number)).rowcount > 0


def _told(row: RowMapping) -> dict[str, Any]:
    """A row as callers are given it; SQLite forgets that its moments are in UTC."""
    moment = row["mis_a_jour"]
    return {**row, "mis_a_jour": moment and iso_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))}


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    columns = INDICATORS.c
    if filters.nom:
        query = query.where(columns.nom == filters.nom)
    if filters.depuis:
        query = query.where(columns.periode >= filters.depuis)
    if filters.jusqua:
        query = query.where(columns.periode <= filters.jusqua)
    return query
