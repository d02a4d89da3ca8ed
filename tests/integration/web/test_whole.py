"""The whole record at once: summary, search across sections, what is new."""

import re
from typing import Any

from flask.testing import FlaskClient

from portal.domain.entry import Entry
from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.records import text_search
from portal.web.health.record_page import readable
from tests.factories.record import A1C, Linked, allergy, laboratory, link
from tests.factories.sights import WHOLE
from tests.factories.world import TestUser
from tests.integration.web.html import check_fragment, check_page, get


def titles(tree: Any) -> list[str]:
    return [" ".join("".join(row.find(".//a").itertext()).split()) for row in tree.findall(".//*[@data-entry]")]


def test_the_summary_holds_what_is_current_and_says_from_where(signed: FlaskClient, riverbend: Linked) -> None:
    tree = check_page(get(signed, "/health/summary"))
    found = titles(tree)
    assert any("penicillin" in one.lower() for one in found)
    assert any("Metformin" in one for one in found)
    assert not any("Amlodipine" in one for one in found), "what was stopped is not current"
    words = " ".join("".join(tree.itertext()).split())
    assert "Riverbend Regional Medical Center, as of" in words
    assert "Organizations that are not linked are not in it" in words


def test_the_summary_names_what_an_organization_did_not_give(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    link(services, ana, name="Lakeside Clinic", outcomes={Section.ALLERGIES: Outcome.REFUSED})
    words = " ".join("".join(check_page(get(signed, "/health/summary")).itertext()).split())
    assert "May be incomplete: Allergies" in words


def test_a_search_finds_beginnings_of_words_in_all_sections(signed: FlaskClient, riverbend: Linked) -> None:
    check_page(get(signed, "/health/search"))
    found = titles(check_page(get(signed, "/health/search?q=METF")))
    assert found
    assert all("etformin" in one for one in found)
    both = titles(check_page(get(signed, "/health/search?q=meals+metformin")))
    assert both == found
    assert titles(check_page(get(signed, "/health/search?q=ormin"))) == [], "the middle of a word is not its beginning"
    assert titles(check_page(get(signed, "/health/search?q=refill"))) != [], "messages are searched too"


def test_a_search_is_a_fragment_too_and_says_what_it_found(signed: FlaskClient, riverbend: Linked) -> None:
    found = check_fragment(get(signed, "/health/search?q=nothing-like-this", fragment=True))
    assert found.find(".//*[@data-say]").get("data-say") == "0 items found"
    assert "Nothing was found" in "".join(found.itertext())


def test_what_a_person_types_comes_back_as_text(signed: FlaskClient, riverbend: Linked) -> None:
    tree = check_page(get(signed, "/health/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"))
    assert tree.find(".//input[@id='q']").get("value") == '"><script>alert(1)</script>'


def test_a_search_of_a_large_record_says_where_it_stopped(services: Services, ana: TestUser) -> None:
    results = [
        laboratory(f"r{n}", ("2345-7", "Glucose"), 90 + n, "mg/dL", when=f"2020-01-{n + 1:02}") for n in range(9)
    ]
    ingest(services.db, person_id=ana.person_id, source="home", resources=results)
    with services.db.reading() as tx:
        found = text_search.matching(
            tx,
            person_id=str(ana.person_id),
            text="glucose",
            words_of=readable_title,
            sections=tuple(Section),
            sight=WHOLE,
            scan=4,
        )
    assert len(found.rows) == 4
    assert found.until == "2020-01-05"


def readable_title(entry: Entry) -> str:
    return entry.title


def test_accents_and_dates_are_found(services: Services, app: Any, ana: TestUser) -> None:
    ingest(
        services.db,
        person_id=ana.person_id,
        source="home",
        resources=[allergy("x", "1", "Piñón (nuez)", "Urticaria aguda")],
    )
    with app.test_request_context(), services.db.reading() as tx:
        for text in ("pinon", "PIÑÓN urticaria", "1994"):
            found = text_search.matching(
                tx,
                person_id=str(ana.person_id),
                text=text,
                words_of=readable,
                sections=tuple(Section),
                sight=WHOLE,
            )
            assert len(found.rows) == 1, text


def test_what_is_new_is_cleared_by_reading(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    late = [laboratory("n1", A1C, 6.4, "%", when="2026-09-01"), laboratory("n2", A1C, 6.1, "%", when="2026-10-01")]
    ingest(services.db, person_id=ana.person_id, source=riverbend.link_id, resources=late)
    listed = check_page(get(signed, "/health/new"))
    before = titles(listed)
    assert len(before) == 2
    assert titles(check_page(get(signed, "/health/new"))) == before, "looking at the list alone clears nothing"
    href = listed.find(".//*[@data-entry]").find(".//a").get("href")
    get(signed, href)
    assert len(titles(check_page(get(signed, "/health/new")))) == len(before) - 1
    token = check_page(get(signed, "/health/new")).find(".//main//input[@name='csrf_token']").get("value")
    for _again in range(2):
        assert signed.post("/health/new", data={"csrf_token": token}).status_code == 303
    assert titles(check_page(get(signed, "/health/new"))) == []
    assert "You’re up to date." in "".join(check_page(get(signed, "/")).itertext())


def test_of_many_new_items_the_most_recent_stand_first(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    days = [f"20{year:02}-03-{year + 1:02}" for year in (19, 3, 26, 11, 24, 7, 15, 22)]
    many = [laboratory(f"m{n}", A1C, 5 + n / 10, "%", when=day) for n, day in enumerate(days)]
    for part in (many[:5], many[5:]):  # as two pages of one answer: the second came last
        ingest(services.db, person_id=ana.person_id, source=riverbend.link_id, resources=part)
    for address, number in (("/health/new", 8), ("/", 5)):
        listed = "".join(check_page(get(signed, address)).find(".//main").itertext())
        years = [int(year) for year in re.findall(r"Mar \d+, (20\d\d)", listed)][:number]
        assert years == sorted((int(day[:4]) for day in days), reverse=True)[:number], address


def test_home_items_are_not_news(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    ingest(services.db, person_id=ana.person_id, source="home", resources=[allergy("x", "1", "Cats", "Sneezing")])
    assert titles(check_page(get(signed, "/health/new"))) == []


def test_a_misspelt_word_is_found_and_the_page_says_so(signed: FlaskClient, riverbend: Linked) -> None:
    tree = check_page(get(signed, "/health/search?q=metfromin"))
    assert titles(tree)
    assert "Nothing has “metfromin”. This is what has “metformin”." in "".join(tree.itertext())


def test_what_has_most_of_the_words_is_shown_as_such(signed: FlaskClient, riverbend: Linked) -> None:
    tree = check_page(get(signed, "/health/search?q=metformin+zeppelin"))
    assert titles(tree) == titles(check_page(get(signed, "/health/search?q=metformin")))
    assert "Nothing has all of these words." in "".join(tree.itertext())


def test_a_row_says_what_only_one_source_knows(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    """A reaction that another organization knows is not hidden behind an entry without one."""
    sulfa = {"resourceType": "AllergyIntolerance", "code": {"text": "Sulfa"}, "patient": {"reference": "Patient/x"}}
    telling = {**sulfa, "id": "a2", "reaction": [{"manifestation": [{"text": "Anaphylaxis"}]}]}
    ingest(services.db, person_id=ana.person_id, source="home", resources=[{**sulfa, "id": "a1"}])
    link(services, ana, name="Lakeside Clinic", resources=[telling])
    rows_ = check_page(get(signed, "/health/allergies")).findall(".//*[@data-entry]")
    (row,) = [" ".join("".join(row.itertext()).split()) for row in rows_ if "Sulfa" in "".join(row.itertext())]
    assert "Anaphylaxis" in row
    assert "Ask your doctor" not in row
