"""The International Patient Summary of a merged record, on both databases."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from portal.domain.ids import HOME
from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import ips
from portal.sharing.gathering import SummaryScope, gather
from tests.factories.record import (
    LISINOPRIL_20,
    SNOMED,
    allergy,
    coded,
    condition,
    link,
    medication,
    small_record,
)
from tests.factories.sights import OPEN, WHOLE
from tests.factories.world import TestUser
from tests.integration.sharing.reading import resources_of, section_of

DOCUMENT = UUID("6c0a3c1e-6f0c-4c39-9c53-94f6f2a31c10")
NO_ALLERGIES = {
    "resourceType": "AllergyIntolerance",
    "id": "none",
    "patient": {"reference": "Patient/p"},
    "code": coded(SNOMED, "716186003", "No known allergies"),
    "recordedDate": "2025-02-01",
}
REQUIRED = {
    "AllergyIntolerance": ("code", "patient"),
    "Condition": ("code", "subject"),
    "MedicationRequest": ("medication", "subject", "status", "intent"),
    "MedicationStatement": ("medication", "subject", "status", "effective"),
    "Immunization": ("vaccineCode", "patient", "occurrence", "status"),
    "Observation": ("code", "subject", "status", "effective", "performer"),
    "DiagnosticReport": ("code", "subject", "status", "effective"),
    "Procedure": ("code", "subject", "status", "performed"),
    "DeviceUseStatement": ("subject", "device", "timing", "status"),
    "Patient": ("name", "birthDate"),
    "Organization": ("name",),
    "Provenance": ("target", "recorded", "agent"),
    "Composition": ("status", "type", "subject", "date", "author", "title", "section"),
}
"""Elements that IPS 2.0.0 or the base require; "effective" is one of effective[x], or said to be unknown."""


def summary_of(services: Services, user: TestUser, **scope: Any) -> dict[str, Any]:
    assert user.person_id is not None
    with services.db.reading() as tx:
        content = gather(
            tx,
            person_id=user.person_id,
            organization="Cooper",
            chart_base="",
            scope=SummaryScope(**({"sight": WHOLE} | scope)),
        )
    return ips.document(content, document_id=DOCUMENT)


def text_of(section: dict[str, Any]) -> str:
    """The narrative's words; it must be well-formed XHTML."""
    root = ET.fromstring(section["text"]["div"])  # noqa: S314 -- our own
    return " ".join(" ".join(root.itertext()).split())


def reason(section: dict[str, Any]) -> str:
    assert "entry" not in section
    return str(section["emptyReason"]["coding"][0]["code"])


def everything() -> list[dict[str, Any]]:
    """One resource of every kind, each with as little as its source may say."""
    subject = {"reference": "Patient/p"}
    return [
        {"resourceType": "Medication", "id": "med", "code": {"text": "Warfarin 5 mg tablet"}},
        {"resourceType": "Practitioner", "id": "dr", "name": [{"text": "Dr. Priya Shah"}]},
        {
            "resourceType": "MedicationRequest",
            "id": "m",
            "status": "active",
            "intent": "order",
            "subject": subject,
            "medicationReference": {"reference": "Medication/med"},
            "requester": {"reference": "Practitioner/dr"},
        },
        {
            "resourceType": "MedicationStatement",
            "id": "s",
            "status": "active",
            "subject": subject,
            "medicationReference": {"reference": "Medication/lost", "display": "Ibuprofen 200 mg tablet"},
            "context": {"reference": "Encounter/e", "display": "Visit to a clinic"},
        },
        {
            "resourceType": "Immunization",
            "id": "i",
            "status": "completed",
            "patient": subject,
            "vaccineCode": {"text": "Influenza vaccine"},
            "occurrenceString": "last autumn",
        },
        {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "subject": subject,
            "category": [{"coding": [{"code": "laboratory"}]}],
            "code": {"text": "Hemoglobin"},
            "valueString": "<b>low</b> & rising",
        },
        {
            "resourceType": "DiagnosticReport",
            "id": "d",
            "status": "final",
            "subject": subject,
            "code": {"text": "X-ray"},
        },
        {
            "resourceType": "Procedure",
            "id": "p",
            "status": "completed",
            "subject": subject,
            "code": {"text": "Appendectomy"},
        },
        {
            "resourceType": "Device",
            "id": "v",
            "patient": subject,
            "type": {"text": "Cardiac pacemaker"},
            "status": "active",
            "udiCarrier": [{"deviceIdentifier": "00643169007222"}],
        },
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": subject,
            "code": {"text": "Asthma"},
            "text": {"status": "generated", "div": "<div><script>alert(1)</script></div>"},
        },
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": subject, "code": {"text": "Peanuts"}},
    ]


def test_what_the_guide_requires_is_stated_for_every_resource(services: Services, ana: TestUser) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=everything())
    bundle = summary_of(services, ana)
    kinds = {resource["resourceType"] for resource in resources_of(bundle)}
    assert kinds >= {*REQUIRED, "Medication", "Practitioner", "Device"}
    missing = [
        (resource["resourceType"], name)
        for resource in resources_of(bundle)
        for name in REQUIRED.get(resource["resourceType"], ())
        if not any(re.fullmatch(rf"_?{name}([A-Z]\w*)?", key) and resource[key] for key in resource)
    ]
    assert not missing
    composition = bundle["entry"][0]["resource"]
    assert [part["code"]["coding"][0]["code"] for part in composition["section"]][:3] == [
        "48765-2",
        "11450-4",
        "10160-0",
    ]
    assert all(part["title"] and ("entry" in part) != ("emptyReason" in part) for part in composition["section"])
    assert bundle["identifier"]
    assert bundle["timestamp"]


def test_every_reference_leads_into_the_document(services: Services, ana: TestUser) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=everything())
    small_record(services, ana)
    bundle = summary_of(services, ana)
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(addresses) == len(set(addresses))
    references = re.findall(r"'reference': '([^']+)'", str(bundle))
    assert references
    assert set(references) <= set(addresses)
    ids = {entry["fullUrl"]: entry["resource"]["id"] for entry in bundle["entry"]}
    assert all(address == f"urn:uuid:{resource_id}" for address, resource_id in ids.items())


def test_texts_of_others_are_escaped_and_their_markup_stays_behind(services: Services, ana: TestUser) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=everything())
    bundle = summary_of(services, ana)
    results = section_of(bundle, "30954-2")
    assert "&lt;b&gt;low&lt;/b&gt; &amp; rising" in results["text"]["div"]
    assert "<b>low</b> & rising" in text_of(results)
    assert "<script" not in str(bundle)


def test_a_medicine_that_cannot_be_looked_up_keeps_its_name(services: Services, ana: TestUser) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=everything())
    (statement,) = resources_of(summary_of(services, ana), "MedicationStatement")
    assert statement["medicationCodeableConcept"]["text"] == "Ibuprofen 200 mg tablet"
    (order,) = resources_of(summary_of(services, ana), "MedicationRequest")
    assert order["medicationReference"]["reference"].startswith("urn:uuid:")


def test_every_value_of_a_disagreement_is_in_it(services: Services, ana: TestUser) -> None:
    ingest(
        services.db,
        person_id=ana.person_id,
        source=HOME,
        resources=[medication("m", *LISINOPRIL_20, "Take 1 tablet every morning")],
    )
    link(
        services,
        ana,
        name="Old Mill",
        resources=[medication("m", *LISINOPRIL_20, "Take 2 tablets every morning")],
    )
    bundle = summary_of(services, ana)
    assert len(resources_of(bundle, "MedicationRequest")) == 2
    section = section_of(bundle, "10160-0")
    assert len(section["entry"]) == 2
    text = text_of(section)
    assert "Take 1 tablet every morning" in text
    assert "Take 2 tablets every morning" in text
    assert "The sources differ in " in text
    names = {agent["who"].get("display") for each in resources_of(bundle, "Provenance") for agent in each["agent"]}
    assert {"Cooper", "Old Mill"} <= names
    targets = [target["reference"] for each in resources_of(bundle, "Provenance") for target in each["target"]]
    stated = {
        entry["reference"] for part in bundle["entry"][0]["resource"]["section"] for entry in part.get("entry", ())
    }
    assert stated <= set(targets)


def test_two_strengths_at_two_places_name_each_other(services: Services, ana: TestUser) -> None:
    small_record(services, ana)
    section = section_of(summary_of(services, ana), "10160-0")
    told = re.findall(r"Also at [^<;]+", section["text"]["div"])
    assert sorted(each.casefold() for each in told) == [
        "also at cooper: lisinopril 10 mg oral tablet",
        "also at riverbend regional medical center: lisinopril 20 mg oral tablet",
    ]
    titles = re.findall(r"<tr><td><b>([^<]+)", section["text"]["div"])
    places = [place for place, title in enumerate(titles) if "lisinopril" in title.casefold()]
    assert places[1] - places[0] == 1, "they stand together"
    assert "Also at" not in text_of(section_of(summary_of(services, ana, merged=False), "10160-0"))


def test_an_order_that_a_later_one_ended_is_no_current_medicine(services: Services, ana: TestUser) -> None:
    """The earlier order still calls itself active (clinical-truth.md §1 c)."""
    earlier = medication("m1", *LISINOPRIL_20, "Take 1 tablet every morning")
    ended = medication("m2", *LISINOPRIL_20, "Take 1 tablet every morning", status="stopped", since="2024-02-01")
    replacing = ended | {"priorPrescription": {"reference": "MedicationRequest/m1"}}
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[earlier])
    assert [order["status"] for order in resources_of(summary_of(services, ana), "MedicationRequest")] == ["active"]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[replacing])
    assert not resources_of(summary_of(services, ana), "MedicationRequest")


def test_past_medicines_are_counted_though_not_in_it(services: Services, ana: TestUser) -> None:
    small_record(services, ana)
    text = text_of(section_of(summary_of(services, ana), "10160-0"))
    assert "amlodipine" not in text
    assert "1 past one is left out." in text
    past_problems = text_of(section_of(summary_of(services, ana), "11450-4"))
    assert "left out" not in past_problems, "they have a section of their own"


@pytest.mark.parametrize(
    ("outcome", "resources", "code"),
    [
        (Outcome.DONE, [NO_ALLERGIES], "nilknown"),
        (Outcome.FAILED, [NO_ALLERGIES], "unavailable"),
        (Outcome.PARTLY, [NO_ALLERGIES], "unavailable"),
        (Outcome.DONE, [], "unavailable"),
        (
            Outcome.DONE,
            [NO_ALLERGIES | {"code": coded(SNOMED, "409137002", "No known drug allergies")}],
            "unavailable",
        ),
    ],
)
def test_none_only_where_it_is_documented_for_all_and_complete(
    services: Services, ana: TestUser, outcome: Outcome, resources: list[dict[str, Any]], code: str
) -> None:
    link(services, ana, name="Old Mill", resources=resources, outcomes={Section.ALLERGIES: outcome})
    section = section_of(summary_of(services, ana), "48765-2")
    assert reason(section) == code
    assert ("according to Old Mill, noted on Feb 1, 2025" in text_of(section)) == bool(resources)
    assert ("may be incomplete" in text_of(section)) == (outcome is not Outcome.DONE)


def test_what_could_not_be_shown_is_counted_and_is_not_none(services: Services, ana: TestUser) -> None:
    unreadable = {"resourceType": "AllergyIntolerance", "id": "bad", "patient": {"reference": "Patient/p"}}
    link(services, ana, name="Old Mill", resources=[NO_ALLERGIES, unreadable])
    bundle = summary_of(services, ana)
    assert reason(section_of(bundle, "48765-2")) == "unavailable"
    assert "1 received item could not be shown" in text_of(bundle["entry"][0]["resource"])


def test_an_allergy_against_no_known_allergies_shows_both(services: Services, ana: TestUser) -> None:
    link(services, ana, name="Old Mill", resources=[NO_ALLERGIES])
    link(services, ana, name="Riverbend", resources=[allergy("x", "91936005", "Allergy to penicillin", "Hives")])
    section = section_of(summary_of(services, ana), "48765-2")
    assert len(section["entry"]) == 1
    assert "Allergy to penicillin" in text_of(section)
    assert "No known allergies, according to Old Mill" in text_of(section)


def test_confidential_items_leave_no_trace(services: Services, ana: TestUser) -> None:
    plain = condition("c1", "195967001", "Asthma") | {
        "encounter": {"reference": "Encounter/secret", "display": "Visit to the HIV clinic"}
    }
    secret = condition("c2", "86406008", "HIV infection") | {
        "meta": {"security": [{"code": "R", "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"}]}
    }
    link(services, ana, name="Old Mill", resources=[plain, secret])
    link(
        services,
        ana,
        name="Camden Behavioral Health",
        resources=[condition("c3", "35489007", "Depression")],
    )
    assert "HIV" in str(summary_of(services, ana))
    without = str(summary_of(services, ana, sight=OPEN))
    assert "Asthma" in without
    for word in ("HIV", "Depression", "Behavioral"):
        assert word not in without


def test_what_was_not_chosen_is_withheld_or_absent(services: Services, ana: TestUser) -> None:
    small_record(services, ana)
    bundle = summary_of(services, ana, shared={"10160-0"})
    assert reason(section_of(bundle, "48765-2")) == "withheld"
    assert [part["code"]["coding"][0]["code"] for part in bundle["entry"][0]["resource"]["section"]] == [
        "48765-2",
        "11450-4",
        "10160-0",
    ]
    assert "shrimp" not in str(bundle)
    assert not resources_of(bundle, "Observation")


def test_what_is_not_understood_keeps_what_says_so(services: Services, ana: TestUser) -> None:
    odd = medication("m", *LISINOPRIL_20, "Take 1 tablet") | {
        "modifierExtension": [{"url": "https://example.org/not-understood", "valueBoolean": True}]
    }
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[odd])
    bundle = summary_of(services, ana)
    (order,) = resources_of(bundle, "MedicationRequest")
    assert order["modifierExtension"] == odd["modifierExtension"]
    assert "was not understood" in text_of(section_of(bundle, "10160-0"))


def test_the_document_names_its_moment_and_author(services: Services, ana: TestUser) -> None:
    bundle = summary_of(services, ana)
    composition, patient, author = (entry["resource"] for entry in bundle["entry"][:3])
    assert datetime.fromisoformat(composition["date"]) <= datetime.now(UTC)
    assert patient["name"][0]["family"] == "Rivera"
    assert patient.keys().isdisjoint({"identifier", "address", "telecom"})
    assert author["resourceType"] == "Device"
    assert composition["author"] == [{"reference": bundle["entry"][2]["fullUrl"]}]
