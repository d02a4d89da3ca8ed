"""What a row says of the rows beside it: what differs, in words, and never the opposite of what the other says."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import A1C, Resource, condition, laboratory, link, medication
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

_WARFARIN = ("855332", "warfarin sodium 5 MG Oral Tablet")
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def put(services: Services, user: TestUser, *resources: Resource) -> None:
    ingest(services.db, person_id=user.person_id, source="home", resources=list(resources))


def marks(tree: Any) -> list[list[str]]:
    """Return the words of each row's marks, in the order of the page."""
    return [
        [" ".join("".join(mark.itertext()).split()) for mark in row.findall(".//*[@class='also']")]
        for row in tree.findall(".//*[@data-entry]")
    ]


def verified(resource: Resource, word: str) -> Resource:
    more = {"verificationStatus": {"coding": [{"system": _VERIFICATION, "code": word}]}}
    return {key: part for key, part in resource.items() if key != "clinicalStatus"} | more


def procedure(fhir_id: str, status: str, **more: Any) -> Resource:
    return {
        "resourceType": "Procedure",
        "id": fhir_id,
        "status": status,
        "code": {"text": "Colonoscopy"},
        "subject": {"reference": "Patient/p"},
        "performedDateTime": "2024-03-01",
    } | more


@pytest.mark.parametrize("address", ["/health/health-issues", "/health/summary"])
def test_what_a_place_ruled_out_is_never_said_to_be_there(
    signed: FlaskClient, services: Services, ana: TestUser, address: str
) -> None:
    hiv = condition("h", "86406008", "HIV infection")
    put(services, ana, hiv)
    link(services, ana, name="Lakeside", resources=[verified(hiv, "refuted")])
    told = [mark for row in marks(check_page(get(signed, address))) for mark in row]
    assert told[0] == "Lakeside ruled this out: HIV infection"
    assert not any("Lakeside has" in mark for mark in told)


def test_the_row_of_what_was_ruled_out_says_who_did_not(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    hiv = condition("h", "86406008", "HIV infection")
    put(services, ana, verified(hiv, "refuted"))
    link(services, ana, name="Lakeside", resources=[hiv])
    told = marks(check_page(get(signed, "/health/health-issues")))
    assert ["Not ruled out at Lakeside: HIV infection"] in told


def test_a_mark_says_what_the_other_row_says_of_its_status(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    put(services, ana, procedure("p", "completed"))
    link(services, ana, name="Lakeside", resources=[procedure("p", "not-done")])
    told = marks(check_page(get(signed, "/health/procedures")))
    assert ["Also at Lakeside: Colonoscopy (Not done)"] in told


def test_a_mark_of_the_same_name_says_the_sides(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    put(services, ana, procedure("p", "completed", note=[{"text": "Right side only"}]))
    link(services, ana, name="Lakeside", resources=[procedure("p", "completed", note=[{"text": "Left side only"}])])
    assert marks(check_page(get(signed, "/health/procedures"))) == [
        ["Also at Lakeside: Colonoscopy (left there, right here)"],
        ["Also at Cooper Regional Health: Colonoscopy (right there, left here)"],
    ]


@pytest.mark.parametrize("address", ["/health/medications", "/health/summary"])
def test_a_mark_of_the_same_name_says_how_it_is_taken(
    signed: FlaskClient, services: Services, ana: TestUser, address: str
) -> None:
    put(
        services,
        ana,
        medication("a", *_WARFARIN, "1 tablet on Mon/Wed/Fri"),
        medication("b", *_WARFARIN, "half a tablet on the other days"),
    )
    told = marks(check_page(get(signed, address)))
    assert sorted(mark for row in told for mark in row) == [
        "Also at Cooper Regional Health: 1 tablet on Mon/Wed/Fri",
        "Also at Cooper Regional Health: half a tablet on the other days",
    ]


@pytest.mark.parametrize("address", ["/health/health-issues", "/health/summary"])
def test_many_rows_of_one_name_are_one_mark_with_their_number(
    signed: FlaskClient, services: Services, ana: TestUser, address: str
) -> None:
    times = [
        condition(f"s{n}", "73595000", "Stress", status="resolved" if n else "active", since=f"20{n + 10}-03-01")
        | ({"abatementDateTime": f"20{n + 10}-04-01"} if n else {})
        for n in range(8)
    ]
    put(services, ana, *times)
    told = [row for row in marks(check_page(get(signed, address))) if row]
    assert told
    assert all(row == ["Also at Cooper Regional Health: 7 more called “Stress”"] for row in told), told[0]


def test_a_row_says_why_something_was_not_done(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    put(services, ana, procedure("p", "not-done", statusReason={"text": "Pacemaker"}))
    stopped = medication("m", *_WARFARIN, "1 tablet daily", status="stopped")
    put(services, ana, stopped | {"statusReason": {"text": "Bleeding"}})
    for address, why in (("/health/procedures", "Why: Pacemaker"), ("/health/medications", "Why stopped: Bleeding")):
        (row,) = check_page(get(signed, address)).findall(".//*[@data-entry]")
        assert why in " ".join("".join(row.itertext()).split())


def test_two_values_at_one_moment_are_both_said(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    put(services, ana, laboratory("a", A1C, 6.0, "%", when="2024-03-01T08:00:00Z"))
    link(services, ana, name="Lakeside", resources=[laboratory("a", A1C, 9.0, "%", when="2024-03-01T08:00:00Z")])
    told = [mark for row in marks(check_page(get(signed, "/health/test-results"))) for mark in row]
    assert "Two values at one moment: Hemoglobin A1c at Lakeside (9.0%)" in told


@pytest.mark.parametrize(
    ("status", "words"),
    [("amended", "Changed later"), ("corrected", "Corrected later"), ("registered", "No result yet")],
)
def test_a_status_of_a_result_is_said_once(
    signed: FlaskClient, services: Services, ana: TestUser, status: str, words: str
) -> None:
    put(services, ana, laboratory("a", A1C, 5.0, "%", when="2024-03-01") | {"status": status, "interpretation": []})
    (row,) = check_page(get(signed, "/health/test-results")).findall(".//*[@data-entry]")
    assert ["".join(tag.itertext()) for tag in row.findall(".//span") if "tag" in (tag.get("class") or "")] == [words]


def test_a_mark_of_the_same_name_and_value_says_what_differs(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    def glucose(fhir_id: str, specimen: str) -> Resource:
        return laboratory(fhir_id, ("2339-0", "Glucose"), 99.0, "mg/dL", when="2026-03-02T08:00:00Z") | {
            "specimen": {"display": specimen}
        }

    put(services, ana, glucose("a", "Blood"), glucose("b", "Urine"))
    told = [mark for row in marks(check_page(get(signed, "/health/test-results"))) for mark in row]
    assert not [mark for mark in told if mark.endswith(": Glucose")]
    assert any("Urine" in mark for mark in told)


def test_two_rows_of_one_place_that_would_be_said_alike_are_one_mark(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    employed = condition("j", "", "Employment") | {"code": {"text": "Part-time employment (finding)"}}
    elsewhere = [
        verified(employed | {"id": name, "onsetDateTime": year}, "refuted")
        for name, year in (("a", "2015"), ("b", "2021"))
    ]
    put(services, ana, employed)
    link(services, ana, name="Lakeside", resources=elsewhere)
    told = marks(check_page(get(signed, "/health/health-issues")))
    assert ["Lakeside ruled this out: Part-time employment (2 times)"] in told
