"""The record of a visit at check-out: a link that the desk hands out, and that only the patient can open."""

import json
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import segno
from flask import Flask
from werkzeug.test import TestResponse

from portal.access.policy import ReleasePolicy
from portal.domain.ids import HOME
from portal.domain.people import Role
from portal.domain.sections import Section
from portal.provider import proposals
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import files, privacy, shlink, visits
from portal.sharing.shlink import HealthLink
from portal.store.desk import assists
from portal.store.people import accounts
from portal.store.records.privacy import PrivateChoice
from portal.web.desk import task_pages
from tests.conformance.desk_vectors import NOTE
from tests.factories.world import TestUser, World
from tests.integration.desk.conftest import Browser, agree, find, on_page
from tests.integration.sharing.reading import resources_of

NOW = datetime.now(UTC)
TODAY = (NOW - timedelta(hours=2)).isoformat(timespec="seconds")
LABELS = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}

HIDDEN = {"reference": "Practitioner/hidden", "display": "Vera Moss"}


def of_visit(kind: str, fhir_id: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": fhir_id,
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/today"},
        "code": {"text": text},
    } | more


def encounter(fhir_id: str, start: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": fhir_id,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"},
        "type": [{"text": "Office visit"}],
        "period": {"start": start},
    }


def document(fhir_id: str, visit: str) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": fhir_id,
        "status": "current",
        "subject": {"reference": "Patient/p"},
        "type": {"text": f"Summary of {visit}"},
        "date": TODAY,
        "context": {"encounter": [{"reference": f"Encounter/{visit}"}]},
        "content": [{"attachment": {"contentType": "application/pdf", "data": b64encode(NOTE).decode()}}],
    }


@pytest.fixture
def visit(services: Services, patient: TestUser) -> None:
    doctors = [{"resourceType": "Practitioner", "id": "hidden", "name": [{"text": "Vera Moss"}], "meta": LABELS}]
    ingest(services.db, person_id=None, source=HOME, resources=doctors)
    seen = [{"individual": HIDDEN}, {"individual": {"reference": "Practitioner/none", "display": "Noah Lee"}}]
    told = [
        encounter("today", TODAY) | {"participant": seen},
        encounter("old", "2020-01-02T10:00:00Z"),
        of_visit("Condition", "c1", "Sinus infection"),
        of_visit("Condition", "c2", "HIV infection", meta=LABELS),
        of_visit("Condition", "c3", "Old fracture", encounter={"reference": "Encounter/old"}),
        document("d1", "today") | {"author": [HIDDEN]},
        document("d2", "old"),
    ]
    ingest(services.db, person_id=patient.person_id, source=HOME, resources=told)


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the QR codes of the desk."""
    texts: list[str] = []

    def keep(text: str, correction: str = "l") -> str:
        texts.append(text)
        return segno.make(text, error=correction).svg_inline()

    monkeypatch.setattr(task_pages, "qr_picture", keep)
    return texts


def said_yes(clerk: Browser, phone: Browser) -> str:
    """Let the patient say yes on their own device; return the passcode that they see there."""
    find(clerk)
    clerk.follow("/staff/patient/ask", purpose="visit", consent="device")
    question = phone.get("/assist")
    assert "They do not see the passcode" in question
    page = phone.send("/assist/visit", **on_page(question)).get_data(as_text=True)
    return re.search(r'class="key">(\d{6})<', page)[1]  # type: ignore[index]


@pytest.mark.usefixtures("visit")
def test_the_patient_takes_it_along_and_the_desk_sees_no_word_of_it(
    app: Flask, clerk: Browser, phone: Browser, links: list[str]
) -> None:
    passcode = said_yes(clerk, phone)
    page = clerk.send("/staff/patient/visit").get_data(as_text=True)
    for secret in (passcode, "shlink:", "Sinus", "fracture", "Office visit"):
        assert secret not in page, secret
    link = shlink.read(links[0])
    assert link.flag == "P"
    path = "/shl/" + link.url.rsplit("/", 1)[1]
    anybody = app.test_client()
    assert anybody.post(path, json={"recipient": "Dana", "passcode": "000000"}).status_code == 401
    answer = anybody.post(path, json={"recipient": "Dr. Moreau", "passcode": passcode}).get_json()
    content = anybody.get("/shl/files/" + answer["files"][0]["location"].rsplit("/", 1)[1]).data
    bundle = json.loads(files.decrypt(content, link.key_bytes()))
    texts = [resource["code"]["text"] for resource in resources_of(bundle, "Condition")]
    assert texts == ["Sinus infection"], "of this visit, and nothing that is sensitive"
    (note,) = resources_of(bundle, "DocumentReference")
    assert note["content"][0]["attachment"]["data"] == b64encode(NOTE).decode()
    assert len(resources_of(bundle, "Encounter")) == len(resources_of(bundle, "Patient")) == 1
    references = set(re.findall(r'"reference": "([^"]+)"', json.dumps(bundle)))
    assert references <= {entry["fullUrl"] for entry in bundle["entry"]}
    assert "Noah Lee" in json.dumps(bundle)
    assert "Vera Moss" not in json.dumps(bundle), "who treats somebody tells what for"
    listed = phone.get("/share")
    assert "Cooper Regional Health: " in listed
    activity = phone.get("/activity")
    assert "handed out a link to the record of the visit" in activity
    assert "handed out a link to the record of the visit" in clerk.get("/staff/log")


@pytest.mark.usefixtures("visit")
def test_each_link_needs_a_yes_of_its_own(clerk: Browser, phone: Browser, links: list[str]) -> None:
    agree(clerk, phone)
    assert "has to say yes on their own phone" in clerk.follow("/staff/patient/visit"), "a yes to something else"
    clerk.follow("/staff/patient/finish")
    said_yes(clerk, phone)
    assert clerk.send("/staff/patient/visit").status_code == 200
    assert "has to say yes on their own phone" in clerk.follow("/staff/patient/visit"), "it was used"
    assert len(links) == 1


def opened(app: Flask, link: HealthLink, passcode: str) -> TestResponse:
    path = "/shl/" + link.url.rsplit("/", 1)[1]
    return app.test_client().post(path, json={"recipient": "Dr. Moreau", "passcode": passcode})


@pytest.mark.parametrize("section", [Section.DOCUMENTS, Section.VISITS, Section.HEALTH_ISSUES])
@pytest.mark.usefixtures("visit")
def test_it_ends_with_what_is_kept_private(
    app: Flask,
    *,
    services: Services,
    patient: TestUser,
    clerk: Browser,
    phone: Browser,
    links: list[str],
    section: Section,
) -> None:
    passcode = said_yes(clerk, phone)
    clerk.send("/staff/patient/visit")
    ended = privacy.keep(
        services,
        person_id=patient.person_id or "",
        account_id=patient.account_id,
        chosen=[PrivateChoice(section=section.value)],
        private=True,
    )
    assert ended == 1
    assert opened(app, shlink.read(links[0]), passcode).status_code == 404


@pytest.mark.usefixtures("visit")
def test_what_is_kept_private_while_it_is_encrypted_is_not_in_it(
    app: Flask,
    *,
    services: Services,
    patient: TestUser,
    clerk: Browser,
    phone: Browser,
    links: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody's writing waits for the file, so what comes meanwhile counts: the link is made, without it."""
    passcode = said_yes(clerk, phone)
    chosen = [PrivateChoice(section=Section.DOCUMENTS.value)]
    encrypted: list[bytes] = []

    def encrypt(plain: bytes, key: bytes, *, deflate: bool) -> bytes:
        encrypted.append(plain)
        if len(encrypted) == 1:
            person_id = patient.person_id or ""
            privacy.keep(services, person_id=person_id, account_id=patient.account_id, chosen=chosen, private=True)
        return files.encrypt(plain, key, deflate=deflate)

    monkeypatch.setattr(visits, "files", SimpleNamespace(encrypt=encrypt))
    assert clerk.send("/staff/patient/visit").status_code == 200
    assert [b"Summary of today" in plain for plain in encrypted] == [True, False]
    assert opened(app, shlink.read(links[0]), passcode).status_code == 200


@pytest.mark.usefixtures("visit")
def test_it_ends_where_it_was_the_wrong_person(app: Flask, clerk: Browser, phone: Browser, links: list[str]) -> None:
    """What the patient was handed in an earlier assist stays theirs."""
    passcodes = []
    for wrong in ({}, {"wrong": "1"}):
        passcodes.append(said_yes(clerk, phone))
        clerk.send("/staff/patient/visit")
        clerk.follow("/staff/patient/finish", **wrong)
    answers = [
        opened(app, shlink.read(link), passcode).status_code for link, passcode in zip(links, passcodes, strict=True)
    ]
    assert answers == [200, 404]


@pytest.mark.usefixtures("visit")
def test_where_visits_are_not_released_there_is_none_to_take(
    services: Services, world: World, clerk: Browser, phone: Browser, links: list[str]
) -> None:
    said_yes(clerk, phone)
    first, second = (world.staff(name, Role.ADMIN) for name in ("first", "second"))
    with services.db.transaction() as tx:
        one, other = (accounts.by_id(tx, account_id=each.account_id) for each in (first, second))
        assert one
        assert other
        proposal = proposals.propose_release(tx, ReleasePolicy(withheld=("Encounter",)), by=one)
        proposals.confirm(tx, proposal_id=proposal, by=other)
    assert "no visit of the last two weeks" in clerk.follow("/staff/patient/visit")
    assert not links


@pytest.mark.usefixtures("phone")
def test_without_a_visit_of_late_nobody_is_asked(services: Services, patient: TestUser, clerk: Browser) -> None:
    soon = (NOW + timedelta(days=1)).isoformat(timespec="seconds")
    told = [encounter("old", "2020-01-02T10:00:00Z"), encounter("soon", soon)]
    ingest(services.db, person_id=patient.person_id, source=HOME, resources=told)
    find(clerk)
    answer = clerk.send("/staff/patient/ask", purpose="visit", consent="device")
    assert answer.status_code == 422
    assert "no visit of the last two weeks" in answer.get_data(as_text=True)
    with services.db.reading() as tx:
        assert assists.asked_of(tx, person_id=patient.person_id or "", since=NOW - timedelta(hours=1)) is None
