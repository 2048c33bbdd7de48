"""What is kept of an indicator?"""

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Double, Integer, MetaData, String, Table, UniqueConstraint

METADATA = MetaData()

LONGEST_NAME, LONGEST_UNIT = 80, 16


def _now() -> datetime:
    return datetime.now(UTC)


INDICATORS = Table(
    "indicateurs",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("nom", String(LONGEST_NAME), nullable=False),
    # A month, `2026-11`: in this form text sorts as time does.
    Column("periode", String(7), nullable=False),
    Column("valeur", Double, nullable=False),
    Column("unite", String(LONGEST_UNIT), nullable=False),
    Column("source", String(LONGEST_NAME), nullable=False),
    # Empty for a row that the version before has added, which knows of no such column.
    Column("mis_a_jour", DateTime(timezone=True), default=_now, onupdate=_now),
    # Also the index that the filters use.
    UniqueConstraint("nom", "periode", "source", name="un_par_mois_et_source"),
    sqlite_autoincrement=True,  # an id that was deleted is never given again, as in PostgreSQL
)
