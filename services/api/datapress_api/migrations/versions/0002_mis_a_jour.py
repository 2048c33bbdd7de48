"""When an indicator was added or corrected; the version before neither reads nor writes it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column, empty for what is there already."""
    op.add_column("indicateurs", sa.Column("mis_a_jour", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("indicateurs", "mis_a_jour")
