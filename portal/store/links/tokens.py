"""The tokens of a link, sealed, and the right to refresh them that one worker has at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import bindparam, delete, insert, or_, select, update

from portal.store.engine.database import Tx
from portal.store.schema.links import link_token


class Tokens(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the other organization gave us. Only ever stored sealed; never logged.

    ``patient`` is the id of the Patient there. ``scopes`` are those granted. ``grant_id`` names the consent there
    (Grant Management for OAuth 2.0), where the organization tells it.
    """

    access_token: str
    refresh_token: str = ""
    scopes: tuple[str, ...] = ()
    patient: str = ""
    issuer: str = ""
    grant_id: str = ""
    ends_at: datetime | None = None  # when the refresh token ends, as the answer said

    def __repr__(self) -> str:
        return "Tokens(…)"


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """``version`` counts refreshes. ``locked_until``: a refresh is under way, or broke off when it lies in the past."""

    tokens: Tokens
    expires_at: datetime | None
    version: int
    locked_until: datetime | None


def tokens_of(tx: Tx, *, link_id: str) -> StoredTokens | None:
    return tokens_by_link(tx, link_ids=(link_id,)).get(link_id)


def tokens_by_link(tx: Tx, *, link_ids: Collection[str]) -> dict[str, StoredTokens]:
    """Return the tokens of those links that have any."""
    return {
        row.link_id: StoredTokens(
            tx.unseal(row.data, Tokens, row=_place(row.link_id)), row.expires_at, row.version, row.locked_until
        )
        for row in tx.conn.execute(_OF_LINKS, {"link_ids": list(link_ids)})
    }


_OF_LINKS = select(link_token).where(link_token.c.link_id.in_(bindparam("link_ids", expanding=True)))


def put_tokens(tx: Tx, *, link_id: str, tokens: Tokens, expires_at: datetime | None) -> None:
    """Keep new tokens; whoever holds the old version sees that it moved. Ends a lock."""
    version = tx.conn.execute(select(link_token.c.version).where(link_token.c.link_id == link_id)).scalar()
    values = {
        "data": tx.seal(tokens, row=_place(link_id)),
        "expires_at": expires_at,
        "version": (version or 0) + 1,
        "locked_until": None,
    }
    if version is None:
        tx.conn.execute(insert(link_token).values(link_id=link_id, **values))
    else:
        tx.conn.execute(update(link_token).where(link_token.c.link_id == link_id).values(**values))


def lock_tokens(tx: Tx, *, link_id: str, version: int, span: timedelta) -> bool:
    """Take the right to refresh this version of the tokens; False when somebody has it or the version moved."""
    taken = tx.conn.execute(
        update(link_token)
        .where(
            link_token.c.link_id == link_id,
            link_token.c.version == version,
            or_(link_token.c.locked_until.is_(None), link_token.c.locked_until <= tx.now),
        )
        .values(locked_until=tx.now + span)
    )
    return bool(taken.rowcount)


def renew_tokens(tx: Tx, *, link_id: str, version: int, tokens: Tokens, expires_at: datetime | None) -> bool:
    """Keep what came in the place of a version that was locked for it. False: that is gone, or somebody replaced it."""
    values = {
        "data": tx.seal(tokens, row=_place(link_id)),
        "expires_at": expires_at,
        "version": version + 1,
        "locked_until": None,
    }
    locked = (link_token.c.link_id == link_id, link_token.c.version == version, link_token.c.locked_until.is_not(None))
    return bool(tx.conn.execute(update(link_token).where(*locked).values(**values)).rowcount)


def unlock_tokens(tx: Tx, *, link_id: str, version: int, doubtful: bool) -> None:
    """Give the right back. ``doubtful``: the answer was lost, so the token may have been used up there."""
    tx.conn.execute(
        update(link_token)
        .where(link_token.c.link_id == link_id, link_token.c.version == version)
        .values(locked_until=tx.now if doubtful else None)
    )


def drop_tokens(tx: Tx, *, link_id: str) -> None:
    tx.conn.execute(delete(link_token).where(link_token.c.link_id == link_id))


def _place(link_id: str) -> str:
    return f"link_token.data:{link_id}"
