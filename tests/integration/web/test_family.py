"""Inviting somebody, with both saying yes; what they see; the end, in open pages too."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.access.proxies import LEVELS, SEEN
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel, ProxyChoice
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.people import proxies
from tests.factories.world import BEN, PASSWORD, TestUser, World, sign_in
from tests.hostile.web.record import filled


@pytest.fixture
def ana(world: World, services: Services) -> TestUser:
    user = world.patient()
    ingest(services.db, person_id=user.person_id, source=HOME, resources=filled(lambda kind: f"qzmark {kind}", key="a"))
    return user


def post(client: FlaskClient, path: str, **form: str | list[str]) -> TestResponse:
    page = client.get("/help" if path.startswith("/for/") else "/invited").get_data(as_text=True)
    token = re.findall(r'"X-CSRFToken":"([^"]+)"', page)[0]
    return client.post(path, data={"csrf_token": token, **form})


@pytest.fixture
def patient(app: Flask, ana: TestUser) -> FlaskClient:
    client = app.test_client()
    sign_in(client, ana)
    return client


def invite(patient: FlaskClient, *choices: ProxyChoice) -> str:
    """Invite a niece, and return the code that the page shows."""
    answer = post(
        patient, "/family/invite", name="Nora", owner_is="niece", choices=[choice.value for choice in choices], until=""
    )
    assert answer.status_code == 303
    code = re.search(r">([A-Z2-9]{4}(?:-[A-Z2-9]{4}){2})<", patient.get(answer.location).get_data(as_text=True))
    assert code
    return code[1]


@pytest.fixture
def nora(app: Flask, patient: FlaskClient, ana: TestUser) -> FlaskClient:
    """Somebody new, who makes a sign-in with the code and says yes."""
    code = invite(patient, ProxyChoice.VISITS)
    client = app.test_client()
    about = {"code": code.lower(), "display": "Nora Lee", "username": "nora", "password": PASSWORD}
    wrong = post(client, "/invited", **about, birth_date="1980-03-05")
    assert "does not match" in wrong.get_data(as_text=True)
    assert post(client, "/invited", **about, birth_date="1980-03-04").status_code == 303
    page = client.get(f"/invited?code={code}").get_data(as_text=True)
    assert "Ana Luz Rivera" in page
    assert "qzmark" not in page
    assert post(client, "/invited", code=code, relationship="aunt").status_code == 303
    assert client.get(f"/for/{ana.person_id}/").status_code == 404, "nothing opens before the patient confirms"
    return client


def confirm(patient: FlaskClient) -> None:
    page = patient.get("/family").get_data(as_text=True)
    assert "Nora Lee said yes" in page
    address = re.search(r'action="(/family/invitations/[^"]+)"', page)
    assert address
    assert post(patient, address[1], step="confirm").status_code == 303


def test_both_say_yes_and_she_sees_what_was_chosen(patient: FlaskClient, nora: FlaskClient, ana: TestUser) -> None:
    confirm(patient)
    base = f"/for/{ana.person_id}"
    assert "qzmark" in nora.get(f"{base}/health/visits").get_data(as_text=True)
    assert nora.get(f"{base}/health/medications").status_code == 404
    assert nora.get(f"{base}/messages").status_code == 404
    own = patient.get("/family").get_data(as_text=True)
    assert "Nora Lee" in own
    assert "Your niece" in own
    assert "last looked" in own
    assert "appointments and visits" in own.lower()


def test_the_end_is_at_once_in_open_pages_too(patient: FlaskClient, nora: FlaskClient, ana: TestUser) -> None:
    confirm(patient)
    base = f"/for/{ana.person_id}"
    assert nora.get(f"{base}/health/visits").status_code == 200
    address = re.search(r'action="(/family/proxies/[^"]+/end)"', patient.get("/family").get_data(as_text=True))
    assert address
    assert post(patient, address[1]).status_code == 303
    for path in ("/", "/health/visits"):
        assert nora.get(base + path).status_code == 404
        fragment = nora.get(base + path, headers={"HX-Request": "true"})
        assert fragment.headers["HX-Redirect"] == "/family", "the open page goes where it is said"
        assert "qzmark" not in fragment.get_data(as_text=True)
    assert "has ended" in nora.get("/family").get_data(as_text=True)


def test_a_code_is_answered_once_and_never_by_oneself(patient: FlaskClient, nora: FlaskClient, app: Flask) -> None:
    code = invite(patient, ProxyChoice.RECORD)
    assert "your own invitation" in post(patient, "/invited", code=code).get_data(as_text=True)
    assert post(nora, "/invited", code=code, relationship="").status_code == 303
    assert app.test_client().get(f"/invited?code={quote(code)}").status_code == 422
    assert app.test_client().get("/invited?code=AAAA-BBBB-CCCC").status_code == 422


def test_an_invitation_taken_back_is_worth_nothing(patient: FlaskClient, app: Flask) -> None:
    code = invite(patient, ProxyChoice.RECORD)
    address = re.search(r'action="(/family/invitations/[^"]+)"', patient.get("/family").get_data(as_text=True))
    assert address
    assert post(patient, address[1], step="confirm").status_code == 404, "nobody said yes"
    assert post(patient, address[1], step="take-back").status_code == 303
    assert app.test_client().get(f"/invited?code={code}").status_code == 422


def test_without_anything_to_see_there_is_no_invitation(patient: FlaskClient) -> None:
    answer = post(patient, "/family/invite", name="Nora", choices=["write"])
    assert answer.status_code == 422
    assert "Check at least one thing" in answer.get_data(as_text=True)


@pytest.mark.parametrize("wrong", [{"choices": ["everything"]}, {"until": "9999-12-31"}, {"until": "0000-00-00"}])
def test_what_no_page_offers_is_refused_as_a_form_is(patient: FlaskClient, wrong: dict[str, str | list[str]]) -> None:
    form: dict[str, str | list[str]] = {"name": "Nora", "choices": [ProxyChoice.VISITS.value], "until": ""}
    assert post(patient, "/family/invite", **(form | wrong)).status_code == 422


def test_a_change_holds_at_once(patient: FlaskClient, nora: FlaskClient, ana: TestUser) -> None:
    confirm(patient)
    address = re.search(r'href="(/family/proxies/[^"]+)"', patient.get("/family").get_data(as_text=True))
    assert address
    assert post(patient, address[1], choices=["record", "insurance"], until="").status_code == 303
    base = f"/for/{ana.person_id}/health"
    assert nora.get(f"{base}/visits").status_code == 404
    assert nora.get(f"{base}/medications").status_code == 200


@pytest.mark.parametrize("level", GrantLevel)
def test_each_section_is_there_or_not_by_the_choices(
    level: GrantLevel, app: Flask, world: World, services: Services, ana: TestUser
) -> None:
    """Pages, parts, search, home and counts: what is not chosen is as if it were not there."""
    carer = world.patient("ben", BEN)
    world.proxy(carer, str(ana.person_id), level)
    client = app.test_client()
    sign_in(client, carer)
    seen = frozenset().union(*(SEEN.get(choice, frozenset()) for choice in LEVELS[level]))
    base = f"/for/{ana.person_id}"
    for section in Section:
        path = "/messages" if section is Section.MESSAGES else f"/health/{section}"
        assert (client.get(base + path).status_code == 200) is (section in seen), section
    hidden = {"visits": "qzmark visit", "medications": "qzmark order"}
    for path in ("/", "/health", "/health/search?q=qzmark", "/health/new", "/health/summary"):
        page = client.get(base + path).get_data(as_text=True)
        for section, text in hidden.items():
            if Section(section) not in seen:
                assert text not in page, (path, section)


@pytest.mark.parametrize("level", GrantLevel)
def test_see_as_is_what_they_get(level: GrantLevel, world: World, ana: TestUser, patient: FlaskClient) -> None:
    """Byte for byte but for tokens and the clock; and no look of it is kept."""
    services, carer = world.services, world.patient("ben", BEN)
    grant = world.proxy(carer, str(ana.person_id), level)
    client = patient.application.test_client()
    sign_in(client, carer)
    base = f"/for/{ana.person_id}"
    paths = ["/", "/health", "/health/search?q=qzmark", "/health/summary", "/links", "/help", "/messages"]
    paths += [f"/health/{section}" for section in Section if section is not Section.MESSAGES]
    theirs = {path: client.get(base + path) for path in paths}
    assert post(patient, f"/family/proxies/{grant}/as").location == "/family/see-as"
    page = patient.get("/family/see-as")
    assert f'src="{base}/' in page.get_data(as_text=True)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    before = _events(services)
    for path, answer in theirs.items():
        seen = patient.get(base + path)
        assert seen.status_code == answer.status_code, path
        assert _bytes(seen) == _bytes(answer), path
        assert "frame-ancestors 'self'" in seen.headers["Content-Security-Policy"]
    assert _events(services) == before, "a preview leaves no trace"
    assert post(patient, f"{base}/health/new").status_code == 404, "nothing is done in a preview"
    assert "frame-ancestors 'none'" in patient.get("/health").headers["Content-Security-Policy"]
    assert post(patient, "/family/see-as/stop").status_code == 303
    assert patient.get(f"{base}/health/medications").status_code == 200


def _bytes(answer: TestResponse) -> str:
    text = re.sub(r'(nonce="|X-CSRFToken":"|name="csrf_token" value=")[^"]+', r"\1", answer.get_data(as_text=True))
    return re.sub(r'\d{1,2}:\d\d(:\d\d)?( ?[AP]M)?|data-seconds="\d+"', "", text)


def _events(services: Services) -> int:
    with services.db.reading() as tx:
        return int(tx.conn.exec_driver_sql("SELECT count(*) FROM audit_event").scalar_one())


def test_an_ended_grant_is_no_access_after_its_last_day(services: Services, world: World, ana: TestUser) -> None:
    carer = world.patient("ben", BEN)
    grant_id = world.proxy(carer, str(ana.person_id))
    with services.db.transaction() as tx:
        proxies.change(
            tx, grant_id=grant_id, person_id=str(ana.person_id), choices=[ProxyChoice.VISITS], ends_at=tx.now
        )
    with services.db.reading() as tx:
        assert proxies.in_force(tx, teen_age=13, account_id=carer.account_id) == ()
        assert proxies.run_out(tx, teen_age=13) == ((grant_id, "date"),)
