"""What one can do with an item: put a visit into a calendar, open a file, read a card, see codes by their names."""

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from portal.demo.stories.pdf import one_page
from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.records import resources as stored_resources
from tests.factories.record import condition, visit
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

APPOINTMENT = {
    "resourceType": "Appointment",
    "id": "soon",
    "status": "booked",
    "description": "Fertility clinic",
    "start": "2099-03-05T09:00:00-05:00",
    "minutesDuration": 45,
    "patientInstruction": "Bring your insurance card.",
    "participant": [{"actor": {"reference": "Location/house", "display": "Harbor House"}, "status": "accepted"}],
}
HOUSE = {
    "resourceType": "Location",
    "id": "house",
    "name": "Harbor House",
    "address": {"line": ["1 Harbor Plaza"], "city": "Camden", "state": "NJ", "postalCode": "08103"},
}


def stored(services: Services, ana: TestUser, *resources: dict[str, Any]) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=list(resources))


def opened(signed: FlaskClient, section: str, title: str) -> tuple[str, Any]:
    """An item's page, by its title in the list."""
    tree = check_page(get(signed, f"/health/{section}"))
    href = next(
        row.find(".//a").get("href")
        for row in tree.findall(".//*[@data-entry]")
        if title in "".join(row.find(".//a").itertext())
    )
    return href, check_page(get(signed, href))


def words(tree: Any) -> str:
    return " ".join("".join(tree.itertext()).split())


def document(*attachments: dict[str, Any], fhir_id: str = "d", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": fhir_id,
        "status": "current",
        "subject": {"reference": "Patient/p"},
        "type": {"text": "Letter"},
        "date": "2025-04-01T10:00:00Z",
        "content": [{"attachment": one} for one in attachments],
    } | more


def data(raw: bytes) -> str:
    return b64encode(raw).decode()


def test_a_coming_visit_goes_into_a_calendar_without_its_reason(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    stored(services, ana, APPOINTMENT, HOUSE)
    href, tree = opened(signed, "visits", "Fertility")
    assert "Bring your insurance card." in words(tree)
    map_ = next(one for one in tree.iter("a") if "openstreetmap" in (one.get("href") or ""))
    assert "1+Harbor+Plaza" in map_.get("href")
    answer = get(signed, f"{href}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == "2099-03-05T14:00:00+00:00"
    assert (event.decoded("dtend") - event.decoded("dtstart")).seconds == 45 * 60
    assert "Harbor House" in event["location"]
    assert "1 Harbor Plaza" in event["location"]
    said = answer.get_data(as_text=True)
    assert "Fertility" not in said
    assert "insurance card" not in said
    assert str(event["url"]).endswith(href)


def test_a_visit_that_was_has_no_calendar_and_shows_its_documents(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    note = document({"contentType": "text/plain", "data": data(b"All well.")}, fhir_id="n")
    stored(
        services,
        ana,
        visit("v1", "Check-up", "2025-04-01T09:00:00Z", "2025-04-01T09:30:00Z"),
        note | {"context": {"encounter": [{"reference": "Encounter/v1"}]}, "type": {"text": "Note of that day"}},
        document({"contentType": "text/plain", "data": data(b"Other")}, fhir_id="o", type={"text": "Of another day"}),
    )
    href, tree = opened(signed, "visits", "Check-up")
    assert "Note of that day" in words(tree)
    assert "Of another day" not in words(tree)
    get(signed, f"{href}/calendar.ics", status=404)
    get(signed, "/health/visits/nothing/calendar.ics", status=404)


def test_a_pdf_opens_as_it_is_and_what_only_says_so_does_not(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    page = b"<script>alert(1)</script>"
    stored(
        services,
        ana,
        document(
            {"contentType": "application/pdf", "title": "Letter", "data": data(one_page("Letter", "Dear (you)"))},
            {"contentType": "application/pdf", "title": "Not one", "data": data(page)},
            {"contentType": "text/html", "title": "Page", "data": data(page + b"<p>kept</p>")},
            {"contentType": "application/zip", "title": "Archive", "data": data(b"PK")},
            {"contentType": "image/svg+xml", "title": "Drawing", "data": data(b"<svg/>")},
        ),
    )
    href, tree = opened(signed, "documents", "Letter")
    links = [one.get("href") for one in tree.iter("a") if "/file/" in (one.get("href") or "")]
    assert [link for link in links if "save" not in link] == [f"{href}/file/0", f"{href}/file/1"]
    assert [link for link in links if "save" in link] == [
        f"{href}/file/{number}?save=1" for number in (0, 1, 3, 4)
    ]  # the page shows 2
    assert "Archive" in words(tree)
    assert "File to be saved" in words(tree)
    answer = get(signed, f"{href}/file/0")
    assert answer.get_data().startswith(b"%PDF-")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Cache-Control"] == "no-store"
    wrong = get(signed, f"{href}/file/1", status=502)
    assert b"alert" not in wrong.get_data()
    assert "could not be opened" in words(check_page(wrong))
    text = check_page(get(signed, f"{href}/file/2"))
    assert "kept" in words(text)
    assert "alert" not in words(text)
    for number in (3, 4, 9):
        get(signed, f"{href}/file/{number}", status=404)


def test_a_file_is_nobody_elses(signed: FlaskClient, services: Services, ana: TestUser, world: Any) -> None:
    other = world.patient("other")
    stored(services, other, document({"contentType": "application/pdf", "data": data(one_page("Secret", "Secret"))}))
    with services.db.reading() as tx:
        entry = stored_resources.resource_id(tx.vault, source=HOME, type="DocumentReference", fhir_id="d")
    get(signed, f"/health/documents/{entry}/file/0", status=404)


def test_an_insurance_card_has_its_numbers(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    stored(
        services,
        ana,
        {
            "resourceType": "Coverage",
            "id": "c",
            "status": "active",
            "beneficiary": {"reference": "Patient/p"},
            "payor": [{"display": "Garden State Health Plan"}],
            "subscriberId": "GSH-1",
            "class": [{"type": {"coding": [{"code": "group"}]}, "value": "G-77", "name": "City Schools"}],
        },
    )
    _href, tree = opened(signed, "insurance", "Garden State")
    card = next(one for one in tree.iter("div") if "insured" in (one.get("class") or ""))
    assert "GSH-1" in words(card)
    assert "G-77" in words(card)
    copies = [one for one in card.iter("button") if one.get("data-copy")]
    assert all(tree.find(f".//*[@id='{one.get('data-copy')}']") is not None for one in copies)
    assert all(one.get("hidden") is not None for one in card.iter("button")), (
        "without JavaScript there is no dead button"
    )


@pytest.mark.parametrize(
    ("system", "name"),
    [
        ("http://snomed.info/sct", "SNOMED CT"),
        ("http://terminology.hl7.org/CodeSystem/x", "HL7 code"),
        ("https://fhir.hospital.example/codes/17", "Code of the organization itself"),
        ("urn:oid:1.2.3", "Code of the organization itself"),
    ],
)
def test_codes_are_named_by_their_system(
    signed: FlaskClient, services: Services, ana: TestUser, system: str, name: str
) -> None:
    one = condition("x", "77", "Asthma")
    one["code"]["coding"][0]["system"] = system
    stored(services, ana, one)
    _href, tree = opened(signed, "health-issues", "Asthma")
    assert name in words(tree)
    assert "77 Asthma" in words(tree)
    assert "://" not in words(tree)
    assert "urn:" not in words(tree)
