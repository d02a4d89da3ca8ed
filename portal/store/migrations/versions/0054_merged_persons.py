"""Two persons who are one: what is proposed, and who was merged into whom."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "person_merge",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("other_id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_merge_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_person_merge_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_person_merge_account_id"), ondelete="CASCADE"
        ),
    )
    for column in ("person_id", "other_id", "account_id"):
        op.create_index(op.f(f"ix_person_merge_{column}"), "person_merge", [column])
    op.create_table(
        "former_person",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("fhir_id", sa.String(255)),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("merged_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_person")),
        sa.UniqueConstraint("fhir_id", name=op.f("uq_former_person_fhir_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_former_person_person_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_former_person_person_id"), "former_person", ["person_id"])
