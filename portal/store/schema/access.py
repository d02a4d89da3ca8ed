"""People, accounts, sign-ins, and who acts for whom."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, SmallInteger, Table

from portal.store.schema.base import FhirId, Hash, Id, Instant, Word, metadata

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("fhir_id", FhirId, unique=True),  # id of the home chart's Patient resource
    Column("data", LargeBinary, nullable=False),  # sealed domain.people.Person
    Column("share_matches", Boolean, nullable=False, default=True),  # may partners match this person?
    Column("folding", SmallInteger, nullable=False, default=0, server_default="0"),  # version of their person_tokens
    Column("located_at", Instant),  # when partners were last asked whether they know this person
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

person_token = Table(  # what a person is found by, as keyed hashes
    "person_token",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Word, primary_key=True),  # name, birth-date, phone, email, address, identifier …
    Column("hash", Hash, primary_key=True),
)
Index("ix_person_token_hash", person_token.c.kind, person_token.c.hash)

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username_hash", Hash, nullable=False, unique=True),
    Column("data", LargeBinary, nullable=False),  # sealed username and display name
    Column("password_hash", LargeBinary, nullable=False),  # sealed Argon2id encoding
    Column("role", Word, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), index=True),
    Column("locale", Word, nullable=False, default=""),
    Column("reduce_data", Boolean, nullable=False, default=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

sign_in = Table(  # one row per browser that is signed in
    "sign_in",
    metadata,
    Column("id_hash", Hash, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

proxy_grant = Table(
    "proxy_grant",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("level", Word, nullable=False),
    Column("relationship", LargeBinary),  # sealed text: "son", "mother" …
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("ended_at", Instant),
)
