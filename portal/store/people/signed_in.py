"""Who a browser's secret stands for, in one statement: every signed-in request begins with it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from portal.access.visibility import Sight
from portal.domain.sections import Section
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.people import accounts, people, proxies, sign_ins
from portal.store.people.accounts import Account
from portal.store.people.people import StoredPerson
from portal.store.people.proxies import StoredGrant
from portal.store.people.sign_ins import SignIn
from portal.store.records import news
from portal.store.schema.access import account, person, proxy_grant, sign_in
from portal.store.schema.encryption import person_key


@dataclass(frozen=True, slots=True)
class SignedInAccount:
    """``person`` is whose record is the account's own; ``grants`` are those in force (``accounts.grants_of``).

    ``new_messages`` and ``new_items`` (results, appointments) count what is new in that record, without what is kept
    private: the number stands on every page.
    """

    sign_in: SignIn
    account: Account
    person: StoredPerson | None
    grants: tuple[StoredGrant, ...]
    new_messages: int
    new_items: int


_SIGHT = Sight(confidential=True, private=False, held=False, sections=frozenset(Section), account=None)
_GRANTED = person.alias("granted_person")
_KEY, _GRANTED_KEY = person_key.alias("own_key"), person_key.alias("granted_key")  # what opens names, and the page
_IN_FORCE = and_(proxy_grant.c.account_id == account.c.id, proxies.in_force_at(bindparam("now")))
_TABLES = (sign_in, account, person, proxy_grant, _GRANTED, _KEY, _GRANTED_KEY)
_NAMES = tuple(tuple(table.c.keys()) for table in _TABLES)
_QUERY = with_constants(
    select(
        *_TABLES,
        news.number_of_messages(account.c.person_id, sight=_SIGHT).label("new_messages"),
        news.number_of(account.c.person_id, [Section.TEST_RESULTS, Section.VISITS], sight=_SIGHT).label("new_items"),
    )
    .join_from(sign_in, account, account.c.id == sign_in.c.account_id)
    .join(person, person.c.id == account.c.person_id, isouter=True)
    .join(_KEY, _KEY.c.person_id == person.c.id, isouter=True)
    .join(proxy_grant, _IN_FORCE, isouter=True)
    .join(_GRANTED, _GRANTED.c.id == proxy_grant.c.person_id, isouter=True)
    .join(_GRANTED_KEY, _GRANTED_KEY.c.person_id == _GRANTED.c.id, isouter=True)
    .where(sign_in.c.id_hash == bindparam("id_hash"), sign_in.c.ended_at.is_(None))
    .order_by(proxy_grant.c.starts_at, proxy_grant.c.id)
)


def by_secret(tx: Tx, *, secret: str, teen_age: int) -> SignedInAccount | None:
    """Return who is signed in with this secret; None: ended, too old, or the account may not act any more.

    Whether it was idle too long is the caller's.
    """
    rows = tx.conn.execute(_QUERY, {"now": tx.now, "id_hash": sign_ins.secret_hash(tx, secret)}).all()
    parts = [_parts(row) for row in rows]
    stored = sign_ins.from_row(tx, parts[0][0]) if parts else None
    if stored is None or parts[0][1].disabled_at is not None:
        return None
    granted = []
    for _sign_in, _account, _own, grant, other, *keys in parts:
        for key in keys:
            if key.id is not None:
                tx.hold_key(key.id, key.data)
        if grant.id is not None:
            granted.append((grant, people.from_row(tx, other)))
    _sign_in, own_account, own, *_rest = parts[0]
    grants = proxies.from_rows(tx, granted, teen_age=teen_age)
    own_person = people.from_row(tx, own) if own.id is not None else None
    *_columns, new_messages, new_items = rows[0]
    return SignedInAccount(stored, accounts.from_row(tx, own_account), own_person, grants, new_messages, new_items)


def _parts(row: Row[Any]) -> list[Any]:
    """Return the columns of each table as a row of it, in the order of ``_TABLES``."""
    columns = iter(row)
    return [SimpleNamespace(**dict(zip(names, columns, strict=False))) for names in _NAMES]
