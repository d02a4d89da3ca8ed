"""What a note states of a procedure, a vaccine, an implant or a stay is compared like a field."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.merge.words.concepts import read_concept
from portal.refresh.compare import compare

Fields = Mapping[str, Any]


def _note(text: str) -> Fields:
    return {"note": [{"text": text}]}


def _procedure(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"text": "Colonoscopy"},
        "performedDateTime": "2026-05-04",
        **more,
    }


def _vaccine(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "141"}], "text": "Flu shot"},
        "occurrenceDateTime": "2026-10-04",
        **more,
    }


def _implant(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Device",
        "status": "active",
        "type": {"text": "Hip prosthesis, left"},
        "udiCarrier": [{"deviceIdentifier": "00888912345678"}],
        **more,
    }


_OF = {"procedure": _procedure, "vaccine": _vaccine, "implant": _implant}
_MVX = "http://hl7.org/fhir/sid/mvx"


def _shown(of: str, left: Fields, right: Fields) -> dict[str, tuple[str, str]]:
    verdict = compare(_OF[of](**left), _OF[of](**right))
    assert verdict.verdict == "same" or verdict.may_be_same
    return {each.field: (each.left, each.right) for each in verdict.disagreements}


def _by(name: str) -> Fields:
    return {"performer": [{"actor": {"display": name}}]}


def _made_by(name: str) -> Fields:
    return {"manufacturer": {"display": name}}


def _dose(number: str) -> Fields:
    return {"protocolApplied": [{"doseNumberString": number}]}


def _named(name: str) -> Fields:
    return {"vaccineCode": {**_vaccine()["vaccineCode"], "text": name}}


def _not_given(note: str) -> Fields:
    return {"status": "not-done", **_note(note)}


def _called(name: str) -> Fields:
    return {"code": {"text": name}}


_INTO_A_MUSCLE = {"system": "http://snomed.info/sct", "code": "78421000"}
_SERIAL = {"serialNumber": "77"}


@pytest.mark.parametrize(
    ("of", "field", "left", "right"),
    [
        ("procedure", "performer", _note("Surgeon: Smith, John. No complications"), _by("Dr. Maria Garcia")),
        ("procedure", "outcome", _note("Outcome: unsuccessful"), {"outcome": {"text": "Successful"}}),
        ("procedure", "outcome", _note("Procedure failed"), {"outcome": {"text": "Exitoso"}}),
        ("procedure", "complication", _note("No complications"), {"complication": [{"text": "Perforation"}]}),
        ("procedure", "status", _note("Aborted due to poor prep"), {}),
        ("procedure", "status", _note("Status: stopped"), {}),
        ("procedure", "status", {"outcome": {"text": "Aborted"}}, {}),
        ("procedure", "status", _note("Patient refused"), {}),
        ("procedure", "status", _note("scope to hepatic flexure only, incomplete, redundant colon"), {}),
        ("procedure", "status", _note("Poor prep, could not reach the cecum; repeat in 1 year"), {}),
        ("procedure", "status", _note("No se llegó al ciego"), {}),
        ("procedure", "complication", _note("no complications"), _note("R RLN injury, hoarse after surgery")),
        ("procedure", "body site", _note("L 2nd toe"), _note("L great toe")),
        ("procedure", "side", _note("L 2nd toe"), _note("R great toe")),
        ("vaccine", "dose", _note("2nd in series per pt card"), _dose("1")),
        ("vaccine", "site", _note("R arm - pt s/p L mastectomy, no L sticks"), {"site": {"text": "L deltoid"}}),
        ("vaccine", "site", _note("Given in right arm"), {"site": {"text": "Left deltoid"}}),
        ("vaccine", "maker", _note("Mfr: Sanofi"), _made_by("Seqirus")),
        ("vaccine", "maker", {"manufacturer": {"identifier": {"system": _MVX, "value": "PMC"}}}, _made_by("Seqirus")),
        ("vaccine", "maker", _named("Fluzone"), _named("Afluria")),
        ("vaccine", "dose", _note("Dose #2"), _dose("1")),
        ("vaccine", "dose", _note("Booster"), _dose("1")),
        ("vaccine", "lot", _note("Lot: B999"), {"lotNumber": "A123"}),
        ("implant", "status", {**_SERIAL, **_note("Explanted 2024")}, _SERIAL),
        ("implant", "model", {**_SERIAL, **_note("Model: A2DR01")}, {**_SERIAL, "modelNumber": "W1DR01"}),
        ("implant", "lot", {"lotNumber": "A123"}, {"lotNumber": "B999"}),
        ("implant", "lot", _note("Lot A123"), {"lotNumber": "B999"}),
        ("implant", "serial", {"lotNumber": "A123"}, {"lotNumber": "A123", **_SERIAL}),
    ],
)
def test_a_difference_is_shown_by_the_field_that_differs(of: str, field: str, left: Fields, right: Fields) -> None:
    assert field in _shown(of, left, right)


@pytest.mark.parametrize(
    ("of", "left", "right"),
    [
        ("procedure", _note("Performed by Dr. Maria Garcia on 5/4/2026"), _by("GARCIA, MARIA")),
        ("procedure", _note("Realizado por Dra. Maria Garcia"), _by("Maria Garcia MD")),
        ("procedure", {"outcome": {"text": "No exitoso"}}, {"outcome": {"text": "Failed"}}),
        ("procedure", _note("The polyp could not be removed; prep was incomplete"), {}),
        ("procedure", _note("no complications"), _note("For evaluation of bleeding")),
        ("procedure", _note("no complications"), _note("Bleeding controlled with clips")),
        ("vaccine", _note("Site: left deltoid"), {"site": {"text": "brazo izquierdo"}}),
        ("vaccine", _named("Boostrix/Adacel"), _made_by("Sanofi Pasteur")),
        ("vaccine", _dose("Booster dose"), _dose("refuerzo")),
        ("vaccine", _note("Dose: 0.5 mL"), _dose("1")),
        ("implant", {**_SERIAL, "modelNumber": "Model W1-DR01"}, {**_SERIAL, "modelNumber": "W1DR01"}),
        ("implant", {**_SERIAL, "status": "inactive"}, {**_SERIAL, "status": "inactive", **_note("Explanted 2024")}),
    ],
)
def test_equal_things_in_other_places_do_not_disagree(of: str, left: Fields, right: Fields) -> None:
    assert _shown(of, left, right) == {}


def test_a_name_is_not_lost_to_what_stands_behind_it_in_brackets() -> None:
    assert read_concept("Colonoscopy (aborted)", procedure=True).words == ("aborted", "colonoscopy")
    assert read_concept("Gout (chronic)").words == read_concept("Gout").words
    assert read_concept("HTN (hypertension)").words == read_concept("Hypertension").words
    assert read_concept("Asthma (severe)").stages == ("severe",)


def test_a_year_covers_the_days_of_an_insurance() -> None:
    card = {
        "resourceType": "Coverage",
        "status": "active",
        "subscriberId": "W123456789",
        "payor": [{"display": "Aetna"}],
    }
    days = card | {"period": {"start": "2026-01-01", "end": "2026-12-31"}}
    assert compare(days, card | {"period": {"start": "2026", "end": "2026"}}).disagreements == ()
    halves = compare(days, card | {"period": {"start": "2026-01-01", "end": "2026-06-30"}})
    assert [each.field for each in halves.disagreements] == ["period"]


@pytest.mark.parametrize(
    ("of", "field", "left", "right"),
    [
        ("vaccine", "route", _note("Route: subcutaneous"), {"route": {"text": "IM"}}),
        ("vaccine", "route", {"route": {"coding": [_INTO_A_MUSCLE]}}, {"route": {"text": "SubQ"}}),
        ("vaccine", "reason", _not_given("Patient declined"), _not_given("Reason: egg allergy")),
        ("procedure", "side", _called("Artroscopia de rodilla derecha"), _called("Left knee arthroscopy")),
    ],
)  # fmt: skip
def test_more_of_notes_and_of_spanish(of: str, field: str, left: Fields, right: Fields) -> None:
    assert field in _shown(of, left, right)


def test_a_side_in_words_and_in_a_note_is_one() -> None:
    left, right = _procedure(code={"text": "Right knee arthroscopy"}), _procedure(code={"text": "Knee arthroscopy"})
    assert compare(left, right | _note("Right side")).verdict == "same"
    assert compare(left, right).may_be_same
    assert compare(left, right | _note("Left side")).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_note("MRI conditional"), _note("Not MRI safe")),
        ({"safety": [{"text": "Labeled MR Conditional"}]}, _note("MRI contraindicated")),
        (_note("MRI compatible"), _note("MR unsafe")),
        (_note("Compatible con resonancia"), _note("No compatible con resonancia")),
    ],
)
def test_whether_an_implant_is_safe_in_a_scanner_is_compared(left: Fields, right: Fields) -> None:
    verdict = compare(_implant(serialNumber="K1", **left), _implant(serialNumber="K1", **right))
    assert [each.field for each in verdict.disagreements] == ["safety"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_note("MRI conditional"), {"safety": [{"text": "Labeled MR Conditional"}]}),
        (_note("MRI compatible"), _note("MR conditional 1.5T")),
        (_note("MRI of the knee: no tear"), _note("MRI conditional")),
        (_note("Ask before MRI"), _note("MRI conditional")),
    ],
)
def test_equal_safety_in_other_words_does_not_disagree(left: Fields, right: Fields) -> None:
    assert not compare(_implant(serialNumber="K1", **left), _implant(serialNumber="K1", **right)).disagreements


@pytest.mark.parametrize("note", ["Expired dose, must repeat", "Dose was invalid", "Dosis vencida, repetir"])
def test_a_dose_that_a_note_calls_void_is_shown(note: str) -> None:
    verdict = compare(_vaccine(**_note(note)), _vaccine())
    assert [each.field for each in verdict.disagreements] == ["counts"]


@pytest.mark.parametrize(
    "note", ["Expired dose discarded, new vial used", "Previous dose was invalid", "Repeat in a year"]
)
def test_another_dose_that_is_void_takes_nothing_from_this(note: str) -> None:
    assert not compare(_vaccine(**_note(note)), _vaccine()).disagreements
