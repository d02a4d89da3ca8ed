"""``portal keys``: a new key is published before it signs, an old one until what it signed has ended."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Table, update

from portal.cli import main
from portal.doctor import database as doctor
from portal.doctor.faults import Measures
from portal.domain.key_overlap import PUBLISHED_AHEAD
from portal.linking.oauth import keys
from portal.provider.oauth import id_token
from portal.services import Services
from portal.store.schema.links import signing_key
from portal.store.schema.provider import oauth_key
from tests.factories.commands import Run, user_command

PURPOSES = {"id-tokens": ("/oauth/jwks", oauth_key), "assertions": ("/jwks.json", signing_key)}


@pytest.fixture
def run(services: Services, monkeypatch: pytest.MonkeyPatch) -> Run:
    user_command(services.settings, monkeypatch)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def age(services: Services, table: Table, by: timedelta) -> None:
    """Let all keys of a kind be so much older."""
    with services.db.transaction() as tx:
        for row in tx.conn.execute(table.select()).all():
            id_column = next(iter(table.primary_key.columns))
            tx.conn.execute(update(table).where(id_column == row[0]).values(created_at=row.created_at - by))


def signs(services: Services, purpose: str) -> str:
    if purpose == "assertions":
        return keys.current(services).id
    id_token.make_signing_key(services.db)
    with services.db.reading() as tx:
        return str(id_token.signing_key(tx).kid)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_old_key_stays_until_it_is_not_needed(services: Services, app: Flask, run: Run, purpose: str) -> None:
    address, table = PURPOSES[purpose]

    def published() -> set[str]:
        return {key["kid"] for key in app.test_client().get(address).get_json()["keys"]}

    first = signs(services, purpose)
    assert published() == {first}
    answer = run("keys", "rotate", purpose)
    second = answer.output.strip()
    assert (answer.exit_code, published()) == (0, {first, second})
    assert signs(services, purpose) == first, "others do not know the new one yet"
    age(services, table, PUBLISHED_AHEAD)
    assert signs(services, purpose) == second
    assert first in published(), "what it signed a moment ago is still good"
    listed = run("keys", "list").output.splitlines()
    assert [line.rsplit(None, 1)[1] for line in listed if line.startswith(purpose)] == ["signs", "published"]
    if purpose == "assertions":
        age(services, table, timedelta(minutes=5))
        assert published() == {second}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_key_that_others_may_have_is_taken_back_at_once(
    services: Services, app: Flask, run: Run, purpose: str
) -> None:
    address, _table = PURPOSES[purpose]
    first = signs(services, purpose)
    second = run("keys", "rotate", purpose, "--compromised").output.strip()
    assert signs(services, purpose) == second != first
    assert {key["kid"] for key in app.test_client().get(address).get_json()["keys"]} == {second}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_doctor_reminds(services: Services, run: Run, purpose: str) -> None:
    def faults() -> list[str]:
        return [fault.mend for fault in doctor.examine(services, Measures()) if fault.code == "signing-key"]

    signs(services, purpose)
    age(services, PURPOSES[purpose][1], timedelta(days=729))
    assert faults() == []
    age(services, PURPOSES[purpose][1], timedelta(days=2))
    assert faults() == [f"Run `portal keys rotate {purpose}`"]
    assert run("keys", "rotate", purpose).exit_code == 0
    assert faults() == []
