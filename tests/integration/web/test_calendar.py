"""Appointments in one's own calendar, at a secret address: when, and nothing of why or where."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from portal.domain.ids import HOME, new_id
from portal.domain.people import GrantLevel
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.people import accounts
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.web.html import check_page, get
from tests.integration.web.test_use import APPOINTMENT, HOUSE

SECRETS = ("Fertility", "Harbor", "insurance card")
_LABEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}


@pytest.fixture
def appointments(services: Services, ana: TestUser) -> None:
    confidential = APPOINTMENT | {"id": "other", "start": "2099-04-01T09:00:00Z", "meta": {"security": [_LABEL]}}
    canceled = APPOINTMENT | {"id": "off", "start": "2099-05-01T09:00:00Z", "status": "cancelled"}
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[APPOINTMENT, HOUSE, confidential, canceled])


def address_of(client: FlaskClient, page: str = "/calendar") -> str:
    """Press the button; return the path of the address that is shown."""
    tree = check_page(client.post(page, data={"csrf_token": _token(client), "feed": new_id()}))
    (code,) = tree.iter("code")
    return "/" + "".join(code.itertext()).split("/", 3)[3]


def _token(client: FlaskClient) -> str:
    tree = check_page(get(client, "/settings"))
    return next(one.get("value") for one in tree.iter("input") if one.get("name") == "csrf_token")


def events(client: FlaskClient, address: str) -> list[Any]:
    answer = get(client, address)
    assert answer.mimetype == "text/calendar"
    for secret in SECRETS:
        assert secret not in answer.get_data(as_text=True)
    return list(Calendar.from_ical(answer.get_data()).walk("VEVENT"))


@pytest.mark.usefixtures("appointments")
def test_a_calendar_reads_when_and_nothing_else(signed: FlaskClient, client: FlaskClient) -> None:
    address = address_of(signed)
    nobody = client.application.test_client()
    (event,) = events(nobody, address)
    assert event["summary"] == "Appointment"
    assert event.decoded("dtstart").isoformat() == "2099-03-05T14:00:00+00:00"
    assert set(event) <= {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "URL", "CLASS"}
    assert "Set-Cookie" not in nobody.get(address).headers


@pytest.mark.usefixtures("appointments")
def test_an_address_is_ended_at_once_and_shown_only_once(signed: FlaskClient, client: FlaskClient) -> None:
    address = address_of(signed)
    nobody = client.application.test_client()
    assert events(nobody, address)
    page = check_page(get(signed, "/calendar"))
    assert address not in "".join(page.itertext())
    (end,) = (form.get("action") for form in page.iter("form") if (form.get("action") or "").endswith("/end"))
    assert signed.post(end, data={"csrf_token": _token(signed)}).status_code == 303
    gone = get(nobody, address, status=404)
    assert gone.get_data() == get(nobody, "/calendar/feed/nothing/appointments.ics", status=404).get_data()
    activity = "".join(check_page(get(signed, "/activity")).itertext())
    for sentence in ("made an address for a calendar", "ended the address of a calendar", "for a calendar"):
        assert sentence in activity


@pytest.mark.usefixtures("appointments")
def test_what_a_proxy_made_ends_with_what_they_may(
    services: Services, world: World, ana: TestUser, client: FlaskClient
) -> None:
    ben = world.patient("ben", BEN)
    grant = world.proxy(ben, ana.person_id, GrantLevel.FULL)
    sign_in(client, ben)
    address = address_of(client, f"/for/{ana.person_id}/calendar")
    nobody = client.application.test_client()
    (event,) = events(nobody, address)
    assert f"/for/{ana.person_id}/" in str(event["url"])
    with services.db.transaction() as tx:
        accounts.end_grant(tx, grant_id=grant)
    get(nobody, address, status=404)


@pytest.mark.usefixtures("appointments")
def test_there_are_five_addresses_at_most_and_nothing_is_lost(signed: FlaskClient) -> None:
    first = address_of(signed)
    for _number in range(4):
        address_of(signed)
    refused = signed.post("/calendar", data={"csrf_token": _token(signed), "feed": new_id()})
    assert refused.status_code == 422
    assert "End one that is not used" in refused.get_data(as_text=True)
    assert events(signed, first)


def test_a_form_that_is_sent_twice_makes_one_address(signed: FlaskClient) -> None:
    form = {"csrf_token": _token(signed), "feed": new_id()}
    assert signed.post("/calendar", data=form).status_code == 200
    assert signed.post("/calendar", data=form).status_code == 303
    page = check_page(get(signed, "/calendar"))
    assert "This address was made already." in "".join(page.itertext())
    assert len([form for form in page.iter("form") if (form.get("action") or "").endswith("/end")]) == 1
