"""What waits to be read and grouped again by the present rules, chart by chart.

Everything stored waits: ``portal db upgrade`` and ``portal records renormalise`` work through it, and go on where they
were stopped. Until a chart's turn its rows stay as they are, and pages readable.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    renewal = op.create_table(
        "renewal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("after", sa.String(40), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_renewal_person_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_renewal_person_id"), "renewal", ["person_id"])
    resource = sa.table("resource", sa.column("person_id"), sa.column("source"), sa.column("deleted_at"))
    owners = sa.select(resource.c.person_id, resource.c.source).where(resource.c.deleted_at.is_(None)).distinct()
    waiting = [
        {"person_id": person_id, "source": source, "after": "", "done": False, "report": {}}
        for person_id, source in op.get_bind().execute(owners.order_by(resource.c.person_id, resource.c.source))
    ]
    op.bulk_insert(renewal, waiting)
