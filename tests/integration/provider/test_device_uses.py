"""Statements of a device's use are served with a device that may be seen, and never without it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from portal.domain.ids import HOME
from portal.domain.people import GrantLevel
from portal.domain.sections import Section
from portal.provider.fhir import preview
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import grants
from portal.store.records import grouping, privacy
from portal.store.records.privacy import PrivateChoice
from tests.factories.world import TestUser, World, sign_in
from tests.integration.provider.conftest import TestApp, observation, store_chart
from tests.integration.provider.test_fhir import ids

_LABEL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


def _resources(patient: str, **device: object) -> list[Mapping[str, Any]]:
    subject = {"reference": f"Patient/{patient}"}
    lens = {"resourceType": "Device", "id": f"lens-{patient}", "patient": subject, "type": {"text": "Intraocular lens"}}
    use = {
        "resourceType": "DeviceUseStatement",
        "id": f"use-{patient}",
        "status": "active",
        "subject": subject,
        "device": {"reference": f"Device/lens-{patient}"},
        "timingDateTime": "2019-05-02",
        "bodySite": {"text": "Left eye"},
    }
    return [{**lens, **device}, use]


USE = "use-patient-ana"


@pytest.fixture
def stored(services: Services, world: World, ana: TestUser, third_party: TestApp) -> TestApp:
    """Ana's lens and Ben's, each with a statement of its use."""
    for person in (ana, world.patient("ben")):
        if person is not ana:
            store_chart(services, person)
        uses = _resources(f"patient-{person.username}")
        ingest(services.db, person_id=person.person_id, source=HOME, resources=uses)
    return third_party


def _answers(app: TestApp) -> tuple[int, list[str]]:
    """Return what reading it and searching for it say; a search that is refused finds nothing."""
    searched = app.get("DeviceUseStatement?patient=patient-ana")
    return app.get(f"DeviceUseStatement/{USE}").status_code, ids(searched) if searched.status_code == 200 else []


def _keep_implants_private(services: Services, person: TestUser) -> None:
    person_id = str(person.person_id)
    with services.db.transaction() as tx:
        chosen = [PrivateChoice(section=Section.IMPLANTS.value)]
        for section in privacy.put(tx, person_id=person_id, chosen=chosen, private=True):
            grouping.regroup_pending(tx, person_id=person_id, section=section)


def test_it_is_read_and_searched_and_nobody_elses(stored: TestApp) -> None:
    stored.connect()
    assert _answers(stored) == (200, [USE])
    assert stored.get(f"DeviceUseStatement/{USE}").get_json()["bodySite"] == {"text": "Left eye"}
    for query, matches in (
        ("", [USE]),
        ("subject=Patient/patient-ana", [USE]),
        ("device=Device/lens-patient-ana", [USE]),
        ("device=lens-patient-ana", [USE]),
        ("device=Device/other", []),
        ("_id=use-patient-ben", []),
    ):
        assert ids(stored.get(f"DeviceUseStatement?{query}")) == matches, query
    assert stored.get("DeviceUseStatement?patient=patient-ana&_summary=count").get_json()["total"] == 1
    assert stored.get("DeviceUseStatement/use-patient-ben").status_code == 404
    assert stored.get("DeviceUseStatement?patient=patient-ben").status_code == 403


def test_the_capability_statement_names_it(stored: TestApp) -> None:
    resources = stored.get("metadata").get_json()["rest"][0]["resource"]
    (served,) = [each for each in resources if each["type"] == "DeviceUseStatement"]
    assert {"read", "search-type"} <= {each["code"] for each in served["interaction"]}
    assert {"patient", "device"} <= {each["name"] for each in served["searchParam"]}


@pytest.mark.parametrize("refuse", [("Device",), ("DeviceUseStatement",), ("Device", "DeviceUseStatement")])
def test_it_is_seen_only_by_who_may_see_the_device_and_it(stored: TestApp, refuse: tuple[str, ...]) -> None:
    stored.connect(refuse=refuse)
    status, searched = _answers(stored)
    assert status in (403, 404)
    assert searched == []


def test_what_the_organization_withholds(stored: TestApp, app: Flask, services: Services) -> None:
    policy = replace(services.settings, withheld=frozenset({"Device"}))
    stored.connect()
    app.extensions["tributary"] = replace(services, settings=policy)
    assert _answers(stored) == (404, [])
    assert _answers(stored.connect()) == (403, []), "nobody is asked about it then"


def test_the_use_of_a_device_that_is_kept_private(stored: TestApp, services: Services, ana: TestUser) -> None:
    stored.connect()
    _keep_implants_private(services, ana)
    assert _answers(stored) == (404, [])
    assert stored.get("DeviceUseStatement?patient=patient-ana&_summary=count").get_json()["total"] == 0
    with services.db.reading() as tx:
        [grant] = grants.grants_of_person(tx, person_id=str(ana.person_id))
        assert USE not in {each.fhir_id for each in preview.readable(tx, services.settings, grant)}


def test_the_use_of_a_confidential_device(
    stored: TestApp, app: Flask, services: Services, world: World, ana: TestUser
) -> None:
    labelled = _resources("patient-ana", meta=_LABEL)
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=labelled)
    assert _answers(stored.connect()) == (200, [USE])  # her own
    parent = world.patient("cleo")
    world.proxy(parent, str(ana.person_id), GrantLevel.NO_CONFIDENTIAL)
    stored.browser = app.test_client()
    sign_in(stored.browser, parent)
    assert _answers(stored.connect(person=ana.person_id)) == (404, [])


def test_what_names_a_use_tells_nothing_of_a_private_device(stored: TestApp, services: Services, ana: TestUser) -> None:
    named = {"reference": f"DeviceUseStatement/{USE}", "display": "Lens of the left eye"}
    about = observation("seen", "patient-ana", derivedFrom=[named])
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[about])
    stored.connect()
    assert stored.get("Observation/seen").get_json()["derivedFrom"] == [named]
    _keep_implants_private(services, ana)
    for answer in (stored.get("Observation/seen"), stored.get("Observation?_id=seen")):
        assert answer.status_code == 200
        assert "left eye" not in answer.get_data(as_text=True)
        assert USE not in answer.get_data(as_text=True)


def test_a_device_that_is_gone_takes_its_use_along(stored: TestApp, services: Services, ana: TestUser) -> None:
    stored.connect()
    without = [each for each in _resources("patient-ana") if each["resourceType"] != "Device"]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=without, complete=frozenset({Section.IMPLANTS}))
    assert _answers(stored) == (404, [])


@pytest.mark.parametrize(
    ("scope", "asked"),
    [
        ("patient/Device.rs patient/DeviceUseStatement.rs", {"Device", "DeviceUseStatement"}),
        ("patient/DeviceUseStatement.rs patient/Observation.rs", {"Observation"}),
        ("patient/DeviceUseStatement.rs patient/Provenance.rs", set()),
        ("patient/Device.rs patient/Provenance.rs", {"Device", "Provenance"}),
    ],
)
def test_nobody_is_asked_about_what_is_never_shown(third_party: TestApp, scope: str, asked: set[str]) -> None:
    """What says something of others is not shown without them, so that to agree to it would mean nothing."""
    page = third_party.page(scope=scope).get_data(as_text=True)
    assert set(re.findall(r'name="kind"\s+value="([^"]+)"', page)) == asked
