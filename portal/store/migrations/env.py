"""Alembic's entry: called by ``portal.store.engine.upgrade`` with the connection to migrate."""

from alembic import context

from portal.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
