"""A client assertion's id is taken once, on either database (RFC 7523, 3; SMART Backend Services)."""

from datetime import timedelta

from portal.store import Database
from portal.store.provider import clients, tokens
from portal.store.provider.clients import OAuthClient


def test_the_second_time_is_refused(database: Database) -> None:
    with database.transaction() as tx:
        for client_id in ("app", "other"):
            clients.add_client(tx, client=OAuthClient(client_id=client_id, name="An app"))

    def use(client_id: str = "app", jti: str = "one") -> bool:
        with database.transaction() as tx:
            return tokens.use_jti(tx, client_id=client_id, jti=jti, expires_at=tx.now + timedelta(minutes=5))

    assert [use(), use(), use(jti="two"), use("other"), use()] == [True, False, True, True, False]
