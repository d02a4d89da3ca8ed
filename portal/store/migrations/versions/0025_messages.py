"""Writing messages: the outbox, files, what was read, and the care team's conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(40)
_FHIR_ID = sa.String(255)


def _of_person(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("person_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id"), ondelete="CASCADE"),
    )


def upgrade() -> None:
    op.add_column("entry", sa.Column("thread", sa.String(64), nullable=True))
    op.create_table(
        "outgoing_message",
        sa.Column("id", _ID, nullable=False),
        *_of_person("outgoing_message"),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("source", _ID, nullable=False),
        sa.Column("state", _ID, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("reason", _ID, nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_message")),
    )
    op.create_index(op.f("ix_outgoing_message_person_id"), "outgoing_message", ["person_id"])
    op.create_index("ix_outgoing_message_due", "outgoing_message", ["state", "due_at"])
    op.create_table(
        "message_file",
        sa.Column("id", _ID, nullable=False),
        *_of_person("message_file"),
        sa.Column("message_id", _ID, nullable=True),
        sa.Column("fhir_id", _FHIR_ID, nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_type", _ID, nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_file")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outgoing_message.id"], name=op.f("fk_message_file_message_id"), ondelete="CASCADE"
        ),
    )
    for column in ("person_id", "message_id", "fhir_id"):
        op.create_index(op.f(f"ix_message_file_{column}"), "message_file", [column])
    op.create_table(
        "message_receipt",
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("source", _ID, nullable=False),
        sa.Column("read_at", _INSTANT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_message_receipt")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_message_receipt_entry_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_message_receipt_due_at"), "message_receipt", ["due_at"])
    op.create_table(
        "message_recipients",
        sa.Column("link_id", _ID, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_message_recipients")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["link.id"], name=op.f("fk_message_recipients_link_id"), ondelete="CASCADE"
        ),
    )
    _care_team()


def _care_team() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", _ID, nullable=False),
        *_of_person("conversation"),
        sa.Column("first_id", _FHIR_ID, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("state", _ID, nullable=False),
        sa.Column("assigned_to", _ID, nullable=True),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("first_id", name=op.f("uq_conversation_first_id")),
    )
    op.create_index(op.f("ix_conversation_person_id"), "conversation", ["person_id"])
    op.create_index("ix_conversation_state", "conversation", ["state", "last_at"])
    op.create_table(
        "conversation_message",
        sa.Column("fhir_id", _FHIR_ID, nullable=False),
        sa.Column("conversation_id", _ID, nullable=False),
        sa.Column("delivery_hash", sa.String(64), nullable=True),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("fhir_id", name=op.f("pk_conversation_message")),
        sa.UniqueConstraint("delivery_hash", name=op.f("uq_conversation_message_delivery_hash")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_conversation_message_conversation_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_conversation_message_conversation_id"), "conversation_message", ["conversation_id"])
    op.create_table(
        "messaging_policy",
        sa.Column("practitioner", _FHIR_ID, nullable=False),
        sa.Column("accepts", sa.Boolean(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("practitioner", name=op.f("pk_messaging_policy")),
    )
