"""Procedures of one day that are not one: another side, place, device, though code and words are the same."""

from typing import Any

import pytest

from portal.refresh.compare import PairVerdict, compare

EYE = {"text": "Cataract extraction", "coding": [{"system": "http://snomed.info/sct", "code": "54885007"}]}


def procedure(**more: Any) -> dict[str, Any]:
    """Return a Procedure of one day."""
    return {"resourceType": "Procedure", "status": "completed", "performedDateTime": "2026-03-04", "code": EYE} | more


def fields(verdict: PairVerdict) -> set[str]:
    return {difference.field for difference in verdict.disagreements}


def target(words: str) -> dict[str, Any]:
    url = "http://hl7.org/fhir/StructureDefinition/procedure-targetBodyStructure"
    structure = {"resourceType": "BodyStructure", "id": "site", "location": {"text": words}}
    return {"extension": [{"url": url, "valueReference": {"reference": "#site"}}], "contained": [structure]}


def displayed(side: str) -> dict[str, Any]:
    return {
        "text": "Cataract extraction",
        "coding": [{"system": "urn:local", "code": side, "display": f"{side} phaco"}],
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"note": [{"text": "Right eye."}]}, {"note": [{"text": "Left eye, no complication"}]}),
        ({"bodySite": [{"text": "Right eye"}]}, {"note": [{"text": "Left eye"}]}),
        ({"code": displayed("Right eye")}, {"code": displayed("Left eye")}),
        (target("Right kidney"), target("Left kidney")),
    ],
    ids=["notes", "site and note", "words of the code", "target"],
)
@pytest.mark.parametrize("number", [{}, {"identifier": [{"system": "urn:cases", "value": "C-77"}]}], ids=["", "case"])
@pytest.mark.parametrize("one_organization", [False, True])
def test_two_sides_are_two_procedures_wherever_they_are_said(
    left: dict[str, Any], right: dict[str, Any], number: dict[str, Any], one_organization: bool
) -> None:
    verdict = compare(procedure(**left, **number), procedure(**right, **number), one_organization=one_organization)
    assert verdict.verdict == "different"
    assert verdict.may_be_same
    assert "side" in fields(verdict)


def test_a_side_that_a_note_names_once_more_or_as_one_of_two_keeps_nothing_apart() -> None:
    noted = procedure(bodySite=[{"text": "Right eye"}], note=[{"text": "Right eye; the left was done in May"}])
    assert compare(noted, procedure(bodySite=[{"text": "Right eye"}])).verdict == "same"


def test_another_device_is_seen() -> None:
    left, right = ({"focalDevice": [{"manipulated": {"display": name}}]} for name in ("Azure XT", "Accolade"))
    verdict = compare(procedure(**left), procedure(**right))
    assert fields(verdict) == {"Device"}
    assert compare(procedure(**left), procedure(**left)).disagreements == ()


def test_one_number_of_two_places_of_one_organization_is_no_version() -> None:
    """A surgical case has one number for all that was done."""
    number = {"identifier": [{"system": "urn:cases", "value": "C-77"}]}
    biopsy = {"code": {"text": "Skin biopsy"}}
    places = [procedure(**biopsy, **number, bodySite=[{"text": place}]) for place in ("forearm", "scalp")]
    assert compare(*places, one_organization=True).verdict == "different"
    corrected = procedure(**biopsy, **number, outcome={"text": "complete"})
    assert compare(procedure(**biopsy, **number), corrected, one_organization=True).verdict == "same"


def test_one_number_of_two_strengths_is_no_version() -> None:
    def order(product: str) -> dict[str, Any]:
        number = [{"system": "urn:orders", "value": "7"}]
        words = {"medicationCodeableConcept": {"text": product}, "status": "active", "intent": "order"}
        return {"resourceType": "MedicationRequest", "identifier": number, **words}

    warfarin = [order(f"warfarin {amount} mg tablet") for amount in (5, 2.5)]
    assert compare(*warfarin, one_organization=True).verdict == "different"


def dental(code: str, text: str, site: str = "") -> dict[str, Any]:
    coded = {"text": text, "coding": [{"system": "http://www.ada.org/cdt", "code": code}]}
    return procedure(code=coded, **({"bodySite": [{"text": site}]} if site else {}))


def test_one_code_of_dentists_is_one_procedure() -> None:
    assert compare(dental("D1110", "Adult prophylaxis"), dental("D1110", "Dental cleaning, adult")).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (dental("D2740", "Crown #3"), dental("D2740", "Crown #14")),
        (dental("D2740", "Crown - porcelain", "Tooth 3"), dental("D2740", "Crown, porcelain", "Tooth 14")),
        (dental("D2392", "Filling, tooth 19 MO"), dental("D2392", "Composite, tooth 19 DO")),
        (dental("D2740", "Crown"), dental("D2740", "Porcelain crown", "Tooth 14")),
    ],
)
def test_two_teeth_and_two_surfaces_are_two_procedures(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left, right).verdict == "different"
