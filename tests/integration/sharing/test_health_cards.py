"""A signed card of vaccines: only what we say ourselves, for the person alone, checked with what we publish."""

import json
import re
import zlib
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import ECKey

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import issuer_keys
from portal.sharing.shlink import from_base64url
from tests.factories.fhir import vaccine
from tests.factories.record import link
from tests.factories.world import TestUser

CONFIDENTIAL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


def cards(instance: Flask, client: FlaskClient) -> list[dict[str, Any]]:
    """The claims of each card, verified with the keys at our well-known address."""
    keys = {key["kid"]: key for key in instance.test_client().get("/.well-known/jwks.json").get_json()["keys"]}
    claims = []
    for signed in json.loads(client.get("/share/vaccines.smart-health-card").data)["verifiableCredential"]:
        assert len(signed) <= 1195
        header = json.loads(from_base64url(signed.split(".")[0]))
        assert header == {"zip": "DEF", "alg": "ES256", "kid": header["kid"]}
        key = ECKey.import_key(keys[header["kid"]])
        assert key.thumbprint() == header["kid"]
        assert "d" not in keys[header["kid"]]
        registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
        payload = jws.deserialize_compact(signed, key, registry=registry).payload
        claims.append(json.loads(zlib.decompress(payload, -zlib.MAX_WBITS)))
    return claims


def on(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bundles = [each["vc"]["credentialSubject"]["fhirBundle"] for each in claims]
    return [entry["resource"] for bundle in bundles for entry in bundle["entry"]]


def put(services: Services, ana: TestUser, *doses: dict[str, Any]) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=doses)


def test_it_holds_our_vaccines_and_as_little_as_can_be(
    instance: Flask, services: Services, ana: TestUser, owner: FlaskClient
) -> None:
    put(services, ana, vaccine("v1", "p", day="2024-10-02T09:30:00Z"))
    (claims,) = cards(instance, owner)
    assert claims["iss"] == services.settings.base_url
    assert claims["vc"]["type"] == ["https://smarthealth.cards#health-card", "https://smarthealth.cards#immunization"]
    patient, dose = on([claims])
    assert patient.keys() == {"resourceType", "name", "birthDate"}
    assert dose == {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140"}]},
        "patient": {"reference": "resource:0"},
        "occurrenceDateTime": "2024-10-02",
        "performer": [{"actor": {"display": "Cooper Regional Health"}}],
        "lotNumber": dose["lotNumber"],
    }
    page = owner.get("/share/vaccines").get_data(as_text=True)
    assert "Influenza vaccine" in page
    (on_paper,) = re.findall(r"<section.*?</section>", page, re.DOTALL)
    assert " ".join([*patient["name"][0]["given"], patient["name"][0]["family"]]) in on_paper
    assert f'Born <time datetime="{patient["birthDate"]}">' in on_paper, "the paper says whose it is"
    assert dose["lotNumber"].startswith("LOT-v1-")
    assert "<svg" in page
    assert "made a signed card of vaccines" in owner.get("/activity").get_data(as_text=True)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "not-done"},
        {"primarySource": False},
        {"reportOrigin": {"text": "Parent's paper"}},
        {"isSubpotent": True},
        {"vaccineCode": {"text": "Some vaccine"}},
        {"occurrenceDateTime": "2024"},
        {"occurrenceDateTime": "2999-01-01"},
        {"modifierExtension": [{"url": "https://example.org/odd", "valueBoolean": True}]},
        {"meta": CONFIDENTIAL},
    ],
)
def test_what_we_cannot_vouch_for_is_on_none(
    instance: Flask, services: Services, ana: TestUser, owner: FlaskClient, change: dict[str, Any]
) -> None:
    put(services, ana, vaccine("v1", "p", day="2024-10-02"), vaccine("v2", "p", day="2024-11-03") | change)
    assert [each["lotNumber"][:7] for each in on(cards(instance, owner))[1:]] == ["LOT-v1-"]
    is_told = "is not on a card" in owner.get("/share/vaccines").get_data(as_text=True)
    assert is_told == ("meta" not in change), "what is sensitive leaves no trace"


def test_what_others_sent_is_on_none(instance: Flask, services: Services, ana: TestUser, owner: FlaskClient) -> None:
    put(services, ana, vaccine("v1", "p", day="2024-10-02"))
    link(
        services,
        ana,
        name="Old Mill",
        resources=[vaccine("x", "p", day="2024-10-02"), vaccine("y", "p", day="2020-01-02")],
    )
    assert [each["lotNumber"][:7] for each in on(cards(instance, owner))[1:]] == ["LOT-v1-"]


def test_more_than_one_code_holds_is_on_a_further_card(
    instance: Flask, services: Services, ana: TestUser, owner: FlaskClient
) -> None:
    put(services, ana, *(vaccine(f"v{number}", "p", day=f"{number + 2000}-10-02") for number in range(24)))
    claims = cards(instance, owner)
    assert len(claims) > 1
    doses = [each for each in on(claims) if each["resourceType"] == "Immunization"]
    assert sorted({each["occurrenceDateTime"] for each in doses}) == [f"{number + 2000}-10-02" for number in range(24)]
    page = owner.get("/share/vaccines").get_data(as_text=True)
    assert f"Card 1 of {len(claims)}" in page


def test_a_card_stays_good_when_there_is_a_newer_key(instance: Flask, services: Services, owner: FlaskClient) -> None:
    before = issuer_keys.current(services.db)
    after = issuer_keys.rotate(services.db)
    answer = instance.test_client().get("/.well-known/jwks.json")
    assert {key["kid"] for key in answer.get_json()["keys"]} == {before.kid, after.kid}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert issuer_keys.current(services.db).kid == after.kid
    others = {key["kid"] for key in owner.get("/jwks.json").get_json()["keys"]}
    assert not others & {before.kid, after.kid}, "keys of another use stay apart"


def test_without_vaccines_of_ours_there_is_no_card(owner: FlaskClient) -> None:
    page = owner.get("/share/vaccines").get_data(as_text=True)
    assert "There is nothing for a card" in page
    assert not re.search(r"Save it as a file", page)
