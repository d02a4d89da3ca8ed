"""Several of one thing, codes beside words, and what is left out: each as the resource has it."""

from typing import Any

import pytest

from portal.domain.entry import Immunization, Insurance, Report
from portal.normalise import to_entry
from tests.unit.normalise.samples import LOINC, SNOMED, amount, concept, sample


def _nothing(_reference: str, /) -> None:
    return None


@pytest.mark.parametrize(
    "substance", ["Amoxicillin", {"text": "Amoxicillin"}, concept(SNOMED, "372687004", "Amoxicillin")]
)
def test_an_allergy_without_a_code_is_named_by_what_its_reaction_was_to(substance: object) -> None:
    resource = sample("AllergyIntolerance", code=None, reaction=[{"substance": substance}])
    assert to_entry(resource, _nothing).title == "Amoxicillin"


def test_all_who_gave_a_vaccine_are_named() -> None:
    performers = [{"actor": {"display": name}} for name in ("Kim Lee", "Ana Cruz")]
    detail = to_entry(sample("Immunization", performer=performers), _nothing).detail
    assert isinstance(detail, Immunization)
    assert detail.performer == "Kim Lee, Ana Cruz"


@pytest.mark.parametrize(
    ("classes", "plan"),
    [
        ([], ("", "")),
        ([{"type": {"coding": [{"code": "plan"}]}, "value": "77", "name": "Gold"}], ("Gold", "77")),
        ([{"type": {"coding": [{"code": "group"}]}, "value": "88", "name": "Acme"}], ("", "")),
    ],
)
def test_a_plan_has_its_name_and_number(classes: list[dict[str, Any]], plan: tuple[str, str]) -> None:
    detail = to_entry(sample("Coverage", **{"class": classes}), _nothing).detail
    assert isinstance(detail, Insurance)
    assert (detail.plan, detail.plan_number) == plan


def test_results_of_a_report_stand_with_their_codes() -> None:
    hemoglobin = {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(LOINC, "718-7", "Hemoglobin"),
        "valueQuantity": amount(9.4, "g/dL"),
    }
    resource = sample("DiagnosticReport", result=[{"reference": "Observation/h"}])
    detail = to_entry(resource, lambda reference, /: hemoglobin if reference == "Observation/h" else None).detail
    assert isinstance(detail, Report)
    assert detail.findings == ("718-7|Hemoglobin=9.4 g/dL",)


def test_a_concept_of_words_has_no_code() -> None:
    entry = to_entry(sample("Condition", code={"text": "Sore elbow"}), _nothing)
    assert (entry.title, entry.codes) == ("Sore elbow", ())


def test_what_an_appointment_is_for_and_of_which_kind_are_both_coded() -> None:
    service, kind = concept(SNOMED, "394579002", "Cardiology"), concept(SNOMED, "185389009", "Follow-up visit")
    entry = to_entry(sample("Appointment", serviceType=[service], appointmentType=kind), _nothing)
    assert [code.code for code in entry.codes] == ["394579002", "185389009"]


def test_a_modifier_extension_of_any_address_makes_an_item_unsafe() -> None:
    extension = {"url": "http://hl7.org/fhir/StructureDefinition/something", "valueBoolean": True}
    assert to_entry(sample("Condition", modifierExtension=[extension]), _nothing).unsafe
    assert not to_entry(sample("Condition", modifierExtension=[]), _nothing).unsafe
