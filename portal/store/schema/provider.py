"""Our side as an OAuth and FHIR server: who may ask, and what was granted. Secrets and tokens are kept as hashes."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table

from portal.store.schema.base import Hash, Id, Instant, Word, metadata

oauth_client = Table(
    "oauth_client",
    metadata,
    Column("client_id", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("secret_hash", String(200)),  # Argon2id; absent for public clients and keys
    Column("auth_method", Word, nullable=False),
    Column("redirect_uris", JSON, nullable=False),
    Column("scopes", JSON, nullable=False),  # what it may ask for
    Column("grant_types", JSON, nullable=False),
    Column("jwks_uri", String(500)),
    Column("jwks", JSON),
    Column("homepage", String(500), nullable=False, default=""),
    Column("logo", String(500), nullable=False, default=""),
    Column("contact", String(300), nullable=False, default=""),
    Column("owner", String(200), nullable=False, default="", server_default=""),  # who runs it, as the operator knows
    Column("portal_fhir_base", String(500)),  # set when the client is another portal: its own FHIR base
    Column("trusted", Boolean, nullable=False, default=False),  # added by the operator, not self-registered
    Column("partner", Boolean, nullable=False, default=False),  # may use Patient/$match
    Column("introspects", Boolean, nullable=False, default=False),  # may ask about every token, not only its own
    Column("registered_from", Hash),  # keyed hash of the network address, for clients that registered themselves
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

oauth_client_logo = Table(  # given by the operator, drawn anew by us
    "oauth_client_logo",
    metadata,
    Column("client_id", String(200), ForeignKey("oauth_client.client_id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Hash, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

proposal = Table(  # what an administrator proposed and another confirms, and what was in force when
    "proposal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Word, nullable=False),  # release, partner, partner-keys
    Column("subject", String(200), nullable=False, default=""),  # id of a client
    Column("data", JSON, nullable=False),
    Column("proposed_by", Id, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", Id),
    Column("decided_at", Instant),
    Column("confirmed", Boolean, nullable=False, default=False),
)
Index("ix_proposal_decided", proposal.c.kind, proposal.c.decided_at)

oauth_grant = Table(  # one consent: the family of every code and token that came of it
    "oauth_grant",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", String(200), ForeignKey("oauth_client.client_id"), nullable=False, index=True),
    Column("account_id", Id),  # who agreed; absent for organization-to-organization grants
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("scopes", JSON, nullable=False),
    Column("lasting", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("end_reason", Word),
    Column("used_at", Instant),
)

oauth_code = Table(
    "oauth_code",
    metadata,
    Column("code_hash", Hash, primary_key=True),
    Column("grant_id", Id, ForeignKey("oauth_grant.id", ondelete="CASCADE"), nullable=False),
    Column("data", LargeBinary, nullable=False),  # sealed: portal.store.provider.tokens.CodeData
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

oauth_token = Table(
    "oauth_token",
    metadata,
    Column("token_hash", Hash, primary_key=True),
    Column("kind", Word, nullable=False),  # access, refresh
    Column("grant_id", Id, ForeignKey("oauth_grant.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("scopes", JSON, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),  # refresh tokens: rotated away
    Column("revoked_at", Instant),
)

used_jti = Table(  # client assertions are accepted once
    "used_jti",
    metadata,
    Column("client_id", String(200), primary_key=True),
    Column("jti_hash", Hash, primary_key=True),
    Column("expires_at", Instant, nullable=False),
)
Index("ix_used_jti_expires", used_jti.c.expires_at)

oauth_key = Table(  # what id_tokens are signed with; the retired ones still verify
    "oauth_key",
    metadata,
    Column("kid", Id, primary_key=True),
    Column("data", LargeBinary, nullable=False),  # sealed private JWK
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),
)

oauth_match = Table(  # the people whom a partner found by $match: all that its system/ scopes reach
    "oauth_match",
    metadata,
    Column("client_id", String(200), ForeignKey("oauth_client.client_id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("matched_at", Instant, nullable=False),  # or last used
)
