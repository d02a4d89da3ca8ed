"""Quirks of servers, each on an invented answer."""

import pytest

from portal.fhir.vendors import Quirks, quirks_of


@pytest.mark.parametrize("vendor", ["", "Somebody we do not know", "tributary", "Tributary 0.1"])
def test_the_standard_where_nothing_is_known(vendor: str) -> None:
    assert quirks_of(vendor) == Quirks()


def test_by_a_vendors_first_word() -> None:
    assert quirks_of("Epic Systems Corporation").in_parts == {"Observation"}
    assert not quirks_of("EPIC").include


def test_several_quirks_together() -> None:
    quirks = quirks_of("no-include + no-count+subject-param")
    assert (quirks.include, quirks.page_size) == (False, 0)
    assert quirks.params("p1") == {"subject": "p1"}


def test_versions_are_taken_off_references() -> None:
    resource = {"subject": {"reference": "Patient/1/_history/3"}, "note": [{"text": "x/_history/y"}]}
    repaired = quirks_of("versioned-references").repaired(resource)
    assert repaired == {"subject": {"reference": "Patient/1"}, "note": [{"text": "x/_history/y"}]}
    assert resource["subject"] == {"reference": "Patient/1/_history/3"}


def test_a_medicine_of_codes_gets_its_display_as_text() -> None:
    quirks = quirks_of("code-only-medications")
    concept = {"coding": [{"code": "861007"}, {"code": "x", "display": "metformin 500 mg"}]}
    repaired = quirks.repaired({"medicationCodeableConcept": concept})
    assert repaired["medicationCodeableConcept"]["text"] == "metformin 500 mg"
    for odd in ({}, {"medicationCodeableConcept": None}, {"medicationCodeableConcept": {"coding": "x"}}):
        assert quirks.repaired(dict(odd)) == odd


def test_a_resource_without_faults_stays_the_same_object() -> None:
    resource = {"resourceType": "Condition"}
    assert Quirks().repaired(resource) is resource
