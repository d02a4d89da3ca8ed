"""The tables. Private to ``portal.store``: everything else goes through the query modules there."""

from portal.store.schema import access, audit, desk, directory, encryption, links, messages, provider, records, shares
from portal.store.schema.base import metadata

__all__ = [
    "access",
    "audit",
    "desk",
    "directory",
    "encryption",
    "links",
    "messages",
    "metadata",
    "provider",
    "records",
    "shares",
]
