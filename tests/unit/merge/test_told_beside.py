"""What notes, descriptions and numbers tell beside the name: outcomes, reactions, members of a team, documents."""

import pytest

from portal.refresh.compare import compare


def _procedure(text: str, *notes: str) -> dict[str, object]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"text": text},
        "performedDateTime": "2024-03-05",
        "note": [{"text": note} for note in notes],
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Complete clearance of the duct.", "Residual stone of 4 mm."),
        ("Incomplete resection, margins involved", "Complete resection"),
        ("No retained fragments.", "Retained fragment in the lower calyx"),
    ],
)
def test_what_remained_is_shown(left: str, right: str) -> None:
    verdict = compare(_procedure("Ureteroscopy", left), _procedure("Ureteroscopy", right))
    assert [difference.field for difference in verdict.disagreements] == ["outcome"]


def test_the_same_outcome_in_other_words_is_none() -> None:
    left, right = "No residual stones seen at the end.", "Complete clearance"
    assert compare(_procedure("Ureteroscopy", left), _procedure("Ureteroscopy", right)).disagreements == ()


def _vaccine(code: str, *notes: str) -> dict[str, object]:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": code}]},
        "occurrenceDateTime": "2024-09-12",
        "note": [{"text": note} for note in notes],
    }


@pytest.mark.parametrize(
    ("left", "right", "fields"),
    [
        ("Tolerated well", "Fainted ten minutes after the injection", ["reaction"]),
        ("No adverse reaction.", "Hives over both arms", ["reaction"]),
        ("Bien tolerada", "Anafilaxia, se dio epinefrina", ["reaction"]),
        ("Tolerated well", "No reaction", []),
        ("Tolerated well", "History of hives with penicillin", []),
        ("Tolerated well", "Call if hives or swelling", []),
        ("", "Fainted ten minutes after the injection", []),
    ],
)
def test_how_a_vaccine_was_borne_is_compared(left: str, right: str, fields: list[str]) -> None:
    verdict = compare(_vaccine("207", left), _vaccine("207", right))
    assert [difference.field for difference in verdict.disagreements] == fields


@pytest.mark.parametrize(("code", "verdict"), [("133", "same"), ("215", "same"), ("33", "different")])
def test_a_conjugate_that_is_not_named_may_be_each_conjugate(code: str, verdict: str) -> None:
    assert compare(_vaccine("152"), _vaccine(code)).verdict == verdict


def _team(name: str, number: str = "") -> list[dict[str, object]]:
    practitioner = {"resourceType": "Practitioner", "id": "p", "name": [{"text": name}]}
    numbers = [{"system": "http://hl7.org/fhir/sid/us-npi", "value": number}]
    member = {
        "role": [{"text": "Social worker"}],
        "member": {"reference": "Practitioner/p", "display": name},
        "onBehalfOf": {"display": "Hill Clinic"},
    }
    team: dict[str, object] = {"resourceType": "CareTeam", "status": "active", "participant": [member]}
    return [team, {**practitioner, **({"identifier": numbers} if number else {})}]


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (_team("Ana B Ruiz", "1234567893"), _team("Ana Soto-Ruiz", "1234567893"), "same"),
        (_team("Ana B Ruiz"), _team("Ana Soto Ruiz"), "different"),
        (_team("Ana Ruiz LCSW", "1234567893"), _team("ANA RUIZ"), "same"),
        (_team("Ana Ruiz LCSW"), _team("Ana Ruiz RN"), "different"),
        (_team("Ana Ruiz, MD"), _team("Ana Ruiz, PA-C"), "different"),
        (_team("Ana Ruiz, MD"), _team("Ana Ruiz, DO"), "same"),
    ],
)
def test_a_number_outweighs_a_name_and_a_profession_may_be_left_out(
    left: list[dict[str, object]], right: list[dict[str, object]], verdict: str
) -> None:
    assert compare(left, right).verdict == verdict


def _document(description: str = "") -> dict[str, object]:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "identifier": [{"system": "urn:letters", "value": "L-77"}],
        "type": {"text": "Discharge summary"},
        "description": description,
        "date": "2024-05-05T10:00:00Z",
        "content": [{"attachment": {"contentType": "application/pdf", "url": "Binary/1"}}],
    }


@pytest.mark.parametrize(
    ("description", "fields"),
    [
        ("Draft, not yet signed", ["status"]),
        ("Superseded by the version of May 7", ["status"]),
        ("Entered in error, wrong patient", ["status"]),
        ("Discharge summary of the hospital", []),
        ("", []),
    ],
)
def test_what_a_description_says_of_a_documents_standing_is_shown(description: str, fields: list[str]) -> None:
    verdict = compare(_document("Discharge summary"), _document(description))
    assert (verdict.verdict, [difference.field for difference in verdict.disagreements]) == ("same", fields)
