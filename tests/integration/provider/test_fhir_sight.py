"""What a caller may not see is not to be had by reference either: through clinicians, places, medicines, Provenance."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from flask import Flask

from portal.domain.ids import HOME
from portal.domain.people import GrantLevel, ProxyChoice
from portal.domain.sections import Section
from portal.provider.types import SYSTEM_SCOPES
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.people import proxies
from portal.store.records import grouping, privacy
from portal.store.records.privacy import PrivateChoice
from tests.factories.world import TestUser, World, sign_in
from tests.integration.both import settings
from tests.integration.provider.conftest import TestApp, observation
from tests.integration.provider.test_clients import ANA, SYSTEM, Key, backend, match
from tests.integration.provider.test_fhir import ids

__all__ = ["settings"]
ME = {"reference": "Patient/patient-ana"}
OWN = "Condition/c-patient-ana"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
OF_THE_RESULT = ("Practitioner/h-dr", "PractitionerRole/h-role", "PractitionerRole/h-other", "Organization/h-org")
OF_THE_ORDER = ("Medication/h-med",)
OF_THE_VISIT = ("Location/h-place",)
EVERYTHING = OF_THE_RESULT + OF_THE_ORDER + OF_THE_VISIT
HIDDEN_TYPES = ("Observation", "MedicationRequest", "Encounter")


def hidden() -> list[dict[str, Any]]:
    """A result, an order and a visit, each the only one that leads to its clinician, medicine and place."""
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
    order = {"resourceType": "MedicationRequest", "id": "h-order", "subject": ME, "status": "active", "intent": "order"}
    visit = {
        "resourceType": "Encounter",
        "id": "h-visit",
        "subject": ME,
        "status": "finished",
        "class": {"code": "AMB"},
    }
    result = observation("h-result", "patient-ana", issued=datetime.now(UTC).isoformat())
    return [
        result | {"meta": label, "performer": [{"reference": one} for one in OF_THE_RESULT[:2]]},
        order | {"meta": label, "medicationReference": {"reference": "Medication/h-med"}},
        visit | {"meta": label, "location": [{"location": {"reference": "Location/h-place"}}]},
    ]


def provenance(fhir_id: str, *targets: str) -> dict[str, Any]:
    return {
        "resourceType": "Provenance",
        "id": fhir_id,
        "target": [{"reference": target} for target in targets],
        "recorded": "2024-01-01T00:00:00Z",
        "agent": [{"who": {"display": "x"}}],
    }


@pytest.fixture
def stored(third_party: TestApp, services: Services, ana: TestUser) -> TestApp:
    directory: list[dict[str, Any]] = [
        {"resourceType": "Practitioner", "id": "h-dr", "name": [{"family": "Hidden"}]},
        {
            "resourceType": "PractitionerRole",
            "id": "h-role",
            "practitioner": {"reference": "Practitioner/h-dr"},
            "organization": {"reference": "Organization/h-org"},
        },
        {"resourceType": "PractitionerRole", "id": "h-other", "practitioner": {"reference": "Practitioner/h-dr"}},
        {"resourceType": "Organization", "id": "h-org", "active": True, "name": "Hidden"},
        {"resourceType": "Medication", "id": "h-med", "code": {"text": "Hidden"}},
        {"resourceType": "Location", "id": "h-place", "name": "Hidden"},
    ]
    own = [
        *hidden(),
        provenance("p-hidden", "Observation/h-result"),
        provenance("p-both", "Observation/h-result", OWN)
        | {"text": {"status": "generated", "div": "<div>Of h-result, too</div>"}},
        provenance("p-shared", "Practitioner/h-dr"),
        provenance("p-nowhere", "Condition/does-not-exist"),
    ]
    ingest(services.db, person_id=None, source=HOME, resources=directory)
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=own)
    return third_party


Connect = Callable[[TestApp, Flask, Services, World, TestUser], TestApp]


def proxy(stored: TestApp, app: Flask, services: Services, world: World, ana: TestUser) -> TestApp:
    parent = world.patient("cleo")
    world.proxy(parent, str(ana.person_id), GrantLevel.NO_CONFIDENTIAL)
    stored.browser = app.test_client()
    sign_in(stored.browser, parent)
    return stored.connect(person=ana.person_id)


def refused(stored: TestApp, *_: object) -> TestApp:
    return stored.connect(refuse=HIDDEN_TYPES)


def withheld(stored: TestApp, app: Flask, services: Services, *_: object) -> TestApp:
    policy = replace(services.settings, withheld=frozenset(HIDDEN_TYPES))
    app.extensions["tributary"] = replace(services, settings=policy)
    return stored.connect()


def out_of_scope(stored: TestApp, *_: object) -> TestApp:
    kinds = ("Patient", "Condition", "Provenance", *(name.partition("/")[0] for name in EVERYTHING))
    return stored.connect(scope=" ".join(f"patient/{kind}.rs" for kind in kinds))


def other_category(stored: TestApp, *_: object) -> TestApp:
    kinds = ("Patient", "Condition", "Provenance", *(name.partition("/")[0] for name in EVERYTHING))
    vital = f"patient/Observation.rs?category={CATEGORY}|vital-signs"
    return stored.connect(scope=" ".join([vital, *(f"patient/{kind}.rs" for kind in kinds)]))


def delayed(stored: TestApp, app: Flask, services: Services, *_: object) -> TestApp:
    app.extensions["tributary"] = replace(services, settings=replace(services.settings, results_delay_days=3))
    return stored.connect()


WAYS: Mapping[Connect, tuple[str, ...]] = {
    proxy: EVERYTHING,
    refused: EVERYTHING,
    withheld: EVERYTHING,
    out_of_scope: EVERYTHING,
    other_category: EVERYTHING,
    delayed: OF_THE_RESULT,
}


class Limited(NamedTuple):
    caller: TestApp
    closed: tuple[str, ...]


def test_who_may_see_all_sees_all(stored: TestApp) -> None:
    """Otherwise the tests below would prove nothing."""
    stored.connect()
    for name in (*EVERYTHING, "Provenance/p-hidden", "Provenance/p-both", "Provenance/p-shared"):
        assert stored.get(name).status_code == 200, name
    assert len(stored.get("Provenance/p-both").get_json()["target"]) == 2
    assert stored.get("Provenance/p-nowhere").status_code == 404


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def limited(
    request: pytest.FixtureRequest, stored: TestApp, services: Services, world: World, ana: TestUser
) -> Limited:
    """A caller from whom the items are hidden in one of the ways, and what must be closed to it."""
    return Limited(request.param(stored, stored.app, services, world, ana), WAYS[request.param])


def test_what_only_hidden_items_lead_to_is_closed(limited: Limited) -> None:
    caller = limited.caller
    for name in limited.closed:
        kind, _, fhir_id = name.partition("/")
        answer = caller.get(name)
        assert answer.status_code == 404, name
        assert answer.data == caller.get(f"{kind}/none").data
        whole = caller.get(kind)
        assert fhir_id not in ids(whole), name
        assert ids(caller.get(f"{kind}?_id={fhir_id}")) == [], name
        for count in (caller.get(f"{kind}?_summary=count"), whole):
            assert count.get_json()["total"] == len(ids(whole)), name
    assert b"h-dr" not in caller.get("PractitionerRole?_include=PractitionerRole:practitioner").data


def test_a_provenance_names_only_what_is_seen(limited: Limited) -> None:
    caller = limited.caller
    for fhir_id in ("p-hidden", "p-shared"):
        assert caller.get(f"Provenance/{fhir_id}").data == caller.get("Provenance/none").data
    both = caller.get("Provenance/p-both")
    assert both.get_json()["target"] == [{"reference": OWN}]
    assert b"h-result" not in both.data
    whole = caller.get("Provenance")
    assert ids(whole) == ["p-both"]
    assert b"h-result" not in whole.data
    assert caller.get("Provenance?_summary=count").get_json()["total"] == whole.get_json()["total"] == 1
    for query in ("target=Observation/h-result", "target:not=Condition/c-patient-ana", "target=Practitioner/h-dr"):
        assert ids(caller.get(f"Provenance?{query}")) == [], query
    for query in ("Condition?_revinclude=Provenance:target", "Provenance?_include=Provenance:target"):
        answer = caller.get(query)
        assert len(answer.get_json()["entry"]) == 2, query
        assert b"h-result" not in answer.data, query


def test_what_is_confidential_is_not_brought_along(
    stored: TestApp, app: Flask, services: Services, world: World, ana: TestUser
) -> None:
    """The included resource itself is confidential, and what refers to it is not."""
    label = {"security": [{"code": "PSY"}]}
    medicine = {"resourceType": "Medication", "id": "med-patient-ana", "meta": label, "code": {"text": "Secret"}}
    ingest(services.db, person_id=None, source=HOME, resources=[medicine])
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[provenance("p-own", OWN) | {"meta": label}])
    caller = proxy(stored, app, services, world, ana)
    assert ids(caller.get("MedicationRequest")) == ["m-patient-ana"]
    assert b"Secret" not in caller.get("MedicationRequest?_include=MedicationRequest:medication").data
    assert b"p-own" not in caller.get("Condition?_revinclude=Provenance:target").data


def test_nothing_is_counted_by_a_reference_to_what_is_private(
    stored: TestApp, services: Services, ana: TestUser
) -> None:
    order = hidden()[1] | {"id": "at-visit", "encounter": {"reference": "Encounter/h-visit"}}
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[order])
    caller = stored.connect()
    query = "MedicationRequest?encounter=Encounter/h-visit"
    assert caller.get(f"{query}&_summary=count").get_json()["total"] == len(ids(caller.get(query))) == 1
    with services.db.transaction() as tx:
        chosen = [PrivateChoice(section=Section.VISITS.value)]
        for section in privacy.put(tx, person_id=str(ana.person_id), chosen=chosen, private=True):
            grouping.regroup_pending(tx, person_id=str(ana.person_id), section=section)
    assert ids(caller.get(query)) == []
    assert caller.get(f"{query}&_summary=count").get_json()["total"] == 0


def test_a_visit_is_not_named_to_who_may_see_no_visits(
    stored: TestApp, app: Flask, services: Services, world: World, ana: TestUser
) -> None:
    _result, order, visit = (each | {"meta": {"versionId": "1"}} for each in hidden())
    reference = {"reference": "Encounter/closed", "display": "Crisis ward"}
    own = [visit | {"id": "closed"}, order | {"id": "at-visit", "encounter": reference}]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=own)
    parent = world.patient("cleo")
    choices = frozenset({ProxyChoice.RECORD, ProxyChoice.LINK})
    with services.db.transaction() as tx:
        proxies.begin(
            tx, account_id=parent.account_id, person_id=str(ana.person_id), choices=choices, relationship="child"
        )
    stored.browser = app.test_client()
    sign_in(stored.browser, parent)
    caller = stored.connect(person=ana.person_id)
    assert caller.get("Encounter").status_code == 403
    for query in ("MedicationRequest/at-visit", "MedicationRequest"):
        answer = caller.get(query)
        assert b"at-visit" in answer.data, query
        assert b"Crisis ward" not in answer.data, query
        assert b"Encounter/closed" not in answer.data, query
    assert ids(caller.get("MedicationRequest?encounter=Encounter/closed")) == []


def test_a_partner_reads_no_medicine_of_a_confidential_order(stored: TestApp, app: Flask, services: Services) -> None:
    key = Key()
    backend(services, key, scopes=(*SYSTEM_SCOPES, "system/Provenance.rs", "system/Practitioner.rs"))
    partner = TestApp(app, app.test_client(), client_id="partner")
    scope = " ".join((*SYSTEM_SCOPES, "system/Provenance.rs"))
    answer = partner.browser.post("/oauth/token", data=SYSTEM | key.form("partner") | {"scope": scope})
    partner.tokens = answer.get_json()
    assert match(partner, **ANA).get_json()["total"] == 1
    assert partner.get("Medication/h-med").status_code == 404
    assert partner.get("Medication/med-patient-ana").status_code == 200
    body = partner.get("Condition?patient=patient-ana&_revinclude=Provenance:target").get_json()
    assert [one["resource"]["id"] for one in body["entry"]] == ["c-patient-ana"]
