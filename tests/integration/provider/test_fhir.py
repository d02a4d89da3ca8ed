"""Reading and searching with a token."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.people import people
from tests.factories.world import TestUser, World
from tests.integration.provider.conftest import BASE, TestApp, observation, store_chart


def ids(answer: TestResponse) -> list[str]:
    body = answer.get_json()
    assert answer.status_code == 200, body
    return [entry["resource"]["id"] for entry in body.get("entry", []) if entry["search"]["mode"] == "match"]


def test_smart_configuration_is_json_whatever_is_accepted(client: FlaskClient) -> None:
    answer = client.get("/fhir/.well-known/smart-configuration", headers={"Accept": "text/html"})
    assert answer.mimetype == "application/json"
    body = answer.get_json()
    assert body["code_challenge_methods_supported"] == ["S256"]
    assert all(body[key].startswith(BASE) for key in body if key.endswith(("_endpoint", "_uri")))
    assert {"issuer", "jwks_uri"} <= set(body)
    assert "sso-openid-connect" in body["capabilities"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_capability_statement_names_types_searches_and_oauth(client: FlaskClient) -> None:
    body = client.get("/fhir/metadata").get_json()
    assert body["fhirVersion"] == "4.0.1"
    rest = body["rest"][0]
    kinds = {part["type"]: part for part in rest["resource"]}
    assert {"Patient", "Condition", "Observation", "Provenance"} <= set(kinds)
    assert "category" in {param["name"] for param in kinds["Observation"]["searchParam"]}
    assert [inner["url"] for inner in rest["security"]["extension"][0]["extension"]][:2] == ["authorize", "token"]


def test_read_with_etag(reader: TestApp) -> None:
    answer = reader.get("Condition/c-patient-ana")
    assert answer.status_code == 200
    assert answer.mimetype == "application/fhir+json"
    body = answer.get_json()
    assert answer.headers["ETag"] == f'W/"{body["meta"]["versionId"]}"'
    again = reader.get("Condition/c-patient-ana", **{"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    again = reader.get("Condition/c-patient-ana", **{"If-Modified-Since": answer.headers["Last-Modified"]})
    assert again.status_code == 304


def test_an_answer_hangs_on_no_browser(reader: TestApp, client: FlaskClient) -> None:
    """Cookies that come along, here those of who is signed in, are not read, and caches need not tell them apart."""
    token = {"Authorization": f"Bearer {reader.tokens['access_token']}"}
    for path in ("metadata", "Condition/c-patient-ana", "Condition", "nowhere"):
        answer = client.get(f"/fhir/{path}", headers=token)
        assert "Cookie" not in answer.headers["Vary"], path
        assert "Set-Cookie" not in answer.headers, path


@pytest.mark.parametrize(
    "path",
    [
        "Condition/unknown",
        "Patient/unknown",
        "Condition/c-patient-ben",
        "Patient/patient-ben",
        "Medication/med-patient-ben",
    ],
)
def test_another_persons_resource_is_not_there(reader: TestApp, world: World, services: Services, path: str) -> None:
    store_chart(services, world.patient("ben"))
    answer = reader.get(path)
    assert answer.status_code == 404
    assert answer.data == reader.get("Condition/none").data


def test_search_finds_the_persons_own(reader: TestApp, world: World, services: Services) -> None:
    store_chart(services, world.patient("ben"))
    assert ids(reader.get("Condition")) == ["c-patient-ana"]
    assert ids(reader.get("Condition?patient=patient-ana")) == ["c-patient-ana"]
    assert ids(reader.get(f"Condition?patient={BASE}/fhir/Patient/patient-ana")) == ["c-patient-ana"]
    assert ids(reader.post("Condition/_search", {"patient": "Patient/patient-ana"})) == ["c-patient-ana"]
    assert reader.get("Condition?patient=patient-ben").status_code == 403
    assert reader.get("Condition?patient=patient-ana,patient-ben").status_code == 403
    assert reader.get("Condition?patient=patient-ana&patient=patient-ben").status_code == 403
    assert ids(reader.get("Condition?_id=c-patient-ben")) == []
    assert ids(reader.get("Practitioner?_id=dr-patient-ben,dr-patient-ana")) == ["dr-patient-ana"]
    assert ids(reader.get("PractitionerRole?practitioner=dr-patient-ana")) == ["role-patient-ana"]
    assert ids(reader.get("PractitionerRole?practitioner=dr-patient-ben")) == []
    assert ids(reader.get("Organization?name=clinic")) == []  # nothing of Ana's chart leads there directly


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("category=laboratory", 5),
        ("category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs", 1),
        ("category=laboratory,vital-signs", 6),
        ("code=http://loinc.org|8867-4", 1),
        ("code=http://loinc.org|", 6),
        ("code:not=8867-4", 5),
        ("code=8867-4&category=laboratory", 0),
        ("status=final", 6),
        ("date=2024", 5),
        ("date=ge2024-05-03", 3),
        ("date=gt2024-05-03", 2),
        ("date=lt2024-05-03", 3),
        ("date=le2024-05-03", 4),
        ("date=ge2024-05-02&date=le2024-05-04", 3),
        ("date=2023", 1),
        ("date=2023-05", 0),
        ("date=ap2023-05", 1),
        ("date=sa2024-05-03", 2),
        ("date=eb2024-05-03", 3),
        ("_lastUpdated=gt2000-01-01", 6),
        ("_lastUpdated=lt2000-01-01", 0),
        ("category:missing=true", 0),
        ("_id=o1-patient-ana,o2-patient-ana", 2),
    ],
)
def test_search_parameters(reader: TestApp, query: str, found: int) -> None:
    assert len(ids(reader.get(f"Observation?patient=patient-ana&{query}"))) == found


def test_paging_by_next(reader: TestApp) -> None:
    seen: list[str] = []
    answer = reader.get("Observation?_count=2&_sort=-date")
    while True:
        seen += ids(answer)
        links = {link["relation"]: link["url"] for link in answer.get_json()["link"]}
        if "next" not in links:
            break
        assert links["next"].startswith(f"{BASE}/fhir/Observation?_page=")
        answer = reader.get(links["next"].removeprefix(f"{BASE}/fhir/"))
    assert seen == [
        "o4-patient-ana",
        "o3-patient-ana",
        "o2-patient-ana",
        "o1-patient-ana",
        "o0-patient-ana",
        "v-patient-ana",
    ]


def test_a_changed_or_foreign_page_link_is_refused(
    reader: TestApp, world: World, services: Services, app: Flask
) -> None:
    link = next(
        link["url"] for link in reader.get("Observation?_count=2").get_json()["link"] if link["relation"] == "next"
    ).removeprefix(f"{BASE}/fhir/")
    assert reader.get(link[:-4] + "AAAA").status_code == 400
    assert reader.get(link.replace("Observation", "Condition")).status_code == 400
    ben = world.patient("ben")
    store_chart(services, ben)
    from tests.factories.world import sign_in

    browser = app.test_client()
    sign_in(browser, ben)
    other = TestApp(app, browser).connect()
    answer = other.get(link)
    assert answer.status_code == 400
    assert b"patient-ana" not in answer.data


def test_unknown_parameters_follow_prefer(reader: TestApp) -> None:
    lenient = reader.get("Condition?colour=red")
    assert ids(lenient) == ["c-patient-ana"]
    assert "colour" not in lenient.get_json()["link"][0]["url"]
    strict = reader.get("Condition?colour=red", Prefer="handling=strict")
    assert strict.status_code == 400
    assert strict.get_json()["resourceType"] == "OperationOutcome"


def test_includes(reader: TestApp, ana: TestUser, services: Services) -> None:
    provenance = {
        "resourceType": "Provenance",
        "id": "p1",
        "target": [{"reference": "Condition/c-patient-ana"}],
        "recorded": "2024-01-01T00:00:00Z",
        "agent": [{"who": {"display": "x"}}],
    }
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[provenance])
    body = reader.get("MedicationRequest?_include=MedicationRequest:medication").get_json()
    assert [entry["resource"]["resourceType"] for entry in body["entry"]] == ["MedicationRequest", "Medication"]
    body = reader.get("Condition?_revinclude=Provenance:target").get_json()
    assert [entry["search"]["mode"] for entry in body["entry"]] == ["match", "include"]


def test_a_refused_type_is_403_also_inside_includes(third_party: TestApp) -> None:
    third_party.connect(refuse=("Medication", "Condition"))
    assert "patient/*.rs" not in third_party.tokens["scope"]
    assert third_party.get("Condition").status_code == 403
    assert third_party.get("Condition/c-patient-ana").status_code == 403
    assert third_party.get("Medication/med-patient-ana").status_code == 403
    body = third_party.get("MedicationRequest?_include=MedicationRequest:medication").get_json()
    assert len(body["entry"]) == 1


def test_scopes_of_both_generations(third_party: TestApp) -> None:
    third_party.connect(scope="patient/Observation.read patient/Patient.read launch/patient")
    assert third_party.tokens["scope"] == "patient/Observation.read patient/Patient.read launch/patient"
    assert third_party.get("Observation").status_code == 200
    assert third_party.get("Condition").status_code == 403
    third_party.connect(scope="patient/Observation.r")
    assert third_party.get("Observation/o1-patient-ana").status_code == 200
    assert third_party.get("Observation").status_code == 403


def test_granular_scopes(third_party: TestApp) -> None:
    laboratory = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
    third_party.connect(scope=f"patient/Observation.rs?category={laboratory}")
    assert len(ids(third_party.get("Observation"))) == 5
    assert ids(third_party.get("Observation?category=vital-signs")) == []
    assert third_party.get("Observation/o1-patient-ana").status_code == 200
    assert third_party.get("Observation/v-patient-ana").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic abc", "Bearer  "])
def test_no_token_no_data(reader: TestApp, header: str) -> None:
    answer = reader.get("Condition", Authorization=header)
    assert answer.status_code == 401
    names_an_error = "error=" in answer.headers["WWW-Authenticate"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert names_an_error is header.startswith("Bearer")  # RFC 6750, 3.1: not where nothing was tried
    assert answer.get_json()["issue"][0]["code"] == "login"


def test_errors_are_operation_outcomes(reader: TestApp) -> None:
    for path, status in (
        ("Nonsense/1", 404),
        ("Nonsense", 404),
        ("a/b/c/d/e", 404),
        ("Observation?date=yesterday", 400),
        ("Observation?_count=many", 400),
        ("Observation?code:in=x", 400),
        ("Observation?patient.name=x", 400),
        ("Condition?_format=xml", 406),
    ):
        answer = reader.get(path)
        assert answer.status_code == status, path
        assert answer.get_json()["resourceType"] == "OperationOutcome"
    assert reader.post("Condition", {}).status_code == 405
    for accept in (
        "application/fhir+xml",
        "text/xml",
        "application/fhir+json; fhirVersion=3.0",
        "application/json;q=0",
    ):
        assert reader.get("Condition", Accept=accept).status_code == 406, accept


@pytest.mark.parametrize(
    ("accept", "kind"),
    {
        "application/json+fhir": "application/fhir+json",
        "application/fhir+json; fhirVersion=4.0": "application/fhir+json",
        "application/fhir+json;charset=utf-8, application/json;q=0.5": "application/fhir+json",
        "application/xml, application/json;q=0.8": "application/json",
        "Application/JSON": "application/json",
        "text/json": "application/json",
        "application/vnd.company+json": "application/fhir+json",
        "application/*": "application/fhir+json",
        "*/*": "application/fhir+json",
        "text/html,application/xhtml+xml,*/*;q=0.8": "application/fhir+json",
        "": "application/fhir+json",
    }.items(),
)
def test_json_for_whoever_may_take_it(reader: TestApp, accept: str, kind: str) -> None:
    answer = reader.get("Condition", Accept=accept)
    assert (answer.status_code, answer.mimetype) == (200, kind)


def test_deleted_is_410_and_decimals_stay(reader: TestApp, ana: TestUser, services: Services) -> None:
    from decimal import Decimal

    from portal.domain.sections import Section

    vital: dict[str, Any] = observation("keep", "patient-ana", valueQuantity={"value": Decimal("7.0"), "unit": "%"})
    ingest(
        services.db,
        person_id=ana.person_id,
        source=HOME,
        resources=[vital],
        complete=frozenset({Section.TEST_RESULTS}),
    )
    assert reader.get("Observation/o1-patient-ana").status_code == 410
    assert b'"value":7.0' in reader.get("Observation/keep").data


@pytest.mark.parametrize(
    ("search", "is_match"),
    [
        ("name=王", True),
        ("family=王", True),
        ("name=李", False),
        ("name=...", False),
        ("name=Sørensen", True),
        ("name=SORENSEN", True),
        ("name=o’neil", True),
        ("name=oneil", True),
        ("name=neil", False),
        ("name:contains=neil", True),
        ("name:contains=李", False),
        ("name:contains=-", False),
        ("name:exact=王", True),
        ("name:exact=sorensen", False),
        ("given=%E2%80%8BWei", True),
        ("name=李,Wei", True),
    ],
)
def test_names_are_searched_in_any_script(reader: TestApp, services: Services, search: str, is_match: bool) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "patient-ana",
        "name": [{"family": "王", "given": ["Wei"]}, {"family": "Sørensen"}, {"family": "O'Neil"}],
    }
    person_id = _person_of(services, "patient-ana")
    ingest(services.db, person_id=person_id, source=HOME, resources=[patient])
    assert ids(reader.get(f"Patient?{search}")) == (["patient-ana"] if is_match else [])


def _person_of(services: Services, fhir_id: str) -> str | None:
    with services.db.reading() as tx:
        person = people.by_fhir_id(tx, fhir_id=fhir_id)
    return person.id if person else None
