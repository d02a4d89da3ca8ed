"""``/calendar/own``: appointments from a calendar file, read within bounds; nothing hostile in one does harm."""

import io
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from portal.domain.errors import InvalidInputError
from portal.domain.sections import Section
from portal.refresh import own_calendar
from portal.services import Services
from portal.store.records import rows
from tests.factories.record import appointment, link
from tests.factories.sights import OPEN
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

_NOW, _ZONE = datetime(2026, 12, 1, 12, tzinfo=UTC), ZoneInfo("America/New_York")


def _file(*events: str, before: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{before}{body}END:VCALENDAR\r\n".encode()


_EYE = "UID:1\r\nDTSTART;TZID=America/New_York:20270112T103000\r\nSUMMARY:Eye\\, doctor\r\nLOCATION:Main Street 1"


@pytest.mark.parametrize(
    ("event", "start"),
    [
        (_EYE, "2027-01-12T10:30:00-05:00"),
        ("DTSTART:20270112T153000Z", "2027-01-12T15:30:00+00:00"),
        ("DTSTART:20270112T103000", "2027-01-12T10:30:00-05:00"),
        ("DTSTART;VALUE=DATE:20270112", "2027-01-12"),
        ("DTSTART;TZID=Eastern Standard Time:20270112T103000", "2027-01-12T10:30:00-05:00"),
        ("DTSTART;TZID=Mars/Base:20270112T103000", "zone"),
        ("DTSTART;TZID=../../etc/passwd:20270112T103000", "zone"),
        ("DTSTART;TZID=America:20270112T103000", "zone"),
        ("DTSTART:2027", "no-time"),
        ("DTSTART:20270112T990000Z", "no-time"),
        ("SUMMARY:when?", "no-time"),
        ("DTSTART:20261112T153000Z", "not-ahead"),
        ("DTSTART:99991231T235959Z", "not-ahead"),
        ("DTSTART:00010101T000000", "not-ahead"),
        (_EYE + "\r\nRRULE:FREQ=SECONDLY", "repeating"),
        (_EYE + "\r\nRDATE:20270113T103000", "repeating"),
        (_EYE + "\r\nSTATUS:CANCELLED", "cancelled"),
    ],
)
def test_what_is_read_of_an_event(event: str, start: str) -> None:
    read = own_calendar.read(_file(event), zone=_ZONE, now=_NOW)
    starts = [each["start"] for each in read.appointments.values()]
    assert [*starts, *read.refused] == [start]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"x" * (own_calendar.MOST_BYTES + 1), "too-large"),
        (b"\r\n" * 30_000, "too-large"),
        (_file(*[_EYE] * (own_calendar.MOST_EVENTS + 1)), "too-many"),
        (b"%PDF-1.7", "not-a-calendar"),
        (b"\xff\xfe\x00", "not-a-calendar"),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "not-a-calendar"),
        (b"BEGIN:VCALENDAR\r\n" * 3000, "not-a-calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VTIMEZONE\r\n" * 14_000, "not-a-calendar"),
        (b"END:VCALENDAR\r\n", "not-a-calendar"),
    ],
)
def test_what_is_no_small_calendar_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        own_calendar.read(content, zone=_ZONE, now=_NOW)
    assert refused.value.code == code


def test_the_zones_of_a_file_are_not_computed() -> None:
    """A VTIMEZONE may repeat for ever; with it or without, the name of the zone decides."""
    rule = "DTSTART:00010101T000000\r\nRRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0900\r\n"
    standard = f"BEGIN:STANDARD\r\n{rule}END:STANDARD\r\n"
    zone = f"BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\n{standard}END:VTIMEZONE\r\n"
    (made,) = own_calendar.read(_file(_EYE, before=zone * 50), zone=_ZONE, now=_NOW).appointments.values()
    assert made["start"] == "2027-01-12T10:30:00-05:00"


def _post(client: FlaskClient, address: str, content: bytes | None = None) -> int:
    token = re.findall(r'"X-CSRFToken":"([^"]+)"', client.get("/help").get_data(as_text=True))[0]
    data = {"csrf_token": token} | ({} if content is None else {"file": (io.BytesIO(content), "a.ics")})
    return client.post(address, data=data, content_type="multipart/form-data").status_code


def test_it_stands_among_the_others_and_goes_again(services: Services, ana: TestUser, signed: FlaskClient) -> None:
    soon = datetime.now(UTC) + timedelta(days=40)
    first, moved = (f"{soon + timedelta(days=days):%Y%m%dT%H%M00Z}" for days in (0, 1))
    far = appointment("v1", "Far away", f"{soon + timedelta(days=9):%Y-%m-%dT%H:%M:00Z}", "")
    link(services, ana, name="Riverbend", resources=[far])
    for start in (first, moved):
        event = f"UID:1\r\nDTSTART:{start}\r\nSUMMARY:Eye\\, doctor\r\nLOCATION:Main Street 1"
        assert _post(signed, "/calendar/own", _file(event)) == 303
    text = " ".join(" ".join(check_page(get(signed, "/health/visits")).itertext()).split())
    assert text.index("Eye, doctor") < text.index("Far away"), "soonest first"
    assert "Added by you" in text
    assert "Moved" in text, "the same appointment, added again at another time"
    page = get(signed, "/calendar/own").text
    (entry,) = re.findall(r"/calendar/own/(\w+)/remove", page)
    item = check_page(get(signed, f"/health/visits/{entry}"))
    assert item.find(".//article").get("data-origin") == "home"
    assert "Ask for a correction" not in " ".join(item.itertext())
    with services.db.reading() as tx:
        other = next(
            row.primary_id
            for row in rows.page(tx, person_id=ana.person_id or "", section=Section.VISITS, sight=OPEN).rows
            if row.primary_id != entry
        )
    assert _post(signed, f"/calendar/own/{other}/remove") == 404
    assert _post(signed, f"/calendar/own/{entry}/remove") == 303
    assert "Eye, doctor" not in get(signed, "/health/visits").text
    assert "Far away" in get(signed, "/health/visits").text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Choose a calendar file first."),
        (b"nothing", "This is not a calendar file."),
        (b"x" * 400_000, "The file is too large."),
    ],
)
def test_what_is_refused_says_why(signed: FlaskClient, content: bytes | None, sentence: str) -> None:
    token = re.findall(r'"X-CSRFToken":"([^"]+)"', signed.get("/help").get_data(as_text=True))[0]
    data = {"csrf_token": token} | ({} if content is None else {"file": (io.BytesIO(content), "a.ics")})
    answer = signed.post("/calendar/own", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
