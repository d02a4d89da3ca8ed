"""Organizations that can be linked, where we know them from, and how we are known to them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from portal.store.schema.base import Hash, Id, Instant, Word, metadata

organization = Table(
    "organization",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(300), nullable=False),
    Column("owner_id", Id, ForeignKey("organization.id"), index=True),
    Column("kind", Word, nullable=False),
    Column("policy", Word, nullable=False),
    Column("manual", Boolean, nullable=False, default=False),  # known to give no lasting authorization
    Column("messaging", Boolean, nullable=False, default=False),
    Column("reverse_links", Boolean, nullable=False, default=False),
    Column("confidential", Boolean, nullable=False, default=False, server_default=false()),  # whatever its name says
    Column("messages_off", Boolean, nullable=False, default=False, server_default=false()),  # nobody writes there
    Column("withheld", JSON),  # types of resources that its portal does not get from here
    Column("results_delay_days", Integer, nullable=False, default=0, server_default="0"),  # for its portal
    Column("fhir_base", String(500)),  # absent for a clinic that uses its owner's
    Column("base_key", String(500)),  # the same as it is compared: portal.domain.addresses.canonical
    Column("portal_url", String(500)),
    Column("domain", String(200), nullable=False, default=""),  # of its web site, without "www."
    Column("vendor", String(80), nullable=False, default=""),
    Column("phone", String(60), nullable=False, default=""),
    Column("npi", String(10), nullable=False, default="", index=True),
    Column("line", String(200), nullable=False, default=""),
    Column("city", String(100), nullable=False, default=""),
    Column("state", String(40), nullable=False, default=""),
    Column("postal_code", String(20), nullable=False, default="", index=True),
    Column("latitude", Float),  # degrees, WGS 84
    Column("longitude", Float),
    Column("more_places", JSON),  # other addresses, as "city, state postal code"
    Column("hue", Word, nullable=False, default=""),
    Column("logo_url", String(500)),  # where a source says it is; never shown to a browser
    Column("capability", JSON),  # what discovery found: endpoints, scopes, resource types
    Column("capability_at", Instant),
    Column("contact_state", Word, nullable=False, default=""),  # how the last contact ended: ok, or a stable code
    Column("contact_at", Instant),
    Column("slow", Boolean, nullable=False, default=False, server_default=false()),  # its last refresh took long
    Column("added_by", Word, nullable=False),  # "operator", or "import"
    Column("retired_at", Instant),  # left every source it was in; kept while somebody is linked to it
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)
Index("ix_organization_base_key", organization.c.base_key)
Index("ix_organization_name", organization.c.name, organization.c.id)  # the administrator reads page by page

organization_name = Table(  # every other name it is found by
    "organization_name",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organization.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("name", String(300), primary_key=True),
    Column("kind", Word, nullable=False),  # alias, former
    Column("since", String(10)),  # FHIR dates, for former names
    Column("until", String(10)),
)

organization_endpoint = Table(  # every FHIR server it is known to have; the one we use is organization.fhir_base
    "organization_endpoint",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organization.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("address", String(500), primary_key=True),
    Column("fhir_version", String(20), nullable=False, default=""),
    Column("status", Word, nullable=False, default=""),
)

organization_source = Table(  # provenance: which entry of which list said so, and what it said
    "organization_source",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("entry", Hash, primary_key=True),  # hash of the entry's identity within its source
    Column(
        "organization_id",
        Id,
        ForeignKey("organization.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("content_hash", Hash, nullable=False),  # so that an unchanged entry costs no write
    Column("content", JSON, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
)

organization_moved = Table(  # ids that were merged away stay resolvable
    "organization_moved",
    metadata,
    Column("old_id", Id, primary_key=True),
    Column(
        "organization_id",
        Id,
        ForeignKey("organization.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("at", Instant, nullable=False),
)

organization_logo = Table(
    "organization_logo",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organization.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("address", String(500), nullable=False),  # what was fetched
    Column("media_type", Word, nullable=False, default=""),
    Column("body", LargeBinary),  # re-encoded by us; absent when the address gave no usable picture
    Column("digest", Hash, nullable=False, default=""),
    Column("fetched_at", Instant, nullable=False),
)

directory_source = Table(  # a list that is read again by itself
    "directory_source",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("address", String(500), nullable=False),
    Column("etag", String(200), nullable=False, default=""),
    Column("checked_at", Instant),
    Column("outcome", Word, nullable=False, default=""),
)

directory_import = Table(
    "directory_import",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column(
        "report", JSON, nullable=False
    ),  # counts: read, added, changed, merged, unchanged, retired, refused by reason
)
Index("ix_directory_import_source", directory_import.c.source, directory_import.c.at)

search_name = Table(  # one line for each name that can be typed; the full-text index is over it
    "search_name",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # short names first: see store.directory_index
    Column("organization_id", Id, ForeignKey("organization.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(300), nullable=False),  # as it is shown
    Column("kind", Word, nullable=False),  # name, alias, former
    Column("until", String(10), nullable=False, default=""),
    Column("words", Text, nullable=False),  # folded words of the name
    Column("place", Text, nullable=False),  # folded words of owner, city, state, postal code, domain, NPI, initials
    Column("latitude", Float),
    Column("longitude", Float),
)

search_word = Table(  # the vocabulary of all names, for misspelled words and to know which words are common
    "search_word",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("word", String(60), nullable=False, unique=True),
    Column("backwards", String(60), nullable=False, index=True),
    Column("uses", Integer, nullable=False),
)

missing_report = Table(  # "tell us": organizations that patients did not find
    "missing_report",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id),  # who asked, to be told; no foreign key: the report outlives the person
    Column("data", LargeBinary, nullable=False),  # sealed: name, place, note
    Column("state", Word, nullable=False),  # open, added, declined
    Column("organization_id", Id),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
)
Index("ix_missing_report_state", missing_report.c.state, missing_report.c.created_at)

organization_client = Table(  # how we are registered there
    "organization_client",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organization.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("client_id", String(200), nullable=False),
    Column("auth_method", Word, nullable=False),  # none, client_secret_basic, client_secret_post, private_key_jwt
    Column("secret", LargeBinary),  # sealed
    Column("registration", LargeBinary),  # sealed: the redirect URI; access token and address for RFC 7592
    Column("partner", Boolean, nullable=False, default=False),  # we may ask for certain matches there
    Column("created_at", Instant, nullable=False),
)

vendor_client = Table(  # how we are registered with all organizations of a vendor, where one registration is for all
    "vendor_client",
    metadata,
    Column("vendor", String(80), primary_key=True),  # as organization.vendor, in small letters
    Column("client_id", String(200), nullable=False),
    Column("auth_method", Word, nullable=False),
    Column("secret", LargeBinary),  # sealed
    Column("created_at", Instant, nullable=False),
)

suggestion = Table(
    "suggestion",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "organization_id",
        Id,
        ForeignKey("organization.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("reason", Word, nullable=False),  # chart, match, reverse, near
    Column("last_visit", String(35)),
    Column("sensitive", Boolean, nullable=False, default=False),  # shown only to who may see confidential items
    Column("later_until", Instant),
    Column("dismissed_at", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("person_id", "organization_id"),
)
