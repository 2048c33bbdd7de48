"""How does Alembic run a step? On the connection that it is given, in its transaction."""

from alembic import context

from datapress_api.table import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
