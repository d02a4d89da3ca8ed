"""What stands in free text beside a field: descriptions of reactions, places on the skin, levels, slips of the pen."""

from typing import Any

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import allergy


def _reaction(text: str, description: str = "") -> dict[str, Any]:
    more = {"description": description} if description else {}
    return allergy("Penicillin") | {"reaction": [{"manifestation": [{"text": text}], **more}]}


@pytest.mark.parametrize("told", ["Hives on trunk; denies throat swelling or SOB", "July 2010, ED, epi x2"])
def test_a_description_of_a_reaction_is_no_sign_of_its_own(told: str) -> None:
    assert compare(_reaction("Hives"), _reaction("Hives", told)).disagreements == ()


def test_a_description_that_names_another_sign_counts() -> None:
    verdict = compare(_reaction("Hives"), _reaction("Hives", "Went into anaphylaxis"))
    assert {each.field for each in verdict.disagreements} == {"reaction"}


def _order(name: str, sig: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
        "authoredOn": "2026-03-10",
        "dosageInstruction": [{"text": sig}],
    }


def test_patches_for_two_places_are_two_orders() -> None:
    left, right = (_order("Lidocaine 5 % patch", f"1 patch to {place} daily") for place in ("low back", "R shoulder"))
    assert compare(left, right, one_organization=True).verdict == "different"
    assert {each.field for each in compare(left, right).disagreements} == {"site"}
    same = _order("Lidocaine 5 % patch", "Apply 1 patch to the lower back daily")
    assert compare(left, same).disagreements == ()


def test_letters_in_each_others_place_are_read_through() -> None:
    right = _order("Metformin 500 mg tablet", "Take 1 tablet twice daily with meals")
    assert compare(_order("Metformin 500 mg tablet", "tkae 1 tabelt twcie daily w/ meals"), right).disagreements == ()
    often = compare(_order("Metformin 500 mg tablet", "1 tab daliy"), right)
    assert "frequency" in {each.field for each in often.disagreements}


def test_immediate_release_is_what_a_tablet_is_without_a_word() -> None:
    verdict = compare(_order("Oxycodone 5 mg IR tablet", "1 tab daily"), _order("Oxycodone 5 mg tablet", "1 tab daily"))
    assert verdict.verdict == "same"


def _fusion(note: str) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"text": "Lumbar fusion"},
        "performedDateTime": "2023-06-06",
        "note": [{"text": note}],
    }


def test_levels_of_the_spine_in_notes_keep_apart() -> None:
    verdict = compare(_fusion("L4-S1"), _fusion("L3-L5"))
    assert (verdict.verdict, {each.field for each in verdict.disagreements}) == ("different", {"body site"})
    assert compare(_fusion("L4-S1"), _fusion("L4-S1.")).verdict == "same"


def test_who_is_no_longer_the_doctor_is_past() -> None:
    doctor = {"resourceType": "Practitioner", "id": "1", "name": [{"text": "Mary Olsen"}]}
    doctor["identifier"] = [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1649212345"}]
    team = {
        "resourceType": "CareTeam",
        "status": "active",
        "participant": [{"role": [{"text": "PCP"}], "member": {"reference": "Practitioner/1"}}],
    }
    over = team | {"note": [{"text": "No longer PCP as of 6/2026"}]}
    assert {each.field for each in compare([team, doctor], [over, doctor]).disagreements} == {"status"}


def _visit(reason: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "period": {"start": "2026-05-05T11:20:00-05:00"},
        "location": [{"location": {"display": "Lakeside Clinic"}}],
        "reasonCode": [{"text": reason}],
    }


def test_a_reason_in_short_is_the_same_reason() -> None:
    assert compare(_visit("f/u HTN"), _visit("Follow-up of hypertension")).disagreements == ()
    assert compare(_visit("f/u HTN"), _visit("Follow-up of diabetes")).disagreements
