"""What must not be good again once a database went back to an earlier moment.

A backup knows nothing of what was used, ended or taken back after it: a session that was signed out, a link to reset a
password that was used, an app that somebody refused from then on. Nobody can say which these were, so all end.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, Delete, Table, Update, delete, inspect, update

from portal.domain.assists import AssistEnding
from portal.store.desk.factor_resets import CANCELLED
from portal.store.schema.access import challenge, known_browser, proxy_invitation, sign_in
from portal.store.schema.desk import assist, factor_reset, handover
from portal.store.schema.provider import oauth_grant
from portal.store.schema.shares import calendar_feed, share, share_location

RESTORED = "restored"  # why a grant ended

_STAY = ("activation", "openid-used")
"""Challenges that stay: a letter opens an account that is not open now, and a used state that is forgotten would be
good again."""


def end_access(conn: Connection) -> int:
    """End what lets somebody in without a password, and what its owner may have ended meanwhile; return how many rows.

    Sign-ins and browsers without a second factor, one-time links and codes, grants of apps and other portals with all
    their tokens, unanswered invitations, removals of second factors, assists, addresses of calendars. Links to a
    summary pause: their owners open them again. What an earlier schema does not have yet is left out.
    """
    tables = inspect(conn)
    columns = {name: {column["name"] for column in tables.get_columns(name)} for name in tables.get_table_names()}
    return sum(
        conn.execute(statement).rowcount
        for table, needed, statement in _statements(datetime.now(UTC))
        if columns.get(table.name, set()).issuperset(needed)
    )


def _statements(now: datetime) -> Iterator[tuple[Table, set[str], Update | Delete]]:
    """Yield what to write: where, which columns it names, and how."""
    endings: dict[Table, dict[str, str | datetime]] = {
        sign_in: {"ended_at": now},
        factor_reset: {"ended_at": now, "ending": CANCELLED},
        assist: {"ended_at": now, "ending": AssistEnding.IDLE.value},
        handover: {"ended_at": now},
        oauth_grant: {"ended_at": now, "end_reason": RESTORED},
        calendar_feed: {"ended_at": now},
    }
    for table, values in endings.items():
        yield table, set(values), update(table).where(table.c.ended_at.is_(None)).values(**values)
    yield share, {"paused_at"}, update(share).where(share.c.paused_at.is_(None)).values(paused_at=now)
    yield challenge, {"kind"}, delete(challenge).where(challenge.c.kind.not_in(_STAY))
    for table in (known_browser, proxy_invitation, share_location):
        yield table, set(), delete(table)
