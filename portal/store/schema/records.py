"""Records: the raw resource, its Entry, and the rows a page shows."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    false,
    literal_column,
    text,
)

from portal.store.schema.base import FhirId, Hash, Id, Instant, Word, metadata

resource = Table(
    "resource",
    metadata,
    # Keyed hash of source, type and FHIR id: the same after every import, and what makes these three unique.
    Column("id", Id, primary_key=True),
    Column("number", BigInteger),  # stands for the id where many rows name it; never empty
    Column("source", Id, nullable=False),  # "home" or a link's id
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE")),  # absent for what is nobody's (Organization)
    Column("type", Word, nullable=False),
    Column("fhir_id", FhirId, nullable=False),
    Column("content_hash", Hash, nullable=False),  # unchanged resources are recognised without writing
    Column("delivered", Hash),  # of its bytes as an organization sent them: what comes just so again is not decoded
    Column("version", Integer, nullable=False, default=1),
    Column("date", String(20), nullable=False, default=""),  # sort key of the clinically relevant date
    Column("updated_at", Instant, nullable=False),  # when we stored this version: our meta.lastUpdated
    Column("deleted_at", Instant),
    Column("refusal", Word),  # why it gave no entry, when it should have
    Column("confidential", Boolean, nullable=False, default=False, server_default=false()),  # as its source labelled it
    Column("private", Boolean, nullable=False, default=False, server_default=false()),  # as of its entry
    Column(
        "author", Id, nullable=False, default="", server_default=""
    ),  # of a message, its files: portal.access.authors
    Column("body", LargeBinary, nullable=False),  # sealed JSON, compressed
)
Index(
    "ix_resource_refused",
    resource.c.person_id,
    resource.c.refusal,
    resource.c.source,
    sqlite_where=text("refusal IS NOT NULL"),
    postgresql_where=text("refusal IS NOT NULL"),
)
Index(
    "ix_resource_search",
    resource.c.person_id,
    resource.c.source,
    resource.c.type,
    resource.c.date,
    resource.c.number,
)

Index("uq_resource_number", resource.c.number, unique=True)

search_token = Table(  # what the FHIR search finds by: most of a database's rows, so each is three numbers
    "search_token",
    metadata,
    Column("key", BigInteger, primary_key=True),  # portal.store.records.tokens.search_key
    Column("date", BigInteger, primary_key=True),  # of the resource, as portal.domain.dates.sort_number
    Column("number", BigInteger, ForeignKey("resource.number", ondelete="CASCADE"), primary_key=True),
    sqlite_with_rowid=False,
)
Index("ix_search_token_number", search_token.c.number)

record_row = Table(  # one line of a section page: everything that is the same, from everywhere
    "record_row",
    metadata,
    Column("id", Id, primary_key=True),  # the smallest id of its entries: the same whatever came first
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("section", Word, nullable=False),
    Column("rank", SmallInteger, nullable=False),  # its status as a place in the list: portal.merge.RANKS
    Column("sort_at", String(20), nullable=False),
    Column("primary_id", Id, nullable=False),  # the entry that speaks for the row
    Column("home", Boolean, nullable=False),  # documented here too: no symbol
    Column("confidential", Boolean, nullable=False),  # all of its entries are; none of another row's is
    Column("private", Boolean, nullable=False, default=False, server_default=false()),  # likewise
    Column("held", Boolean, nullable=False, default=False, server_default=false()),  # likewise
    Column("author", Id, nullable=False, default="", server_default=""),  # likewise
    Column("sources", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("place_at", String(20), nullable=False),  # rows that name each other stand together: at the newest of them,
    Column("place_id", Id, nullable=False),  # under the smallest id of them
)
Index(
    "ix_record_row_listed",  # with all that a list may be narrowed by: rows are counted without being read
    record_row.c.person_id,
    record_row.c.section,
    record_row.c.rank,
    record_row.c.place_at,
    record_row.c.place_id,
    record_row.c.sort_at,
    record_row.c.id,
    record_row.c.confidential,
    record_row.c.private,
    record_row.c.held,
    record_row.c.author,
)
Index(
    "ix_record_row_beside",  # those that stand at another's date
    record_row.c.person_id,
    record_row.c.section,
    record_row.c.rank,
    record_row.c.sort_at,
    record_row.c.place_at,
    record_row.c.confidential,
    record_row.c.private,
    record_row.c.held,
    record_row.c.author,
    sqlite_where=text("place_at != sort_at"),
    postgresql_where=text("place_at != sort_at"),
)

record_row_mark = Table(  # rows that may be the same thing, by an entry of the other
    "record_row_mark",
    metadata,
    Column("row_id", Id, ForeignKey("record_row.id", ondelete="CASCADE"), primary_key=True),
    Column("entry_id", Id, primary_key=True),
    Column("source", Id, nullable=False),
    Column("fields", JSON, nullable=False),  # what keeps them apart: names of portal.merge.rules
    Column("withdrawn", Boolean, nullable=False),  # the other was entered in error and is in no row
)

renewal = Table(  # what waits to be read and grouped again by newer rules, and what came of that which did not
    "renewal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("source", Id, nullable=False),
    Column("after", Id, nullable=False),  # the last resource that was read again
    Column("done", Boolean, nullable=False),
    Column("report", JSON, nullable=False),  # numbers by section and reason
)

record_row_source = Table(  # the same rows, source by source: what one organization says now
    "record_row_source",
    metadata,
    Column("row_id", Id, ForeignKey("record_row.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Id, primary_key=True),
    Column("person_id", Id, nullable=False),
    Column("section", Word, nullable=False),
    Column("rank", SmallInteger, nullable=False),  # of the row, so that one organization's list has its order
    Column("sort_at", String(20), nullable=False),
    Column("entry_id", Id, nullable=False),  # the newest word of this source
    Column("entries", Integer, nullable=False),
    Column("confidential", Boolean, nullable=False),
    Column("private", Boolean, nullable=False, default=False, server_default=false()),
    Column("held", Boolean, nullable=False, default=False, server_default=false()),
    Column("author", Id, nullable=False, default="", server_default=""),
    Column("current", Integer, nullable=False),  # how many of its entries hold now
    Column("first_at", String(20), nullable=False),  # sort key of its oldest entry
    Column("place_at", String(20), nullable=False),  # as of the row
    Column("place_id", Id, nullable=False),
)
Index(
    "ix_record_row_source_listed",
    record_row_source.c.person_id,
    record_row_source.c.section,
    record_row_source.c.source,
    record_row_source.c.rank,
    record_row_source.c.place_at,
    record_row_source.c.place_id,
    record_row_source.c.sort_at,
    record_row_source.c.row_id,
    record_row_source.c.confidential,
    record_row_source.c.private,
    record_row_source.c.held,
    record_row_source.c.author,
)
Index(
    "ix_record_row_source_beside",
    record_row_source.c.person_id,
    record_row_source.c.section,
    record_row_source.c.source,
    record_row_source.c.rank,
    record_row_source.c.sort_at,
    record_row_source.c.place_at,
    record_row_source.c.confidential,
    record_row_source.c.private,
    record_row_source.c.held,
    record_row_source.c.author,
    sqlite_where=text("place_at != sort_at"),
    postgresql_where=text("place_at != sort_at"),
)

record_count = Table(  # rows per section and status, for all sources ("") and for each
    "record_count",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("section", Word, primary_key=True),
    Column("source", Id, primary_key=True),
    Column("rank", SmallInteger, primary_key=True),
    Column("confidential", Boolean, primary_key=True),
    Column("private", Boolean, primary_key=True),
    Column("held", Boolean, primary_key=True, server_default=false()),
    Column("author", Id, primary_key=True, server_default=""),
    Column("rows", Integer, nullable=False),
    Column("unread", Integer, nullable=False, default=0, server_default="0"),  # of a source's messages; of others none
)

message_thread = Table(  # conversations as the inbox lists them, by what labels their messages have
    "message_thread",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("thread", Hash, primary_key=True),
    Column("confidential", Boolean, primary_key=True),
    Column("private", Boolean, primary_key=True),
    Column("held", Boolean, primary_key=True),
    Column("author", Id, primary_key=True),
    Column("source", Id, nullable=False),
    Column("newest_id", Id, nullable=False),  # the row of its last message
    Column("sort_at", String(20), nullable=False),  # of that row
    Column("messages", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
)
Index("ix_message_thread_newest", message_thread.c.person_id, message_thread.c.sort_at, message_thread.c.thread)
Index(
    "ix_message_thread_source",
    message_thread.c.person_id,
    message_thread.c.source,
    message_thread.c.sort_at,
    message_thread.c.thread,
)
Index(
    "ix_message_thread_unread",
    message_thread.c.person_id,
    message_thread.c.sort_at,
    message_thread.c.thread,
    sqlite_where=text("unread > 0"),
    postgresql_where=text("unread > 0"),
)

entry = Table(
    "entry",
    metadata,
    Column("id", Id, ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True),  # the resource's own id
    Column("number", BigInteger),  # the resource's own number, by which search tokens find it; never empty
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("source", Id, nullable=False),
    Column("section", Word, nullable=False),
    Column("row_id", Id, ForeignKey("record_row.id", deferrable=True, initially="DEFERRED"), index=True),
    Column("alone", Boolean, nullable=False, default=False, server_default=false()),  # its row has no other entry
    Column("grouped", Boolean, nullable=False),  # false: stored, and its section is still to be grouped again
    Column("status", Word, nullable=False),
    Column("sort_at", String(20), nullable=False),
    Column("confidential", Boolean, nullable=False),  # as its source labelled it: portal.normalise.confidential
    Column("private", Boolean, nullable=False, default=False, server_default=false()),  # the person keeps it private
    Column("held", Boolean, nullable=False, default=False, server_default=false()),  # portal.access.result_timing
    Column(
        "author", Id, nullable=False, default="", server_default=""
    ),  # of a message, its files: portal.access.authors
    Column("held_at", Instant),  # since when, also of what no longer waits
    Column("held_until", Instant),  # when it is shown whatever happens
    Column("new_at", Instant, nullable=False),  # when it came, or came changed
    Column("read_at", Instant),
    Column("thread", Hash),  # of a message: keyed hash of what it shares with those that answer it
    Column("facts", LargeBinary),  # sealed portal.merge.Facts; absent until it was read by the present rules
    Column("body", LargeBinary, nullable=False),  # sealed domain.entry.Entry
)
Index("uq_entry_number", entry.c.number, unique=True)
Index("ix_entry_section", entry.c.person_id, entry.c.section, entry.c.source)
Index(
    "ix_entry_unread",
    entry.c.person_id,
    entry.c.source,
    entry.c.section,
    sqlite_where=text("read_at IS NULL"),
    postgresql_where=text("read_at IS NULL"),
)
Index(
    "ix_entry_unread_at",
    entry.c.person_id,
    entry.c.section,
    entry.c.new_at,
    entry.c.row_id,
    sqlite_where=text("read_at IS NULL"),
    postgresql_where=text("read_at IS NULL"),
)
Index(
    "ix_entry_thread",
    entry.c.person_id,
    entry.c.thread,
    entry.c.sort_at,
    entry.c.id,
    sqlite_where=text("thread IS NOT NULL"),
    postgresql_where=text("thread IS NOT NULL"),
)
Index(
    "ix_entry_ungrouped",
    entry.c.person_id,
    entry.c.section,
    sqlite_where=text("NOT grouped"),
    postgresql_where=text("NOT grouped"),
)
entry_waits: ColumnElement[bool] = literal_column("NOT entry.grouped")
"""That an entry is still to be grouped, in the words of this index: SQLite looks into it for no other."""
Index(
    "ix_entry_held",
    entry.c.person_id,
    entry.c.section,
    sqlite_where=text("held = 1"),
    postgresql_where=text("held"),
)

release_choice = Table(  # when a person wants to see new results
    "release_choice",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("data", LargeBinary, nullable=False),  # sealed
)

private_choice = Table(  # what a person keeps private: "" stands for any
    "private_choice",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("section", Word, primary_key=True),
    Column("source", Id, primary_key=True),
    Column("entry_id", Id, primary_key=True),
    Column("chosen_at", Instant, nullable=False),
)

correction = Table(  # what a patient asks the home organization to correct
    "correction",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Id, nullable=False),  # who asked: the patient, or somebody who acts for them
    Column("section", Word, nullable=False),
    Column("entry_id", Id, nullable=False),  # may be gone by the time it is answered
    Column("data", LargeBinary, nullable=False),  # sealed: the item's title and date, what is wrong, what is right
    Column("state", Word, nullable=False),  # open, corrected, declined
    Column("answer", LargeBinary),  # sealed text
    Column("created_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("answered_by", Id),
)
Index("ix_correction_state", correction.c.state, correction.c.created_at)

entry_key = Table(  # under which entries meet to be compared, hashed per person; no primary key: nothing asks for one
    "entry_key",
    metadata,
    Column("entry_id", Id, ForeignKey("entry.id", ondelete="CASCADE"), nullable=False),
    Column("hash", Hash, nullable=False),
    Column("bond", Word, nullable=False),  # portal.merge.Bond: two that meet are compared when one of them seeks
)
Index("ix_entry_key_entry_id", entry_key.c.entry_id)
Index("ix_entry_key_hash", entry_key.c.hash)
