"""People, accounts, sign-ins, and who acts for whom."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, LargeBinary, SmallInteger, Table, false

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
    Column("password_changed_at", Instant),  # nothing: not since the account was made
    Column("signed_in_at", Instant),  # the last time; nothing: not since the account was made
)

sign_in = Table(  # one row per browser that is signed in
    "sign_in",
    metadata,
    Column("id_hash", Hash, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("device", LargeBinary),  # sealed name of the device and the browser
    Column("kept", LargeBinary),  # sealed form that was sent, or about to be, when the time was up
    Column("confirmed_at", Instant),  # when who sits there showed again who it is; nothing: at the sign-in
    Column("ended_at", Instant),
)

proxy_grant = Table(
    "proxy_grant",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("choices", JSON, nullable=False),  # domain.people.Choice, as the patient chose
    Column("relationship", LargeBinary),  # sealed text: "son", "mother" …
    Column("owner_is", LargeBinary),  # sealed text: the other way round, where the patient invited them
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("ended_at", Instant),
    Column("told_at", Instant),  # when both were told that an age boundary is near
    Column("desk_account_id", Id),  # of the clerk who set it up
    Column("document", Word),  # domain.assists.ProxyDocument that the clerk saw
    Column("stop_hash", Hash, index=True, unique=True),  # of the link in the notices that ends what the desk set up
)

proxy_invitation = Table(  # until both have said yes
    "proxy_invitation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code_hash", Hash, nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("choices", JSON, nullable=False),
    Column("data", LargeBinary, nullable=False),  # sealed: the code, names, relationship
    Column("grant_ends_at", Instant),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE")),  # who said yes
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries", SmallInteger, nullable=False, default=0),
    Column("awaits_second", Boolean, nullable=False, default=False, server_default=false()),  # a second clerk
    Column("stop_hash", Hash, index=True, unique=True),  # of the link in the notices that ends what the desk set up
)

factor = Table(  # what one signs in with beside a password, or instead of it
    "factor",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Word, nullable=False),  # authenticator, passkey
    Column("credential_hash", Hash, unique=True),  # of a passkey
    Column("data", LargeBinary, nullable=False),  # sealed: the secret, and what was used last
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
)

openid_identity = Table(  # by whom at the hospital's OpenID provider an account is opened
    "openid_identity",
    metadata,
    Column("id_hash", Hash, primary_key=True),  # of issuer and subject
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("data", LargeBinary, nullable=False),  # sealed: issuer, subject, what the provider said last
    Column("used_at", Instant, nullable=False),
)

single_use_code = Table(  # recovery codes, and printed ones for people without a phone
    "single_use_code",
    metadata,
    Column("code_hash", Hash, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Word, nullable=False),  # recovery, printed
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
)

known_browser = Table(  # where an account signed in before: nobody else's wrong passwords count there
    "known_browser",
    metadata,
    Column("token_hash", Hash, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("skips_code", Boolean, nullable=False, default=False),  # the second factor is not asked for
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

challenge = Table(  # what may be answered once, and until when
    "challenge",
    metadata,
    Column("secret_hash", Hash, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), index=True),  # nobody's: of a sign-in
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries", SmallInteger, nullable=False, default=0),
)

pending_change = Table(  # what cannot be undone and waits for a second person's word
    "pending_change",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
)

person_merge = Table(  # two persons who are said to be one, until a second person confirms it
    "person_merge",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),  # who stays
    Column("other_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),  # who goes
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
)

former_person = Table(  # who was merged into whom: their events, and what the chart still sends about them, lead there
    "former_person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("fhir_id", FhirId, unique=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),  # sealed domain.people.Person
    Column("merged_at", Instant, nullable=False),
)

outgoing_mail = Table(  # e-mails until the mail server has taken them
    "outgoing_mail",
    metadata,
    Column("id", Id, primary_key=True),
    Column("content", LargeBinary, nullable=False),  # sealed address, subject and text
    Column("created_at", Instant, nullable=False),
    Column("tries", SmallInteger, nullable=False, default=0),
    Column("due_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant),  # taken by the mail server, or given up
)

notice_choice = Table(  # when an account wants to be told of news
    "notice_choice",
    metadata,
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("data", LargeBinary, nullable=False),  # sealed
)

notice = Table(  # whom to tell by e-mail that there is news, and of which kind
    "notice",
    metadata,
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Word, primary_key=True),
    Column("planned_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
)
