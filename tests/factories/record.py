"""A small record from home and two linked organizations, stored by the same functions that refreshes use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal.domain.links import LinkState, OrganizationKind, Outcome, Tier
from portal.domain.sections import BASIC, Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.directory import organizations, suggestions
from portal.store.links import links, refreshes
from tests.factories.stages import staged
from tests.factories.world import TestUser

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
UCUM = "http://unitsofmeasure.org"
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    organization_id: str
    link_id: str


def coded(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def medication(
    fhir_id: str, code: str, text: str, how: str, *, status: str = "active", since: str = "2021-05-04"
) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": fhir_id,
        "status": status,
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": coded(RXNORM, code, text),
        "authoredOn": since,
        "requester": {"display": "Dr. Priya Shah"},
        "dosageInstruction": [{"text": how}],
    }


def allergy(fhir_id: str, code: str, text: str, *felt: str, severity: str = "moderate", risk: str = "low") -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": fhir_id,
        "clinicalStatus": {"coding": [{"system": ALLERGY, "code": "active"}]},
        "category": ["medication"],
        "criticality": risk,
        "code": coded(SNOMED, code, text),
        "patient": {"reference": "Patient/p"},
        "onsetDateTime": "1994",
        "reaction": [{"manifestation": [{"text": one} for one in felt], "severity": severity}],
    }


def condition(fhir_id: str, code: str, text: str, *, status: str = "active", since: str = "2015-03") -> Resource:
    return {
        "resourceType": "Condition",
        "id": fhir_id,
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": status}]},
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/condition-category",
                        "code": "problem-list-item",
                    }
                ]
            }
        ],
        "code": coded(SNOMED, code, text),
        "subject": {"reference": "Patient/p"},
        "onsetDateTime": since,
    }


def laboratory(fhir_id: str, test: tuple[str, str], value: float, unit: str, *, when: str, flag: str = "N") -> Resource:
    return {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
        ],
        "code": coded(LOINC, *test),
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
        "interpretation": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                        "code": flag,
                    }
                ]
            }
        ],
        "referenceRange": [
            {
                "low": {"value": 4.0, "unit": unit, "code": unit},
                "high": {"value": 5.6, "unit": unit, "code": unit},
            }
        ],
        "performer": [{"display": "Example Laboratory"}],
    }


def visit(fhir_id: str, text: str, start: str, end: str) -> Resource:
    return {
        "resourceType": "Encounter",
        "id": fhir_id,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [{"text": text}],
        "subject": {"reference": "Patient/p"},
        "period": {"start": start, "end": end},
        "location": [{"location": {"display": "Building B, room 4"}}],
    }


def appointment(fhir_id: str, text: str, start: str, end: str) -> Resource:
    return {
        "resourceType": "Appointment",
        "id": fhir_id,
        "status": "booked",
        "description": text,
        "start": start,
        "end": end,
        "participant": [{"actor": {"reference": "Patient/p"}, "status": "accepted"}],
    }


def message(fhir_id: str, subject: str, text: str, sent: str, sender: str) -> Resource:
    return {
        "resourceType": "Communication",
        "id": fhir_id,
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "topic": {"text": subject},
        "sent": sent,
        "sender": {"display": sender},
        "payload": [{"contentString": text}],
    }


METFORMIN = ("861007", "metformin hydrochloride 500 MG Oral Tablet")
LISINOPRIL_10 = ("314076", "lisinopril 10 MG Oral Tablet")
LISINOPRIL_20 = ("314077", "lisinopril 20 MG Oral Tablet")
A1C = ("4548-4", "Hemoglobin A1c")
PENICILLIN = ("91936005", "Allergy to penicillin")


def at_home() -> list[Resource]:
    return [
        medication("m1", *METFORMIN, "Take 1 tablet twice a day with meals"),
        medication("m2", *LISINOPRIL_10, "Take 1 tablet every morning", since="2022-01-10"),
        medication(
            "m3", "197361", "amlodipine 5 MG Oral Tablet", "Take 1 tablet daily", status="stopped", since="2018-02"
        ),
        condition("c1", "44054006", "Type 2 diabetes"),
        condition("c2", "195967001", "Asthma", since="1990"),
        allergy("a1", "300913006", "Allergy to shrimp", "Hives", severity="mild"),
        *(laboratory(f"l{y}", A1C, 7.0 + y / 10, "%", when=f"20{20 + y}-03-0{y + 1}", flag="H") for y in range(5)),
        visit("v1", "Office visit", "2026-02-03T15:00:00Z", "2026-02-03T15:30:00Z"),
        message(
            "g1",
            "Your refill",
            "Your refill is ready at the pharmacy.\nIt is open until 8 pm.",
            "2026-05-02T12:00:00Z",
            "Dr. Priya Shah",
        ),
    ]


def at_riverbend() -> list[Resource]:
    return [
        medication("m1", *METFORMIN, "Take 1 tablet twice a day with meals"),
        medication("m2", *LISINOPRIL_20, "Take 1 tablet every morning", since="2024-06-01"),
        medication(
            "m9",
            "745679",
            "albuterol 90 mcg inhaler",
            "2 puffs every 4 hours as needed for wheezing",
            since="2019-08-21",
        ),
        allergy("a1", *PENICILLIN, "Hives", "Trouble breathing", severity="severe", risk="high"),
        condition("c1", "44054006", "Type 2 diabetes mellitus"),
        *(laboratory(f"l{y}", A1C, 6.4 + y / 10, "%", when=f"20{20 + y}-09-1{y}", flag="H") for y in range(5)),
        appointment("p1", "Diabetes check-up", "2027-01-12T15:30:00Z", "2027-01-12T16:00:00Z"),
        message(
            "g1",
            "About your last result",
            "Your A1c is a little higher. Let us talk about it at your next visit.",
            "2026-11-01T09:30:00Z",
            "Dr. Tom Becker",
        ),
    ]


def link(
    services: Services,
    user: TestUser,
    *,
    name: str,
    state: LinkState = LinkState.ACTIVE,
    tier: Tier = Tier.ACCOUNT,
    lasting: bool = True,
    refreshed: bool = True,
    resources: Iterable[Mapping[str, Any]] = (),
    outcomes: Mapping[Section, Outcome] | None = None,
    reasons: Mapping[Section, str] | None = None,
    **fields: Any,
) -> Linked:
    """An organization, a link to it in any state, and what a refresh brought, with each section's outcome."""
    assert user.person_id is not None
    with services.db.transaction() as tx:
        organization = organizations.add(
            tx, name=name, fhir_base=f"https://{name.split(maxsplit=1)[0].lower()}.example/fhir", **fields
        )
        made = links.add(
            tx,
            person_id=user.person_id,
            organization_id=organization.id,
            state=state,
            tier=tier,
            created_by=user.account_id,
            move="authorized",
        )
        links.put(
            tx, link_id=made.id, lasting=lasting, refreshed_at=tx.now - timedelta(minutes=20) if refreshed else None
        )
        if refreshed:
            wanted = refreshes.request(tx, link_id=made.id, cause="linked")
            sections = BASIC if tier is Tier.RECORD_ONLY else tuple(Section)
            refreshes.plan(tx, refresh_id=wanted.refresh_id, sections=sections)
            for section in sections:
                outcome = (outcomes or {}).get(section, Outcome.DONE)
                reason = (reasons or {}).get(section)
                refreshes.end_section(
                    tx, refresh_id=wanted.refresh_id, link_id=made.id, section=section, outcome=outcome, reason=reason
                )
            refreshes.finish(tx, refresh_id=wanted.refresh_id, state=refreshes.DONE)
    ingest(
        services.db,
        person_id=user.person_id,
        source=made.id,
        resources=list(resources),
        confidential=organization.sensitive,
    )
    return Linked(organization.id, made.id)


def small_record(services: Services, user: TestUser) -> Linked:
    """Home, and one linked organization with all of its sections."""
    return staged(services, ("small record", user), lambda: _small_record(services, user))


def _small_record(services: Services, user: TestUser) -> Linked:
    ingest(services.db, person_id=user.person_id, source="home", resources=at_home())
    return link(
        services,
        user,
        name="Riverbend Regional Medical Center",
        resources=at_riverbend(),
        city="Riverbend",
        phone="(856) 555-0140",
        portal_url="https://portal.riverbend.example",
        hue="255",
    )


def suggest(
    services: Services, user: TestUser, *, name: str, kind: OrganizationKind = OrganizationKind.PROVIDER
) -> str:
    """A suggested organization, from the chart."""
    assert user.person_id is not None
    with services.db.transaction() as tx:
        organization = organizations.add(
            tx, name=name, kind=kind, city="Camden", state="NJ", postal_code="08102", line="12 Example Avenue"
        )
        suggestions.suggest(
            tx, person_id=user.person_id, organization_id=organization.id, reason="chart", last_visit="2025-04"
        )
    return organization.id
