"""A statement that is handed to SQLite's driver as it is gives what SQLAlchemy's way gives, errors included."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, literal, or_, select
from sqlalchemy.exc import IntegrityError

from portal.domain.errors import TooSlowError
from portal.store import Database
from portal.store.engine.database import Tx
from portal.store.engine.prepared import Prepared
from portal.store.schema.provider import oauth_client, used_jti

_CLIENTS = select(oauth_client.c.client_id, oauth_client.c.redirect_uris, oauth_client.c.trusted.label("is_trusted"))


def _fill(tx: Tx) -> None:
    for name, uris, trusted in (("a", ["https://a.example/cb"], True), ("b", [], False), ("c", ["x:y", "z:w"], False)):
        values = {"client_id": name, "name": name, "auth_method": "none", "redirect_uris": uris, "trusted": trusted}
        lists: dict[str, list[str]] = {"scopes": [], "grant_types": []}
        tx.conn.execute(insert(oauth_client).values(**values, **lists, partner=False, created_at=tx.now))


def test_rows_are_those_of_the_usual_way(database: Database) -> None:
    c = oauth_client.c
    ordered = select(*c, literal("new").label("word")).order_by(c.client_id)
    of_name = ordered.where(or_(c.client_id == bindparam("id"), c.name == bindparam("id"), c.owner == "nobody"))
    listed = ordered.where(c.client_id.in_(bindparam("ids", expanding=True)))
    since = ordered.where(c.created_at >= bindparam("since")).limit(bindparam("limit"))
    with database.transaction() as tx:
        _fill(tx)
        for query, values, n in (
            (of_name, {"id": "c"}, 1),
            (of_name, {"id": "nobody"}, 0),
            (listed, {"ids": ["a", "c"]}, 2),
            (since, {"since": tx.now, "limit": 2}, 2),
            (since, {"since": tx.now + timedelta(seconds=1), "limit": 2}, 0),
        ):
            prepared = Prepared(query)
            for _again in range(2):
                rows = prepared.rows(tx.conn, values)
                assert len(rows) == n
                assert [tuple(row) for row in rows] == [tuple(row) for row in tx.conn.execute(query, values)]


def test_values_have_the_names_of_their_columns(database: Database) -> None:
    with database.transaction() as tx:
        _fill(tx)
        (row,) = Prepared(_CLIENTS.where(oauth_client.c.client_id == bindparam("id"))).rows(tx.conn, {"id": "a"})
        assert (row.client_id, row.redirect_uris, row.is_trusted) == ("a", ["https://a.example/cb"], True)


def test_an_insert_keeps_what_it_is_given_and_refuses_what_the_table_refuses(database: Database) -> None:
    add = Prepared(insert(used_jti), given=["client_id", "jti_hash", "expires_at"])
    until = datetime(2026, 3, 1, 12, 0, 0, 5000, tzinfo=UTC)
    values = {"client_id": "a", "jti_hash": "h", "expires_at": until}
    with database.transaction() as tx:
        add.execute(tx.conn, values)
        assert tx.conn.execute(select(used_jti.c.expires_at)).scalar_one() == until
    with pytest.raises(IntegrityError), database.transaction() as tx:
        add.execute(tx.conn, values)


def test_what_runs_too_long_is_ended(database: Database) -> None:
    many = select(literal(1).label("n")).select_from(oauth_client)
    for _ in range(14):  # 3 to the 15th rows, of which one is given
        other = oauth_client.alias()
        many = many.join(other, other.c.client_id != bindparam("none"))
    with database.transaction() as tx:
        _fill(tx)
    slow = Prepared(many.limit(bindparam("limit")).offset(10_000_000))
    with pytest.raises(TooSlowError), database.reading(seconds=0.05) as tx:
        slow.rows(tx.conn, {"none": "-", "limit": 1})
