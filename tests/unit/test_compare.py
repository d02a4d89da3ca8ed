"""``portal records compare``: the verdict of merge on two resources, without an instance."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from portal.cli import main
from portal.refresh.compare import compare

MEDICATION = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {"text": "Lisinopril 10 mg tablet"},
}


def allergy(text: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "code": {"text": text}, **more}


def test_the_same_and_what_disagrees() -> None:
    verdict = compare(allergy("Penicillin", criticality="high"), allergy("penicillin", criticality="low"), pair_id="p")
    assert (verdict.id, verdict.verdict, verdict.rows) == ("p", "same", 1)
    assert [(one.field, one.left, one.right) for one in verdict.disagreements] == [("criticality", "high", "low")]


def test_marked_rows_say_what_keeps_them_apart() -> None:
    verdict = compare(MEDICATION, MEDICATION | {"medicationCodeableConcept": {"text": "Lisinopril 20 mg tablet"}})
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    ((field, left, right),) = [(one.field, one.left, one.right) for one in verdict.disagreements]
    assert (field, left, right) == ("strength", "10 mg", "20 mg")


def test_a_corrected_value_is_told_within_one_organization() -> None:
    preliminary = {
        "resourceType": "Observation",
        "status": "preliminary",
        "identifier": [{"system": "urn:lab", "value": "A17"}],
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": "Potassium"},
        "effectiveDateTime": "2024-05-01T08:00:00-04:00",
        "valueQuantity": {"value": 5.9, "unit": "mmol/L"},
    }
    final = preliminary | {"status": "final", "valueQuantity": {"value": 4.1, "unit": "mmol/L"}}
    verdict = compare(preliminary, final, one_organization=True)
    assert (verdict.verdict, verdict.hidden) == ("same", ())
    assert {one.field: (one.left, one.right) for one in verdict.disagreements} == {
        "status": ("preliminary", "final"),
        "value": ("5.9 mmol/L", "4.1 mmol/L"),
    }


def test_different_things_and_different_sections_are_two_rows() -> None:
    assert compare(allergy("Penicillin"), allergy("Peanut")).verdict == "different"
    verdict = compare(allergy("Lisinopril 10 mg tablet"), MEDICATION)
    assert (verdict.verdict, verdict.rows) == ("different", 2)


def test_what_gives_no_entry_is_refused_and_says_why() -> None:
    verdict = compare(allergy("Penicillin"), {"resourceType": "AllergyIntolerance"})
    assert (verdict.verdict, verdict.rows, verdict.refusals) == ("refused", 1, ("right: no-code",))
    assert compare(None, 7).refusals == ("left: malformed", "right: malformed")


def test_what_a_resource_refers_to_may_stand_behind_it() -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "Lisinopril 10 mg tablet"}}
    order = {key: value for key, value in MEDICATION.items() if key != "medicationCodeableConcept"}
    for reference in ("Medication/m", "https://fhir.example/r4/Medication/m", "urn:uuid:m"):
        left = [order | {"medicationReference": {"reference": reference}}, drug]
        assert compare(left, MEDICATION).verdict == "same", reference


def test_the_command_takes_two_files_and_lines(tmp_path: Path) -> None:
    left, right, lines = tmp_path / "left.json", tmp_path / "right.json", tmp_path / "pairs.ndjson"
    left.write_text(json.dumps(allergy("Penicillin", criticality="high")))
    right.write_text(json.dumps(allergy("penicillin", criticality="low")))
    runner = CliRunner()
    answer = runner.invoke(main, ["records", "compare", str(left), str(right), "--json"])
    assert json.loads(answer.output)["verdict"] == "same"
    assert "criticality: high / low" in runner.invoke(main, ["records", "compare", str(left), str(right)]).output
    pair = {"id": "7", "left": allergy("Penicillin"), "right": allergy("Peanut"), "one_organization": False}
    lines.write_text(f"{json.dumps(pair)}\n\n")
    answer = runner.invoke(main, ["records", "compare", "--batch", str(lines)])
    assert [json.loads(line)["id"] for line in answer.output.splitlines()] == ["7"]
    assert runner.invoke(main, ["records", "compare", str(left)]).exit_code == 2
    assert runner.invoke(main, ["records", "compare", str(left), str(right), "--batch", str(lines)]).exit_code == 2


def test_what_is_not_json_is_no_verdict(tmp_path: Path) -> None:
    lines = tmp_path / "pairs.ndjson"
    for written in ("{", "[]"):
        lines.write_text(written)
        answer = CliRunner().invoke(main, ["records", "compare", "--batch", str(lines)])
        assert answer.exit_code == 1
        assert answer.output


def role(name: str, words: str, *, active: bool = True, place: str = "Memorial") -> list[dict[str, object]]:
    """Return a PractitionerRole with its Practitioner."""
    practitioner = {"resourceType": "Practitioner", "id": "p", "name": [{"text": name}]}
    place_of = {"organization": {"display": place}}
    of_person = {"practitioner": {"reference": "Practitioner/p"}, "code": [{"text": words}], "active": active}
    return [{"resourceType": "PractitionerRole", "id": "r", **of_person, **place_of}, practitioner]


def test_somebody_s_role_is_compared_as_a_team_of_one() -> None:
    assert (
        compare(role("Wei Chen, MD", "Oncologist"), role("Wei Chen", "Oncologist", place="MEMORIAL")).verdict == "same"
    )
    ended = compare(role("Wei Chen, MD", "Oncologist"), role("Wei Chen, MD", "Oncologist", active=False))
    assert [difference.field for difference in ended.disagreements] == ["status"]
    assert compare(role("Wei Chen, MD", "Oncologist"), role("Wei Chen, MD", "Dentist")).verdict == "different"
