"""How clients come to be known, prove themselves, and ask about tokens."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwk, jwt
from pytest_httpserver import HTTPServer
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.domain.people import HumanName, Person
from portal.normalise.demographics import person_of
from portal.services import Services
from portal.store.provider import clients, grants
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.world import TestUser, World
from tests.integration.provider.conftest import BASE, REDIRECT, SECRET, TestApp, register, store_chart

METADATA = {
    "client_name": "Self-made",
    "redirect_uris": [REDIRECT],
    "token_endpoint_auth_method": "none",
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "launch/patient patient/*.rs offline_access openid fhirUser system/Patient.rs",
}


@dataclass
class Key:
    """A client's key pair and the assertions it makes."""

    algorithm: str = "ES384"
    key: Any = field(init=False)

    def __post_init__(self) -> None:
        options: Any = {"use": "sig", "kid": uuid.uuid4().hex}
        if self.algorithm.startswith("RS"):
            self.key = jwk.RSAKey.generate_key(2048, options, private=True)
        else:
            self.key = jwk.ECKey.generate_key("P-384" if self.algorithm == "ES384" else "P-256", options, private=True)

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def assertion(self, client_id: str, *, algorithm: str = "", **changes: Any) -> str:
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": f"{BASE}/oauth/token",
            "exp": int(time.time()) + 240,
            "jti": uuid.uuid4().hex,
        }
        header = {"alg": algorithm or self.algorithm, "kid": self.key.kid, "typ": "JWT"}
        values = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(header, values, self.key, algorithms=[header["alg"]])

    def form(self, client_id: str, **changes: Any) -> dict[str, str]:
        return {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.assertion(client_id, **changes),
        }


def send(app: Flask, metadata: dict[str, Any]) -> TestResponse:
    return app.test_client().post("/oauth/register", json=metadata)


def test_a_public_app_registers_and_links(app: Flask, ana: TestUser, client: FlaskClient) -> None:
    answer = send(app, METADATA)
    assert answer.status_code == 201
    body = answer.get_json()
    assert "client_secret" not in body
    assert "system/Patient.rs" not in body["scope"]
    made = TestApp(app, client, client_id=body["client_id"], secret="")
    page = made.page()
    assert "has not checked it" in page.get_data(as_text=True)
    assert made.connect().get("Condition").status_code == 200


def test_a_confidential_app_gets_a_secret(app: Flask, ana: TestUser, client: FlaskClient) -> None:
    body = send(app, METADATA | {"token_endpoint_auth_method": "client_secret_basic"}).get_json()
    made = TestApp(app, client, client_id=body["client_id"], secret=body["client_secret"])
    assert made.connect().get("Condition").status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://evil.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://a.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://u:p@a.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://a.example/cb"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"client_name": ""}, "invalid_client_metadata"),
        ({"scope": "system/Patient.rs"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        (
            {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://169.254.169.254/keys"},
            "invalid_client_metadata",
        ),
    ],
)
def test_unacceptable_metadata(app: Flask, changes: dict[str, Any], error: str) -> None:
    answer = send(app, METADATA | changes)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == error


def test_what_is_not_json_is_refused(app: Flask) -> None:
    for body in (b"", b"[]", b"{", b'"x"'):
        assert app.test_client().post("/oauth/register", data=body).status_code == 400


def test_registrations_are_limited(app: Flask) -> None:
    statuses = [send(app, METADATA).status_code for _ in range(21)]
    assert statuses == [201] * 20 + [429]


def test_the_policy_can_shut_registration_or_ask_for_a_statement(tmp_path: Path) -> None:
    signer = Key("RS256")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(signer.jwks))
    off = create_app(make_settings(tmp_path / "off", registration="off"))
    asking = create_app(make_settings(tmp_path / "asking", registration="statement", registration_keys=keys))
    for made in (off, asking):
        migrate(made.extensions["tributary"].db)
    assert send(off, METADATA).status_code == 403
    assert "registration_endpoint" not in off.test_client().get("/fhir/.well-known/smart-configuration").get_json()
    assert send(asking, METADATA).get_json()["error"] == "invalid_software_statement"
    forged = jwt.encode({"alg": "RS256"}, {"client_name": "Evil"}, Key("RS256").key)
    assert (
        send(asking, METADATA | {"software_statement": forged}).get_json()["error"] == "unapproved_software_statement"
    )
    statement = jwt.encode({"alg": "RS256", "kid": signer.key.kid}, {"client_name": "Vouched for"}, signer.key)
    good = send(asking, METADATA | {"software_statement": statement})
    assert good.status_code == 201
    assert good.get_json()["client_name"] == "Vouched for"


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
def test_a_key_instead_of_a_secret(
    app: Flask, services: Services, ana: TestUser, client: FlaskClient, algorithm: str
) -> None:
    key = Key(algorithm)
    register(services, auth_method="private_key_jwt", secret_hash="", jwks=key.jwks)
    made = TestApp(app, client, secret="")
    code = made.code()
    assert made.exchange(code).status_code == 401
    answer = made.exchange(code, **key.form("test-app"))
    assert answer.status_code == 200, answer.get_data(as_text=True)


def test_keys_by_address_are_fetched_and_kept(
    app: Flask, services: Services, ana: TestUser, client: FlaskClient, httpserver: HTTPServer
) -> None:
    key = Key()
    httpserver.expect_request("/jwks").respond_with_json(key.jwks)
    register(services, auth_method="private_key_jwt", secret_hash="", jwks_uri=httpserver.url_for("/jwks"))
    made = TestApp(app, client, secret="")
    for _ in range(2):
        assert made.exchange(made.code(), **key.form("test-app")).status_code == 200
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": int(time.time()) + 3600},
        {"exp": None},
        {"exp": "soon"},
        {"aud": "https://other.example/token"},
        {"aud": None},
        {"iss": "somebody-else"},
        {"jti": None},
        {"nbf": 99999999999},
        {"sub": "unknown"},
    ],
)
def test_a_bad_assertion_is_401(app: Flask, services: Services, changes: dict[str, Any]) -> None:
    key = Key()
    backend(services, key)
    answer = ask(app, key, **changes)
    assert answer.status_code == 401
    assert answer.get_json()["error"] == "invalid_client"


def test_an_assertion_of_another_key_or_algorithm_is_401(app: Flask, services: Services) -> None:
    key = Key("RS384")
    backend(services, key)
    assert ask(app, Key("RS384")).status_code == 401
    assert ask(app, key, algorithm="RS256").status_code == 401
    unsigned = key.assertion("partner").rsplit(".", 1)[0] + "."
    form = {"client_assertion_type": key.form("partner")["client_assertion_type"], "client_assertion": unsigned}
    assert app.test_client().post("/oauth/token", data=SYSTEM | form).status_code == 401
    for junk in ("x", "a.b.c", "....", "eyJhbGciOiJub25lIn0.e30."):
        assert (
            app.test_client().post("/oauth/token", data=SYSTEM | form | {"client_assertion": junk}).status_code == 401
        )


def test_a_jti_is_used_once(app: Flask, services: Services) -> None:
    key = Key()
    backend(services, key)
    form = SYSTEM | key.form("partner")
    assert app.test_client().post("/oauth/token", data=form).status_code == 200
    assert app.test_client().post("/oauth/token", data=form).status_code == 401


SYSTEM = {"grant_type": "client_credentials", "scope": "system/Patient.rs system/Condition.rs system/Observation.rs"}


def backend(services: Services, key: Key, **changes: Any) -> None:
    values: dict[str, Any] = {
        "client_id": "partner",
        "auth_method": "private_key_jwt",
        "secret_hash": "",
        "jwks": key.jwks,
        "redirect_uris": (),
        "grant_types": ("client_credentials",),
        "scopes": ("system/Patient.rs", "system/Condition.rs"),
        "partner": True,
    }
    register(services, **(values | changes))


def ask(app: Flask, key: Key, **changes: Any) -> TestResponse:
    return app.test_client().post("/oauth/token", data=SYSTEM | key.form("partner", **changes))


@pytest.fixture
def system(app: Flask, services: Services) -> TestApp:
    key = Key()
    backend(services, key)
    made = TestApp(app, app.test_client(), client_id="partner")
    made.tokens = ask(app, key).get_json()
    return made


def match(system: TestApp, **patient: Any) -> TestResponse:
    resource = {"resourceType": "Patient", **patient}
    body = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": resource}]}
    auth = {"Authorization": f"Bearer {system.tokens['access_token']}"}
    return system.app.test_client().post("/fhir/Patient/$match", json=body, headers=auth)


ANA = {
    "name": [{"family": "Rivera", "given": ["Ana", "Luz"]}],
    "birthDate": "1980-03-04",
    "gender": "female",
    "address": [{"line": ["1 Test St."], "postalCode": "08102"}],
    "telecom": [{"system": "phone", "value": "856-555-0101"}],
}


def test_backend_tokens_are_short_and_have_no_refresh(system: TestApp) -> None:
    assert system.tokens["expires_in"] == 300
    assert "refresh_token" not in system.tokens
    assert system.tokens["scope"] == "system/Patient.rs system/Condition.rs"


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("system/*.rs", "system/Patient.rs system/Condition.rs"),
        ("system/*.read", "system/Patient.read system/Condition.read"),
        ("system/*.s system/Patient.rs", "system/Patient.s system/Condition.s system/Patient.rs"),
        ("system/*.cruds", "system/Patient.rs system/Condition.rs"),
        ("system/*.cud", None),
        ("patient/*.rs", None),
        ("system/Slot.rs", None),
    ],
)
def test_all_types_are_narrowed_to_those_of_the_registration(
    app: Flask, services: Services, scope: str, granted: str | None
) -> None:
    key = Key()
    backend(services, key)
    answer = app.test_client().post("/oauth/token", data=SYSTEM | {"scope": scope} | key.form("partner"))
    if granted is None:
        assert answer.get_json()["error"] == "invalid_scope"
    else:
        assert answer.get_json()["scope"] == granted


def test_a_match_opens_the_basic_sections_and_nothing_else(
    system: TestApp, ana: TestUser, world: World, services: Services
) -> None:
    store_chart(services, world.patient("ben", Person(names=(HumanName(family="Okafor", given=("Ben",)),))))
    assert system.get("Condition?patient=patient-ana").status_code == 403
    assert system.get("Patient/patient-ana").status_code == 404
    found = match(system, **ANA)
    assert found.status_code == 200, found.get_data(as_text=True)
    entry = found.get_json()["entry"][0]
    assert entry["resource"]["id"] == "patient-ana"
    assert entry["search"]["score"] == 0.8
    assert entry["search"]["extension"][0]["valueCode"] == "certain"
    assert system.get("Condition?patient=patient-ana").status_code == 200
    assert system.get("Condition").status_code == 400
    assert system.get("Observation?patient=patient-ana").status_code == 403
    assert system.get("Condition?patient=patient-ben").status_code == 403
    assert system.get("Condition/c-patient-ben").status_code == 404
    assert system.get("Condition/c-patient-ana").status_code == 200


def test_who_opts_out_is_not_found_and_is_closed_again(system: TestApp, ana: TestUser, services: Services) -> None:
    assert match(system, **ANA).get_json()["total"] == 1
    from sqlalchemy import text

    with services.db.transaction() as tx:
        tx.conn.execute(text("UPDATE person SET share_matches = 0"))
    assert match(system, **ANA).get_json()["total"] == 0
    assert system.get("Condition?patient=patient-ana").status_code == 403
    assert system.get("Patient/patient-ana").status_code == 404


def test_a_name_in_another_script_is_matched_by_its_own_letters(
    system: TestApp, world: World, services: Services
) -> None:
    wei = {"name": [{"family": "王", "given": ["Wei"]}], "birthDate": "1979-08-15", "gender": "male"}
    shared = {"address": ANA["address"], "telecom": ANA["telecom"]}
    user = world.patient("wei", person_of(wei | shared))
    store_chart(services, user)
    assert match(system, **wei, **shared).get_json()["entry"][0]["resource"]["id"] == "patient-wei"
    other = wei | {"name": [{"family": "李", "given": ["Wei"]}]}
    assert match(system, **other, **shared).get_json()["total"] == 0
    by_sound = wei | {"name": [{"family": "Wang", "given": ["Wei"]}]}
    assert match(system, **by_sound, **shared).get_json()["total"] == 0


def test_too_little_is_422_and_unfit_bodies_400(system: TestApp) -> None:
    assert match(system, name=ANA["name"], birthDate=ANA["birthDate"]).status_code == 422
    auth = {"Authorization": f"Bearer {system.tokens['access_token']}"}
    for body in (b"", b"[]", b"{}", b'{"resourceType":"Parameters","parameter":[]}'):
        answer = system.app.test_client().post("/fhir/Patient/$match", data=body, headers=auth)
        assert answer.status_code == 400
        assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_only_partners_may_match(app: Flask, services: Services, third_party: TestApp) -> None:
    key = Key()
    backend(services, key, partner=False)
    lone = TestApp(app, app.test_client(), client_id="partner")
    lone.tokens = ask(app, key).get_json()
    assert match(lone, **ANA).status_code == 403
    assert match(third_party.connect(), **ANA).status_code == 403


def test_a_system_authenticates_with_a_key_and_never_with_a_secret(app: Flask, services: Services) -> None:
    registered = {"auth_method": "client_secret_basic", "grant_types": ("client_credentials",), "partner": True}
    register(services, client_id="secretive", scopes=("system/Patient.rs",), **registered)
    answer = app.test_client().post("/oauth/token", data=SYSTEM, auth=("secretive", SECRET))
    assert answer.status_code == 401
    assert answer.get_json()["error"] == "invalid_client"


def test_whose_record_it_is_need_not_be_asked_for(third_party: TestApp) -> None:
    third_party.connect(scope="patient/Condition.rs")
    assert third_party.tokens["patient"] == "patient-ana", "launch/patient is understood"


def test_a_patients_app_gets_no_system_scope(third_party: TestApp) -> None:
    answer = third_party.token(grant_type="client_credentials", scope="system/Patient.rs")
    assert answer.status_code == 401


def introspect(app: Flask, token: str, auth: tuple[str, str] | None) -> TestResponse:
    return app.test_client().post("/oauth/introspect", data={"token": token}, auth=auth)


def test_introspection(third_party: TestApp, services: Services, app: Flask, ana: TestUser) -> None:
    third_party.connect(scope="launch/patient patient/*.rs openid fhirUser offline_access")
    token = third_party.tokens["access_token"]
    assert introspect(app, token, None).status_code == 401
    assert introspect(app, token, ("test-app", "wrong")).status_code == 401
    body = introspect(app, token, ("test-app", SECRET)).get_json()
    assert body["active"] is True
    assert body["patient"] == "patient-ana"
    assert body["client_id"] == "test-app"
    assert body["scope"] == third_party.tokens["scope"]
    assert body["exp"] > time.time()
    assert body["iss"] == BASE
    assert body["fhirUser"].endswith("/Patient/patient-ana")
    keys = jwk.KeySet.import_key_set(app.test_client().get("/oauth/jwks").get_json())
    claims = jwt.decode(third_party.tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert (body["sub"], body["iss"]) == (claims["sub"], claims["iss"])
    register(services, client_id="other")
    assert introspect(app, token, ("other", SECRET)).get_json() == {"active": False}
    register(services, client_id="resource-server", introspects=True)
    assert introspect(app, token, ("resource-server", SECRET)).get_json()["active"] is True
    assert introspect(app, "unknown", ("test-app", SECRET)).get_json() == {"active": False}
    with services.db.transaction() as tx:
        (grant,) = grants.grants_of_person(tx, person_id=str(ana.person_id))
        grants.end_grant(tx, grant_id=grant.id, reason="person")
    assert introspect(app, token, ("test-app", SECRET)).get_json() == {"active": False}


def test_an_id_token_says_who_signed_in(third_party: TestApp, client: FlaskClient) -> None:
    third_party.connect(scope="openid fhirUser patient/Patient.rs", nonce="n-1")
    keys = jwk.KeySet.import_key_set(client.get("/oauth/jwks").get_json())
    claims = jwt.decode(third_party.tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert claims["iss"] == BASE
    assert claims["aud"] == "test-app"
    assert claims["nonce"] == "n-1"
    assert claims["fhirUser"] == f"{BASE}/fhir/Patient/patient-ana"
    assert claims["exp"] > time.time()
    assert all("d" not in key for key in client.get("/oauth/jwks").get_json()["keys"])


def test_a_disabled_client_is_out_at_once(third_party: TestApp, services: Services) -> None:
    third_party.connect()
    with services.db.transaction() as tx:
        clients.disable_client(tx, client_id="test-app")
    assert third_party.get("Condition").status_code == 401
    assert third_party.token(grant_type="refresh_token", refresh_token="x").status_code == 401
    assert third_party.page().status_code == 400


@pytest.mark.parametrize("path", ["/oauth/token", "/fhir/Patient", "/fhir/.well-known/smart-configuration", "/brands"])
def test_other_origins_may_call(client: FlaskClient, path: str) -> None:
    answer = client.options(path, headers={"Origin": "https://app.example", "Access-Control-Request-Method": "GET"})
    assert answer.status_code in (200, 204)


def test_brands_lists_the_portal_and_can_be_imported(tmp_path: Path, make_brands: Callable[[], Path]) -> None:
    app = create_app(make_settings(tmp_path, brands=make_brands(), base_url="https://portal.example"))
    answer = app.test_client().get("/brands")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = app.test_client().get("/brands", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    from portal.directory.brands import bundle

    body = json.loads(answer.data)
    found = [one for one in bundle(body["entry"], "brands") if not isinstance(one, str)]
    assert [one.name for one in found] == ["Mercy Health", "Maple Street Clinic"]
    assert found[0].endpoints[0].address == "https://portal.example/fhir"
    assert found[1].former[0].name == "Mill Street Clinic"


def test_identifiers_of_an_organizations_own_are_in_its_brand(tmp_path: Path) -> None:
    path = tmp_path / "brands.json"
    own = [{"system": "urn:oid:1.2.3", "value": "MH-7"}]
    path.write_text(json.dumps({"name": "Mercy Health", "npi": "1234567893", "identifiers": own}))
    app = create_app(make_settings(tmp_path, brands=path, base_url="https://portal.example"))
    organization = app.test_client().get("/brands").get_json(force=True)["entry"][0]["resource"]
    assert organization["identifier"][1:] == [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}, *own]


def test_the_brands_file_says_all_that_a_brand_must_support(tmp_path: Path) -> None:
    """SMART App Launch 2.2.0, User Access Brand: the extensions organization-brand and organization-portal."""
    path = tmp_path / "brands.json"
    site = "https://mercy.example"
    brand = {"logo": f"{site}/logo.svg", "logo_license": f"{site}/logo", "portal_description": "Your *Mercy* record"}
    brand |= {"portal_logo": f"{site}/portal.svg", "portal_logo_license": f"{site}/portal"}
    path.write_text(json.dumps({"name": "Mercy Health"} | brand))
    app = create_app(make_settings(tmp_path, brands=path, base_url="https://portal.example"))
    organization = app.test_client().get("/brands").get_json(force=True)["entry"][0]["resource"]
    stated = {
        each["url"]: next(content for name, content in each.items() if name.startswith("value"))
        for extension in organization["extension"]
        for each in extension["extension"]
    }
    assert stated["brandLogo"] == brand["logo"]
    assert stated["brandLogoLicense"] == brand["logo_license"]
    assert stated["portalDescription"] == brand["portal_description"]
    assert stated["portalLogo"] == brand["portal_logo"]
    assert stated["portalLogoLicense"] == brand["portal_logo_license"]
    assert {"portalName", "portalUrl", "portalEndpoint"} <= stated.keys()


@pytest.fixture
def make_brands(tmp_path: Path) -> Callable[[], Path]:
    def make() -> Path:
        path = tmp_path / "brands.json"
        clinic = {
            "name": "Maple Street Clinic",
            "former_names": [{"name": "Mill Street Clinic", "until": "2021-06-30"}],
        }
        path.write_text(json.dumps({"name": "Mercy Health", "city": "Camden", "state": "NJ", "clinics": [clinic]}))
        return path

    return make
