"""Links to other organizations: their life, their tokens, their refreshes."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from portal.store.schema.base import Hash, Id, Instant, Word, metadata

link = Table(
    "link",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("organization_id", Id, ForeignKey("organization.id"), nullable=False, index=True),
    Column("state", Word, nullable=False),
    Column("tier", Word, nullable=False),
    Column("live", Boolean, nullable=False, default=True),  # false: history
    Column("hidden", Boolean, nullable=False, default=False),
    Column("lasting", Boolean, nullable=False, default=False),  # a refresh token was given
    Column("reason", Word),  # stable code of why it is in this state
    Column("patient_hash", Hash),  # keyed hash of the patient id there
    Column("created_by", Id, nullable=False),  # account
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("verified_at", Instant),
    Column("refreshed_at", Instant),  # end of the last refresh that brought anything
    Column("looked_at", Instant),
    Column("throttled_until", Instant),
    Column("ends_at", Instant),  # until when the other organization lets us read, where it says so
    Column("warned_at", Instant),  # when it was written that it is about to end
    Column("finding", LargeBinary),  # sealed: what differs, while the patient is asked to confirm
)
Index("ix_link_person_id", link.c.person_id)
Index(
    "uq_link_live",
    link.c.person_id,
    link.c.organization_id,
    unique=True,
    sqlite_where=text("live"),
    postgresql_where=text("live"),
)

link_event = Table(  # the history of its states; no clinical content
    "link_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("link_id", Id, ForeignKey("link.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("move", Word, nullable=False),
    Column("from_state", Word),
    Column("to_state", Word, nullable=False),
    Column("reason", Word),
    Column("account_id", Id),
)

link_token = Table(
    "link_token",
    metadata,
    Column("link_id", Id, ForeignKey("link.id", ondelete="CASCADE"), primary_key=True),
    Column("data", LargeBinary, nullable=False),  # sealed: access and refresh token, scopes, patient, issuer
    Column("expires_at", Instant),
    Column("version", Integer, nullable=False, default=1),  # counts refreshes: the loser of a race sees it moved
    Column("locked_until", Instant),
)

link_revocation = Table(  # a token that is to be ended at the other organization, kept only until that is done
    "link_revocation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organization_id", Id, ForeignKey("organization.id", ondelete="CASCADE"), nullable=False),
    Column("data", LargeBinary, nullable=False),  # sealed: the token
    Column("tries", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
)

link_attempt = Table(  # one row per authorization attempt: ten minutes, one use
    "link_attempt",
    metadata,
    Column("state_hash", Hash, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("organization_id", Id, ForeignKey("organization.id"), nullable=False),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("sign_in_hash", Hash, nullable=False),
    Column("link_id", Id),  # set when an existing link is verified again
    Column("data", LargeBinary, nullable=False),  # sealed: code verifier, issuer, endpoints, scopes asked
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

refresh = Table(
    "refresh",
    metadata,
    Column("id", Id, primary_key=True),
    Column("link_id", Id, ForeignKey("link.id", ondelete="CASCADE"), nullable=False),
    Column("cause", Word, nullable=False),  # linked, asked, sign-in, nightly
    Column("state", Word, nullable=False),  # waiting, running, done, failed, cancelled
    Column("reason", Word),
    Column("requested_at", Instant, nullable=False),
    Column("enqueued_at", Instant),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("heartbeat_at", Instant),
)
Index("ix_refresh_link", refresh.c.link_id, refresh.c.requested_at)
Index("ix_refresh_ended", refresh.c.ended_at)  # the sweeper asks often for what ended a few minutes ago
Index(
    "uq_refresh_open",
    refresh.c.link_id,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

refresh_section = Table(  # progress and outcome, section by section
    "refresh_section",
    metadata,
    Column("refresh_id", Id, ForeignKey("refresh.id", ondelete="CASCADE"), primary_key=True),
    Column("section", Word, primary_key=True),
    Column("outcome", Word, nullable=False),
    Column("reason", Word),
    Column("pages", Integer, nullable=False, default=0),
    Column("items", Integer, nullable=False, default=0),
    Column("new_items", Integer, nullable=False, default=0),
    Column("ended_at", Instant),
)

section_state = Table(  # what is true of a link's section now: the last outcome, and when it was last good
    "section_state",
    metadata,
    Column("link_id", Id, ForeignKey("link.id", ondelete="CASCADE"), primary_key=True),
    Column("section", Word, primary_key=True),
    Column("outcome", Word, nullable=False),
    Column("reason", Word),
    Column("good_at", Instant),
    Column("tried_at", Instant, nullable=False),
    Column("cursor", JSON),  # _lastUpdated and the like, for the next incremental refresh
    Column(
        "left_out", JSON(none_as_null=True)
    ),  # how many items of the last refresh left no trace in the records, by reason
)

signing_key = Table(  # keys for private_key_jwt, newest first; published at our JWKS address
    "signing_key",
    metadata,
    Column("id", Id, primary_key=True),
    Column("algorithm", String(10), nullable=False),
    Column("public_jwk", JSON, nullable=False),
    Column("private_jwk", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),
)
