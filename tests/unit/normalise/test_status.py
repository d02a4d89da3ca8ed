"""Statuses of allergies and health issues, in the codes of FHIR, of older FHIR and of charts' own lists."""

from typing import Any

import pytest

from portal.domain.entry import Status
from portal.normalise.status import clinical_status

OWN = "https://fhir.cerner.com/ec2458f2/codeSet/12026"


def concept(code: str = "", display: str = "", text: str = "", system: str = OWN) -> dict[str, Any]:
    coding = {"system": system, "code": code, "display": display}
    return {"coding": [{name: value for name, value in coding.items() if value}], **({"text": text} if text else {})}


@pytest.mark.parametrize(
    ("verification", "code"),
    [
        (concept("refuted"), "refuted"),
        ("unconfirmed", "unconfirmed"),
        ({"text": "Refuted"}, "refuted"),
        ({"text": "Ruled Out"}, "refuted"),
        (concept("25", "Ruled out"), "refuted"),
        (concept("25", text="Ruled out"), "refuted"),
        (concept("24", "Confirmed", "Verified by staff"), "confirmed"),
        (concept("3300", "Canceled"), "entered-in-error"),
        ({"text": "Suspected"}, "unconfirmed"),
        (concept("77", "Something else"), "77"),
        ({}, ""),
    ],
)
def test_verification(verification: object, code: str) -> None:
    assert clinical_status(None, verification)[2] == code


@pytest.mark.parametrize(
    ("clinical", "status", "code"),
    [
        (concept("active"), Status.ACTIVE, "active"),
        ({"text": "Resolved"}, Status.PAST, "resolved"),
        (concept("3299", "Resolved"), Status.PAST, "resolved"),
        ("inactive", Status.PAST, "inactive"),
        ({"text": "Entered in error"}, Status.ENTERED_IN_ERROR, "entered-in-error"),
        (concept("1", "Unheard of"), Status.UNKNOWN, "1"),
    ],
)
def test_clinical(clinical: object, status: Status, code: str) -> None:
    assert clinical_status(clinical, None)[:2] == (status, code)


def test_what_is_ruled_out_is_past_and_what_is_withdrawn_is_withdrawn() -> None:
    assert clinical_status(concept("active"), concept("refuted"))[0] is Status.PAST
    assert clinical_status(concept("active"), {"text": "Error"})[0] is Status.ENTERED_IN_ERROR
