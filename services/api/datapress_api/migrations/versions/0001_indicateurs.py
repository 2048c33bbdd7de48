"""The table of indicators."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "indicateurs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("nom", sa.String(80), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("valeur", sa.Double, nullable=False),
        sa.Column("unite", sa.String(16), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.UniqueConstraint("nom", "periode", "source", name="un_par_mois_et_source"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop it, and all that it holds."""
    op.drop_table("indicateurs")
