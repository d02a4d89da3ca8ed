"""Whoever has a link, or its code, fills neither the database nor the machine with it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.audit import Action
from portal.audit.events import MOST_REFUSALS
from portal.services import Services
from portal.sharing import copies, health_links
from portal.store.audit import events
from portal.store.shares import shares
from portal.store.shares.shares import MOST_EVENTS, MOST_OPENINGS, ShareEventKind
from tests.factories.world import TestUser
from tests.integration.sharing.test_health_links import ask, make
from tests.integration.sharing.test_viewing import made, opened


def _kinds(services: Services, share_id: str) -> list[str]:
    with services.db.reading() as tx:
        return [event.kind for event in shares.events(tx, share_id=share_id)]


def _fill(services: Services, share_id: str, kind: ShareEventKind, times: int) -> None:
    with services.db.transaction() as tx:
        for _each in range(times):
            shares.log(tx, share_id=share_id, kind=kind)


def test_no_kind_of_event_fills_the_log(owner: FlaskClient, services: Services) -> None:
    link = make(owner)
    _fill(services, link.share_id, ShareEventKind.PAUSED, MOST_EVENTS)
    for kind in ShareEventKind:
        before = _kinds(services, link.share_id)
        _fill(services, link.share_id, kind, 3)
        kinds = _kinds(services, link.share_id)
        assert len(kinds) == MOST_EVENTS, kind
        assert kinds[-1] == "made", "how it began stays"
        if kind in {ShareEventKind.REFUSED, ShareEventKind.WRONG_PASSCODE}:
            assert kinds == before, "a refusal pushes nothing off the end"
        else:
            assert kinds[:3] == [kind.value] * 3


@pytest.mark.parametrize("opening", ["week", "printed"])
def test_openings_within_an_hour_are_bounded(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser, opening: str
) -> None:
    link = make(owner, opening=opening)
    _fill(services, link.share_id, ShareEventKind.OPENED, MOST_OPENINGS)
    address = f"{link.path}?recipient=somebody"
    answer = instance.test_client().get(address) if link.payload["flag"] == "U" else ask(instance, link)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert _kinds(services, link.share_id).count("opened") == MOST_OPENINGS
    with services.db.reading() as tx:
        newest = events.of_person(tx, person_id=ana.person_id or "", limit=1)
    assert newest[0].action != Action.SHARE_OPEN


def test_a_code_opens_as_often_and_not_more(instance: Flask, owner: FlaskClient, services: Services) -> None:
    code, share_id = made(owner)
    assert opened(instance, code).status_code == 200
    _fill(services, share_id, ShareEventKind.OPENED, MOST_OPENINGS - 1)
    assert opened(instance, code).status_code == 429


def test_a_code_that_is_over_costs_nothing(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, share_id = made(owner)
    for day in range(5, 10):
        opened(instance, code, f"3/{day}/1980")
    computed: list[str] = []
    monkeypatch.setattr(copies, "_key", lambda code, _salt: computed.append(code) or bytes(32))
    for _each in range(3):
        assert opened(instance, code).status_code == 422
    assert not computed, "no key is made of it"
    assert _kinds(services, share_id).count("wrong-passcode") == 5
    _fill(services, share_id, ShareEventKind.REFUSED, MOST_EVENTS)
    assert len(_kinds(services, share_id)) == MOST_EVENTS
    with services.db.reading() as tx:
        told = events.of_person(tx, person_id=ana.person_id or "", limit=MOST_REFUSALS + 9)
    assert sum(event.action == Action.SHARE_OPEN for event in told) <= MOST_REFUSALS


def test_a_link_that_is_used_up_computes_no_passcode(
    instance: Flask, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = make(owner, uses="1")
    assert ask(instance, link).status_code == 200
    computed: list[str] = []
    monkeypatch.setattr(health_links, "verify_password", lambda _hash, typed: computed.append(typed) or True)
    assert ask(instance, link).status_code == 404
    assert not computed
