"""As if time had passed for everything that waits."""

from datetime import timedelta

from sqlalchemy import select, update

from portal.services import Services
from portal.store.schema.links import link, link_revocation, refresh


def pass_time(services: Services, span: timedelta = timedelta(minutes=10)) -> None:
    """Everything that waits for a moment, or shows that somebody works on it, is ``span`` older."""
    columns = (
        refresh.c.heartbeat_at,
        refresh.c.enqueued_at,
        link.c.updated_at,
        link.c.throttled_until,
        link_revocation.c.due_at,
    )
    with services.db.transaction() as tx:
        for column in columns:
            rows = tx.conn.execute(select(column.table.c.id, column).where(column.is_not(None))).all()
            for row in rows:
                moved = update(column.table).where(column.table.c.id == row[0])
                tx.conn.execute(moved.values({column.name: row[1] - span}))
