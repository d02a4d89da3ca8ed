"""What granted scopes allow."""

import pytest

from portal.fhir.scopes import Allowed, GrantedScopes

EVERYTHING = Allowed(search=True, read=True)
LAB = "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory"


@pytest.mark.parametrize(
    ("scopes", "expected"),
    {
        "": EVERYTHING,
        "openid fhirUser": EVERYTHING,  # nothing about resources: as much as was asked for
        "patient/Condition.read": EVERYTHING,
        "patient/Condition.rs": EVERYTHING,
        "patient/Condition.cruds": EVERYTHING,
        "patient/*.read": EVERYTHING,
        "patient/*.*": EVERYTHING,
        "user/*.rs": EVERYTHING,
        "system/Condition.rs": EVERYTHING,
        "patient/Condition.r": Allowed(read=True),
        "patient/Condition.s": Allowed(search=True),
        "patient/Condition.write": Allowed(),
        "patient/Observation.rs": Allowed(),
        "patient/Condition.sr": EVERYTHING,  # not in the order of the standard, and so not a scope: nothing was said
        "patient/Condition.rs?category=a|b": Allowed(search=True, read=True, categories=frozenset({"b"})),
        "patient/Condition.rs?category=a|b patient/Condition.rs": EVERYTHING,
        "patient/Condition.rs?category=x|one patient/Condition.rs?category=x|two": Allowed(
            search=True, read=True, categories=frozenset({"one", "two"})
        ),
    }.items(),
)
def test_conditions(scopes: str, expected: Allowed) -> None:
    assert GrantedScopes(scopes.split()).of("Condition") == expected


def test_a_category_as_the_standard_writes_it() -> None:
    assert GrantedScopes([LAB]).of("Observation").categories == frozenset({"laboratory"})
