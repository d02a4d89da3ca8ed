"""Every chart waits to be read and grouped again: notes are read event by event, conclusions by what they find.

Until then (``portal db upgrade``, ``portal records renormalise``) the rows are those of before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    renewal = sa.table(
        "renewal",
        *(sa.column(name) for name in ("person_id", "source", "after", "done")),
        sa.column("report", sa.JSON()),
    )
    resource = sa.table("resource", sa.column("person_id"), sa.column("source"), sa.column("deleted_at"))
    owners = sa.select(resource.c.person_id, resource.c.source).where(resource.c.deleted_at.is_(None)).distinct()
    waiting = [
        {"person_id": person_id, "source": source, "after": "", "done": False, "report": {}}
        for person_id, source in op.get_bind().execute(owners.order_by(resource.c.person_id, resource.c.source))
    ]
    op.execute(sa.delete(renewal))
    op.bulk_insert(renewal, waiting)
