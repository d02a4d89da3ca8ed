"""A clerk and a patient, each in a browser of their own."""

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.config import Settings
from portal.domain.people import Identifier, Person
from portal.services import Services
from portal.store.people import accounts, outbox
from tests.factories.record import Linked, small_record
from tests.factories.settings import make_settings
from tests.factories.world import ANA, TestUser, World, sign_in

NUMBER = "MC-0042-7730"
NUMBERED: Person = msgspec.structs.replace(ANA, identifiers=(Identifier("urn:home", NUMBER, "MR"),))


@dataclass
class Browser:
    """A browser that sends forms as a page of it does."""

    client: FlaskClient

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address, follow_redirects=True)
        assert answer.status_code == status, (address, answer.status)
        return answer.get_data(as_text=True)

    def send(self, address: str, **form: str) -> TestResponse:
        page = self.client.get("/help").get_data(as_text=True)
        match = re.search(r'"X-CSRFToken":"([^"]+)"', page)
        assert match
        return self.client.post(address, data={"csrf_token": match[1], **form})

    def follow(self, address: str, **form: str) -> str:
        """Send a form, and return the page that it leads to."""
        answer = self.send(address, **form)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.get(answer.headers["Location"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, mail="page", mail_from="portal@mail.example")


@pytest.fixture
def patient(world: World) -> TestUser:
    return world.patient("ana", NUMBERED)


@pytest.fixture
def riverbend(services: Services, patient: TestUser) -> Linked:
    return small_record(services, patient)


@pytest.fixture
def clerk(app: Flask, world: World) -> Browser:
    client = app.test_client()
    sign_in(client, world.staff("dana"))
    return Browser(client)


@pytest.fixture
def phone(app: Flask, patient: TestUser) -> Browser:
    """The patient's own device, signed in."""
    client = app.test_client()
    sign_in(client, patient)
    return Browser(client)


def find(clerk: Browser) -> str:
    return clerk.follow("/staff/find", number=NUMBER, birth_date="03/04/1980")


def agree(clerk: Browser, phone: Browser, purpose: str = "link", **form: str) -> str:
    """Find the patient and let them say yes on their own device; return the clerk's page."""
    find(clerk)
    clerk.follow("/staff/patient/ask", purpose=purpose, consent="device", **form)
    phone.follow("/assist", answer="yes", **on_page(phone.get("/assist")))
    return clerk.get("/staff/patient")


def on_page(page: str) -> dict[str, str]:
    """What a page with the desk's question sends with the answer."""
    return dict(re.findall(r'type="hidden" name="(assist|purpose)" value="([^"]+)"', page))


def set_email(services: Services, user: TestUser, address: str = "ana@mail.example") -> None:
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=user.account_id, email=address)


def mails(services: Services) -> list[str]:
    """The texts of the e-mails, the newest first."""
    with services.db.reading() as tx:
        return [mail.content.text for mail in outbox.newest(tx, limit=20)]
