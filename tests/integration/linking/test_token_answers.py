"""Token answers that are not as the standard says, with nothing at stake: the link is made (requirement H1)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs

from portal.domain.links import LinkState
from portal.store.directory import organizations
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import StoredTokens
from tests.fakes import data
from tests.fakes import misbehaviour as m
from tests.fakes.http import Exchange, Reply
from tests.fakes.misbehaviour import Behaviour
from tests.integration.linking.conftest import Journey, query
from tests.integration.linking.test_hostile import answers, drop, ends, id_token, put, sign_on

__all__ = ["sign_on"]

Change = Callable[[dict[str, Any]], None]


def linked(journey: Journey, behaviour: Behaviour, address: str = "") -> StoredTokens:
    """Link with such a token answer, and have it verified and loaded."""
    journey.org.misbehave("/oauth/token", behaviour)
    answer = journey.come_back(journey.agree(address or journey.start()))
    assert "/links/ended/" not in answer.headers["Location"], journey.ending(answer)
    link_id = answer.headers["Location"].rsplit("/", 1)[1]
    with journey.services.db.reading() as tx:
        stored = link_tokens.tokens_of(tx, link_id=link_id)
    assert stored is not None
    journey.work()
    assert journey.stored(link_id).state is LinkState.ACTIVE
    return stored


def seconds(stored: StoredTokens) -> float:
    assert stored.expires_at is not None
    return (stored.expires_at - datetime.now(UTC)).total_seconds()


@pytest.mark.parametrize(
    ("change", "lives"),
    [
        (drop("expires_in"), 300),
        (put(expires_in=None), 300),
        (put(expires_in=""), 300),
        (put(expires_in="soon"), 300),
        (put(expires_in=0), 300),
        (put(expires_in=-1), 300),
        (put(expires_in=True), 300),
        (put(expires_in={}), 300),
        (put(expires_in="9" * 5000), 300),
        (put(expires_in="3600"), 3600),
        (put(expires_in=" 3600.0 "), 3600),
        (put(expires_in=3600.5), 3600),
        (put(expires_in=10**30), 366 * 86_400),
    ],
)
def test_how_long_a_token_lives(journey: Journey, change: Change, lives: int) -> None:
    assert lives - 60 < seconds(linked(journey, answers(change))) <= lives


@pytest.mark.parametrize(
    "change",
    [
        put(patient="Patient/maria"),
        put(patient=" maria "),
        put(patient="Patient/maria/_history/2"),
        put(patient="https://inner.example/fhir/Patient/maria"),
        put(patient=None),
        put(patient=""),
        put(patient=7),
        put(patient="../Patient/james"),
        drop("patient"),
        put(refresh_token=None),
        put(scope=None),
        put(scope=""),
        put(scope=["patient/*.read", "offline_access"]),
        put(id_token=None),
        put(id_token="not one"),  # nobody asked for it
        put(token_type="BEARER"),
    ],
)
def test_links_and_says_so_to_the_operator(journey: Journey, change: Change) -> None:
    with capture_logs() as lines:
        assert linked(journey, answers(change)).tokens.patient == "maria"
    assert "maria" not in str([line for line in lines if line["event"] == "token.deviates"])


def test_the_operator_is_told(journey: Journey) -> None:
    with capture_logs() as lines:
        linked(journey, answers(lambda answer: answer.update(patient="Patient/maria", expires_in="60")))
    said = [line["what"] for line in lines if line["event"] == "token.deviates"]
    assert said == [("expires_in-text", "patient-reference")]


@pytest.mark.parametrize("kind", ["text/plain", "text/plain; charset=utf-8", "application/x-unknown", ""])
def test_whatever_json_is_called(journey: Journey, kind: str) -> None:
    linked(journey, m.content_type(kind))


def test_no_patient_at_all(journey: Journey) -> None:
    journey.org.misbehave("/oauth/token", answers(drop("patient")))
    journey.org.misbehave("/fhir/Patient", m.body(b'{"resourceType":"Bundle","type":"searchset"}'))
    assert ends(journey, journey.agree(journey.start())) == "no-patient"


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (m.status(403), "patient-unnamed"),
        (m.status(400), "patient-unnamed"),
        (m.html(), "patient-unnamed"),
        (m.status(500), "unavailable-there"),
    ],
)
def test_nobody_says_whose_record_it_is(journey: Journey, behaviour: Behaviour, code: str) -> None:
    journey.org.misbehave("/oauth/token", answers(drop("patient")))
    journey.org.misbehave("/fhir/Patient", behaviour)
    assert ends(journey, journey.agree(journey.start())) == code


def test_of_several_patients_the_one_who_is_the_same_person(journey: Journey) -> None:
    journey.org.also_opens = ("james",)
    assert linked(journey, answers(drop("patient"))).tokens.patient == "maria"


def test_of_several_patients_the_nearest_is_asked_about(journey: Journey) -> None:
    journey.org.also_opens = ("mia",)
    journey.org.add(data.patient("mia", "Alvarez", ["Maria"], "1980-12-04", "female"))
    journey.org.misbehave("/oauth/token", answers(drop("patient")))
    back = journey.agree(journey.start(), "james")
    link_id = journey.come_back(back).headers["Location"].rsplit("/", 1)[1]
    journey.work()
    assert journey.stored(link_id).state is LinkState.CONFIRM


@pytest.mark.parametrize("others", [("james", "twin"), ("maria", "twin")])
def test_of_several_patients_none_alone_is_the_person(journey: Journey, others: tuple[str, str]) -> None:
    first, journey.org.also_opens = others[0], others[1:]
    twin = data.patient("twin", "Alvarez" if first == "maria" else "Miller", ["Maria"], "1980-04-12", "female")
    journey.org.add(twin | ({"birthDate": "1999-01-01"} if first == "james" else {}))
    journey.org.misbehave("/oauth/token", answers(drop("patient")))
    assert ends(journey, journey.agree(journey.start(), first)) == "several-patients"


def test_a_patient_in_the_id_token(journey: Journey, sign_on: RSAKey) -> None:
    address = journey.start()
    token = id_token(journey, address, sign_on, fhirUser=f"{journey.org.fhir_base}/Patient/maria")
    both = answers(lambda answer: answer.pop("patient") and answer.update(id_token=token))
    assert linked(journey, both, address).tokens.patient == "maria"
    assert not journey.org.calls("/fhir/Patient")


@pytest.mark.parametrize(
    "claims",
    [
        {"fhirUser": "https://other.example/fhir/Patient/james"},
        {"fhirUser": "RelatedPerson/james"},
        {"fhirUser": "Practitioner/james"},
        {"fhirUser": 7},
        {"fhirUser": "Patient/james", "nonce": None},
    ],
)
def test_who_signed_in_is_not_whose_record_it_is(journey: Journey, sign_on: RSAKey, claims: dict[str, Any]) -> None:
    """Only a Patient of this server in a token that was made for this attempt counts; else ``GET /Patient`` says it."""
    address = journey.start()
    token = id_token(journey, address, sign_on, **claims)
    both = answers(lambda answer: answer.pop("patient") and answer.update(id_token=token))
    assert linked(journey, both, address).tokens.patient == "maria"


def test_an_id_token_without_a_nonce_is_ignored(journey: Journey, sign_on: RSAKey) -> None:
    address = journey.start()
    with capture_logs() as lines:
        linked(journey, answers(put(id_token=id_token(journey, address, sign_on, nonce=None))), address)
    assert [line["why"] for line in lines if line["event"] == "id_token.ignored"] == ["no-nonce"]


def test_an_id_token_whose_keys_cannot_be_had_is_ignored(journey: Journey, sign_on: RSAKey) -> None:
    address = journey.start()
    token = id_token(journey, address, sign_on)
    journey.org.misbehave("/jwks", m.status(503))
    linked(journey, answers(put(id_token=token)), address)


def configured(journey: Journey, change: Change) -> None:
    def behave(exchange: Exchange) -> None:
        value = json.loads(exchange.answer().body)
        change(value)
        exchange.send(Reply.of(value))

    journey.org.misbehave("/fhir/.well-known/smart-configuration", behave)


def test_blanks_around_addresses(journey: Journey) -> None:
    def padded(value: dict[str, Any]) -> None:
        for name in ("issuer", "authorization_endpoint", "token_endpoint"):
            value[name] = f" {value[name]}\n"

    configured(journey, padded)
    assert query(journey.start())["aud"] == journey.org.fhir_base
    linked(journey, answers(put()))


@pytest.mark.parametrize("written", ["/", ""])
def test_the_audience_is_the_address_as_the_operator_gave_it(journey: Journey, written: str) -> None:
    """Some servers compare ``aud`` letter by letter; everything else is the same with and without the last slash."""
    base = journey.org.fhir_base + written
    with journey.services.db.transaction() as tx:
        organization = organizations.by_id(tx, organization_id=journey.organization_id)
        assert organization is not None
        organizations.put(tx, replace(organization, fhir_base=f" {base} "))
        assert organizations.by_fhir_base(tx, fhir_base=journey.org.fhir_base) is not None
    asked = query(journey.start())
    asked_again = query(journey.start())
    assert asked["aud"] == asked_again["aud"] == base
    assert len(journey.org.calls("/fhir/metadata")) == 1  # the first discovery is used again
