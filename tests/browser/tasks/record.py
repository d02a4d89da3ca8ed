"""The record in which the tasks are worked: long enough that looking for one thing is work."""

from base64 import b64encode
from collections.abc import Iterator

from portal.domain.ids import HOME
from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories import record
from tests.factories.record import LOINC, UCUM, Resource, coded
from tests.factories.world import TestUser

CVX = "http://hl7.org/fhir/sid/cvx"
MANY = 370


def fill(services: Services, user: TestUser) -> None:
    """Bring the record at home, and what one linked organization has."""
    ingest(services.db, person_id=user.person_id, source=HOME, resources=list(_at_home()))
    link(services, user, name="Riverbend Regional Medical Center")


def link(services: Services, user: TestUser, *, name: str) -> None:
    """Link an organization that does not release test results."""
    record.link(
        services,
        user,
        name=name,
        resources=record.at_riverbend(),
        outcomes={Section.TEST_RESULTS: Outcome.REFUSED},
        city="Riverbend",
        phone="(856) 555-0140",
        portal_url="https://portal.riverbend.example",
    )


def _at_home() -> Iterator[Resource]:
    yield from record.at_home()
    yield from (_pressure(f"bp{n}", when, *values) for n, (when, values) in enumerate(_PRESSURES.items()))
    for year in range(2012, 2026):
        yield _vital(f"height{year}", ("8302-2", "Body height"), 65 + (year % 3) / 10, "[in_i]", f"{year}-06-11")
        yield _vaccine(f"flu{year}", "141", "Influenza, seasonal, injectable", f"{year}-10-03")
    yield _vaccine("tdap", "115", "Tdap", "2015-04-21")
    yield _report("coli", "Urine culture", "Escherichia coli, more than 100,000 colonies", "2024-08-02", "LAB")
    yield _report("mole", "Surgical pathology", "Mole of the left shoulder: benign nevus", "2023-05-14", "PAT")
    yield _report("ankle", "X-ray of the right ankle", "No fracture.", "2022-09-30", "RAD")
    yield from (_note(f"n{n}", f"Progress Note {n}", f"2025-{n % 12 + 1:02}-10T09:00:00Z") for n in range(60))
    yield _note("primary", "Primary Care Note", "2026-11-02T09:00:00Z")
    yield _note("gi", "GI Consult Note", "2021-02-03T09:00:00Z")
    yield record.allergy("oil", "762952008", "Peanut oil", "Hives")
    for number in range(MANY):
        state = "stopped" if number % 10 else "active"
        since = f"{2008 + number % 17}-03-01"
        yield record.medication(
            f"many{number}",
            f"99{number:05}",
            f"Remedium {number:03} 10 MG Oral Tablet",
            "1 a day",
            status=state,
            since=since,
        )
    yield record.medication("new", "197361", "amlodipine 10 MG Oral Tablet", "1 a day", since="2026-02-14")
    yield record.medication(
        "old", "308136", "warfarin 5 MG Oral Tablet", "1 a day", status="stopped", since="2011-01-05"
    )
    for number in range(30):
        sent = f"20{20 + number % 6}-05-{number % 27 + 1:02}T12:00:00Z"
        yield record.message(f"msg{number}", f"Appointment reminder {number}", "Please come.", sent, "Front desk")
    yield record.message(
        "bug", "Your bug bite", "Keep it clean; come if it gets red.", "2022-07-08T12:00:00Z", "Dr. Lena Owens"
    )


_PRESSURES = {
    **{f"{year}-{month:02}-15": (118 + month, 70 + month) for year in range(2021, 2026) for month in range(1, 13)},
    "2026-11-20": (131, 84),
}


def _vital(fhir_id: str, code: tuple[str, str], value: float, unit: str, when: str) -> Resource:
    found = record.laboratory(fhir_id, code, value, unit, when=when)
    found["category"][0]["coding"][0]["code"] = "vital-signs"
    return {name: part for name, part in found.items() if name not in ("interpretation", "referenceRange")}


def _pressure(fhir_id: str, when: str, high: int, low: int) -> Resource:
    resource = _vital(fhir_id, ("85354-9", "Blood pressure"), 0, "mm[Hg]", when)
    del resource["valueQuantity"]
    parts = {("8480-6", "Systolic blood pressure"): high, ("8462-4", "Diastolic blood pressure"): low}
    resource["component"] = [
        {
            "code": coded(LOINC, *code),
            "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
        }
        for code, value in parts.items()
    ]
    return resource


def _vaccine(fhir_id: str, code: str, text: str, when: str) -> Resource:
    return {
        "resourceType": "Immunization",
        "id": fhir_id,
        "status": "completed",
        "vaccineCode": coded(CVX, code, text),
        "patient": {"reference": "Patient/p"},
        "occurrenceDateTime": when,
    }


def _report(fhir_id: str, title: str, conclusion: str, when: str, category: str) -> Resource:
    system = "http://terminology.hl7.org/CodeSystem/v2-0074"
    return {
        "resourceType": "DiagnosticReport",
        "id": fhir_id,
        "status": "final",
        "category": [{"coding": [{"system": system, "code": category}]}],
        "code": {"text": title},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": when,
        "conclusion": conclusion,
    }


def _note(fhir_id: str, title: str, when: str) -> Resource:
    category = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
    return {
        "resourceType": "DocumentReference",
        "id": fhir_id,
        "status": "current",
        "type": {"text": title},
        "category": [{"coding": [{"system": category, "code": "clinical-note"}]}],
        "subject": {"reference": "Patient/p"},
        "date": when,
        "content": [{"attachment": {"contentType": "text/plain", "data": b64encode(title.encode()).decode()}}],
    }
