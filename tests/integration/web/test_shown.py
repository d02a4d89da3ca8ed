"""What a page shows of what was received: what could not be shown, who says that there is none, and when."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import time_machine
from flask.testing import FlaskClient

from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.links import links
from portal.store.records import rows
from portal.store.records.rows import RowMark
from tests.factories.record import Linked, Resource, allergy, appointment, condition, link, medication, visit
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get


@pytest.fixture
def _today() -> Iterator[None]:
    with time_machine.travel("2026-11-28T15:00:00Z", tick=True):
        yield


def text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def under(tree: Any) -> dict[str, list[str]]:
    """The titles of the rows of a section page by the heading they stand under."""
    listed: dict[str, list[str]] = {}
    for element in tree.find(".//*[@id='list']"):
        if element.tag in ("h2", "h3"):
            listed[text(element)] = []
        elif element.tag == "ul" and listed:
            listed[list(listed)[-1]] += [text(row.find(".//a")) for row in element]
    return listed


def put(services: Services, user: TestUser, *resources: Resource, source: str = "home") -> None:
    ingest(services.db, person_id=user.person_id, source=source, resources=list(resources))


@pytest.mark.usefixtures("_today")
def test_the_clock_decides_the_group_of_a_visit(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    left_open = visit("old", "Never closed", "2009-03-01T10:00:00Z", "2009-03-01T10:30:00Z")
    left_open["status"] = "in-progress"
    put(
        services,
        ana,
        appointment("late", "March", "2027-03-01T10:00:00-05:00", "2027-03-01T10:30:00-05:00"),
        appointment("soon", "Tuesday", "2026-12-01T10:00:00", "2026-12-01T10:30:00"),
        appointment("gone", "Last year", "2025-12-01T10:00:00Z", "2025-12-01T10:30:00Z"),
        left_open,
    )
    tree = check_page(get(signed, "/health/visits"))
    assert under(tree) == {"Upcoming": ["Tuesday", "March"], "Past": ["Last year", "Never closed"]}
    assert "Under way" not in text(tree)
    assert under(check_page(get(signed, "/health/visits?status=upcoming"))) == {"Upcoming": ["Tuesday", "March"]}
    searched = under(check_page(get(signed, "/health/visits?q=never")))
    assert searched == {"Past": ["Never closed"]}, "a search groups as the list does"


def test_every_visit_is_on_one_page_of_several(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    put(
        services,
        ana,
        *(visit(f"v{n}", f"Visit {n}", f"20{n // 12:02}-{n % 12 + 1:02}-03", f"20{n // 12:02}") for n in range(70)),
        *(appointment(f"a{n}", f"Planned {n}", f"2099-01-{n + 1:02}", f"2099-01-{n + 1:02}") for n in range(5)),
    )
    address, titles = "/health/visits", []
    while address:
        tree = check_page(get(signed, address))
        titles += [text(row.find(".//a")) for row in tree.findall(".//*[@data-entry]")]
        following = tree.find(".//a[@rel='next']")
        address = following.get("href") if following is not None else ""
    assert len(titles) == len(set(titles)) == 75
    assert titles[:5] == [f"Planned {n}" for n in range(5)]


def test_what_is_not_understood_comes_first_with_its_text(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    turned = medication("w", "855332", "warfarin sodium 5 MG Oral Tablet", "1 tablet daily", since="2001-01-01")
    turned["modifierExtension"] = [{"url": "https://example.org/opposite", "valueBoolean": True}]
    turned["text"] = {"status": "generated", "div": "<div>Do NOT take this</div>"}
    many = [medication(f"m{n}", f"99{n:04}", f"medicine {n} 10 MG Oral Tablet", "Take 1") for n in range(30)]
    put(services, ana, turned, *many)
    for address in ("/health/medications", "/health/summary"):
        page = check_page(get(signed, address))
        first = page.find(".//*[@data-entry]")
        assert "Warfarin" in text(first), address
        assert "Do NOT take this" in text(first)
        assert "1 tablet daily" not in text(first), "it is no instruction to follow"
        assert "Could not be shown safely" in text(page)
    href = first.find(".//a").get("href")
    assert "How to take it" not in text(check_page(get(signed, href)))


def test_what_could_not_be_read_is_counted_and_listed(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    unreadable = {"resourceType": "AllergyIntolerance", "id": "n", "patient": {"reference": "Patient/p"}}
    flag = {"resourceType": "Flag", "id": "g", "subject": {"reference": "Patient/p"}, "code": {"text": "Fall risk"}}
    old_mill = link(services, ana, name="Old Mill", resources=[unreadable, flag])
    section = text(check_page(get(signed, "/health/allergies")))
    assert "1 item could not be shown: 1 could not be read." in section
    assert "You might not have this documented at Old Mill" not in section
    assert "1 item could not be shown" in text(check_page(get(signed, "/health/summary")))
    listed = text(check_page(get(signed, "/health/not-shown")))
    assert "Old Mill" in listed
    receipt = check_page(get(signed, f"/health/receipt/{old_mill.link_id}"))
    lines = {text(row.find("th")): [text(cell) for cell in row.findall("td")] for row in receipt.findall(".//tbody/tr")}
    assert lines["Allergies"][1:3] == ["1", "0"], "received, shown"
    assert lines["Other kinds of information"][1] == "1"
    folded = receipt.findall(".//details/table/tbody/tr")
    assert folded, "what came completely and is empty is one line"
    assert {text(cell) for row in folded for cell in row.findall("td")[1:4]} == {"0"}
    assert "Allergies" not in [text(row.find("th")) for row in folded]
    table = get(signed, f"/health/receipt/{old_mill.link_id}/table.csv")
    assert table.headers["Content-Disposition"].startswith("attachment")
    assert "Allergies" in table.get_data(as_text=True)
    get(signed, "/health/receipt/nothing", status=404)


@pytest.mark.parametrize(
    ("code", "words"), [("409137002", "No known drug allergies"), ("716186003", "No known allergies")]
)
def test_an_allergy_contradicts_only_what_denies_its_kind(
    signed: FlaskClient, services: Services, ana: TestUser, code: str, words: str
) -> None:
    peanut = allergy("p", "91935009", "Allergy to peanut", "Hives") | {"category": ["food"]}
    put(services, ana, peanut, allergy("none", code, words))
    tree = check_page(get(signed, "/health/allergies"))
    assert ("but something is listed" in text(tree)) is (words == "No known allergies")
    titles = [text(row.find(".//a")) for row in tree.findall(".//*[@data-entry]")]
    assert "peanut" in titles[0]
    assert titles[1].startswith(words)
    assert "1 item" in text(tree), "that there is none is no item"


def test_nothing_is_said_of_who_did_not_answer(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    link(services, ana, name="Old Mill", outcomes={Section.ALLERGIES: Outcome.FAILED})
    for address in ("/health/allergies", "/health/summary"):
        page = text(check_page(get(signed, address)))
        assert "not documented" not in page.lower()
        assert "You might not have this documented" not in page
    assert "Not all of them have sent this completely" in page


def test_rows_name_the_rows_that_may_be_the_same(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = rows.page

    def marked(*args: Any, **named: Any) -> rows.RowPage:
        page = stored(*args, **named)
        return replace(page, rows=tuple(replace(row, marks=(_mark(row),)) for row in page.rows))

    def _mark(row: rows.RecordRow) -> RowMark:
        other = msgspec.structs.replace(row.primary.entry, title="lisinopril 20 MG Oral Tablet")
        return RowMark("an-entry", riverbend.link_id, other, ("strength",), False)

    monkeypatch.setattr(rows, "page", marked)
    part = f"/health/medications/from/{riverbend.link_id}"
    for address in ("/health/medications", "/health/summary", part):
        page = text(check_page(get(signed, address)))
        assert "Also at Riverbend Regional Medical Center: lisinopril 20 MG Oral Tablet" in page, address


def test_orders_are_counted_and_each_is_a_press_away(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    name = ("314076", "lisinopril 10 MG Oral Tablet")
    orders = [
        medication(f"o{n}", *name, "Take 1 tablet every morning", status="completed", since=f"202{n}-02-03")
        for n in range(4)
    ]
    put(services, ana, *orders)
    (row,) = check_page(get(signed, "/health/medications")).findall(".//*[@data-entry]")
    folded = row.find(".//details[@class='more']")
    assert text(folded.find("summary")) == "Ordered 4 times, last Feb 3, 2023"
    assert len(folded.findall(".//li")) == 4


@pytest.mark.parametrize(("since", "undecided"), [("2026-02-03", True), ("2026-03-03", False)])
def test_an_order_of_one_number_that_is_current_and_ended_shows_both(
    signed: FlaskClient, services: Services, ana: TestUser, since: str, undecided: bool
) -> None:
    numbered = {"identifier": [{"system": "urn:orders", "value": "R-7"}]}
    name = ("855332", "warfarin sodium 5 MG Oral Tablet")
    active = medication("o1", *name, "1 tablet daily", since="2026-02-03") | numbered
    ended = medication("o2", *name, "1 tablet daily", status="stopped", since=since) | numbered
    put(services, ana, active, ended)
    (row,) = check_page(get(signed, "/health/medications")).findall(".//*[@data-entry]")
    folded = row.find(".//details[@class='more']")
    assert ("nothing says which is newer" in text(folded.find("summary"))) is undecided
    assert ("open" in folded.attrib) is undecided
    assert [("Stopped" in text(each)) for each in folded.findall(".//li")].count(True) == 1


@pytest.mark.parametrize(("since", "over"), [("2026-03-03", True), ("2026-02-03", False), ("2026-01-03", False)])
def test_a_later_order_without_a_number_that_was_stopped_is_told(
    signed: FlaskClient, services: Services, ana: TestUser, since: str, over: bool
) -> None:
    name = ("855332", "warfarin sodium 5 MG Oral Tablet")
    active = medication("o1", *name, "1 tablet daily", since="2026-02-03")
    ended = medication("o2", *name, "1 tablet daily", status="stopped", since=since)
    put(services, ana, active, ended)
    for address in ("/health/medications", "/health/summary"):
        row = next(each for each in check_page(get(signed, address)).iter() if "data-entry" in each.attrib)
        assert ("The last order (Mar 3, 2026): Stopped. An older one is still current" in text(row)) is over, address


def test_what_somebody_says_is_taken_is_called_no_order(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    def use(fhir_id: str, status: str, day: str) -> dict[str, Any]:
        return {
            "resourceType": "MedicationStatement",
            "id": fhir_id,
            "status": status,
            "subject": {"reference": "Patient/p"},
            "medicationCodeableConcept": {"text": "warfarin sodium 5 MG Oral Tablet"},
            "effectiveDateTime": day,
            "dosage": [{"text": "1 tablet daily"}],
        }

    put(services, ana, use("u1", "active", "2026-02-03"), use("u2", "stopped", "2026-03-03"))
    (row,) = check_page(get(signed, "/health/medications")).findall(".//*[@data-entry]")
    told = text(row.find(".//details[@class='more']"))
    assert "The last entry (Mar 3, 2026): Stopped. An older one is still current" in told
    assert "Recorded 2 times" in told
    assert "order" not in told.casefold()


def test_a_ruled_out_problem_says_so(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    refuted = condition("hiv", "86406008", "HIV infection")
    refuted["verificationStatus"] = {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "refuted"},
        ]
    }
    put(services, ana, refuted)
    assert "Ruled out" in text(check_page(get(signed, "/health/health-issues")).find(".//*[@data-entry]"))


def test_a_section_says_at_once_from_where_it_is_complete(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    """Home and two links are complete, one failed; a health plan that has no implants is no place of them."""
    link(services, ana, name="Riverbend")
    link(services, ana, name="Lakeside", outcomes={Section.IMPLANTS: Outcome.FAILED})
    link(services, ana, name="Garden", outcomes={Section.IMPLANTS: Outcome.NOT_OFFERED})
    page = text(check_page(get(signed, "/health/implants")))
    assert "Complete from 2 of 3 places" in page
    assert "Lakeside could not be read completely" in page
    assert "From all 4 places" in text(check_page(get(signed, "/health/allergies")))


def test_a_place_that_does_not_release_a_section_is_named_at_once(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    link(services, ana, name="Riverbend", outcomes={Section.IMPLANTS: Outcome.REFUSED})
    line = text(check_page(get(signed, "/health/implants")).find(".//*[@id='sources']/summary"))
    assert line == "Complete from 1 of 2 places Not all from Riverbend"


def test_a_place_that_was_not_granted_or_fails_altogether_is_counted(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    none = {Section.IMPLANTS: Outcome.NOT_OFFERED}
    link(services, ana, name="Riverbend", outcomes=none, reasons={Section.IMPLANTS: "not-granted"})
    link(services, ana, name="Lakeside", outcomes=none, state=LinkState.ERROR)
    link(services, ana, name="Garden", outcomes=none)
    line = text(check_page(get(signed, "/health/implants")).find(".//*[@id='sources']/summary"))
    assert "Complete from 1 of 3 places" in line
    assert "Lakeside could not be read completely" in line
    assert "Not all from Riverbend" in line


def test_what_is_out_of_date_is_not_complete(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    once = link(services, ana, name="Shoreline", lasting=False)
    with services.db.transaction() as tx:
        links.put(tx, link_id=once.link_id, refreshed_at=tx.now - timedelta(days=900))
    page = text(check_page(get(signed, "/health/implants")))
    assert "Complete from 1 of 2 places" in page
    assert re.search(r"Shoreline: as of [A-Z][a-z]+ \d", page)
    home = text(check_page(get(signed, "/")))
    assert "Nothing new came." in home
    assert "up to date" not in home


def test_what_came_completely_is_not_called_incomplete_when_its_access_ends(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    link(services, ana, name="Pinelands", state=LinkState.NEEDS_VERIFICATION)
    page = text(check_page(get(signed, "/health/implants")))
    assert "Complete from 1 of 2 places" in page
    assert re.search(r"Pinelands: as of [A-Z][a-z]+ \d", page)
    assert "could not be read completely" not in page


def test_a_place_from_which_nothing_ever_came_does_not_show_what_came_before(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    link(services, ana, name="Pinelands", outcomes={Section.IMPLANTS: Outcome.FAILED})
    page = text(check_page(get(signed, "/health/implants")))
    assert "The last update did not work." in page
    assert "You still see what came before" not in page


def test_of_a_disagreement_a_date_is_told_once(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    put(services, ana, condition("c1", "44054006", "Type 2 diabetes", since="2022-11-10"))
    link(
        services, ana, name="Pinelands", resources=[condition("c1", "44054006", "Type 2 diabetes", since="2015-03-04")]
    )
    for address in ("/health/summary", "/health/health-issues", "/health/about/diabetes"):
        page = text(check_page(get(signed, address)))
        assert "Since Nov 10, 2022" in page, address
        assert "Began:" not in page, address


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        (("active", "active"), {"Listed as in use, with an end date", "In use since", "In use until"}),
        (("active", "completed"), {"In use since", "In use until"}),
        (("inactive", "active"), {"Listed as in use, with an end date", "In use since", "In use until"}),
        (("active", "intended"), {"Planned for", "In use until"}),
    ],
)
def test_what_is_said_of_the_use_of_an_implant_is_not_whether_it_is_in_the_body(
    signed: FlaskClient, services: Services, ana: TestUser, statuses: tuple[str, str], words: set[str]
) -> None:
    own, status = statuses
    lens = {"resourceType": "Device", "id": "lens", "status": own, "type": {"text": "Intraocular lens"}}
    use = {
        "resourceType": "DeviceUseStatement",
        "id": "use",
        "status": status,
        "device": {"reference": "Device/lens"},
        "timingPeriod": {"start": "2019-05-02", "end": "2023-08-11"},
    }
    put(services, ana, lens | {"patient": {"reference": "Patient/p"}}, use | {"subject": {"reference": "Patient/p"}})
    (row,) = check_page(get(signed, "/health/implants")).findall(".//*[@data-entry]")
    page = text(check_page(get(signed, row.find(".//a").get("href"))))
    told = {"Listed as in use, with an end date", "In use since", "Planned for", "In use until", "Removed", "Implanted"}
    assert {each for each in told if each in page} == words
