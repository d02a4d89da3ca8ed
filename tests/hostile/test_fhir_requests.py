"""Whatever is asked of the FHIR address: no 500, an OperationOutcome on every error, and nobody else's record.

Requests are made by hypothesis, from the parameters that each type has and from what people type wrongly.
"""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from portal.provider.fhir.definitions import parameters_of
from portal.provider.types import SERVED
from portal.services import Services
from tests.factories.world import BEN, World
from tests.integration.provider.conftest import TestApp, ana, store_chart, third_party
from tests.integration.provider.test_clients import match, system

__all__ = ["ana", "system", "third_party"]

MANY = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,  # a build that fails must fail again; the search for more is `--hypothesis-seed`
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


PARAMETERS = {kind: sorted(parameters_of(kind)) for kind in SERVED}
NAMES = sorted({name for names in PARAMETERS.values() for name in names})
CONTROL = [
    "_count",
    "_id",
    "_lastUpdated",
    "_sort",
    "_summary",
    "_total",
    "_include",
    "_revinclude",
    "_page",
    "_format",
]
MODIFIERS = ["", ":missing", ":exact", ":contains", ":not", ":Patient", ":identifier", ":", ":missing:exact", ".name"]
VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "true",
            "patient-ana",
            "patient-ben",
            "Patient/patient-ben",
            "Patient/patient-ana,Patient/patient-ben",
            "http://localhost:8000/fhir/Patient/patient-ben",
            "http://loinc.org|4548-4",
            "|4548-4",
            "http://loinc.org|",
            "laboratory",
            "active,inactive",
            "-1",
            "0",
            "999999999999999999999999",
            "count",
            "*",
            "Patient:general-practitioner",
            "Provenance:target",
            "\x00",
            "%",
            "'; DROP TABLE resource; --",
            "a" * 5000,
        ]
    ),
    st.builds(
        lambda prefix, date: prefix + date,
        st.sampled_from(["", "ge", "le", "gt", "lt", "eq", "ne", "sa", "eb", "ap", "xx"]),
        st.one_of(
            st.dates().map(str),
            st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
            st.sampled_from(
                ["2024", "2024-13", "0000-00-00", "9999-12-31T23:59:59+14:00", "2024-02-30", "24:00", "-1"]
            ),
        ),
    ),
    st.text(max_size=40),
)
PAIRS = st.lists(
    st.tuples(
        st.builds(
            lambda name, modifier: name + modifier,
            st.one_of(st.sampled_from(NAMES + CONTROL), st.text(max_size=12)),
            st.sampled_from(MODIFIERS),
        ),
        VALUES,
    ),
    max_size=4,
)
KINDS = st.one_of(st.sampled_from(sorted(SERVED)), st.sampled_from(["Binary", "patient", "", "Group", "$everything"]))
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Prefer": st.sampled_from(["handling=strict", "handling=lenient", "return=minimal", "\t;;"]),
        "Accept": st.sampled_from(["application/fhir+json", "application/json", "application/fhir+xml", "*/*", "x"]),
        "If-None-Match": st.sampled_from(['W/"1"', "*", '"', "W/"]),
    },
)


@pytest.fixture
def reader(third_party: TestApp, world: World, services: Services) -> TestApp:
    store_chart(services, world.patient("ben", BEN))
    return third_party.connect()


def check(answer: TestResponse) -> None:
    text = answer.get_data(as_text=True)
    assert answer.status_code < 500, text
    body = answer.get_json(silent=True) or {}
    given_out = body.get("entry", []) if body.get("resourceType") == "Bundle" else body
    assert "patient-ben" not in json.dumps(given_out), "another person's record"
    if answer.status_code >= 400:
        assert body["resourceType"] == "OperationOutcome"
        assert body["issue"][0]["severity"] == "error"
        assert len(text) < 2000, "an error does not repeat the request"


def asked_of(reader: TestApp) -> dict[str, str]:
    return {"Authorization": f"Bearer {reader.tokens['access_token']}"}


@MANY
@given(kind=KINDS, pairs=PAIRS, headers=HEADERS, posted=st.booleans())
def test_searches(
    reader: TestApp, kind: str, pairs: list[tuple[str, str]], headers: dict[str, str], posted: bool
) -> None:
    client, all_headers = reader.app.test_client(), asked_of(reader) | headers
    query = urlencode(pairs, errors="surrogatepass")
    if posted:
        form = "application/x-www-form-urlencoded"
        check(client.post(f"/fhir/{kind}/_search", data=query, content_type=form, headers=all_headers))
    else:
        check(client.get(f"/fhir/{kind}?{query}", headers=all_headers))


@MANY
@given(data=st.data())
def test_searches_with_a_types_own_parameters(reader: TestApp, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(SERVED)))
    names = st.sampled_from(PARAMETERS[kind] + CONTROL)
    pairs = data.draw(st.lists(st.tuples(names, VALUES), min_size=1, max_size=4))
    check(
        reader.app.test_client().get(
            f"/fhir/{kind}?{urlencode(pairs, errors='surrogatepass')}", headers=asked_of(reader)
        )
    )


@MANY
@given(
    kind=KINDS,
    fhir_id=st.one_of(
        st.sampled_from(["patient-ben", "c-patient-ben", "..", "%2e%2e", "a" * 300]), st.text(max_size=30)
    ),
    version=st.one_of(st.none(), st.text(max_size=8), st.integers().map(str)),
    headers=HEADERS,
)
def test_reads(reader: TestApp, kind: str, fhir_id: str, version: str | None, headers: dict[str, str]) -> None:
    path = f"/fhir/{kind}/{fhir_id}" + (f"/_history/{version}" if version is not None else "")
    check(reader.app.test_client().get(path.encode(errors="replace").decode(), headers=asked_of(reader) | headers))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("name", "birthDate", "gender", "address", "telecom", "identifier", "resourceType", "extension")


@MANY
@given(
    body=st.one_of(
        JSON, st.fixed_dictionaries({"resourceType": st.sampled_from(["Parameters", "Patient"]), "parameter": JSON})
    )
)
def test_bodies_of_match(system: TestApp, body: Any) -> None:
    check(system.app.test_client().post("/fhir/Patient/$match", json=body, headers=asked_of(system)))


@MANY
@given(patient=st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_patients_of_match(system: TestApp, patient: dict[str, Any]) -> None:
    check(match(system, **{key: value for key, value in patient.items() if key != "resourceType"}))


@MANY
@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "application/fhir+json", "text/plain"]))
def test_bytes_of_match(system: TestApp, body: bytes, kind: str) -> None:
    check(system.app.test_client().post("/fhir/Patient/$match", data=body, content_type=kind, headers=asked_of(system)))


@MANY
@given(token=st.text(max_size=60), scheme=st.sampled_from(["Bearer", "bearer", "Basic", "", "Bearer Bearer"]))
def test_tokens(app: Flask, token: str, scheme: str) -> None:
    value = (
        f"{scheme} {token}".encode("latin-1", errors="replace").decode("latin-1").replace("\r", "").replace("\n", "")
    )
    answer = app.test_client().get("/fhir/Condition", headers={"Authorization": value})
    check(answer)
    assert answer.status_code == 401
