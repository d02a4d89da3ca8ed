"""An app that asks for a record as others do: authorization code with PKCE, through the instance's own pages."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.access.passwords import hash_password
from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from tests.factories.stages import staged
from tests.factories.world import TestUser, World, sign_in

REDIRECT = "https://app.example/callback"
SECRET = "a secret of the test app"
BASE = "http://localhost:8000"


def observation(
    fhir_id: str, patient: str, *, code: str = "4548-4", when: str = "2024-05-01", **extra: Any
) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": f"test {code}"},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": 7.1, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
        **extra,
    }


def chart(patient: str) -> list[dict[str, Any]]:
    """A small chart of one patient; every text carries the patient's id, so that a leak can be seen."""
    subject = {"reference": f"Patient/{patient}"}
    system = "http://terminology.hl7.org/CodeSystem/"
    return [
        {
            "resourceType": "Patient",
            "id": patient,
            "name": [{"family": f"Family{patient}", "given": ["Given"]}],
            "gender": "female",
            "birthDate": "1980-03-04",
        },
        {
            "resourceType": "AllergyIntolerance",
            "id": f"a-{patient}",
            "patient": subject,
            "clinicalStatus": {"coding": [{"system": f"{system}allergyintolerance-clinical", "code": "active"}]},
            "code": {"text": f"Penicillin of {patient}"},
        },
        {
            "resourceType": "Condition",
            "id": f"c-{patient}",
            "subject": subject,
            "clinicalStatus": {"coding": [{"system": f"{system}condition-clinical", "code": "active"}]},
            "category": [{"coding": [{"system": f"{system}condition-category", "code": "problem-list-item"}]}],
            "code": {"text": f"Asthma of {patient}"},
            "recordedDate": "2019-02-03",
        },
        {
            "resourceType": "MedicationRequest",
            "id": f"m-{patient}",
            "subject": subject,
            "status": "active",
            "intent": "order",
            "medicationReference": {"reference": f"Medication/med-{patient}"},
            "requester": {"reference": f"Practitioner/dr-{patient}"},
            "authoredOn": "2023-01-02",
        },
        *(observation(f"o{n}-{patient}", patient, when=f"2024-05-{n + 1:02}") for n in range(5)),
        observation(
            f"v-{patient}",
            patient,
            code="8867-4",
            when="2023",
            category=[{"coding": [{"system": f"{system}observation-category", "code": "vital-signs"}]}],
        ),
    ]


def directory(patient: str) -> list[dict[str, Any]]:
    return [
        {"resourceType": "Medication", "id": f"med-{patient}", "code": {"text": f"Metformin of {patient}"}},
        {"resourceType": "Practitioner", "id": f"dr-{patient}", "name": [{"family": f"Doctor{patient}"}]},
        {
            "resourceType": "PractitionerRole",
            "id": f"role-{patient}",
            "practitioner": {"reference": f"Practitioner/dr-{patient}"},
            "organization": {"reference": f"Organization/org-{patient}"},
        },
        {"resourceType": "Organization", "id": f"org-{patient}", "active": True, "name": f"Clinic {patient}"},
    ]


def store_chart(services: Services, user: TestUser) -> str:
    """Give a patient of ``World`` a chart; gives the FHIR id of the patient."""
    return staged(services, ("chart", user), lambda: _store_chart(services, user))


def _store_chart(services: Services, user: TestUser) -> str:
    patient = f"patient-{user.username}"
    ingest(services.db, person_id=None, source=HOME, resources=directory(patient))
    report = ingest(services.db, person_id=user.person_id, source=HOME, resources=chart(patient))
    assert not report.refused
    return patient


@dataclass
class TestApp:
    """A client application: keeps its tokens, and asks."""

    __test__ = False
    app: Flask
    browser: FlaskClient
    client_id: str = "test-app"
    secret: str = SECRET
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    tokens: dict[str, Any] = field(default_factory=dict)
    redirect_uri: str = REDIRECT

    def parameters(self, **changes: str | None) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        values: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "launch/patient patient/*.rs offline_access",
            "state": "a-state",
            "aud": f"{BASE}/fhir",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (values | changes).items() if value is not None}

    def page(self, **changes: str | None) -> TestResponse:
        return self.browser.get("/oauth/authorize", query_string=self.parameters(**changes))

    def answer(
        self, page: TestResponse, *, refuse: tuple[str, ...] = (), only: tuple[str, ...] = (), **changes: str
    ) -> TestResponse:
        """Send the consent form as a browser would, without the ticks of ``refuse`` and with those of ``only``."""
        assert page.status_code == 200, page.get_data(as_text=True)
        html = page.get_data(as_text=True)
        form = html.split('action="/oauth/consent')[1].split("</form>")[0]
        action = unescape("/oauth/consent" + form.split('"')[0])
        data: dict[str, Any] = {"csrf_token": re.search(r'name="csrf_token"\s+value="([^"]+)"', form)[1]}  # type: ignore[index]
        data["kind"] = [k for k in re.findall(r'name="kind"\s+value="([^"]+)"\s+checked', form) if k not in refuse]
        data["group"] = [key for key in re.findall(r'name="group"\s+value="([^"]+)"', form) if key not in refuse]
        data["part"] = [k for k in re.findall(r'name="part"\s+value="([^"]+)"', form) if k in only]
        checked = re.search(r'name="person"\s+value="([^"]+)"[^>]*\schecked', form)
        data["person"] = checked[1] if checked else ""
        data["lasting"] = "yes"
        data["decision"] = "allow"
        return self.browser.post(action, data=data | changes)

    def code(
        self,
        *,
        refuse: tuple[str, ...] = (),
        only: tuple[str, ...] = (),
        person: str | None = None,
        **changes: str | None,
    ) -> str:
        extra = {"person": person} if person else {}
        answer = self.answer(self.page(**changes), refuse=refuse, only=only, **extra)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return query_of(answer)["code"]

    def token(self, **form: str) -> TestResponse:
        headers: Mapping[str, str] = {}
        if self.secret:
            basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            headers = {"Authorization": f"Basic {basic}"}
        else:
            form["client_id"] = self.client_id
        return self.app.test_client().post("/oauth/token", data=form, headers=headers)

    def exchange(self, code: str, /, **changes: str) -> TestResponse:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        return self.token(**(form | changes))

    def connect(
        self,
        *,
        refuse: tuple[str, ...] = (),
        only: tuple[str, ...] = (),
        person: str | None = None,
        **changes: str | None,
    ) -> "TestApp":
        answer = self.exchange(self.code(refuse=refuse, only=only, person=person, **changes))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        self.tokens = answer.get_json()
        return self

    def get(self, path: str, **headers: str) -> TestResponse:
        auth = {"Authorization": f"Bearer {self.tokens['access_token']}"} if self.tokens else {}
        return self.app.test_client().get(f"/fhir/{path}", headers=auth | headers)

    def post(self, path: str, data: dict[str, str]) -> TestResponse:
        auth = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return self.app.test_client().post(f"/fhir/{path}", data=data, headers=auth)


def query_of(response: TestResponse) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def register(services: Services, **changes: Any) -> None:
    values: dict[str, Any] = {
        "client_id": "test-app",
        "name": "Test App",
        "auth_method": "client_secret_basic",
        "secret_hash": hash_password(SECRET),
        "redirect_uris": (REDIRECT,),
        "trusted": True,
    }
    with services.db.transaction() as tx:
        clients.add_client(tx, client=OAuthClient(**(values | changes)))


@pytest.fixture
def ana(world: World, services: Services, client: FlaskClient) -> TestUser:
    """Ana with her chart, signed in in ``client``."""
    user = world.patient()
    store_chart(services, user)
    sign_in(client, user)
    return user


@pytest.fixture
def third_party(app: Flask, services: Services, ana: TestUser, client: FlaskClient) -> TestApp:
    """A registered confidential app; its browser is Ana's."""
    staged(services, "registered", lambda: register(services))
    return TestApp(app, client)


@pytest.fixture
def reader(third_party: TestApp, services: Services, client: FlaskClient) -> TestApp:
    third_party.tokens = dict(staged(services, "connected", lambda: third_party.connect().tokens, client))
    return third_party
