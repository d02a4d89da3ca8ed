"""How long the rows of what a person handed on are kept; part of ``portal.store.retention``."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, exists, or_

from portal.store.retention_bounds import DAY, SIX_YEARS, Bound, Retention
from portal.store.schema.shares import (
    calendar_feed,
    prepared_export,
    received,
    share,
    share_copy,
    share_file,
    share_key,
)


def _over(before: datetime) -> ColumnElement[bool]:
    return or_(share.c.ended_at < before, share.c.ends_at < before)


def _of_over(table: Table) -> Callable[[datetime], ColumnElement[bool]]:
    return lambda before: exists().where(share.c.id == table.c.share_id, _over(before))


SHARES: Mapping[str, Retention] = {
    "share": Retention(
        "A link that a person handed on; after its end, what was disclosed to whom and by whose choice.",
        bounds=(Bound("6 years after its end", SIX_YEARS, _over),),
    ),
    "share_file": Retention(
        "What a link leads to, encrypted with a key that only the link holds.",
        "when the link is ended",
        bounds=(Bound("1 day after the link ran out", DAY, _of_over(share_file)),),
    ),
    "share_key": Retention(
        "The key of a long-lived link, sealed for the person.",
        "when the link is ended",
        bounds=(Bound("1 day after the link ran out", DAY, _of_over(share_key)),),
    ),
    "share_copy": Retention(
        "The same for a reader without software, wrapped with a code that is nowhere here. It opens for an hour.",
        "when the link is ended",
        bounds=(
            Bound("1 day after the link ran out", DAY, _of_over(share_copy)),
            Bound("1 day after it was opened", DAY, lambda before: share_copy.c.opened_at < before),
        ),
    ),
    "share_note": Retention("What a reader of a link left for the person.", "with the link"),
    "share_location": Retention("Addresses of a link's file, for an hour.", "when the next is made, or the link ends"),
    "share_event": Retention("Who opened a link and when.", "with the link"),
    "received": Retention(
        "An outside summary that a patient handed on at the front desk, as it came.",
        "with the person",
        bounds=(
            Bound(
                "1 day, where nobody filed it",
                DAY,
                lambda before: and_(received.c.filed_at.is_(None), received.c.created_at < before),
            ),
        ),
    ),
    "prepared_export": Retention(
        "All that is kept of a person, put together at the word of staff for the person to take, once.",
        "its content when it is opened",
        bounds=(Bound("1 day after it ran out", DAY, lambda before: prepared_export.c.expires_at < before),),
    ),
    "calendar_feed": Retention(
        "An address at which a calendar reads when the appointments are.",
        bounds=(Bound("6 years after its end", SIX_YEARS, lambda before: calendar_feed.c.ended_at < before),),
    ),
}
