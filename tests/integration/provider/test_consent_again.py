"""A new consent takes the place of the one before: what was refused now is closed for the tokens of then, too."""

from dataclasses import replace

from flask import Flask

from portal.services import Services
from portal.store.audit import events as audit_events
from tests.factories.world import TestUser, World, sign_in
from tests.integration.both import settings
from tests.integration.provider.conftest import TestApp, register, store_chart

CONDITION = "Condition/c-patient-ana"
__all__ = ["settings"]


def refreshed(connected: TestApp) -> int:
    form = {"grant_type": "refresh_token", "refresh_token": connected.tokens["refresh_token"]}
    return connected.token(**form).status_code


def test_tokens_of_the_consent_before_are_refused(third_party: TestApp, services: Services, ana: TestUser) -> None:
    wide = third_party.connect()
    before = replace(wide, tokens=dict(wide.tokens))
    assert before.get(CONDITION).status_code == 200
    code = wide.code(refuse=("Condition",))
    assert before.get(CONDITION).status_code == 401, "at once, before the code is exchanged"
    assert refreshed(before) == 400
    wide.tokens = wide.exchange(code).get_json()
    assert wide.get(CONDITION).status_code == 403
    assert wide.get("Patient/patient-ana").status_code == 200
    assert refreshed(wide) == 200
    with services.db.reading() as tx:
        ends = [one for one in audit_events.of_person(tx, person_id=str(ana.person_id)) if one.action == "consent-end"]
    assert [one.detail["reason"] for one in ends] == ["replaced"]


def test_a_code_of_the_consent_before_is_refused(third_party: TestApp) -> None:
    code = third_party.code()
    third_party.code(refuse=("Condition",))
    assert third_party.exchange(code).status_code == 400


def test_other_clients_accounts_and_people_keep_theirs(
    app: Flask, third_party: TestApp, services: Services, world: World, ana: TestUser
) -> None:
    child = world.patient("ben")
    store_chart(services, child)
    world.proxy(ana, str(child.person_id))
    register(services, client_id="other-app")
    parent = app.test_client()
    guardian = world.patient("cleo")
    world.proxy(guardian, str(ana.person_id))
    sign_in(parent, guardian)
    others = [
        replace(third_party, tokens={}, client_id="other-app").connect(person=ana.person_id),
        replace(third_party, tokens={}).connect(person=child.person_id),
        replace(third_party, tokens={}, browser=parent).connect(person=ana.person_id),
    ]
    third_party.connect(person=ana.person_id)
    third_party.connect(person=ana.person_id, refuse=("Condition",))
    for other in others:
        assert other.get(f"Patient/{other.tokens['patient']}").status_code == 200
        assert refreshed(other) == 200


def test_only_what_the_operator_checked_keeps_a_grant_beside_another(third_party: TestApp, services: Services) -> None:
    """``grant_management_action=create`` of an app that registered itself would keep open what is refused now."""
    register(services, client_id="unchecked", trusted=False)
    for client_id, stays in (("unchecked", False), ("test-app", True)):
        first = replace(third_party, tokens={}, client_id=client_id).connect()
        again = replace(third_party, tokens={}, client_id=client_id)
        page = again.page(grant_management_action="create").get_data(as_text=True)
        assert ("That stays" in page, "That ends when you share it again" in page) == (stays, not stays)
        again.connect(grant_management_action="create")
        assert first.get("Patient/patient-ana").status_code == (200 if stays else 401)
        if stays:
            again.connect(grant_management_action="replace", grant_id=first.tokens["grant_id"])
            assert first.get("Patient/patient-ana").status_code == 401
