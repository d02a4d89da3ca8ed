"""What the FHIR search finds a resource by: tokens of every form (FHIR R4 search.html#token), and long dates."""

from typing import Any

import pytest

from portal.normalise.search_tokens import codes, indexed, tokens
from tests.unit.normalise.samples import LOINC, SNOMED, concept, sample


def tokens_under(resource: dict[str, Any], param: str) -> set[str]:
    return {token for name, token in tokens(resource) if name == param}


@pytest.mark.parametrize(
    ("resource", "param", "expected"),
    [
        ({"resourceType": "Observation", "status": "final"}, "status", {"final", "|final"}),
        ({"resourceType": "Observation", "code": concept(LOINC, "4548-4")}, "code", {"4548-4", f"{LOINC}|4548-4"}),
        ({"resourceType": "Observation", "code": {"coding": [{"code": "bp"}, {"system": "x"}, {"code": ""}]}}, "code",
         {"bp", "|bp"}),
        ({"resourceType": "Observation", "category": [concept("a", "1"), concept("b", "2")]}, "category",
         {"1", "a|1", "2", "b|2"}),
        ({"resourceType": "Observation", "component": [{"code": concept("a", "1")}, {"code": concept("b", "2")}, {}]},
         "combo-code", {"1", "a|1", "2", "b|2"}),
        ({"resourceType": "Condition", "encounter": {"reference": "Encounter/1"}}, "encounter", {"Encounter/1"}),
        ({"resourceType": "Encounter", "class": {"system": "c", "code": "AMB"}}, "class", {"AMB", "c|AMB"}),
        ({"resourceType": "Patient", "active": True}, "active", {"true"}),
        ({"resourceType": "Patient", "active": False}, "active", {"false"}),
        ({"resourceType": "Claim", "identifier": [{"system": "urn:x", "value": "7"}]}, "identifier", {"7", "urn:x|7"}),
        ({"resourceType": "Coverage", "identifier": {"value": "7"}}, "identifier", {"7", "|7"}),
        ({"resourceType": 5, "identifier": [{"value": "7"}]}, "identifier", {"7", "|7"}),
        ({"resourceType": "Observation", "status": "", "code": "text", "category": 7}, "status", set()),
        ({"resourceType": "Observation", "code": {"coding": "text"}}, "code", set()),
    ],
)  # fmt: skip
def test_tokens_of_every_form(resource: dict[str, Any], param: str, expected: set[str]) -> None:
    assert tokens_under(resource, param) == expected


def test_what_belongs_to_nobody_is_reached_through_whose_record_names_it() -> None:
    resource = sample(
        "Procedure",
        performer=[{"actor": {"reference": "Practitioner/lee"}}, {"actor": {"reference": "https://x/Practitioner/1"}}],
        location={"reference": "Location/main"},
    )
    assert tokens_under(resource, "_ref") == {"Patient/ana|Practitioner/lee", "Patient/ana|Location/main"}
    assert tokens_under({"resourceType": "Provenance", "agent": {"reference": "Organization/1"}}, "_ref") == {
        "|Organization/1"
    }


@pytest.mark.parametrize(
    ("kind", "dates", "is_long"),
    [
        ("Observation", {"effectiveDateTime": "2024-01-02"}, False),
        ("Observation", {"effectiveDateTime": "2024-01-02T08:00:00Z"}, False),
        ("Observation", {"effectiveDateTime": "2024-01"}, True),
        ("Observation", {"effectivePeriod": {"start": "2024-01-02", "end": "2024-01-02"}}, False),
        ("Observation", {"effectivePeriod": {"start": "2024-01-02T08:00:00Z", "end": "2024-01-02T09:00:00Z"}}, False),
        ("Observation", {"effectivePeriod": {"start": "2024-01-02", "end": "2024-01-03"}}, True),
        ("Observation", {"effectivePeriod": {"start": "2024-01-02"}}, True),
        ("Observation", {"effectivePeriod": {"end": "2024-01-02"}}, True),
        ("Observation", {"effectivePeriod": {"start": "2024-01-02", "end": "2024-01"}}, True),
        ("Encounter", {"period": {"start": "2024-01-02", "end": "2024-01-09"}}, True),
        ("CareTeam", {"period": {"start": "2024-01-02"}}, True),
        ("DiagnosticReport", {"effectiveDateTime": "2024"}, True),
        ("Procedure", {"performedDateTime": "2024"}, True),
        ("Procedure", {"performedPeriod": {"start": "2024-01-02", "end": "2024-02-02"}}, True),
        ("Immunization", {"occurrenceDateTime": "2024-01"}, True),
        ("MedicationRequest", {"authoredOn": "2024"}, True),
        ("MedicationRequest", {"authoredOn": "2024-01-02"}, False),
        ("Observation", {}, False),
        ("Observation", {"effectiveDateTime": "soon"}, False),
        ("Goal", {"startDate": "2024"}, False),
    ],
)
def test_what_reaches_beyond_its_day_is_marked(kind: str, dates: dict[str, Any], is_long: bool) -> None:
    assert tokens_under({"resourceType": kind, **dates}, "_long") == ({kind} if is_long else set())


def test_codes_are_what_a_resource_is_about() -> None:
    both = {"coding": [*concept(SNOMED, "1")["coding"], {"code": "own"}]}
    assert codes({"resourceType": "Observation", "code": both, "status": "final"}) == {
        ("code", f"{SNOMED}|1"),
        ("code", "|own"),
    }
    order = {"resourceType": "MedicationRequest", "medicationCodeableConcept": concept("rx", "7")}
    assert codes(order) == {("code", "rx|7")}
    assert codes({"resourceType": "Claim", "code": both}) == codes({"resourceType": 5}) == frozenset()


def test_an_index_has_each_token_once() -> None:
    pairs = {
        *(("code", "1"), ("code", "s|1"), ("code", "own"), ("code", "|own")),
        *(("combo-code", "1"), ("combo-code", "s|1"), ("combo-code", "2")),
        *(("_ref", "|Organization/1"), ("_long", "Observation"), ("status", "1")),
    }
    assert indexed(frozenset(pairs)) == pairs - {("code", "|own"), ("combo-code", "1"), ("combo-code", "s|1")}
