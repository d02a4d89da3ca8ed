"""Stored entries, opened. One that cannot be read any more is one row that says so, and never a page that fails."""

import msgspec
import structlog

from portal.domain.entry import Document, Entry
from portal.domain.sections import Section
from portal.store.engine.database import Tx

_log = structlog.get_logger()


def opened(tx: Tx, *, entry_id: str, section: str, body: bytes) -> Entry:
    """Return a stored entry.

    What this version cannot decode (it was written by a newer one, or is damaged) comes back as an entry that is not
    understood: without a title, and with its resource's original text on its own page.
    """
    try:
        return tx.unseal(body, Entry, row=f"entry.body:{entry_id}")
    except msgspec.DecodeError:
        _log.warning("entry.not_readable", entry=entry_id, section=section)
        return Entry(section=Section(section), title="", detail=Document(), unsafe=("stored",))
