"""No page says, or lets a reader think, that there is nothing where not everything came."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.domain.links import Outcome, Tier
from portal.domain.people import GrantLevel, Role
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import LISINOPRIL_10, PENICILLIN, Resource, allergy, link, medication
from tests.factories.world import TestUser, World, sign_in
from tests.integration.web.html import check_page, get

_UNREADABLE: Resource = {"resourceType": "Device", "id": "d", "status": "active", "patient": {"reference": "Patient/p"}}
_NONE = allergy("n", "716186003", "No known allergy")


def tiles(tree: Any) -> dict[str, str]:
    listed = next(one for one in tree.iter("ul") if "sums" in (one.get("class") or ""))
    return {_text(one.find(".//a")): _text(one.find(".//p")) for one in listed.iter("li")}


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("address", ["/", "/health"])
@pytest.mark.parametrize(
    "outcome", [Outcome.FAILED, Outcome.PARTLY, Outcome.REFUSED, Outcome.NOT_OFFERED, Outcome.CANCELLED]
)
def test_an_empty_section_that_did_not_come_completely_is_not_nothing(
    signed: FlaskClient, services: Services, ana: TestUser, address: str, outcome: Outcome
) -> None:
    link(services, ana, name="Riverbend")
    link(services, ana, name="Old Mill", outcomes={Section.IMPLANTS: outcome})
    told = tiles(check_page(get(signed, address)))
    assert told["Implants"] == "Nothing shown; not everything came"
    assert told["Immunizations"] == "Nothing to show"


@pytest.mark.parametrize("address", ["/", "/health"])
def test_a_section_that_a_link_does_not_bring_is_not_nothing(
    signed: FlaskClient, services: Services, ana: TestUser, address: str
) -> None:
    link(services, ana, name="Riverbend", tier=Tier.RECORD_ONLY)
    told = tiles(check_page(get(signed, address)))
    assert told["Immunizations"] == "Nothing shown; not everything came"
    assert told["Implants"] == "Nothing to show"


@pytest.mark.parametrize("address", ["/", "/health"])
def test_what_could_not_be_shown_is_counted_where_its_section_is_named(
    signed: FlaskClient, services: Services, ana: TestUser, address: str
) -> None:
    ingest(services.db, person_id=ana.person_id, source="home", resources=[_UNREADABLE])
    told = tiles(check_page(get(signed, address)))
    assert told["Implants"] == "1 item could not be shown"


def test_no_known_allergies_of_one_place_is_not_that_of_all(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    ingest(services.db, person_id=ana.person_id, source="home", resources=[_NONE])
    link(services, ana, name="Old Mill", resources=[_NONE], outcomes={Section.ALLERGIES: Outcome.PARTLY})
    told = tiles(check_page(get(signed, "/")))
    assert told["Allergies"] == "No known allergy, according to Cooper Regional Health and Old Mill"


def test_none_that_is_noted_is_not_called_nothing_to_show(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    ingest(services.db, person_id=ana.person_id, source="home", resources=[_NONE])
    told = tiles(check_page(get(signed, "/health")))
    assert told["Allergies"] == "Noted as none"
    assert told["Implants"] == "Nothing to show"


def test_who_acts_for_somebody_is_not_told_that_nothing_is_documented(
    client: FlaskClient, world: World, ana: TestUser
) -> None:
    """What they may not see leaves no count, so the page cannot know it for them."""
    reader = world.account("nora", Role.PATIENT, None)
    world.proxy(reader, str(ana.person_id), GrantLevel.NO_CONFIDENTIAL)
    sign_in(client, reader)
    page = _text(check_page(get(client, f"/for/{ana.person_id}/health/test-results")))
    assert "has nothing documented" not in page
    assert "That need not mean that there is nothing." in page


def test_a_section_with_items_says_what_could_not_be_shown_of_it(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    unreadable = {"resourceType": "AllergyIntolerance", "id": "x", "patient": {"reference": "Patient/p"}}
    link(services, ana, name="Old Mill", resources=[allergy("a", *PENICILLIN, "Hives"), unreadable])
    assert tiles(check_page(get(signed, "/health")))["Allergies"] == "1 item. 1 item could not be shown"


def test_the_summary_says_of_what_it_lists_that_no_status_is_given(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    unknown = medication("m", *LISINOPRIL_10, "1 tablet daily", status="unknown")
    ingest(services.db, person_id=ana.person_id, source="home", resources=[unknown])
    words = _text(check_page(get(signed, "/health/summary")))
    assert words.index("Status not given") < words.index("1 tablet daily")


@pytest.mark.parametrize("address", ["/health/allergies", "/health/summary"])
def test_who_says_there_is_none_is_named_in_a_sentence_with_its_date(
    signed: FlaskClient, services: Services, ana: TestUser, address: str
) -> None:
    ingest(services.db, person_id=ana.person_id, source="home", resources=[_NONE | {"recordedDate": "2021-02-03"}])
    link(services, ana, name="Old Mill", resources=[allergy("a", *PENICILLIN, "Hives")])
    words = _text(check_page(get(signed, address)))
    noted = "Cooper Regional Health noted that there is none, but something is listed. Ask your doctor which is right."
    assert words.index("Allergy to penicillin") < words.index(noted)
    assert "Noted: Feb 3, 2021" in words


def test_parts_of_a_disagreement_are_apart_in_the_summary(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    weekly = medication("m", "105585", "methotrexate 2.5 MG Oral Tablet", "6 tablets once a week", since="2023-02-01")
    daily = medication("m", "105585", "methotrexate 2.5 MG Oral Tablet", "1 tablet daily", since="2024-06-01")
    ingest(services.db, person_id=ana.person_id, source="home", resources=[weekly])
    link(services, ana, name="Old Mill", resources=[daily])
    words = _text(check_page(get(signed, "/health/summary")))
    assert "1 tablet daily · Since Jun 1, 2024 · Prescribed by" in words
    assert "6 tablets once a week · Since Feb 1, 2023" in words


def test_the_administrator_sees_how_much_of_each_organization_is_missing(
    client: FlaskClient, world: World, services: Services, ana: TestUser
) -> None:
    outcomes = {Section.ALLERGIES: Outcome.PARTLY, Section.IMPLANTS: Outcome.FAILED, Section.VISITS: Outcome.REFUSED}
    link(services, ana, name="Old Mill", resources=[_UNREADABLE], outcomes=outcomes)
    link(services, ana, name="Riverbend", resources=[allergy("a", *PENICILLIN, "Hives")])
    sign_in(client, world.staff("boss", Role.ADMIN))
    tree = check_page(get(client, "/admin/"))
    cells = {_text(row.find("th")): [_text(cell) for cell in row.findall("td")] for row in tree.findall(".//tbody/tr")}
    assert cells["Old Mill"][-1] == "2 sections 1 item not shown"
    assert cells["Riverbend"][-1] == "–"
    assert "penicillin" not in _text(tree).lower()


def test_the_record_counts_kinds_that_no_section_shows(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    other = {"resourceType": "Basic", "id": "b", "subject": {"reference": "Patient/p"}}
    ingest(services.db, person_id=ana.person_id, source="home", resources=[other])
    tree = check_page(get(signed, "/health"))
    assert "1 item could not be shown: 1 is a kind this portal does not show." in _text(tree)
    assert "/health/not-shown" in [link.get("href") for link in tree.iter("a")]
