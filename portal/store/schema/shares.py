"""What a person hands on or takes of their record: links and who opened them, addresses of a calendar, exports."""

from sqlalchemy import Column, ForeignKey, LargeBinary, SmallInteger, Table

from portal.store.schema.base import Hash, Id, Instant, Word, metadata

share = Table(
    "share",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", Hash, nullable=False, unique=True),  # of the address of its manifest
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Id, nullable=False),  # who made it
    Column("flags", Word, nullable=False),  # of SMART Health Links: U, P
    Column("data", LargeBinary, nullable=False),  # sealed: for whom, which sections
    Column("passcode_hash", LargeBinary),  # sealed Argon2id encoding
    Column("tries_left", SmallInteger, nullable=False),  # wrong passcodes until it ends
    Column("uses_left", SmallInteger),  # openings; none: as many as wanted
    Column("created_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("ended_at", Instant),
)

share_file = Table(  # what it leads to: encrypted with a key that is in the link and nowhere here
    "share_file",
    metadata,
    Column("share_id", Id, ForeignKey("share.id", ondelete="CASCADE"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

share_key = Table(  # of a long-lived link, so that what it leads to can be encrypted anew
    "share_key",
    metadata,
    Column("share_id", Id, ForeignKey("share.id", ondelete="CASCADE"), primary_key=True),
    Column("data", LargeBinary, nullable=False),  # sealed
)

share_copy = Table(  # for a reader without software: wrapped with a code that is nowhere here
    "share_copy",
    metadata,
    Column("share_id", Id, ForeignKey("share.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", Hash, nullable=False, unique=True),
    Column("salt", LargeBinary, nullable=False),  # of Argon2id
    Column("content", LargeBinary, nullable=False),  # sealed, of what is wrapped
    Column("tries_left", SmallInteger, nullable=False),  # wrong birth dates until it is gone
    Column("opened_at", Instant),  # it opens for an hour from then
)

share_note = Table(  # what a reader left for the person
    "share_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("share_id", Id, ForeignKey("share.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("data", LargeBinary, nullable=False),  # sealed: who it says to be from, and the text
)

share_location = Table(  # addresses of the file that a manifest named
    "share_location",
    metadata,
    Column("token_hash", Hash, primary_key=True),
    Column("share_id", Id, ForeignKey("share.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
)

share_event = Table(  # what happened with it, for the person
    "share_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("share_id", Id, ForeignKey("share.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("kind", Word, nullable=False),
    Column("recipient", LargeBinary),  # sealed: who it said to be
)

received = Table(  # what a patient handed on to the front desk here: an outside summary, beside the record
    "received",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Id, nullable=False),  # the clerk's
    Column("state", Word, nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("filed_at", Instant),
    Column("read_at", Instant),  # by the care team
    Column("data", LargeBinary, nullable=False),  # sealed: where it came from
    Column("content", LargeBinary, nullable=False),  # sealed: the file as it came
)

prepared_export = Table(  # all that is kept of a person, put together at the word of staff: for the person, once
    "prepared_export",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Id, nullable=False),  # who started it
    Column("content", LargeBinary, nullable=False),  # sealed; empty once it was opened
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("opened_at", Instant),
)

calendar_feed = Table(  # addresses at which a calendar reads when the person's appointments are
    "calendar_feed",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", Hash, nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Id, nullable=False),  # who made it: it reads what they may see
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant),  # when a calendar read it last
    Column("ended_at", Instant),
)
