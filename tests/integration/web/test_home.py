"""What the home page says before anything is opened: what needs the person, news, the next visit, the contents."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from portal.domain.links import LinkState
from portal.domain.sections import NINE, Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.directory import organizations, suggestions
from tests.factories.record import (
    A1C,
    METFORMIN,
    Linked,
    Resource,
    allergy,
    appointment,
    laboratory,
    link,
    medication,
    message,
    visit,
)
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def part(tree: Any, title_id: str) -> str:
    """The text of the section with this heading; "" where the page has none."""
    section = next((one for one in tree.iter("section") if one.get("aria-labelledby") == title_id), None)
    return "" if section is None else words(section)


def contents(tree: Any) -> dict[str, str]:
    listed = next(one for one in tree.iter("ul") if "sums" in (one.get("class") or ""))
    return {words(one.find(".//a")): words(one.find(".//p")) for one in listed.iter("li")}


def at_home(services: Services, user: TestUser, *resources: Resource) -> None:
    ingest(services.db, person_id=user.person_id, source="home", resources=list(resources))


def soon(**away: int) -> str:
    return (datetime.now(UTC) + timedelta(**away)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_sections_say_what_is_in_them(signed: FlaskClient, riverbend: Linked) -> None:
    said = contents(check_page(get(signed, "/")))
    # Both are of one day: which of them is first is the same on every page, and different in every test.
    assert said["Allergies"] in (
        "Allergy to shrimp and allergy to penicillin",
        "Allergy to penicillin and allergy to shrimp",
    )
    assert said["Medications"] == "Lisinopril, metformin hydrochloride, and 1 more"
    assert said["Test results"].startswith("Last: Hemoglobin A1c 6.8% on Sep 14, 2024")
    assert said["Implants"] == "Nothing to show"


def test_nothing_current_is_no_empty_section(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    at_home(services, ana, medication("m", *METFORMIN, "Take 1 tablet", status="stopped"))
    assert contents(check_page(get(signed, "/")))["Medications"] == "Nothing current, 1 past"


@pytest.mark.parametrize("order", [1, -1])
def test_of_vital_signs_of_one_moment_the_pressure_is_told(
    signed: FlaskClient, services: Services, ana: TestUser, order: int
) -> None:
    signs = [("8302-2", "Height"), ("39156-5", "Body mass index"), ("85354-9", "Blood pressure"), ("8867-4", "Pulse")]
    category = {"category": [{"coding": [{"code": "vital-signs"}]}]}
    resources = [laboratory(code, (code, name), 80, "1", when="2026-03-04T10:00:00Z") for code, name in signs]
    for resource in resources[::order]:
        at_home(services, ana, *(each | category for each in resources if each is not resource), resource | category)
    assert contents(check_page(get(signed, "/")))["Vital signs"].startswith("Last: Blood pressure 80")


def test_what_is_ruled_out_is_no_name_in_a_list(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    """A title alone would say the opposite of what is documented."""
    refuted = allergy("a", "91935009", "Allergy to peanut", "Hives")
    refuted["verificationStatus"] = {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                "code": "refuted",
            }
        ]
    }
    at_home(services, ana, refuted)
    assert "peanut" not in contents(check_page(get(signed, "/")))["Allergies"].lower()


def test_two_strengths_need_the_person_once(signed: FlaskClient, riverbend: Linked) -> None:
    needs = part(check_page(get(signed, "/")), "needs-title")
    assert needs.startswith("1 thing needs you One medicine, two strengths")
    assert "Lisinopril 10 mg" in needs
    assert "Lisinopril 20 mg" in needs


def test_other_dates_or_prescribers_need_nobody(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    at_home(services, ana, medication("m", *METFORMIN, "Take 1 tablet twice a day"))
    there = medication("m", *METFORMIN, "Take 1 tablet twice a day", since="2021-05-20")
    there["requester"] = {"display": "Dr. Tom Becker"}
    link(services, ana, name="Lakeside", resources=[there])
    assert part(check_page(get(signed, "/")), "needs-title") == ""


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (LinkState.NEEDS_VERIFICATION, "Lakeside is not verified yet"),
        (LinkState.ERROR, "We couldn’t update from Lakeside"),
        (LinkState.CONFIRM, "Is the account at Lakeside yours?"),
        (LinkState.ACTIVE, ""),
    ],
)
def test_links_that_wait_for_the_person(
    signed: FlaskClient, services: Services, ana: TestUser, state: LinkState, said: str
) -> None:
    made = link(services, ana, name="Lakeside", state=state)
    tree = check_page(get(signed, "/"))
    needs = part(tree, "needs-title")
    assert said in needs
    assert bool(needs) is bool(said)
    if said:
        section = next(one for one in tree.iter("section") if one.get("aria-labelledby") == "needs-title")
        assert [one.get("href") for one in section.iter("a")] == [f"/links/{made.link_id}"]
        assert said in get(signed, f"/links/{made.link_id}").text, "one sentence for both pages"


def test_what_waits_for_an_update_is_told_alike(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    made = link(services, ana, name="Lakeside", lasting=False, refreshed=False)
    said = "Lakeside needs an update"
    assert said in part(check_page(get(signed, "/")), "needs-title")
    assert said in get(signed, f"/links/{made.link_id}").text


def later(services: Services, user: TestUser, at: Linked, *resources: Resource) -> None:
    """What the first update brings is not news; this is."""
    ingest(services.db, person_id=user.person_id, source=at.link_id, resources=list(resources))


def test_new_things_by_title_and_value(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    later(
        services,
        ana,
        riverbend,
        message("g2", "Flu season", "Please bring your inhaler.", soon(hours=-3), "Dr. Tom Becker"),
        laboratory("n", A1C, 7.4, "%", when="2026-11-20", flag="H"),
    )
    news = part(check_page(get(signed, "/")), "new-title")
    assert "Message from Dr. Tom Becker" in news
    assert "Please bring your inhaler." in news
    assert "Hemoglobin A1c 7.4% High" in news
    assert "Riverbend Regional Medical Center" in news
    again = part(check_page(get(signed, "/")), "new-title")
    assert again == news, "seeing it on the home page is not reading it"


def test_the_next_visit_is_the_soonest(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    at_home(
        services,
        ana,
        appointment("late", "Eye check", soon(days=40), soon(days=40, minutes=30)),
        appointment("over", "Was an hour ago", soon(hours=-2), soon(hours=-1)),
        visit("old", "Office visit", "2020-02-03T15:00:00Z", "2020-02-03T15:30:00Z"),
        appointment("next", "Hip check", soon(days=3), soon(days=3, minutes=30)),
    )
    tree = check_page(get(signed, "/"))
    following = part(tree, "next-title")
    assert "Hip check" in following
    assert "Eye check" in following.partition("After that:")[2]
    assert "Was an hour ago" not in following
    assert contents(tree)["Appointments and visits"].endswith("Hip check")
    calendar = next(one.get("href") for one in tree.iter("a") if (one.get("href") or "").endswith("calendar.ics"))
    assert get(signed, calendar).content_type.startswith("text/calendar")


def test_visits_of_the_past_are_not_next(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    at_home(services, ana, visit("old", "Office visit", "2020-02-03T15:00:00Z", "2020-02-03T15:30:00Z"))
    tree = check_page(get(signed, "/"))
    assert part(tree, "next-title") == ""
    assert contents(tree)["Appointments and visits"] == "Last: Office visit on Feb 3, 2020"


def test_odd_texts_stay_in_their_place(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    made = link(services, ana, name="Lakeside", resources=[message("f", "First", "First", soon(days=-9), "A")])
    later(services, ana, made, message("g", "<b>x</b>" * 40, "y" * 5000, soon(days=-1), "&lt;"))
    news = part(check_page(get(signed, "/")), "new-title")
    assert "y" * 138 + " …" in news
    assert "<b>x</b>" in news


_PAGES = (
    *("/", "/links", "/messages", "/health/vital-signs", "/health/readings", "/health/about/diabetes"),
    *(f"/health/{each.value}" for each in NINE if each is not Section.MESSAGES),
)
_MOST = 8
"""Statements of a page, its audit event and the look at who is signed in included."""


def test_statements_do_not_grow_with_links(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    """Requirement F6: a page's statements are few, whatever the number of links and of old refreshes."""
    counted: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "ROLLBACK", "COMMIT")):
            counted.append(statement)

    numbers: dict[str, list[int]] = {}
    event.listen(Engine, "before_cursor_execute", count)
    try:
        for _round in range(2):
            for address in _PAGES:
                get(signed, address)
                counted.clear()
                get(signed, address)
                numbers.setdefault(address, []).append(len(counted))
            for number in range(8):
                link(services, ana, name=f"Number{number} Hospital")
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert all(few == many for few, many in numbers.values()), numbers
    assert {address: number for address, (_few, number) in numbers.items() if number > _MOST} == {}


def test_nearness_alone_is_no_suggestion_at_home(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    with services.db.transaction() as tx:
        for name, reason in (("Harbor Clinic", "near"), ("Quarry Hospital", "chart")):
            added = organizations.add(tx, name=name, fhir_base=f"https://{name[:4].lower()}.example/r4")
            suggestions.suggest(tx, person_id=ana.person_id or "", organization_id=added.id, reason=reason)
    page = get(signed, "/").get_data(as_text=True)
    assert "Quarry Hospital" in page
    assert "Harbor Clinic" not in page
    with services.db.transaction() as tx:
        suggestions.dismiss(tx, person_id=ana.person_id or "", organization_id=added.id)
    assert "Harbor Clinic" not in get(signed, "/").get_data(as_text=True)
    assert "Harbor Clinic" in get(signed, "/links").get_data(as_text=True)
