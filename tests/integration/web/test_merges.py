"""Two records of one person, by page: said by the records office, confirmed by somebody else, told to the patient."""

import re
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from sqlalchemy import select

from portal import web
from portal.domain.people import GrantLevel, Identifier, Person, Role
from portal.services import Services
from portal.store.people import accounts, outbox, people
from portal.store.schema.audit import audit_event
from portal.web.throttle import LOOKING
from tests.factories.record import small_record
from tests.factories.world import ANA, BEN, TestUser, World, sign_in
from tests.integration.desk.conftest import NUMBERED, Browser
from tests.integration.web.test_oversight import browser

AGAIN: Person = msgspec.structs.replace(
    ANA, identifiers=(Identifier("urn:home", "MC-0099-1111", "MR"),), emails=("old@mail.example",)
)
DETAILS = {
    "number": "MC-0042-7730",
    "birth_date": "03/04/1980",
    "other_number": "MC-0099-1111",
    "other_birth_date": "03/04/1980",
}


@pytest.fixture
def both(world: World, services: Services) -> tuple[TestUser, TestUser]:
    first, second = world.patient("ana", NUMBERED), world.patient("ana2", AGAIN)
    small_record(services, second)
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=first.account_id, email="ana@mail.example")
    return first, second


def test_one_says_so_another_confirms_it_and_the_patient_is_told(
    app: Flask, world: World, services: Services, both: tuple[TestUser, TestUser]
) -> None:
    records = browser(app, world.staff("records", Role.RECORDS))
    admin = browser(app, world.staff("boss", Role.ADMIN))
    ben = world.patient("ben", BEN)
    world.proxy(ben, both[1].person_id or "", GrantLevel.FULL)
    proxy = Browser(app.test_client())
    sign_in(proxy.client, ben)
    assert "metformin" in proxy.get(f"/for/{both[1].person_id}/health/medications").lower()
    wrong = DETAILS | {"other_birth_date": "03/05/1980"}
    assert records.send("/staff/merges", **wrong).status_code == 422
    assert _looks(services) == [("none", None)]
    assert records.send("/staff/merges", **DETAILS | {"other_number": DETAILS["number"]}).status_code == 422
    page = records.follow("/staff/merges", **DETAILS)
    assert {("success", user.person_id) for user in both} < set(_looks(services))
    address = re.findall(r'action="(/staff/merges/[a-z0-9]+)"', page)[0]
    assert 'value="confirm"' not in page, "who said so does not confirm it"
    assert "metformin" not in page.lower()
    assert "Somebody else has to confirm it" in records.follow(address, step="confirm")
    page = admin.get("/staff/merges")
    assert 'value="confirm"' in page
    assert "Links: 1." in page
    assert "1 person acts for only one of the two" in page
    assert "one now" in admin.follow(address, step="confirm")
    with services.db.reading() as tx:
        assert people.by_id(tx, person_id=both[1].person_id or "") is None
        mails = outbox.newest(tx, limit=9)
    assert {mail.content.recipient for mail in mails} == {"ana@mail.example", "old@mail.example"}
    assert all("ana" in mail.content.text and "metformin" not in mail.content.text for mail in mails)
    for user in both:
        assert proxy.client.get(f"/for/{user.person_id}/health/medications").status_code in (303, 404)
    own = Browser(app.test_client())
    sign_in(own.client, both[0])
    assert "metformin" in own.get("/health/medications").lower()
    assert "made two records" in own.get("/activity")
    assert "confirmed or called off already" in admin.follow(address, step="cancel")


def test_who_has_no_address_is_told_by_somebody(app: Flask, world: World) -> None:
    for name, number in (("ana", "1"), ("ana2", "2")):
        side = Identifier("urn:home", f"MC-{number}", "MR")
        world.patient(name, msgspec.structs.replace(ANA, identifiers=(side,), emails=()))
    page = browser(app, world.staff("records", Role.RECORDS)).follow(
        "/staff/merges", **DETAILS | {"number": "MC-1", "other_number": "MC-2"}
    )
    address = re.findall(r'action="(/staff/merges/[a-z0-9]+)"', page)[0]
    page = browser(app, world.staff("boss", Role.ADMIN)).follow(address, step="confirm")
    assert "The two records are one now." in page
    assert "told by e-mail" not in page
    assert "please tell them" in page


def test_it_is_called_off(app: Flask, world: World, both: tuple[TestUser, TestUser]) -> None:
    records = browser(app, world.staff("records", Role.RECORDS))
    page = records.follow("/staff/merges", **DETAILS)
    address = re.findall(r'action="(/staff/merges/[a-z0-9]+)"', page)[0]
    assert "Nothing changed" in records.follow(address, step="cancel")
    assert "Nothing waits" in records.get("/staff/merges")


NOBODY = {"number": "MC-1", "birth_date": "1/2/1934", "reason": "asked"}
SEARCHES = {
    "/staff/merges": DETAILS,
    "/admin/accounts": {"step": "find", **NOBODY},
    "/admin/erasure": {"kind": "erasure", **NOBODY},
    "/admin/audit": NOBODY,
}
"""Where an administrator looks for a person."""


def test_who_guesses_is_slowed_down_wherever_they_do(app: Flask, world: World) -> None:
    admin = browser(app, world.staff("boss", Role.ADMIN))
    answers = [admin.send(page, **details).status_code for page, details in SEARCHES.items() for _ in range(10)]
    assert set(answers) == {422}
    assert [admin.send(page, **details).status_code for page, details in SEARCHES.items()] == [429] * len(SEARCHES)
    other = browser(app, world.staff("other", Role.ADMIN))
    assert other.send("/admin/audit", **NOBODY).status_code == 422, "each for themselves"


def test_every_page_that_looks_for_a_person_counts(app: Flask) -> None:
    folder = Path(web.__file__).parent
    searching = {
        ".".join(("portal.web", *path.relative_to(folder).with_suffix("").parts))
        for path in folder.rglob("*.py")
        if "finding.find(" in path.read_text()
    }
    assert {app.view_functions[endpoint].__module__ for endpoint in LOOKING} == searching


def _looks(services: Services) -> list[tuple[str, str | None]]:
    query = select(audit_event.c.outcome, audit_event.c.person_id).where(audit_event.c.action == "account-view")
    with services.db.reading() as tx:
        return [(row.outcome, row.person_id) for row in tx.conn.execute(query)]
