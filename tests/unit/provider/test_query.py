"""A search as understood: what narrows the index, what is tested on resources, what is refused or left aside."""

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.provider.fhir.outcomes import FhirError
from portal.provider.fhir.query import LONGEST_PAGE, PAGE, Query, read

BASE = "https://portal.example/fhir"
LOINC = "http://loinc.org"


def search(kind: str, *pairs: tuple[str, str], patient: str | None = "p1", strict: bool = False) -> Query:
    return read(kind, pairs, patient=patient, base=BASE, strict=strict)


def refusal(kind: str, *pairs: tuple[str, str], strict: bool = False, patient: str | None = "p1") -> tuple[int, str]:
    with pytest.raises(FhirError) as refused:
        search(kind, *pairs, strict=strict, patient=patient)
    return refused.value.status, refused.value.issue


def passes(query: Query, resource: dict[str, Any]) -> bool:
    return all(test(resource) for test in query.tests)


@pytest.mark.parametrize(
    "value", ["p1", "Patient/p1", f"{BASE}/Patient/p1", "p1,Patient/p1"], ids=["id", "relative", "absolute", "both"]
)
@pytest.mark.parametrize("name", ["patient", "subject", "subject:Patient", "patient._id"])
def test_the_patient_of_the_token_by_any_name(name: str, value: str) -> None:
    query = search("Condition", (name, value))
    assert query.patient == "p1"
    assert query.used == [(name, value)]


@pytest.mark.parametrize(
    "value", ["p2", "p1,p2", "Patient/p2", "https://other.example/fhir/Patient/p1", "p1/_history/1"]
)
def test_another_patient_is_refused(value: str) -> None:
    assert refusal("Condition", ("patient", value)) == (403, "forbidden")


def test_two_patients_are_refused_to_a_partner_as_well() -> None:
    assert search("Condition", ("patient", "p2"), patient=None).patient == "p2"
    assert refusal("Condition", ("patient", "p1"), ("subject", "p2"), patient=None) == (403, "forbidden")


def test_a_chain_is_refused() -> None:
    assert refusal("Condition", ("patient.name", "Ana")) == (400, "not-supported")
    assert refusal("Condition", ("patient:Group", "p1")) == (400, "not-supported")


def test_ids_that_are_named_twice_must_be_in_both() -> None:
    assert search("Condition", ("_id", "a,b,c")).ids == ["a", "b", "c"]
    assert search("Condition", ("_id", "a,b"), ("_id", "b,c")).ids == ["b"]
    assert search("Condition").ids is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("_id", "a"), ("_lastUpdated", "2024"), ("birthdate", "1980"), ("family", "alv"), ("gender", "female")],
)
def test_every_kind_of_parameter_is_named_in_the_answer(name: str, value: str) -> None:
    query = search("Patient", (name, value), strict=True)
    assert (query.used, query.ignored) == ([(name, value)], [])


def test_a_comma_can_belong_to_a_value() -> None:
    query = search("Patient", ("name:exact", r"Rivera\, MD,Ana\\x"))
    assert passes(query, {"name": [{"family": "Rivera, MD"}]})
    assert passes(query, {"name": [{"given": [r"Ana\x"]}]})
    assert not passes(query, {"name": [{"family": "Rivera"}]})


def test_tokens_narrow_the_index() -> None:
    query = search("Observation", ("code", f"{LOINC}|718-7,4548-4"), ("status", "final"), ("code", ""))
    assert query.tokens == [("code", (f"{LOINC}|718-7", "4548-4")), ("status", ("final",))]
    assert query.tests == []


@pytest.mark.parametrize(
    ("kind", "name", "value", "term"),
    [
        ("Condition", "encounter", "e1", "Encounter/e1"),
        ("Condition", "encounter", f"{BASE}/Encounter/e1", "Encounter/e1"),
        ("MedicationRequest", "medication", "m1", "Medication/m1"),
        ("Encounter", "location", "l1", "Location/l1"),
        ("PractitionerRole", "practitioner", "d1", "Practitioner/d1"),
    ],
)
def test_references_are_looked_for_as_they_are_stored(kind: str, name: str, value: str, term: str) -> None:
    assert search(kind, (name, value)).tokens == [(name, (term,))]


HEMOGLOBIN = {
    "resourceType": "Observation",
    "code": {"coding": [{"system": LOINC, "code": "718-7"}]},
    "status": "final",
}


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("code", f"{LOINC}|", True),
        ("code", "http://snomed.info/sct|", False),
        ("code:not", f"{LOINC}|718-7", False),
        ("code:not", f"{LOINC}|4548-4", True),
        ("code:not", f"{LOINC}|", False),
        ("code:missing", "true", False),
        ("code:missing", "false", True),
        ("category:missing", "true", True),
        ("date:missing", "true", True),
        ("date:missing", "false", False),
    ],
)
def test_what_the_index_cannot_say_is_tested(name: str, value: str, fits: bool) -> None:
    query = search("Observation", (name, value))
    assert query.tokens == []
    assert passes(query, HEMOGLOBIN) is fits


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("family", "alv", True),
        ("family", "ÁLVAREZ", True),
        ("family", "varez", False),
        ("family:contains", "vare", True),
        ("family:exact", "Alvarez", False),
        ("family:exact", "Álvarez", True),
        ("name", "Mar", True),
        ("family", "Mar", False),
        ("family:missing", "false", True),
        ("address-city:missing", "true", True),
        ("family", "smith,alvarez", True),
        ("family", "'", False),
    ],
)
def test_strings_begin_alike_without_case_and_accents(name: str, value: str, fits: bool) -> None:
    person = {"resourceType": "Patient", "name": [{"family": "Álvarez", "given": ["María"]}]}
    assert passes(search("Patient", (name, value)), person) is fits


def test_dates_narrow_the_index_where_it_has_them_and_are_tested_anyway() -> None:
    query = search("Observation", ("date", "ge2024-01-01"), ("date", "lt2024-07"), ("date", "ge2023"))
    assert (query.date_from, query.date_before) == ("2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z")
    assert passes(query, {"effectiveDateTime": "2024-03-01"})
    assert not passes(query, {"effectiveDateTime": "2024-08-01"})
    either = search("Observation", ("date", "2023,2024"))
    assert (either.date_from, either.date_before) == (None, None)
    assert passes(either, {"effectiveDateTime": "2023-05-01"})


@pytest.mark.parametrize(
    ("value", "lower", "upper"),
    [
        ("2024-03", 3, 4),
        ("ge2024-03", 3, None),
        ("gt2024-03", 4, None),
        ("sa2024-03", 4, None),
        ("lt2024-03", None, 3),
        ("eb2024-03", None, 3),
        ("le2024-03", None, 4),
    ],
)
def test_when_it_was_last_updated(value: str, lower: int | None, upper: int | None) -> None:
    query = search("Condition", ("_lastUpdated", value))
    months = [None if month is None else datetime(2024, month, 1, tzinfo=UTC) for month in (lower, upper)]
    assert [query.updated_from, query.updated_before] == months
    assert refusal("Condition", ("_lastUpdated", "ne2024-03")) == (400, "not-supported")


def test_bounds_of_repeats_are_the_narrowest() -> None:
    query = search(
        "Condition", *(("_lastUpdated", value) for value in ("ge2024-03", "ge2024-01", "lt2024-09", "lt2024-12"))
    )
    assert query.updated_from == datetime(2024, 3, 1, tzinfo=UTC)
    assert query.updated_before == datetime(2024, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pairs", "count", "only"),
    [
        ((), PAGE, False),
        ((("_count", "7"),), 7, False),
        ((("_count", "0"),), 0, True),
        ((("_count", "99999999999999"),), LONGEST_PAGE, False),
        ((("_summary", "count"),), PAGE, True),
        ((("_count", "0"), ("_count", "5")), 5, True),
    ],
)
def test_how_many_are_on_a_page(pairs: tuple[tuple[str, str], ...], count: int, only: bool) -> None:
    query = search("Condition", *pairs)
    assert (query.count, query.only_count) == (count, only)


@pytest.mark.parametrize("value", ["-1", "ten", "", "1.5", "٣"])
def test_a_count_is_a_whole_number(value: str) -> None:
    assert refusal("Condition", ("_count", value)) == (400, "invalid")


def test_what_comes_along_and_in_which_order() -> None:
    query = search(
        "MedicationRequest",
        ("_include", "MedicationRequest:medication"),
        ("_revinclude", "Provenance:target"),
        ("_sort", "date"),
        ("_format", "json"),
    )
    assert (query.includes, query.revincludes, query.newest_first) == (["medication"], ["Provenance:target"], False)
    assert query.ignored == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_include", "Condition:medication"),
        ("_include", "MedicationRequest:nothing"),
        ("_revinclude", "Observation:subject"),
        ("_sort", "code"),
        ("_elements", "id"),
        ("unheard", "1"),
    ],
)
def test_what_is_not_understood_is_left_aside_or_refused(name: str, value: str) -> None:
    query = search("MedicationRequest", (name, value), ("status", "active"))
    assert query.ignored == [name]
    assert query.used == [("status", "active")]
    assert refusal("MedicationRequest", (name, value), strict=True) == (400, "not-supported")


@pytest.mark.parametrize(
    ("name", "value", "issue"),
    [
        ("date", "soon", "invalid"),
        ("date:exact", "2024", "not-supported"),
        ("code:text", "x", "not-supported"),
        ("code:missing", "perhaps", "invalid"),
    ],
)
def test_a_value_or_modifier_that_means_nothing_is_refused(name: str, value: str, issue: str) -> None:
    assert refusal("Observation", (name, value)) == (400, issue)


@pytest.mark.parametrize(
    "pairs",
    [
        [("status", "final")] * 51,
        [("code", "x" * 20_001)],
        [("code", ",".join("1" * 101))],
        [("code", ",".join("1" * 90)), ("status", ",".join("1" * 90)), ("_id", ",".join("1" * 30))],
    ],
    ids=["parameters", "length", "alternatives", "alternatives-together"],
)
def test_one_search_asks_only_so_much(pairs: list[tuple[str, str]]) -> None:
    assert refusal("Observation", *pairs) == (400, "too-costly")


def test_what_one_search_may_still_ask() -> None:
    hundred = ",".join("1" * 100)
    assert len(search("Observation", ("code", hundred), ("status", hundred)).tokens) == 2
    assert len(search("Observation", *[("status", "final")] * 50).tokens) == 50
