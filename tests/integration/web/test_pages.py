"""Every page is valid HTML, complete without JavaScript, and says where things come from."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.people import Role
from portal.domain.sections import Section
from portal.endpoints import access_of
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.audit import events as audit_rows
from portal.store.links import refreshes
from tests.factories.record import A1C, METFORMIN, Linked, allergy, laboratory, link, medication, small_record, suggest
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.web.html import check_fragment, check_page, get, same

SECTIONS = [section.value for section in Section if section is not Section.MESSAGES]
PAGES = [
    "/",
    "/health",
    "/messages",
    "/help",
    "/settings",
    "/share",
    "/share/new",
    "/help?q=child",
    "/help?q=xyzzy",
    *(f"/health/{one}" for one in SECTIONS),
]


def text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def rows(tree: Any) -> list[Any]:
    return tree.findall(".//*[@data-entry]")


def test_pages_for_everyone(client: FlaskClient) -> None:
    for address in ("/sign-in", "/signed-out", "/help"):
        check_page(get(client, address))


def test_pages_of_an_empty_record(signed: FlaskClient) -> None:
    for address in PAGES:
        check_page(get(signed, address))


def test_pages_of_a_linked_record(signed: FlaskClient, riverbend: Linked) -> None:
    for address in PAGES:
        check_page(get(signed, address))


def test_each_item_has_its_page(signed: FlaskClient, riverbend: Linked) -> None:
    for section in SECTIONS:
        tree = check_page(get(signed, f"/health/{section}"))
        for row in rows(tree):
            href = row.find(".//a").get("href")
            detail = check_page(get(signed, href))
            assert detail.find(".//article").get("data-entry") == row.get("data-entry")
            assert detail.find(".//article").get("data-origin") == row.get("data-origin")


def test_the_error_page(signed: FlaskClient) -> None:
    check_page(get(signed, "/nowhere", status=404))
    check_page(get(signed, "/health/unknown", status=404))
    check_page(get(signed, "/health/medications/unknown", status=404))
    check_page(get(signed, "/health/medications/from/unknown", status=404))
    check_page(get(signed, "/health/medications?source=unknown", status=404))
    assert get(signed, "/health/medications?after=nonsense", status=400)


def test_what_both_have_is_one_row_without_the_symbol(signed: FlaskClient, riverbend: Linked) -> None:
    tree = check_page(get(signed, "/health/medications"))
    by_title = {text(row.find(".//a")): row for row in rows(tree)}
    metformin = next(row for title, row in by_title.items() if "etformin" in title)
    albuterol = next(row for title, row in by_title.items() if "lbuterol" in title)
    assert len([title for title in by_title if "etformin" in title]) == 1
    assert metformin.get("data-origin") == "home"
    assert metformin.find(".//details[@class='pop']") is None
    assert albuterol.get("data-origin") == "outside"
    symbol = albuterol.find(".//details[@class='pop']")
    assert "Riverbend Regional Medical Center" in text(symbol)
    # Two strengths are two rows (clinical-truth.md §2), one after the other.
    beside = [title for title in by_title if "isinopril" in title]
    assert len(beside) == 2
    places = [place for place, title in enumerate(by_title) if title in beside]
    assert places[1] - places[0] == 1


def test_what_sources_say_differently_is_shown(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    other = medication("m9", *METFORMIN, "Take 2 tablets twice a day with meals")
    link(services, ana, name="Lakeside", resources=[other])
    tree = check_page(get(signed, "/health/medications"))
    metformin = next(row for row in rows(tree) if "etformin" in text(row.find(".//a")))
    assert "2 places say different things" in text(metformin)
    # Lakeside's m9 is metformin, Riverbend's m9 is an inhaler: one id at two places says nothing.
    assert "Also at" not in text(metformin)
    detail = check_page(get(signed, metformin.find(".//a").get("href")))
    table = text(detail.find(".//*[@id='differs']"))
    assert "1 tablet" in table
    assert "2 tablets" in table


def test_an_organization_has_its_place_and_its_part(signed: FlaskClient, riverbend: Linked) -> None:
    tree = check_page(get(signed, "/health/allergies"))
    place = tree.find(f".//*[@id='place-{riverbend.link_id}']")
    assert place.get("hx-get") is None, "what the server knew is not asked for"
    assert "As of" in text(place)
    href = place.find(f".//a[@href='/health/allergies/from/{riverbend.link_id}']").get("href")
    page = check_page(get(signed, href))
    assert [text(row.find(".//a")) for row in rows(page)] == ["Allergy to penicillin"]
    fragment = check_fragment(get(signed, href, fragment=True))
    assert len(rows(fragment)) == 1
    status = check_fragment(get(signed, f"{href}?show=status", fragment=True))
    assert status.find(f".//*[@id='place-{riverbend.link_id}']") is not None
    assert not rows(status), "the state of a part carries no items"
    assert "As of" in text(status)


def test_no_known_allergies_is_said_by_those_who_said_so(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    """Of everybody only when everybody said it; otherwise beside what others document."""
    none = allergy("none", "716186003", "No known allergies")
    ingest(services.db, person_id=ana.person_id, source=riverbend.link_id, resources=[none])
    for address in ("/health/allergies", "/health/summary"):
        titles = [text(row) for row in rows(check_page(get(signed, address)))]
        assert any("No known allergies, according to Riverbend" in title for title in titles), titles
        assert any("shrimp" in title for title in titles)
    ingest(
        services.db, person_id=ana.person_id, source="home", resources=[none], complete=frozenset({Section.ALLERGIES})
    )
    for address in ("/health/allergies", "/health/summary"):
        page = text(check_page(get(signed, address)))
        assert page.index("penicillin") < page.index("No known allergies, according to"), "the allergy first"
        assert "noted that there is none, but something is listed" in page
    link_id = riverbend.link_id
    ingest(services.db, person_id=ana.person_id, source=link_id, resources=[none], complete={Section.ALLERGIES})
    page = text(check_page(get(signed, "/health/allergies")))
    assert "No known allergies" in page
    assert "according to" not in page
    assert "but something is listed" not in page


def test_show_one_organization(signed: FlaskClient, riverbend: Linked) -> None:
    everything = rows(check_page(get(signed, "/health/test-results")))
    there = check_page(get(signed, f"/health/test-results?source={riverbend.link_id}"))
    here = check_page(get(signed, "/health/test-results?source=home"))
    assert len(everything) == 10
    assert {row.get("data-origin") for row in rows(there)} == {"outside"}
    assert {row.get("data-origin") for row in rows(here)} == {"home"}
    chosen = there.find(".//select[@name='source']/option[@selected]")
    assert chosen.get("value") == riverbend.link_id


def test_pages_of_a_long_list(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    many = [medication(f"m{n}", f"99{n:04}", f"medicine {n:03} 10 MG Oral Tablet", "daily") for n in range(60)]
    link(services, ana, name="Riverbend", resources=many)
    seen: list[str] = []
    address: str | None = "/health/medications"
    sizes = []
    while address:
        tree = check_page(get(signed, address))
        found = [row.get("data-entry") for row in rows(tree)]
        sizes.append(len(found))
        seen += found
        onward = tree.find(".//a[@rel='next']")
        address = onward.get("href") if onward is not None else None
    assert sizes == [25, 25, 10]
    assert len(set(seen)) == 60


def test_new_items_are_marked_once_and_counted_at_home(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:

    fresh = laboratory("fresh", A1C, 6.9, "%", when="2026-11-01")
    ingest(services.db, person_id=ana.person_id, source=riverbend.link_id, resources=[fresh])
    home = check_page(get(signed, "/"))
    assert "You have 1 new item" in text(home)
    assert "New" in [
        text(tag) for tag in check_page(get(signed, "/health/test-results")).findall(".//*[@class='tag good']")
    ]
    assert "You’re up to date." in text(check_page(get(signed, "/")))


def test_reduced_data_loads_nothing_by_itself(signed: FlaskClient, riverbend: Linked) -> None:
    for address in ("/", "/health/allergies", "/health/medications"):
        tree = check_page(get(signed, address, Save_Data="on"))
        assert not [element for element in tree.iter() if element.get("hx-get")], address
    tree = check_page(get(signed, "/health/allergies", Save_Data="on"))
    assert {row.get("data-origin") for row in rows(tree)} == {"home", "outside"}, "what is here already is shown"
    assert f"/health/allergies/from/{riverbend.link_id}" in [a.get("href") for a in tree.iter("a")]


def test_reasons_are_those_of_this_person(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    page = text(check_page(get(signed, "/health/test-results")).find(".//*[@id='missing']"))
    assert "have not linked" in page
    link(services, ana, name="Old Mill Family Practice", state=LinkState.NO_ACCOUNT, tier=Tier.RECORD_ONLY)
    link(services, ana, name="Shoreline Labs", outcomes={Section.TEST_RESULTS: Outcome.REFUSED})
    link(
        services,
        ana,
        name="Pinelands Institute",
        state=LinkState.ERROR,
        outcomes={Section.TEST_RESULTS: Outcome.FAILED},
    )
    page = text(check_page(get(signed, "/health/test-results")).find(".//*[@id='missing']"))
    assert "no active account at Old Mill Family Practice" in page
    assert "Shoreline Labs does not release" in page
    assert "error" in page
    assert "Pinelands Institute" in page
    assert "have not linked" not in page


def test_text_from_outside_stays_text(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    evil = '<img src=x onerror="alert(1)"><script>alert(1)</script> hx-get="/x"'
    link(services, ana, name='Evil <b onclick="x">Clinic</b>', resources=[allergy("a", "1", evil, evil)])
    for address in ("/", "/health/allergies"):
        tree = check_page(get(signed, address))
        assert not tree.findall(".//img")
    href = rows(check_page(get(signed, "/health/allergies")))[0].find(".//a").get("href")
    check_page(get(signed, href))


def test_acting_for_someone_says_so_on_every_page(
    signed: FlaskClient, world: World, services: Services, ana: TestUser
) -> None:
    ben = world.patient("ben", BEN)
    assert ben.person_id
    world.proxy(ana, ben.person_id)
    linked = small_record(services, ben)
    suggest(services, ben, name="Lakeside")
    for address in ("/", "/health", "/health/allergies", "/messages", f"/health/allergies/from/{linked.link_id}"):
        tree = check_page(get(signed, f"/for/{ben.person_id}{address}"))
        banner = tree.find(".//div[@role='region']")
        assert "Ben Okafor" in text(banner)
        for a in tree.find(".//main").iter("a"):
            href = a.get("href") or ""
            if re.match(r"/(health|messages|links)", href):
                raise AssertionError(f"leaves the open record: {href}")
    get(signed, f"/health/allergies/from/{linked.link_id}", status=404)


def test_another_persons_pages_are_not_found(
    signed: FlaskClient, world: World, services: Services, ana: TestUser
) -> None:
    ben = world.patient("ben", BEN)
    linked = small_record(services, ben)
    absent = get(signed, "/health/allergies/from/unknown", status=404)
    other = get(signed, f"/health/allergies/from/{linked.link_id}", status=404)
    assert same(absent) == same(other)
    get(signed, f"/for/{ben.person_id}/health/allergies", status=404)


def test_reading_endpoints_are_for_the_person(app: Flask) -> None:
    kinds = {rule.endpoint: access_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    for endpoint, access in kinds.items():
        if endpoint.split(".")[0] in ("health", "home", "messages"):
            assert access is not None
            assert access.kind == "person", endpoint
    assert kinds["messages.inbox"] is not None
    assert str(kinds["messages.inbox"].permission) == "view-messages"


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_those_without_a_record_begin_elsewhere(client: FlaskClient, world: World, role: str) -> None:
    sign_in(client, world.staff(role, Role(role)))
    answer = client.get("/")
    assert answer.status_code == 303
    check_page(get(client, "/settings"))
    get(client, "/health", status=404)


def test_show_on_test_results_is_remembered(signed: FlaskClient, riverbend: Linked) -> None:
    get(signed, f"/health/test-results?source={riverbend.link_id}")
    again = get(signed, "/health/test-results", status=303)
    assert again.headers["Location"].endswith(f"?source={riverbend.link_id}")
    get(signed, "/health/test-results?source=")
    assert len(rows(check_page(get(signed, "/health/test-results")))) == 10


def test_a_report_shows_its_results_and_its_text(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}]}],
        "code": {"text": "Diabetes panel"},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-11-01",
        "result": [{"reference": "Observation/l1"}],
        "text": {"status": "additional", "div": '<div><p onclick="x()">Seen by the laboratory</p></div>'},
    }
    result = laboratory("l1", A1C, 6.9, "%", when="2026-11-01", flag="H")
    link(services, ana, name="Riverbend", resources=[report, result])
    tree = check_page(get(signed, "/health/test-results"))
    href = next(a.get("href") for a in tree.iter("a") if text(a) == "Diabetes panel")
    page = check_page(get(signed, href))
    assert "Seen by the laboratory" in text(page.find(".//*[@class='original']"))
    assert "6.9%" in text(page.find(".//article"))


def test_a_place_asks_again_while_a_refresh_runs_and_then_stops(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    with services.db.transaction() as tx:
        wanted = refreshes.request(tx, link_id=riverbend.link_id, cause="asked")
        refreshes.plan(tx, refresh_id=wanted.refresh_id, sections=(Section.ALLERGIES, Section.MEDICATIONS))
        since = int(tx.now.timestamp() * 1000)
    place = check_page(get(signed, "/health/allergies")).find(f".//*[@id='place-{riverbend.link_id}']")
    assert place.get("hx-trigger") == "load, again"
    address: str | None = place.get("hx-get")
    assert address is not None
    assert address.startswith(f"/health/allergies/from/{riverbend.link_id}?show=status")
    looks = 0
    while address:
        place = check_fragment(get(signed, address, fragment=True)).find(".//li")
        assert "Checking" in text(place) or looks > 5
        trigger = place.get("hx-trigger")
        assert trigger is None or re.fullmatch(r"load delay:\d+s, again", trigger)
        address = place.get("hx-get")
        looks += 1
    assert 5 < looks < 20
    fresh = allergy("late", "91935009", "Allergy to peanut", "Hives")
    ingest(services.db, person_id=ana.person_id, source=riverbend.link_id, resources=[fresh])
    with services.db.transaction() as tx:
        refreshes.end_section(
            tx,
            refresh_id=wanted.refresh_id,
            link_id=riverbend.link_id,
            section=Section.ALLERGIES,
            outcome=Outcome.DONE,
        )
    ended = f"/health/allergies/from/{riverbend.link_id}?show=status&since={since}"
    place = check_fragment(get(signed, ended, fragment=True)).find(".//li")
    assert place.get("hx-get") is None
    assert "Show 1 new item" in text(place)


def test_each_look_is_in_the_trail(signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked) -> None:
    tree = check_page(get(signed, "/health/allergies"))
    get(signed, rows(tree)[0].find(".//a").get("href"))
    get(signed, "/messages")
    with services.db.reading() as tx:
        events = audit_rows.of_person(tx, person_id=str(ana.person_id), limit=10)
    assert {"view-section", "view-entry", "view-messages"} <= {event.action for event in events}


def test_the_fields_of_a_search_are_in_each_language_and_keep_what_was_written(
    signed: FlaskClient, riverbend: Linked
) -> None:
    def fields(query: str = "", language: str = "en") -> Any:
        form = check_page(get(signed, f"/health/medications{query}", Accept_Language=language)).find(".//main//form")
        return [text(label) for label in form.findall(".//details//label")], {
            each.get("name"): each.get("value") for each in form.findall(".//details//input")
        }

    blank = fields()
    assert blank == (["Words", "First day", "Last day"], {"q": "", "since": "", "until": ""})
    assert fields("?q=met&since=2020-01-05")[1] == {"q": "met", "since": "2020-01-05", "until": ""}
    wrong = check_page(get(signed, "/health/medications?since=2020-31-31"))
    assert wrong.find(".//*[@id='since-error']") is not None
    assert fields(language="es")[0] == ["Palabras", "Primer día", "Último día"]
    assert fields() == blank
