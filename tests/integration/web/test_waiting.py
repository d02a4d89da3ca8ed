"""``/health/waiting``: results that wait are on no page, counted on each, and shown when the person says so."""

import re

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.domain.people import Role
from portal.domain.result_timing import ResultTiming, TimingChoices
from portal.refresh import result_timing
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.people import people
from tests.factories.record import A1C, laboratory
from tests.factories.world import BEN, TestUser, World
from tests.integration.web.html import check_page, get

_PAGES = (
    *(
        "/",
        "/health",
        "/health/test-results",
        "/health/test-results?source=home",
        "/health/test-results?source=",
        "/health/new",
        "/health/summary",
    ),
    *("/health/search?q=hemoglobin", "/health/waiting"),
)


def _bring(services: Services, user: TestUser, *numbers: int) -> None:
    values = [laboratory(f"o{n}", A1C, 5 + n / 10, "%", when=f"2026-04-{n + 1:02}", flag="H") for n in numbers]
    ingest(services.db, person_id=user.person_id, source=HOME, resources=values)


def _choose(services: Services, user: TestUser, chosen: ResultTiming) -> None:
    choices = TimingChoices(laboratory=chosen)
    result_timing.choose(services.db, person_id=user.person_id or "", account_id=user.account_id, chosen=choices)


def _post(client: FlaskClient, address: str, form: dict[str, str]) -> int:
    token = re.findall(r'"X-CSRFToken":"([^"]+)"', client.get("/help").get_data(as_text=True))[0]
    return client.post(address, data={"csrf_token": token, **form}).status_code


def test_what_waits_is_counted_on_every_page(services: Services, ana: TestUser, signed: FlaskClient) -> None:
    _choose(services, ana, ResultTiming.ASKED)
    _bring(services, ana, 7, 8)
    for address in _PAGES:
        page = check_page(get(signed, address))
        text = " ".join(" ".join(page.itertext()).split())
        assert "5.7" not in text, address
        assert "Hemoglobin" not in text.replace("“hemoglobin”", ""), address
        if address != "/health/waiting":
            assert "2 results wait" in text, address
        for none in ("Nothing to show", "has nothing documented", "Nothing is documented here", "Nothing current is"):
            if address.endswith("test-results"):
                assert none not in text, address
    entry = get(signed, "/health/waiting").text.split('name="result" value="')[1].split('"')[0]
    get(signed, f"/health/test-results/{entry}", status=404)
    assert _post(signed, "/health/waiting", {"result": entry}) == 303
    assert "1 result waits for you." in get(signed, "/health/test-results").text
    get(signed, f"/health/test-results/{entry}")
    assert _post(signed, "/health/waiting", {}) == 303
    page = get(signed, "/health/test-results").text
    assert "wait for you" not in page
    assert "5.7" in page
    assert "No result is waiting." in get(signed, "/health/waiting").text


def test_choices_are_kept_and_hold_from_then_on(services: Services, ana: TestUser, signed: FlaskClient) -> None:
    form = {"laboratory": "commented", "imaging": "asked", "days": "14", "genetics": "never", "other": "at-once"}
    assert _post(signed, "/health/waiting/choices", form) == 303
    _bring(services, ana, 7)
    page = get(signed, "/health/waiting").text
    assert "at the latest" in page
    assert page.count("selected") == 6
    _post(signed, "/health/waiting/choices", {"laboratory": "at-once", "days": "2"})
    page = get(signed, "/health/waiting").text
    assert "No result is waiting." in page
    assert 'value="14" selected' in " ".join(page.split())


@pytest.mark.parametrize("may", [False, True])
def test_who_acts_for_somebody_sees_the_number(
    services: Services, world: World, ana: TestUser, signed: FlaskClient, may: bool
) -> None:
    """Of a child without a sign-in of its own they decide, too."""
    with services.db.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id="ben", demographics=BEN)
    other = TestUser("", "", person_id) if may else world.account("ben", Role.PATIENT, person_id)
    _choose(services, other, ResultTiming.ASKED)
    _bring(services, other, 7)
    world.proxy(ana, person_id)
    base = f"/for/{person_id}/health"
    text = get(signed, f"{base}/test-results").text
    assert ("1 result waits for you" in text) is may
    assert ("1 result waits until Ben wants to see it." in text) is not may
    assert _post(signed, f"{base}/waiting", {}) == (303 if may else 404)
    assert _post(signed, f"{base}/waiting/choices", {}) == (303 if may else 404)
    assert ("5.7" in get(signed, f"{base}/test-results").text) is may
