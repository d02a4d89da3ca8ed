"""A link's permission that is about to end: said on its pages and once by e-mail, by what two answers in a row told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from portal.app import create_app
from portal.domain.links import LinkState
from portal.linking import endings
from portal.linking.oauth.client import read_granted
from portal.linking.oauth.token_answer import plain
from portal.services import Services
from portal.store.links import links
from portal.store.people import accounts, notices, outbox
from portal.store.people.notices import NO_NEWS
from tests.factories.databases import migrate
from tests.factories.record import Linked, link
from tests.factories.settings import make_settings
from tests.factories.world import TestUser, World, sign_in
from tests.integration.web.html import check_page, get

NOW = datetime(2030, 6, 4, 6, tzinfo=UTC)  # the night where the organization is
_DAY = timedelta(days=1)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services: Services = create_app(make_settings(tmp_path, mail="page")).extensions["tributary"]
    migrate(services.db)
    with time_machine.travel(NOW, tick=False):
        yield services


@pytest.fixture
def ana(services: Services) -> TestUser:
    user = World(services).patient()
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=user.account_id, email="ana@example.org")
    return user


@pytest.fixture
def riverbend(services: Services, ana: TestUser) -> Linked:
    return link(services, ana, name="Riverbend")


def _put(services: Services, riverbend: Linked, **fields: Any) -> None:
    with services.db.transaction() as tx:
        links.put(tx, link_id=riverbend.link_id, **fields)


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({"ends_at": NOW + 3 * _DAY}, 3),
        ({"verified_at": NOW - 360 * _DAY}, 5),
        ({"ends_at": NOW + 9 * _DAY, "verified_at": NOW - 360 * _DAY}, 5),
        ({"ends_at": NOW + 15 * _DAY}, None),
        ({"ends_at": NOW - _DAY}, None),
        ({"verified_at": NOW - _DAY}, None),
    ],
)
def test_when_it_is_about_to_end(
    services: Services, riverbend: Linked, fields: dict[str, Any], days: int | None
) -> None:
    _put(services, riverbend, **fields)
    with services.db.reading() as tx:
        stored = links.by_id(tx, link_id=riverbend.link_id)
        assert stored is not None
        assert endings.ending(stored, tx.now) == (NOW + days * _DAY if days else None)
    assert endings.warn(services) == (days is not None)


def test_it_is_written_once_in_the_morning_and_without_a_name(
    services: Services, ana: TestUser, riverbend: Linked
) -> None:
    _put(services, riverbend, ends_at=NOW + 3 * _DAY)
    assert endings.warn(services) == 1
    assert endings.warn(services) == 0
    with services.db.reading() as tx:
        (mail,) = outbox.newest(tx, limit=5)
        assert not outbox.any_due(tx), "nobody is woken"
    assert "June 7, 2030" in mail.content.text
    assert f"/links/{riverbend.link_id}" in mail.content.text
    assert "Riverbend" not in mail.content.text + mail.content.subject
    with time_machine.travel(NOW.replace(hour=13), tick=False), services.db.reading() as tx:
        assert outbox.any_due(tx)


def test_who_wants_no_e_mails_gets_none(services: Services, ana: TestUser, riverbend: Linked) -> None:
    with services.db.transaction() as tx:
        notices.choose(tx, account_id=ana.account_id, chosen=NO_NEWS)
    _put(services, riverbend, ends_at=NOW + 3 * _DAY)
    endings.warn(services)
    with services.db.reading() as tx:
        assert not outbox.newest(tx, limit=5)


def test_pages_say_what_to_do(services: Services, ana: TestUser, riverbend: Linked) -> None:
    client: FlaskClient = create_app(services.settings).test_client()
    sign_in(client, ana)
    addresses = ("/", "/links", f"/links/{riverbend.link_id}")
    for address in addresses:
        assert "Riverbend ends soon" not in get(client, address).text
        assert "Your permission there ends" not in get(client, address).text
    _put(services, riverbend, ends_at=NOW + 3 * _DAY)
    home, listed, page = (" ".join("".join(check_page(get(client, each)).itertext()).split()) for each in addresses)
    assert "Your link to Riverbend ends soon" in home
    assert "Your permission there ends on June 7, 2030" in listed
    assert "Sign in there again before, and it goes on." in page
    assert f"/links/{riverbend.link_id}/verify" in get(client, addresses[2]).text
    _put(services, riverbend, state=LinkState.NEEDS_VERIFICATION.value)
    assert "Your permission there ends" not in get(client, "/links").text


@pytest.mark.parametrize(
    ("more", "seconds"),
    [
        ({"refresh_expires_in": 86_400}, 86_400),
        ({"refresh_token_expires_in": "3600"}, 3600),
        ({"refresh_expires_in": 0}, None),
        ({"refresh_expires_in": "never"}, None),
        ({}, None),
    ],
)
def test_the_answer_may_say_when_the_permission_ends(more: dict[str, Any], seconds: int | None) -> None:
    answer, _deviations = plain({"access_token": "a", "token_type": "Bearer", "refresh_token": "r", **more})
    ends = read_granted(answer, requested=(), issuer="").tokens.ends_at
    assert (ends is None) == (seconds is None)
    answer.pop("refresh_token")
    assert read_granted(answer, requested=(), issuer="").tokens.ends_at is None


def test_an_end_that_moves_with_every_refresh_is_none() -> None:
    assert endings.told_end(NOW, None) is None
    assert endings.told_end(None, NOW) is None
    assert endings.told_end(NOW + 30 * _DAY, NOW + 29 * _DAY) is None
    assert endings.told_end(NOW + timedelta(seconds=2), NOW) == NOW + timedelta(seconds=2)
