"""Writing messages: what a person writes, and what the care team of this organization does with what came."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Table

from portal.store.schema.base import FhirId, Hash, Id, Instant, Word, metadata

outgoing_message = Table(  # what a person writes: a draft, then in the outbox until the organization has it
    "outgoing_message",
    metadata,
    Column("id", Id, primary_key=True),  # part of Communication.identifier: one delivery, however often it is sent
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Id, nullable=False),  # who wrote
    Column("source", Id, nullable=False),  # "home" or a link's id; "" while a draft is for nobody yet
    Column("state", Word, nullable=False),  # draft, waiting, sent, failed
    Column("data", LargeBinary, nullable=False),  # sealed: to whom, about what, the text
    Column("reason", Word),  # stable code of why it could not be sent
    Column("tries", SmallInteger, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("ended_at", Instant),  # when the organization had it
)
Index("ix_outgoing_message_due", outgoing_message.c.state, outgoing_message.c.due_at)

message_file = Table(  # a file of a message: of one that is written here, or that came for this organization
    "message_file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("message_id", Id, ForeignKey("outgoing_message.id", ondelete="CASCADE"), index=True),  # of an own one
    Column("fhir_id", FhirId, index=True),  # of the Communication here that it belongs to
    Column("size", Integer, nullable=False),
    Column("content_type", Word, nullable=False),
    Column("title", LargeBinary, nullable=False),  # sealed
    Column("content", LargeBinary, nullable=False),  # sealed
)

message_receipt = Table(  # messages that were read here, until their organization knows
    "message_receipt",
    metadata,
    Column("entry_id", Id, ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Id, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("tries", SmallInteger, nullable=False, default=0),
    Column("due_at", Instant, nullable=False, index=True),
)

message_recipients = Table(  # whom one may write to at a linked organization, as it said last
    "message_recipients",
    metadata,
    Column("link_id", Id, ForeignKey("link.id", ondelete="CASCADE"), primary_key=True),
    Column("data", LargeBinary, nullable=False),  # sealed
    Column("updated_at", Instant, nullable=False),
)

conversation = Table(  # messages with a patient, as the care team of this organization works on them
    "conversation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_id", FhirId, nullable=False, unique=True),  # FHIR id of its first Communication
    Column("data", LargeBinary, nullable=False),  # sealed: with which clinician, and about what
    Column("state", Word, nullable=False),  # waiting for us, answered, closed
    Column("assigned_to", Id),  # account
    Column("last_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
)
Index("ix_conversation_state", conversation.c.state, conversation.c.last_at)

conversation_message = Table(  # and which messages are in it
    "conversation_message",
    metadata,
    Column("fhir_id", FhirId, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("delivery_hash", Hash, unique=True),  # keyed hash of its identifier: delivered twice, it is there once
    Column("account_id", Id),  # of the care team: who answered
    Column("created_at", Instant, nullable=False),
)

message_author = Table(  # which messages somebody wrote who acts for the patient, wherever they come back from
    "message_author",
    metadata,
    Column("key", Hash, primary_key=True),  # keyed hash of its Communication.identifier, or the resource's own id
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Id, nullable=False),
)

messaging_policy = Table(  # how messages are taken: by the organization (""), and by one of its clinicians
    "messaging_policy",
    metadata,
    Column("practitioner", FhirId, primary_key=True),  # FHIR id, "" for the organization
    Column("accepts", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),  # sealed: away text, days until an answer, costs, templates
    Column("updated_at", Instant, nullable=False),
)
