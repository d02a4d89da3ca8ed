"""Habits of other servers that were reported from the field: each as a test of its kind, first as it was reported."""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.domain.entry import Absence, Entry, Fact, Medication, Report, Result
from portal.domain.errors import NormaliseError
from portal.normalise import to_entry
from portal.normalise.context import nothing
from portal.normalise.registry import NOT_SHOWN, REASONS, UNREADABLE
from tests.unit.normalise.samples import LOINC, SNOMED, TYPES, amount, concept, others, sample

_CASES = Path(__file__).parents[2] / "field_cases"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


def case(name: str) -> dict[str, Entry]:
    """The entries of a reported file, by id."""
    bundle = json.loads((_CASES / f"{name}.json").read_text())
    resources = [entry["resource"] for entry in bundle["entry"]]
    return {part["id"]: to_entry(part, nothing) for part in resources if part["resourceType"] != "Patient"}


def result(entry: Entry) -> Result:
    assert isinstance(entry.detail, Result)
    return entry.detail


def test_a_coded_value_without_words_is_shown_by_everyday_words_or_its_code() -> None:
    entries = case("coded-value-without-display")
    assert result(entries["c01a"]).text == "Detected"
    parts = {part.name: part.text for part in result(entries["c01b"]).components}
    assert parts == {"C01 Growth": "No growth", "C01 Colony count": "none"}
    assert result(entries["c01c"]).text == "Not detected"


@pytest.mark.parametrize("element", ["method", "bodySite"])
def test_any_code_without_words_has_its_system(element: str) -> None:
    detail = result(to_entry(sample("Observation", **{element: concept(SNOMED, "4711")}), others))
    assert getattr(detail, element.replace("bodySite", "body_site")) == "SNOMED CT 4711"


def test_severity_reason_and_specimen_without_words_have_their_system() -> None:
    issue = to_entry(sample("Condition", severity=concept(SNOMED, "4711")), others)
    assert getattr(issue.detail, "severity", "") == "SNOMED CT 4711"
    order = to_entry(sample("MedicationRequest", reasonCode=[concept("urn:oid:1.2.3", "7")]), others)
    assert isinstance(order.detail, Medication)
    assert order.detail.reason == "Code 7"
    contained = [{"resourceType": "Specimen", "id": "s", "type": concept("http://terminology.hl7.org/x", "BLD")}]
    taken = to_entry(sample("Observation", contained=contained, specimen={"reference": "#s"}), others)
    assert result(taken).specimen == "HL7 BLD"


def test_results_contained_in_a_report_are_its_parts() -> None:
    entry = case("report-with-contained-results")["c24a"]
    assert isinstance(entry.detail, Report)
    assert next((part.name, part.text) for part in entry.detail.components) == (
        "C24 Organism",
        "C24 Staphylococcus aureus",
    )
    measured = entry.detail.components[1].quantity
    assert measured is not None
    assert (measured.value, entry.detail.results) == ("8", ())


def test_panels_in_panels_in_a_report_give_every_part_once() -> None:
    contained = [
        {"resourceType": "Observation", "id": "p", "code": {"text": "Panel"}, "hasMember": [{"reference": "#a"}]},
        {"resourceType": "Observation", "id": "a", "code": {"text": "A"}, "valueString": "x", "status": "final",
         "hasMember": [{"reference": "#p"}], "component": [{"code": {"text": "B"}, "valueInteger": 2}],
         "note": [{"text": "Hemolyzed."}]},
        {"resourceType": "Observation", "id": "n", "code": {"text": "None"}},
    ]  # fmt: skip
    report = sample("DiagnosticReport", contained=contained, result=[{"reference": "#p"}, {"reference": "#n"}])
    detail = to_entry(report, others).detail
    assert isinstance(detail, Report)
    assert [part.name for part in detail.components] == ["Panel: A", "Panel: A: B", "None"]
    assert [part.notes for part in detail.components] == [("Hemolyzed.",), ("Hemolyzed.",), ()]
    assert (detail.components[0].fhir_status, detail.components[2].text) == ("final", "No result recorded")


def test_members_contained_in_a_panel_are_its_parts() -> None:
    member = {"resourceType": "Observation", "id": "m", "code": {"text": "pH"}, "valueQuantity": {"value": 6}}
    panel = sample("Observation", valueQuantity=None, contained=[member], hasMember=[{"reference": "#m"}])
    detail = result(to_entry(panel, others))
    assert ([part.name for part in detail.components], detail.members, detail.text) == (["pH"], (), "")


def test_the_id_of_what_is_contained_may_be_written_like_its_reference() -> None:
    titles = [entry.title for entry in case("contained-id-with-hash").values()]
    assert titles == ["C04 Levothyroxine 75 mcg tablet", "C04 Control: Losartan 50 mg tablet"]


def test_what_stands_only_in_the_narrative_is_named_by_it() -> None:
    entries = case("narrative-only")
    assert entries["c49a"].title == "C49 Allergy: strawberries"
    assert entries["c49b"].title == "C49 Takes St John's wort"
    assert entries["c49a"].absence is None


def test_a_long_narrative_is_a_title_and_a_note() -> None:
    div = f"<div><style>p{{}}</style><p>Penicillin &amp; more</p><!-- x --><p>{'told ' * 60}</p></div>"
    text = {"status": "additional", "div": div}
    entry = to_entry(sample("AllergyIntolerance", code=None, reaction=None, text=text), others)
    assert entry.title.startswith("Penicillin & more told")
    assert entry.title.endswith("…")
    assert entry.notes[0].startswith("Penicillin & more\ntold told")


def test_a_narrative_says_more_than_an_unknown_code() -> None:
    unknown = concept(ABSENT, "unknown")
    entry = to_entry(sample("AllergyIntolerance", code=unknown, reaction=None), others)
    assert (entry.title, entry.absence) == ("No information about allergies", Absence.UNKNOWN)
    text = {"status": "additional", "div": "<div>Strawberries</div>"}
    entry = to_entry(sample("AllergyIntolerance", code=unknown, reaction=None, text=text), others)
    assert (entry.title, entry.absence) == ("Strawberries", None)


def test_nothing_to_show_is_said_with_its_reason() -> None:
    entries = case("nothing-to-show")
    assert result(entries["c19a"]).text == "No result recorded"
    assert result(entries["c19e"]).text == "No result recorded: not released"
    assert result(entries["c19f"]).text == "2024-01-01T10:00:00Z \N{EN DASH} 2024-01-02T10:00:00Z"
    assert result(entries["c19g"]).text == "No result recorded: could not be determined"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"dataAbsentReason": {"text": "Sample was lost"}}, "No result recorded: Sample was lost"),
        ({"dataAbsentReason": concept(ABSENT, "error", "Error")}, "No result recorded: could not be determined"),
        ({"dataAbsentReason": concept("urn:own", "X1")}, "No result recorded"),
        ({"valueCodeableConcept": concept(ABSENT, "masked")}, "No result recorded: not released"),
        ({"valueQuantity": {"value": "see note", "unit": "mg"}}, "see note mg"),
        ({"valuePeriod": {"start": "2024"}}, "2024 \N{EN DASH} …"),
        ({"valueSampledData": {"origin": amount(0, "mV"), "factor": 2, "data": "1 E -3.5 U"}}, "2, ?, -7.0, ↑ mV"),
        ({"valueTime": "08:30:00"}, "08:30:00"),
        ({"valueReference": {"display": "Pump 3"}}, "Pump 3"),
        ({"valueAttachment": {"title": "Scan"}}, "Scan"),
        ({"hasMember": [{"reference": "Observation/1"}]}, ""),
    ],
)
def test_values_of_every_kind(changes: dict[str, Any], text: str) -> None:
    entry = to_entry(sample("Observation", **({"valueQuantity": None} | changes)), others)
    assert (result(entry).quantity, result(entry).text) == (None, text)


def test_a_long_series_says_how_long_it_is() -> None:
    data = {"data": " ".join(["1"] * 300), "origin": amount(0, "mV")}
    text = result(to_entry(sample("Observation", valueQuantity=None, valueSampledData=data), others)).text
    assert text == ", ".join(["1"] * 40) + ", … (300) mV"


def test_a_part_without_a_value_says_so() -> None:
    parts = [
        {"code": {"text": "Cuff"}},
        {"code": {"text": "Site"}, "dataAbsentReason": concept(ABSENT, "not-asked")},
        {"valueString": "nameless"},
        {},
    ]
    detail = result(to_entry(sample("Observation", valueQuantity=None, component=parts), others))
    assert [(part.name, part.text) for part in detail.components] == [
        ("Cuff", "No result recorded"),
        ("Site", "No result recorded: not asked"),
        ("Part", "nameless"),
    ]


def test_every_interpretation_counts_and_the_gravest_leads() -> None:
    flags = [concept("x", "H"), concept("x", "HH"), {"text": "Repeat it"}]
    detail = result(to_entry(sample("Observation", interpretation=flags), others))
    assert (detail.flag, detail.flags) == ("HH", ("H", "HH", "Repeat it"))
    assert detail.flag_text == "Critically high, High, Repeat it"


def test_what_a_clinician_noted_while_examining_belongs_to_its_visit() -> None:
    note = {"resourceType": "DocumentReference", "context": {"encounter": [{"reference": "Encounter/9"}]}}
    category = [concept("http://open.epic.com/FHIR/StructureDefinition/observation-category", "smartdata")]
    finding = sample(
        "Observation",
        category=category,
        code={"text": "FINDINGS - PHYSICAL EXAM - NEUROLOGICAL - NO FOCAL DEFICIT"},
        focus=[{"reference": "DocumentReference/n"}],
        valueQuantity=None,
        component=[{"code": {"text": "Line 1"}, "valueBoolean": True}],
    )
    entry = to_entry(finding, {"DocumentReference/n": note}.get)
    assert (entry.section.value, entry.visit) == ("exam-findings", "Encounter/9")
    assert (entry.title, result(entry).text, result(entry).components) == ("Neurological - No Focal Deficit", "Yes", ())
    assert to_entry({**finding, "encounter": {"reference": "Encounter/1"}}, nothing).visit == "Encounter/1"
    direct = {**finding, "focus": [{"reference": "Encounter/3"}]}
    assert to_entry(direct, nothing).visit == "Encounter/3"
    assert to_entry({**finding, "focus": [{"reference": "Patient/fetus"}]}, nothing).visit == ""


def test_messages_and_documents_can_be_attachments() -> None:
    inside = {"content": [{"attachment": {"contentType": "text/plain", "data": "SGVsbG8="}}]}
    payload = [{"contentReference": {"reference": "DocumentReference/1", "display": "Your plan"}},
               {"contentReference": {"reference": "DocumentReference/2", "display": "Gone"}},
               {"contentReference": {"reference": "Binary/3"}}]  # fmt: skip
    message = sample("Communication", topic=None, payload=payload)
    entry = to_entry(message, {"DocumentReference/1": inside}.get)
    files = [(file.title, file.url, file.inline) for file in getattr(entry.detail, "attachments", ())]
    assert files == [("Your plan", "", True), ("Gone", "DocumentReference/2", False), ("", "Binary/3", False)]
    assert entry.title == "Your plan"


def test_reasons_are_of_three_kinds() -> None:
    assert REASONS.keys() >= UNREADABLE | NOT_SHOWN
    assert not UNREADABLE & NOT_SHOWN
    with pytest.raises(NormaliseError, match="no-code"):
        to_entry({"resourceType": "Condition", "text": {"div": "<div> <p></p></div>"}}, nothing)


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind != "CarePlan"])  # US Core: its plan is its narrative
def test_a_narrative_changes_nothing_of_what_has_a_name(kind: str) -> None:
    plain = to_entry(sample(kind), others)
    told = to_entry(sample(kind, text={"status": "generated", "div": "<div>something else</div>"}), others)
    assert told == plain


def test_times_places_and_persons_of_a_note_are_facts() -> None:
    note = [{"text": "Ok.", "authorReference": {"reference": "Practitioner/lee"}, "time": "2024-01-02"}]
    visit = {"reference": "Encounter/1", "display": "Office Visit"}
    entry = to_entry(sample("Condition", note=note, encounter=visit), others)
    assert Fact("At the visit", "Office Visit") in entry.facts
    assert Fact("Note written by", "Dr. Kim Lee", start="2024-01-02") in entry.facts
    at_hand = {"Encounter/1": {"type": [{"text": "Check up"}], "period": {"start": "2024-01-01"}}}
    entry = to_entry(sample("Condition", encounter={"reference": "Encounter/1"}), at_hand.get)
    assert Fact("At the visit", "Check up", start="2024-01-01") in entry.facts


def test_a_result_over_a_time_says_its_end() -> None:
    span = {"start": "2024-01-01", "end": "2024-01-02"}
    entry = to_entry(
        sample("Observation", effectiveDateTime=None, effectivePeriod=span, code=concept(LOINC, "1")), others
    )
    assert Fact("Until", start="2024-01-02") in entry.facts
