"""Staff and roles, whom somebody reached, who looked at a record, and the stop switch."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.domain.links import LinkPolicy
from portal.domain.people import Role
from portal.services import Services
from portal.store import retention, scheduled_runs
from portal.store.directory import organizations
from portal.store.people import accounts, people
from portal.store.schema.access import sign_in as sign_in_table
from tests.factories.record import Linked, small_record
from tests.factories.world import PASSWORD, TestUser, World, sign_in
from tests.integration.desk.conftest import NUMBER, NUMBERED, Browser
from tests.integration.provider.conftest import TestApp, register


@pytest.fixture
def patient(world: World) -> TestUser:
    return world.patient("ana", NUMBERED)


@pytest.fixture
def linked(services: Services, patient: TestUser) -> Linked:
    return small_record(services, patient)


def browser(app: Flask, user: TestUser) -> Browser:
    client: FlaskClient = app.test_client()
    sign_in(client, user)
    return Browser(client)


@pytest.fixture
def admin(app: Flask, world: World) -> Browser:
    return browser(app, world.staff("boss", Role.ADMIN))


@pytest.fixture
def privacy(app: Flask, world: World) -> Browser:
    return browser(app, world.staff("privacy", Role.PRIVACY))


def test_somebody_is_let_in_and_shut_out(app: Flask, admin: Browser, services: Services) -> None:
    page = admin.send("/admin/staff", username="nora", display="Nora Kim", role="records", email="").get_data(
        as_text=True
    )
    code = re.findall(r'class="key">([^<]+)<', page)[0]
    assert code not in admin.get("/admin/staff")
    assert admin.send("/admin/staff", username="nora", display="x", role="records", email="").status_code == 422
    nora = Browser(app.test_client())
    nora.send("/activate", code=code, birth_date="", password=PASSWORD)
    assert nora.get("/staff/corrections")
    with services.db.reading() as tx:
        account = accounts.by_username(tx, username="nora")
    assert account
    admin.follow(f"/admin/staff/{account.id}", step="disabled")
    assert nora.client.get("/staff/corrections").status_code == 303
    admin.follow(f"/admin/staff/{account.id}", step="enabled")
    with services.db.reading() as tx:
        own = accounts.by_username(tx, username="boss")
    assert own
    assert "own account" in admin.follow(f"/admin/staff/{own.id}", step="disabled")
    assert admin.get("/admin/staff")


def test_a_second_administrator_is_no_work_of_one(admin: Browser, world: World, services: Services) -> None:
    """Who invites sees the code: an administrator made here would confirm what its maker proposed."""
    assert 'value="admin"' not in admin.get("/admin/staff")
    assert admin.send("/admin/staff", username="zoe", display="Z", role="admin", email="").status_code == 422
    other = world.staff("other", Role.ADMIN)
    with services.db.transaction() as tx:
        assert accounts.by_username(tx, username="zoe") is None
        accounts.set_email(tx, account_id=other.account_id, email="other@mail.example")
    page = admin.follow(f"/admin/staff/{other.account_id}", step="started-over")
    assert "with this command" in page
    assert 'class="key"' not in page
    with services.db.reading() as tx:
        assert accounts.has_password(tx, account_id=other.account_id), "nothing of their ways in ended"
    admin.follow(f"/admin/staff/{other.account_id}", step="disabled")


def test_no_patients_account_is_changed_there(admin: Browser, patient: TestUser) -> None:
    assert "ana" not in re.findall(r"<th scope=\"row\">([^<]+)<", admin.get("/admin/staff"))
    assert admin.send(f"/admin/staff/{patient.account_id}", step="started-over").status_code == 404


@pytest.mark.usefixtures("linked")
def test_whom_a_person_reached_and_in_which_sections_and_never_what(
    app: Flask, privacy: Browser, patient: TestUser
) -> None:
    page = browser(app, patient).get("/health/allergies")
    titles = re.findall(r'<a href="/health/allergies/[a-z0-9]+">([^<]+)<', page)
    assert titles
    sent = privacy.send("/admin/reach", kind="account", name="ana", reason="incident").get_data(as_text=True)
    assert "Ana Luz Rivera" in sent
    assert "Allergies" in sent
    assert not [title for title in titles if title in sent]
    assert privacy.send("/admin/reach", kind="account", name="nobody", reason="incident").status_code == 422


def test_who_looked_is_shown_and_the_patient_sees_that_it_was(app: Flask, privacy: Browser, patient: TestUser) -> None:
    own = browser(app, patient)
    own.get("/health/allergies")
    details = {"number": NUMBER, "birth_date": "03/04/1980", "reason": "patient"}
    page = privacy.send("/admin/audit", **details).get_data(as_text=True)
    assert "looked at allergies" in page
    assert "Ana Luz Rivera (patient)" in page
    assert privacy.send("/admin/audit", **details | {"birth_date": "03/05/1980"}).status_code == 422
    assert "looked at who had looked at this record" in own.get("/activity")


def test_the_stop_switch_acts_at_once_and_once(
    app: Flask, privacy: Browser, world: World, services: Services, linked: Linked
) -> None:
    user = world.staff("dana")
    dana = browser(app, user)
    for _ in range(2):
        privacy.follow("/admin/stop", kind="account", id=user.account_id)
        privacy.follow("/admin/stop", kind="organization", id=linked.organization_id)
    assert dana.client.get("/staff").status_code == 303
    assert "/sign-in" in dana.client.get("/staff").headers["Location"]
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=linked.organization_id)
    assert organization
    assert organization.policy is LinkPolicy.OFF
    sent = privacy.send("/admin/reach", kind="organization", name=linked.organization_id, reason="incident")
    assert "Stopped" in sent.get_data(as_text=True)


@pytest.fixture
def readers(services: Services, linked: Linked) -> dict[str, str]:
    """An app that is the portal of an organization, and that organization: ids by kind."""
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=linked.organization_id)
    assert organization
    register(services, portal_fhir_base=f"{organization.fhir_base}/")
    return {"client": "test-app", "organization": linked.organization_id}


@pytest.mark.parametrize("kind", ["client", "organization"])
def test_an_app_and_an_organizations_portal_are_seen_and_stopped(
    app: Flask, privacy: Browser, readers: dict[str, str], patient: TestUser, kind: str
) -> None:
    """Whom it reached, in which sections; then its token, which is out, opens nothing at its next request."""
    reader = TestApp(app, browser(app, patient).client)
    reader.tokens = reader.exchange(reader.code()).get_json()
    assert reader.get("MedicationRequest?patient=patient-ana").status_code == 200
    told = privacy.send("/admin/reach", kind=kind, name=readers[kind], reason="incident").get_data(as_text=True)
    assert "Ana Luz Rivera" in told
    assert "Medications" in told
    assert "etformin" not in told
    privacy.follow("/admin/stop", kind=kind, id=readers[kind])
    assert reader.get("MedicationRequest?patient=patient-ana").status_code == 401


@pytest.mark.usefixtures("linked")
def test_a_clerk_who_is_stopped_reaches_the_open_patient_no_more(
    app: Flask, privacy: Browser, world: World, patient: TestUser
) -> None:
    user = world.staff("dana")
    dana = browser(app, user)
    dana.follow("/staff/find", number=NUMBER, birth_date="03/04/1980")
    told = privacy.send("/admin/reach", kind="account", name="dana", reason="incident").get_data(as_text=True)
    assert "Ana Luz Rivera" in told
    privacy.follow("/admin/stop", kind="account", id=user.account_id)
    for address in ("/staff", "/staff/patient"):
        assert "/sign-in" in dana.client.get(address).headers["Location"]
    assert dana.client.post("/staff/patient/activation").status_code in {302, 303, 400}


@pytest.mark.usefixtures("linked")
def test_a_person_is_erased_on_the_page_at_the_word_of_two(
    app: Flask, admin: Browser, world: World, services: Services, patient: TestUser
) -> None:
    details = {"number": NUMBER, "birth_date": "03/04/1980"}
    assert admin.send("/admin/erasure", **details | {"birth_date": "03/05/1980"}).status_code == 422
    page = admin.follow("/admin/erasure", **details)
    address = re.findall(r'action="(/admin/erasure/[a-z0-9]+)"', page)[0]
    assert "Erase now" not in page, "who asked for it does not confirm it"
    assert "second administrator has to confirm" in admin.follow(address, step="confirm")
    second = browser(app, world.staff("boss2", Role.ADMIN))
    assert "Erase now" in second.get("/admin/erasure")
    assert "name nobody" in second.follow(address, step="confirm")
    with services.db.reading() as tx:
        assert people.by_id(tx, person_id=patient.person_id or "") is None
    assert "already" in second.follow(address, step="confirm")


def test_how_long_what_is_kept_is_told_with_numbers_only(
    app: Flask, privacy: Browser, world: World, services: Services, patient: TestUser
) -> None:
    page = privacy.get("/admin/retention")
    assert all(f"<code>{name}</code>" in page for name in retention.TABLES), "every table"
    assert "It has not ended yet, or not in the last 30 days" in page
    with services.db.transaction() as tx:
        scheduled_runs.end(tx, job="retention", day="2026-05-01")
        tx.conn.execute(update(sign_in_table).values(created_at=tx.now - timedelta(days=31), ended_at=None))
        number = tx.conn.execute(select(func.count()).select_from(sign_in_table)).scalar_one()
        assert retention.due(tx)["sign_in"] == number > 0
    again = browser(app, world.staff("privacy2", Role.PRIVACY))
    counted = again.get("/admin/retention?count=1")
    assert "It ended last on" in counted
    row = re.search(r"<code>sign_in</code>.*?</tr>", counted, re.DOTALL)
    assert row
    assert re.search(rf'data-label="Due now">\s*{number}\s*<', row[0])
    assert "Alvarez" not in counted
    clerk = browser(app, world.staff("clerk", Role.STAFF))
    assert clerk.client.get("/admin/retention").status_code == 404
