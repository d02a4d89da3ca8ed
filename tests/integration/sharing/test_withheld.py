"""What names something that its reader may not see leaves without its name: summary, document, file, FHIR."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import to_builtins

from portal.access.policy import ReleasePolicy
from portal.domain.fhir_ids import is_fhir_id
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import privacy as sharing_privacy
from portal.store import Tx
from portal.store.provider import proposals
from portal.store.records import grouping, privacy, resources, rows
from portal.store.records.privacy import PrivateChoice
from portal.store.records.resources import StoredResource
from portal.store.shares import shares
from tests.factories.record import condition, laboratory, link, medication
from tests.factories.sights import OPEN, WHOLE
from tests.factories.world import TestUser, World, sign_in
from tests.integration.sharing.reading import resources_of
from tests.integration.sharing.test_health_links import make
from tests.integration.sharing.test_ips import summary_of

LABEL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
SHARED = replace(WHOLE, private=False)
"""What a person hands on, who hands on what is confidential, too."""


def _text(bundle: Mapping[str, Any]) -> str:
    return json.dumps(bundle, default=str)


def _naming() -> list[dict[str, Any]]:
    """What names a condition, each by a display of its own."""
    order = medication("order", "861007", "metformin hydrochloride 500 MG Oral Tablet", "Take 1 tablet daily")
    order |= {
        "reasonReference": [{"reference": "Condition/secret", "display": "Syphilis by order"}],
        "note": [{"text": "Said at the visit: syphilis of old"}],
        "reasonCode": [{"text": "Sugar"}],
    }
    result = laboratory("result", ("2160-0", "Creatinine"), 1, "mg/dL", when="2026-03-02")
    result["derivedFrom"] = [{"reference": "Observation/other", "display": "Another value"}]
    result["hasMember"] = [{"reference": "Provenance/said", "display": "Syphilis by provenance"}]
    procedure = {
        "resourceType": "Procedure",
        "id": "done",
        "status": "completed",
        "code": {"text": "Injection"},
        "subject": {"reference": "Patient/p"},
        "performedDateTime": "2026-03-02",
        "reasonReference": [{"reference": "Condition/secret"}],
    }
    lens = {
        "resourceType": "Device",
        "id": "lens",
        "patient": {"reference": "Patient/p"},
        "type": {"text": "Intraocular lens"},
    }
    use = {
        "resourceType": "DeviceUseStatement",
        "id": "use",
        "status": "active",
        "subject": {"reference": "Patient/p"},
        "device": {"reference": "Device/lens"},
        "bodySite": {"text": "Left eye"},
        "reasonReference": [{"reference": "Condition/secret", "display": "Syphilis by use"}],
    }
    provenance = {
        "resourceType": "Provenance",
        "id": "said",
        "target": [{"reference": "Condition/secret"}],
        "recorded": "2026-03-02T10:00:00Z",
        "agent": [{"who": {"display": "Dr. Priya Shah"}}],
    }
    return [order, result, procedure, lens, use, provenance]


def _store(services: Services, person: TestUser, source: str) -> None:
    _send(services, person, source, [condition("secret", "76272004", "Syphilis"), *_naming()])


def _send(services: Services, person: TestUser, source: str, sent: list[dict[str, Any]]) -> None:
    if source == HOME:
        ingest(services.db, person_id=person.person_id, source=HOME, resources=sent)
    else:
        link(services, person, name="Old Mill", resources=sent)


def _keep_private(services: Services, person: TestUser) -> None:
    person_id = str(person.person_id)
    with services.db.transaction() as tx:
        chosen = [PrivateChoice(section=Section.HEALTH_ISSUES.value)]
        for section in privacy.put(tx, person_id=person_id, chosen=chosen, private=True):
            grouping.regroup_pending(tx, person_id=person_id, section=section)


@pytest.mark.parametrize("source", [HOME, "linked"])
def test_a_summary_does_not_name_what_is_private(services: Services, ana: TestUser, source: str) -> None:
    _store(services, ana, source)
    whole = _text(summary_of(services, ana, sight=SHARED))
    for way in ("order", "provenance", "use"):
        assert f"yphilis by {way}" in whole, "else it would prove nothing"
    _keep_private(services, ana)
    bundle = summary_of(services, ana, sight=SHARED)
    text = _text(bundle)
    assert "yphilis by" not in text
    assert text.replace("syphilis of old", "").lower().count("syphilis") == 0
    assert "syphilis of old" in text, "what the item itself says stays"
    assert "Sugar" in text
    assert "Another value" in text, "and what is said of what is not withheld"
    assert "Left eye" in text
    (order,) = resources_of(bundle, "MedicationRequest")
    assert order["reasonReference"][0]["extension"][0]["valueCode"] == "unknown"


@pytest.mark.parametrize("secret", ["under_score~1", "long." * 20, "señal"])
@pytest.mark.parametrize("source", [HOME, "linked"])
def test_an_id_may_be_any_that_is_stored(services: Services, ana: TestUser, source: str, secret: str) -> None:
    """Servers have ids that FHIR does not allow; what has one is withheld as anything else."""
    assert is_fhir_id(secret)
    order = medication("order", "861007", "metformin hydrochloride 500 MG Oral Tablet", "Take 1 tablet daily")
    order["reasonReference"] = [{"reference": f"Condition/{secret}/_history/2", "display": "Syphilis by order"}]
    _send(services, ana, source, [condition(secret, "76272004", "Syphilis"), order])
    assert "yphilis by order" in _text(summary_of(services, ana, sight=SHARED)), "else it would prove nothing"
    _keep_private(services, ana)
    assert "yphilis" not in _text(summary_of(services, ana, sight=SHARED))


def test_a_summary_does_not_name_what_an_organization_keeps_confidential(services: Services, ana: TestUser) -> None:
    with services.db.transaction() as tx:
        data = to_builtins(ReleasePolicy(confidential=("Condition",)))
        proposal = proposals.add(tx, kind=proposals.RELEASE, data=data, account_id="one")
        proposals.decide(tx, proposal_id=proposal, account_id="another", confirmed=True)
    _store(services, ana, HOME)
    text = _text(summary_of(services, ana, sight=OPEN))
    assert "yphilis by" not in text
    assert "Creatinine" in text
    with services.db.reading() as tx:
        provenance = resources.read(tx, type="Provenance", fhir_id="said", open_only=True)
    assert provenance is None, "what is said of nothing but that is labelled when it is stored"
    assert Section.MEDICATIONS not in _sections(services, ana), "what it is called there is the order's word, too"


def _sections(services: Services, person: TestUser) -> set[Section]:
    with services.db.reading() as tx:
        return set(rows.counts(tx, person_id=str(person.person_id), sight=OPEN))


def test_a_link_that_names_what_becomes_private_ends(services: Services, ana: TestUser, owner: FlaskClient) -> None:
    """Its file is sealed as it was: nothing can be taken out of it."""
    _store(services, ana, HOME)
    ended = {code: make(owner, section=[code]) for code in ("10160-0", "48765-2", "46264-8")}
    assert _keep_syphilis_private(services, ana) == 2
    with services.db.reading() as tx:
        over = {code: shares.by_id(tx, share_id=link.share_id) for code, link in ended.items()}
    assert {code for code, stored in over.items() if stored is not None and stored.ended_at is not None} == {
        "10160-0",  # an order for it
        "46264-8",  # a statement of use for it
    }


def _keep_syphilis_private(services: Services, person: TestUser) -> int:
    """Keep the issue private; return how many links ended."""
    person_id = str(person.person_id)
    with services.db.reading() as tx:
        listed = rows.page(tx, person_id=person_id, section=Section.HEALTH_ISSUES, sight=WHOLE).rows
    [issue] = [row.primary_id for row in listed if row.primary.entry.title == "Syphilis"]
    choice = PrivateChoice(Section.HEALTH_ISSUES.value, "", issue)
    return sharing_privacy.keep(
        services, person_id=person_id, account_id=person.account_id, chosen=[choice], private=True
    )


def test_without_a_link_nobody_reads_the_record_for_what_names_it(
    services: Services, ana: TestUser, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is 3 seconds of 100,000 resources. A link that is made meanwhile ends like one of before."""
    _store(services, ana, HOME)
    read: list[str] = []
    everything, naming = resources.everything, sharing_privacy._naming

    def noted(tx: Tx, *, person_id: str) -> Iterator[StoredResource]:
        read.append(person_id)
        return everything(tx, person_id=person_id)

    monkeypatch.setattr(resources, "everything", noted)
    assert _keep_syphilis_private(services, ana) == 0
    assert read == []

    def overtaken(tx: Tx, **asked: Any) -> frozenset[Section] | None:
        monkeypatch.setattr(sharing_privacy, "_naming", naming)
        answer = naming(tx, **asked)
        make(owner, section=["10160-0"])
        return answer

    with services.db.reading() as tx:
        chosen = privacy.choices(tx, person_id=str(ana.person_id))
    keep = partial(sharing_privacy.keep, services, person_id=str(ana.person_id), account_id=ana.account_id)
    keep(chosen=chosen, private=False)
    monkeypatch.setattr(sharing_privacy, "_naming", overtaken)
    assert keep(chosen=chosen, private=True) == 1
    assert read == [ana.person_id]


def test_a_labelled_clinician_is_not_named(services: Services, ana: TestUser) -> None:
    """Who treats somebody tells what for."""
    doctor = {"resourceType": "Practitioner", "id": "dr", "name": [{"text": "Dr. Vera Moss"}], "meta": LABEL}
    order = medication("order", "861007", "metformin hydrochloride 500 MG Oral Tablet", "Take 1 tablet daily")
    order["requester"] = {"reference": "Practitioner/dr", "display": "Dr. Vera Moss"}
    ingest(services.db, person_id=None, source=HOME, resources=[doctor])
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[order])
    assert "Vera Moss" in _text(summary_of(services, ana, sight=WHOLE))
    assert "Vera Moss" not in _text(summary_of(services, ana, sight=OPEN))


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_for_somebody_else_does_not_name_it(
    instance: Flask, services: Services, ana: TestUser, kind: str
) -> None:
    _store(services, ana, HOME)
    world = World(services)
    parent = world.patient("cleo")
    world.proxy(parent, str(ana.person_id), GrantLevel.FULL)
    client = instance.test_client()
    sign_in(client, parent)
    at = f"/for/{ana.person_id}/health/medications/download?format=csv"
    assert "yphilis by order" in client.get(at).get_data(as_text=True), "else it would prove nothing"
    _keep_private(services, ana)
    for address in ("medications", "procedures", "implants", "test-results"):
        at = f"/for/{ana.person_id}/health/{address}/download?format={kind}"
        text = client.get(at).get_data(as_text=True).replace("syphilis of old", "").lower()
        assert "syphilis" not in text, at
