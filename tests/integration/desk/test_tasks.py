"""What the desk does for a patient who agreed; the patient finishes it on a device of their own."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from portal.assist.tasks import remove_due_factors
from portal.domain.links import LinkState
from portal.domain.people import HumanName, Person
from portal.identity.comparison import Difference, Finding, Verdict
from portal.services import Services
from portal.store.links import links, refreshes
from portal.store.people import accounts, factors, people
from portal.store.people.factors import Authenticator
from portal.store.records import privacy
from portal.store.records.privacy import PrivateChoice
from tests.factories.record import Linked, link, suggest
from tests.factories.world import BEN, PASSWORD, TestUser, World, sign_in
from tests.integration.desk.conftest import Browser, agree, find, mails, set_email


@pytest.fixture
def stranger(app: Flask, world: World) -> Browser:
    client = app.test_client()
    sign_in(client, world.patient("ben", BEN))
    return Browser(client)


@pytest.fixture
def near(services: Services, patient: TestUser) -> str:
    """The id of a link that is nearly the patient's."""
    linked = link(services, patient, name="Pinelands Heart Institute", state=LinkState.CONFIRM)
    finding = Finding(Verdict.NEAR, (Difference(aspect="name", ours="Ana Rivera", theirs="Ana Santos"),))
    with services.db.transaction() as tx:
        links.put(tx, link_id=linked.link_id, finding=tx.seal(finding, row=f"link.finding:{linked.link_id}"))
    return linked.link_id


def code_of(page: str) -> str:
    return re.findall(r"data-code>([^<]+)<", page)[0]


def test_a_first_sign_in_with_a_photo_id_and_a_printed_code(clerk: Browser, app: Flask, services: Services) -> None:
    somebody = Person(
        names=(HumanName(family="Núñez", given=("Iris",), use="official"),), birth_date="1950-01-02", language="es"
    )
    with services.db.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id="iris", demographics=somebody)
    clerk.follow("/staff/find", family="Nunez", given="Iris", birth_date="1/2/1950")
    ask = {"purpose": "activation", "consent": "document"}
    assert clerk.send("/staff/patient/ask", **ask).status_code == 422, "without a document"
    page = clerk.follow("/staff/patient/ask", **ask, id_checked="y")
    assert "Linked organizations" not in page
    assert "has to say yes first" in clerk.follow("/staff/patient/factor")
    sheet = clerk.send("/staff/patient/activation").get_data(as_text=True)
    assert "Su nombre de usuario es iris.nunez" in sheet, "in the patient's language"
    assert "Back to the patient" in sheet, "the clerk's part in the clerk's"
    code = code_of(sheet)
    phone = Browser(app.test_client())
    assert code in phone.get(f"/activate?code={code}")
    for born in ("1950-01-03", "1950-01-02"):
        answer = phone.send("/activate", code=code, birth_date=born, password=PASSWORD + " and more")
    assert answer.status_code == 303
    with services.db.reading() as tx:
        own = accounts.own_account(tx, person_id=person_id)
    assert own is not None
    assert own.username == "iris.nunez"
    assert phone.get("/settings")


def test_who_signs_in_already_gets_no_activation_code(clerk: Browser, phone: Browser) -> None:
    agree(clerk, phone, purpose="activation")
    assert "signs in already" in clerk.follow("/staff/patient/activation")


def test_a_photo_id_alone_opens_nothing_of_an_account(clerk: Browser, patient: TestUser) -> None:
    assert patient
    find(clerk)
    for purpose in ("activation", "link"):
        answer = clerk.send("/staff/patient/ask", purpose=purpose, consent="document", id_checked="y")
        assert answer.status_code == 422


def test_a_link_is_started_at_the_desk_and_finished_by_the_patient_alone(
    clerk: Browser, phone: Browser, stranger: Browser, services: Services, patient: TestUser
) -> None:
    organization_id = suggest(services, patient, name="Pinelands Heart Institute")
    agree(clerk, phone)
    assert "Pinelands" in clerk.get("/staff/patient/search?q=pinelands")
    page = clerk.follow(f"/staff/patient/start/{organization_id}")
    code = code_of(page)
    assert stranger.get(f"/go/{code}", status=404), "of another person's code nothing is said"
    assert stranger.send(f"/go/{code}").status_code == 404
    assert "Pinelands" in phone.get(f"/go/{code}")
    typed = phone.follow("/go", code=code.lower().replace("-", " "))
    assert "Pinelands" in typed
    assert "Pinelands" in phone.follow(f"/go/{code}")
    assert phone.send(f"/go/{code}").status_code == 404, "it works once"
    after = clerk.get(f"/staff/patient/start/{organization_id}")
    assert code not in after
    assert after.count('data-step="done"') == 2
    assert "opened the code from the front desk to link Pinelands" in phone.get("/activity")


def test_the_desk_does_not_see_a_link_that_is_kept_private(
    clerk: Browser, phone: Browser, services: Services, riverbend: Linked, patient: TestUser
) -> None:
    agree(clerk, phone)
    at = f"/staff/patient/start/{riverbend.organization_id}"
    phone.follow(f"/go/{code_of(clerk.follow(at))}")
    with services.db.transaction() as tx:
        stored = links.by_id(tx, link_id=riverbend.link_id)
        assert stored
        links.move(tx, stored, move="renewed", to_state=stored.state, reason=None, account_id=patient.account_id)
    assert clerk.get(at).count('data-step="done"') == 5
    with services.db.transaction() as tx:
        chosen = [PrivateChoice(source=riverbend.link_id)]
        privacy.put(tx, person_id=str(patient.person_id), chosen=chosen, private=True)
    assert clerk.get(at).count('data-step="done"') == 2, "as if they had not signed in there"


def test_confidential_organizations_are_not_named(
    clerk: Browser, phone: Browser, services: Services, patient: TestUser
) -> None:
    hidden = link(services, patient, name="Harbor Addiction Treatment Center", state=LinkState.ACTIVE)
    assert "Harbor" not in agree(clerk, phone)
    assert "Harbor" not in clerk.get("/staff/patient/search?q=harbor").replace('value="harbor"', "")
    assert clerk.send(f"/staff/patient/start/{hidden.organization_id}").status_code == 404
    assert clerk.send(f"/staff/patient/links/{hidden.link_id}/update").status_code == 404
    assert "Harbor" not in clerk.get("/staff/log")


def test_an_update_is_asked_for_and_another_persons_link_is_not_there(
    clerk: Browser, phone: Browser, services: Services, riverbend: Linked, world: World
) -> None:
    other = link(services, world.patient("ben", BEN), name="Elsewhere", state=LinkState.ACTIVE)
    agree(clerk, phone, purpose="update")
    assert "on its way" in clerk.follow(f"/staff/patient/links/{riverbend.link_id}/update")
    with services.db.reading() as tx:
        latest = refreshes.latest(tx, link_id=riverbend.link_id)
    assert latest is not None
    assert latest.cause == "asked"
    assert "Getting records" in clerk.get("/staff/patient")
    assert clerk.send(f"/staff/patient/links/{other.link_id}/update").status_code == 404


@pytest.mark.parametrize("answer", ["same", "other"])
def test_a_near_match_is_decided_with_a_photo_id(
    clerk: Browser, phone: Browser, services: Services, near: str, answer: str
) -> None:
    assert "Decide with an ID" in agree(clerk, phone)
    page = clerk.get(f"/staff/patient/links/{near}/decide")
    assert "Ana Santos" in page
    assert "Compare a photo ID first" in clerk.follow(f"/staff/patient/links/{near}/decide", answer=answer)
    clerk.follow(f"/staff/patient/links/{near}/decide", answer=answer, id_checked="1")
    with services.db.reading() as tx:
        decided = links.by_id(tx, link_id=near)
    assert decided is not None
    assert decided.state is (LinkState.ACTIVE if answer == "same" else LinkState.REFUSED)
    again = clerk.send(f"/staff/patient/links/{near}/decide", answer="same")
    assert again.status_code in (303, 404)


def lose_phone(services: Services, patient: TestUser) -> None:
    set_email(services, patient)
    with services.db.transaction() as tx:
        factors.put_authenticator(tx, account_id=patient.account_id, data=Authenticator("JBSWY3DPEHPK3PXP"))


def has_factor(services: Services, patient: TestUser) -> bool:
    with services.db.reading() as tx:
        return factors.summary(tx, account_id=patient.account_id).is_any


def test_a_lost_second_step_is_removed_a_day_later_unless_its_owner_objects(
    clerk: Browser, phone: Browser, app: Flask, services: Services, patient: TestUser
) -> None:
    lose_phone(services, patient)
    agree(clerk, phone, purpose="factor")
    assert "Compare a photo ID first" in clerk.follow("/staff/patient/factor")
    clerk.follow("/staff/patient/document")
    assert "We told all their addresses" in clerk.follow("/staff/patient/factor")
    clerk.follow("/staff/patient/factor")
    notices = [text for text in mails(services) if "keep-factor" in text]
    assert len(notices) == 1, "asked twice, begun once"
    address = re.findall(r"/sign-in/keep-factor/\S+", notices[0])[0]
    assert remove_due_factors(services) == 0
    owner = Browser(app.test_client())
    assert "stop it now" in owner.get(address)
    assert owner.send(address).status_code == 200
    assert owner.get(address, status=404)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert remove_due_factors(services) == 0
    assert has_factor(services, patient)


def test_nobody_objects(clerk: Browser, phone: Browser, services: Services, patient: TestUser) -> None:
    lose_phone(services, patient)
    agree(clerk, phone, purpose="factor", id_checked="y")
    clerk.follow("/staff/patient/factor")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert remove_due_factors(services) == 1
        assert remove_due_factors(services) == 0
    assert not has_factor(services, patient)
    assert phone.client.get("/settings").status_code == 303, "every sign-in ended"


def test_a_summary_is_printed_once_with_a_code_of_the_patients(
    clerk: Browser, phone: Browser, app: Flask, riverbend: Linked
) -> None:
    assert riverbend
    code = code_of(phone.send("/assist/print").get_data(as_text=True))
    printer = Browser(app.test_client())
    assert printer.send("/print", code="AAAA-BBBB-CCCC").status_code == 422
    page = printer.send("/print", code=code.lower()).get_data(as_text=True)
    assert "Ana Luz Rivera" in page
    assert "Allergies" in page
    assert printer.send("/print", code=code).status_code == 422, "it works once"
    agree(clerk, phone, purpose="summary")
    assert "printed the summary" in phone.get("/activity")
