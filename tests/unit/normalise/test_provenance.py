"""What tells a repeat and a later version from another resource."""

from typing import Any

from portal.domain.entry import Dose, Medication, Result
from portal.normalise import stamped, to_entry
from portal.normalise.context import nothing
from tests.unit.normalise.samples import sample


def order(**more: Any) -> dict[str, Any]:
    return {**sample("MedicationRequest"), **more}


def digest(resource: dict[str, Any]) -> str:
    return stamped(to_entry(resource, nothing), resource).digest


def test_a_repeat_differs_in_id_version_and_recording_time_only() -> None:
    again = order(id="other", meta={"versionId": "7"}, text={"div": "<div/>"})
    assert digest(order()) == digest(again) != ""
    assert digest(order()) != digest(order(authoredOn="2001-01-01"))
    assert digest(order()) != digest(order(note=[{"text": "Tablets are large."}]))


def test_identifiers_carry_their_type_and_system() -> None:
    written = [
        {"type": {"coding": [{"code": "FILL"}]}, "system": "urn:oid:1.2.3", "value": "A 1"},
        {"value": "urn:oid:2.16.840"},
        {"system": "urn:oid:1.2.3"},
    ]
    assert to_entry(order(identifier=written), nothing).identifiers == ("FILL|urn:oid:1.2.3|A 1", "||2.16.840")


def test_a_resource_names_itself_and_what_it_replaces() -> None:
    entry = to_entry(order(id="new", priorPrescription={"reference": "MedicationRequest/old"}), nothing)
    assert (entry.reference, entry.replaces) == ("MedicationRequest/new", ("MedicationRequest/old",))
    document = {
        "resourceType": "DocumentReference",
        "relatesTo": [
            {"code": "replaces", "target": {"reference": "DocumentReference/1"}},
            {"code": "appends", "target": {"reference": "DocumentReference/2"}},
        ],
    }
    assert to_entry(document, nothing).replaces == ("DocumentReference/1",)


def test_a_dosage_in_its_parts() -> None:
    dosage = {
        "text": "Take 1-2 tablets twice a day",
        "patientInstruction": "with food",
        "additionalInstruction": [{"text": "Avoid sun"}],
        "timing": {
            "repeat": {
                "frequency": 2,
                "period": 1,
                "periodUnit": "d",
                "dayOfWeek": ["mon"],
                "boundsPeriod": {"start": "2024-01-01", "end": "2024-02-01"},
            },
            "code": {"coding": [{"code": "BID"}]},
        },
        "asNeededCodeableConcept": {"text": "pain"},
        "site": {"text": "left arm"},
        "doseAndRate": [{"doseRange": {"low": {"value": 1, "unit": "tablet"}, "high": {"value": 2, "unit": "tablet"}}}],
        "maxDosePerPeriod": {"numerator": {"value": 6, "unit": "tablets"}, "denominator": {"value": 1, "unit": "day"}},
    }
    detail = to_entry(order(dosageInstruction=[dosage]), nothing).detail
    assert isinstance(detail, Medication)
    (dose,) = detail.doses
    assert isinstance(dose, Dose)
    assert (dose.text, dose.patient, dose.additional) == ("Take 1-2 tablets twice a day", "with food", ("Avoid sun",))
    assert dose.amount
    assert dose.amount_high
    assert (dose.amount.value, dose.amount_high.value) == ("1", "2")
    assert (dose.days, dose.code, dose.start, dose.end) == (("mon",), "BID", "2024-01-01", "2024-02-01")
    assert (dose.as_needed, dose.as_needed_for, dose.site, dose.maximum) == (
        True,
        "Pain",
        "Left arm",
        "6 tablets per day",
    )


def test_every_flag_counts_and_words_of_a_flag_are_its_code() -> None:
    written = [{"coding": [{"code": "H"}]}, {"text": "Critically high"}]
    detail = to_entry({**sample("Observation"), "interpretation": written}, nothing).detail
    assert isinstance(detail, Result)
    assert detail.flags == ("H", "HH")
