"""Results are listed by their date, whatever their status, and every chart waits to be read and grouped again.

Until then (``portal db upgrade``, ``portal records renormalise``) the lists have the new order with the old rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0048"

_SECTIONS = ("test-results", "vital-signs")
_PAST, _OTHERS = 0, (1, 2, 3)  # ranks: past; unknown, active, upcoming


def upgrade() -> None:
    names = ("person_id", "section", "source", "confidential", "private", "held")
    count = sa.table("record_count", *map(sa.column, (*names, "rank", "rows")))
    entry = sa.table("entry", sa.column("section"), sa.column("status"))
    of_results = count.c.section.in_(_SECTIONS) & count.c.rank.in_((_PAST, *_OTHERS))
    keys = [count.c[name] for name in names]
    counted = op.get_bind().execute(
        sa.select(*keys, sa.func.sum(count.c.rows)).where(of_results).group_by(*keys)
    )
    summed = [dict(zip((*names, "rows"), line, strict=True)) | {"rank": _PAST} for line in counted]
    op.execute(sa.delete(count).where(of_results))
    op.bulk_insert(count, summed)
    for name in ("record_row", "record_row_source"):
        table = sa.table(name, sa.column("section"), sa.column("rank"))
        listed = table.c.section.in_(_SECTIONS) & table.c.rank.in_(_OTHERS)
        op.execute(sa.update(table).where(listed).values(rank=_PAST))
    was = entry.c.section.in_(_SECTIONS) & entry.c.status.in_(("unknown", "active", "upcoming"))
    op.execute(sa.update(entry).where(was).values(status="past"))
    _renew()


def _renew() -> None:
    """As in 0030."""
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
