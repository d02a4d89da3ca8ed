"""Which documented absence denies which allergy, and that pages and ``portal records compare`` say so alike."""

from typing import Any

import pytest

from portal.domain.entry import Entry
from portal.merge.allergies.contradictions import contradicts
from portal.normalise import to_entry
from portal.refresh.compare import compare


def resource(text: str, category: str = "", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "code": {"text": text},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        **({"category": [category]} if category else {}),
        **more,
    }


def nothing(_reference: str, /) -> None:
    """Resolve no reference."""


def entry(text: str, category: str = "", **more: Any) -> Entry:
    return to_entry(resource(text, category, **more), nothing)


@pytest.mark.parametrize(
    ("absence", "text", "category"),
    [
        ("NKA", "Peanut", "food"),
        ("NKDA", "Penicillin", ""),
        ("NKDA", "Influenza vaccine", "biologic"),
        ("No known food allergies", "Peanuts", ""),
        ("No known food allergies", "Quinoa", "food"),
        ("No known environmental allergies", "Ragweed", ""),
        ("No known insect allergies", "Wasp venom", "environment"),
        ("No known contrast allergy", "Omnipaque", "medication"),
        ("No known latex allergy", "Latex gloves", ""),
        ("No known drug or food allergies", "Shrimp", "food"),
    ],
)
def test_within_the_scope(absence: str, text: str, category: str) -> None:
    assert contradicts(entry(absence), entry(text, category))
    verdict = compare(resource(absence), resource(text, category))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert [difference.field for difference in verdict.disagreements] == ["absence"]


@pytest.mark.parametrize(
    ("absence", "text", "category"),
    [
        ("NKDA", "Peanuts", ""),
        ("NKDA", "Quinoa", "food"),
        ("NKDA", "Cat dander", ""),
        ("No known food allergies", "Penicillin", ""),
        ("No known environmental allergies", "Bactrim", ""),
        ("No known insect allergies", "Shellfish", "food"),
        ("Not asked", "Penicillin", "medication"),
        ("NKA", "NKDA", ""),
    ],
)
def test_outside_the_scope(absence: str, text: str, category: str) -> None:
    assert not contradicts(entry(absence), entry(text, category))
    assert not compare(resource(absence), resource(text, category)).may_be_same


@pytest.mark.parametrize(
    "over",
    [
        {"clinicalStatus": {"coding": [{"code": "resolved"}]}},
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
    ],
)
def test_what_does_not_hold_is_contradicted_by_nothing_and_contradicts_nothing(over: dict[str, Any]) -> None:
    assert not contradicts(entry("NKA"), entry("Penicillin", **over))
    assert not contradicts(entry("NKA", **over), entry("Penicillin"))
    assert not contradicts(entry("NKA"), entry("Tolerates penicillin"))


def test_an_absence_denies_only_its_own_section() -> None:
    issue = to_entry({"resourceType": "Condition", "code": {"text": "Asthma"}}, nothing)
    assert contradicts(to_entry({"resourceType": "Condition", "code": {"text": "No known problems"}}, nothing), issue)
    assert not contradicts(entry("NKA"), issue)
