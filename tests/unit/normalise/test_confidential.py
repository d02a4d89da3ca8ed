"""What is confidential: by its source's label (FHIR R4, Security Labels), or by the rule for its kind."""

from typing import Any

import pytest

from portal.normalise.confidential import is_confidential, is_confidential_here, is_of


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"security": [{"code": "R"}]}, True),
        ({"security": [{"code": "N"}, {"code": "V"}]}, True),
        ({"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "42CFRPart2"}]}, True),
        ({"security": [{"code": "MH"}]}, True),
        ({"security": [{"code": "SDV"}]}, True),
        ({"security": {"code": "HIV"}}, True),
        ({"security": [{"code": "N"}, {"code": "M"}, {"display": "R"}]}, False),
        ({"security": []}, False),
        ({"tag": [{"code": "R"}]}, False),
        ("R", False),
        (None, False),
    ],
)
def test_labels(meta: Any, expected: bool) -> None:
    assert is_confidential({"resourceType": "Condition", "meta": meta}) is expected
    assert is_confidential_here({"resourceType": "Condition", "meta": meta}, ()) is expected


_SOCIAL = [{"coding": [{"code": "survey"}, {"code": "social-history"}]}]


@pytest.mark.parametrize(
    ("resource", "kinds", "expected"),
    [
        ({"resourceType": "Observation"}, ("Condition", "Observation"), True),
        ({"resourceType": "Observation", "category": _SOCIAL}, ("Observation|social-history",), True),
        ({"resourceType": "Observation", "category": _SOCIAL[0]}, ("Observation|social-history",), True),  # one concept
        ({"resourceType": "Observation", "category": [{}, *_SOCIAL]}, ("Observation|survey",), True),
        ({"resourceType": "Observation", "category": _SOCIAL}, ("Observation|laboratory",), False),
        ({"resourceType": "Condition", "category": _SOCIAL}, ("Observation|social-history",), False),
        ({"resourceType": "Observation", "category": "social-history"}, ("Observation|social-history",), False),
        ({"resourceType": "Observation"}, (), False),
        ({}, ("Observation",), False),
    ],
)
def test_kinds(resource: dict[str, Any], kinds: tuple[str, ...], expected: bool) -> None:
    assert is_of(resource, kinds) is expected
    assert is_confidential_here(resource, kinds) is expected
