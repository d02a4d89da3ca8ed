"""Where an appointment can be changed: a link to its organization's own site, where the record has one."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from portal.domain.sections import Section
from portal.services import Services
from portal.store.records import rows
from tests.factories.record import appointment, link
from tests.factories.sights import OPEN
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

_URL = "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link"


_GOOD = ("https://book.riverbend.example/a?id=1&b=2", "https://riverbend.example/a")


@pytest.mark.parametrize(
    ("address", "days"),
    [
        *((address, days) for address in _GOOD for days in (9, -9)),
        ("https://evilriverbend.example/a", 9),
        ("https://riverbend.example@evil.example/a", 9),
        ("https://[riverbend.example/a", 9),
        ("http://riverbend.example/a", 9),
        ("javascript:alert(1)", 9),
        ("", 9),
    ],
)
def test_only_its_own_site_is_linked(
    services: Services, ana: TestUser, signed: FlaskClient, address: str, days: int
) -> None:
    start = f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:00Z}"
    check_booking(services, ana, signed, address, start, is_linked=address in _GOOD and days > 0)


@pytest.mark.parametrize("time", ["", "T00:00:00-05:00", "T15:30:00-05:00"])
def test_it_is_linked_whether_or_not_the_time_is_known(
    services: Services, ana: TestUser, signed: FlaskClient, time: str
) -> None:
    start = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}{time}"
    check_booking(services, ana, signed, _GOOD[0], start, is_linked=True)


def check_booking(
    services: Services, ana: TestUser, signed: FlaskClient, address: str, start: str, *, is_linked: bool
) -> None:
    made = appointment("v1", "Check-up", start, "") | {"extension": [{"url": _URL, "valueUrl": address}]}
    link(services, ana, name="Riverbend", resources=[made], domain="riverbend.example")
    with services.db.reading() as tx:
        (row,) = rows.page(tx, person_id=ana.person_id or "", section=Section.VISITS, sight=OPEN).rows
    page = check_page(get(signed, f"/health/visits/{row.primary_id}"))
    links = [each.get("href") for each in page.findall(".//a[@target='_blank']")]
    assert (address in links) is is_linked
