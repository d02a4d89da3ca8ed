"""The transaction policy, on both databases."""

import threading

import pytest
from sqlalchemy import text

from portal.access.passwords import hash_password
from portal.domain.errors import DecryptionError
from portal.domain.people import Role
from portal.store import Database
from portal.store.engine.upgrade import is_current, upgrade
from portal.store.people import accounts


def test_upgrade_is_complete_and_can_run_again(database: Database) -> None:
    assert is_current(database)
    upgrade(database)
    assert is_current(database)


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fails() -> None:
        with database.transaction() as tx:
            accounts.add(tx, username="x", display="X", password_hash="h", role=Role.STAFF)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with database.reading() as tx:
        assert accounts.for_sign_in(tx, username="x") is None


def test_no_update_is_lost_between_threads(database: Database) -> None:
    with database.transaction() as tx:
        tx.conn.execute(text("CREATE TABLE counter (n INTEGER)"))
        tx.conn.execute(text("INSERT INTO counter VALUES (0)"))

    def add() -> None:
        for _ in range(25):
            with database.transaction() as tx:
                tx.conn.execute(text("UPDATE counter SET n = n + 1"))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT n FROM counter")).scalar() == 100


def test_a_sealed_value_is_bound_to_its_row(database: Database) -> None:
    with database.reading() as tx:
        sealed = tx.seal({"a": 1}, row="entry.body:1")
        assert tx.unseal(sealed, dict, row="entry.body:1") == {"a": 1}
        with pytest.raises(DecryptionError):
            tx.unseal(sealed, dict, row="entry.body:2")


def test_names_are_not_in_the_clear(database: Database) -> None:
    with database.transaction() as tx:
        accounts.add(
            tx, username="zebulon", display="Zebulon Quist", password_hash=hash_password("pw"), role=Role.STAFF
        )
        row = tx.conn.execute(text("SELECT * FROM account")).one()
    assert b"zebulon" not in b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row).lower()
