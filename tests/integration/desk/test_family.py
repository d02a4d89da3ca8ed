"""Who acts for a patient, set up at the desk: with the patient's yes or with papers; and what undoes it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.assist import family
from portal.domain.people import HumanName, Person
from portal.services import Services
from portal.store.people import accounts, people, proxies
from tests.factories.world import BEN, PASSWORD, TestUser, World, sign_in
from tests.integration.desk.conftest import Browser, agree, find, mails, set_email
from tests.integration.desk.test_tasks import code_of

VISITS = {"choices": "visits"}


def age(years: int) -> str:
    return (datetime.now(UTC) - timedelta(days=365.25 * years + 20)).date().isoformat()


def child(services: Services, years: int) -> str:
    leo = Person(names=(HumanName(family="Rivera", given=("Leo",), use="official"),), birth_date=age(years))
    with services.db.transaction() as tx:
        return people.put_home_patient(tx, fhir_id="leo", demographics=leo)


def with_papers(clerk: Browser, years: int) -> str:
    clerk.follow("/staff/find", family="Rivera", given="Leo", birth_date=age(years))
    return clerk.follow("/staff/patient/ask", purpose="family", consent="document", id_checked="y")


def make_code(clerk: Browser, document: str, **form: str) -> str:
    answer = clerk.send("/staff/patient/proxies", document=document, name="Nora Lee", **{**VISITS, **form})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return code_of(answer.get_data(as_text=True))


def join(app: Flask, code: str, birth_date: str) -> Browser:
    """Somebody who is no patient here makes a sign-in with the code, and says yes."""
    nora = Browser(app.test_client())
    about = {"display": "Nora Lee", "username": "nora", "password": PASSWORD, "birth_date": birth_date}
    assert nora.send("/invited", code=code, **about).status_code == 303
    assert nora.send("/invited", code=code, relationship="aunt").status_code == 303
    return nora


@pytest.mark.usefixtures("riverbend")
def test_at_the_patients_wish_somebody_who_is_no_patient_acts_at_once(
    clerk: Browser, phone: Browser, app: Flask, services: Services, patient: TestUser
) -> None:
    set_email(services, patient)
    agree(clerk, phone, purpose="family", id_checked="y")
    assert "Who acts for Ana" in clerk.get("/staff/patient/proxies")
    nora = join(app, make_code(clerk, "own-yes"), "1980-03-04")
    base = f"/for/{patient.person_id}/health"
    assert nora.client.get(f"{base}/visits").status_code == 200
    assert nora.client.get(f"{base}/medications").status_code == 404
    assert "Nora Lee can act for Ana Luz Rivera now" in mails(services)[0]
    log = phone.get("/activity")
    assert "set up at the front desk who may act" in log
    page = clerk.get("/staff/patient/proxies")
    assert "Nora Lee" in page
    clerk.follow(re.findall(r'action="(/staff/patient/proxies/[^"]+/end)"', page)[0])
    assert nora.client.get(f"{base}/visits").status_code == 404


def test_who_is_not_there_waits_for_the_patient(clerk: Browser, phone: Browser, app: Flask, patient: TestUser) -> None:
    agree(clerk, phone, purpose="family")
    nora = join(app, make_code(clerk, "absent"), "1980-03-04")
    address = f"/for/{patient.person_id}/health/visits"
    assert nora.client.get(address).status_code == 404
    waiting = re.findall(r'action="(/family/invitations/[^"]+)"', phone.get("/family"))
    phone.follow(waiting[0], step="confirm")
    assert nora.client.get(address).status_code == 200


def test_a_parent_with_papers_and_a_child_who_cannot_change_it(
    clerk: Browser, app: Flask, services: Services, world: World
) -> None:
    person_id = child(services, 9)
    page = with_papers(clerk, 9)
    assert "Linked organizations" not in page
    assert "has to say yes first" in clerk.follow("/staff/patient/activation"), "the papers were for something else"
    assert "papers that you saw" in clerk.follow("/staff/patient/proxies", document="own-yes", name="Nora", **VISITS)
    nora = join(app, make_code(clerk, "parent", owner_is="mother"), age(9))
    colin = world.staff("colin")
    with services.db.reading() as tx:
        second = accounts.by_id(tx, account_id=colin.account_id)
        [waiting] = proxies.awaiting_second(tx)
    assert second
    assert family.check_papers(services, second, waiting.id, fit=True)
    assert nora.client.get(f"/for/{person_id}/health/visits").status_code == 200
    with services.db.reading() as tx:
        [grant] = proxies.in_force(tx, teen_age=13, person_id=person_id)
    assert grant.document == "parent"
    assert not grant.owner_is, "as a parent: the law's choice and not the child's"
    clerk.follow("/staff/patient/finish", wrong="1")
    assert nora.client.get(f"/for/{person_id}/health/visits").status_code == 404, "the wrong person: undone"


def test_papers_alone_are_not_enough_where_the_patient_can_be_asked(
    clerk: Browser, services: Services, patient: TestUser, world: World
) -> None:
    assert patient
    find(clerk)
    ask = {"purpose": "family", "consent": "document", "id_checked": "y"}
    assert clerk.send("/staff/patient/ask", **ask).status_code == 422, "an adult who signs in"
    clerk.follow("/staff/patient/finish")
    teen = child(services, 15)
    clerk.follow("/staff/find", family="Rivera", given="Leo", birth_date=age(15))
    world.account("leo", accounts.Role.PATIENT, teen)
    assert clerk.send("/staff/patient/ask", **ask).status_code == 422, "a teenager who signs in"


def test_a_parent_acts_for_no_adult_as_such(clerk: Browser, phone: Browser) -> None:
    agree(clerk, phone, purpose="family")
    assert "for a child until 18" in clerk.follow("/staff/patient/proxies", document="parent", name="Nora", **VISITS)
    assert clerk.send("/staff/patient/proxies", document="", name="", **VISITS).status_code == 422


def test_who_agreed_to_a_link_did_not_agree_to_this(clerk: Browser, phone: Browser) -> None:
    agree(clerk, phone, purpose="link")
    assert "said yes to something else" in clerk.follow(
        "/staff/patient/proxies", document="own-yes", name="N", **VISITS
    )


def test_a_clerk_lets_nobody_in_with_a_document_who_is_themselves(
    app: Flask, services: Services, patient: TestUser, phone: Browser, world: World
) -> None:
    ben = world.patient("ben", BEN)
    with services.db.transaction() as tx:
        encoded = accounts.for_sign_in(tx, username="ben")
        assert encoded
        accounts.add(
            tx,
            username="benatwork",
            display="Ben",
            password_hash=encoded[1],
            role=accounts.Role.STAFF,
            as_patient=ben.person_id or "",
        )
    client, own = app.test_client(), app.test_client()
    sign_in(client, TestUser("", "benatwork", None))
    sign_in(own, ben)
    clerk = Browser(client)
    agree(clerk, phone, purpose="family")
    Browser(own).follow("/invited", code=make_code(clerk, "own-yes"), relationship="friend")
    assert own.get(f"/for/{patient.person_id}/health/visits").status_code == 404, "the patient confirms it"


@pytest.mark.usefixtures("patient")
def test_what_nobody_answered_is_undone_with_the_wrong_person(clerk: Browser, phone: Browser, app: Flask) -> None:
    agree(clerk, phone, purpose="family")
    code = make_code(clerk, "own-yes")
    clerk.follow("/staff/patient/finish", wrong="1")
    assert app.test_client().get(f"/invited?code={code}").status_code == 422
