"""A token for one person never yields a byte of another's (requirement A8).

Generated from the API's own tables: every resource type, every search parameter, every way to name the other person.
Each resource of the other person carries a word that must appear in no answer.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.ids import HOME
from portal.provider import rate_limits
from portal.provider.fhir.definitions import INCLUDES, REVINCLUDES, parameters_of
from portal.provider.types import SERVED, SHARED
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.asking import ask
from tests.factories.world import World
from tests.integration.provider.conftest import BASE, TestApp, register, store_chart

CANARY = "CanaryOfBen"
OTHER = "patient-ben"
CODED = {"coding": [{"system": "http://canary.example", "code": CANARY, "display": CANARY}], "text": CANARY}


def everything(patient: str) -> list[dict[str, Any]]:
    """One resource of each type that belongs to a person, all elements that searches look at filled with the canary."""
    me = {"reference": f"Patient/{patient}"}
    made: list[dict[str, Any]] = []
    for kind in sorted(SERVED - SHARED - {"Patient"}):
        resource: dict[str, Any] = {
            "resourceType": kind,
            "id": f"ben-{kind.lower()}",
            "subject": me,
            "patient": me,
            "beneficiary": me,
            "status": "active",
            "identifier": [{"system": "http://canary.example", "value": CANARY}],
            "code": CODED,
            "category": [CODED],
            "type": [CODED] if kind == "Encounter" else CODED,
            "medicationReference": {"reference": "Medication/ben-medication"},
            "requester": {"reference": "Practitioner/ben-practitioner", "display": CANARY},
            "encounter": {"reference": "Encounter/ben-encounter"},
            "target": [{"reference": "Condition/ben-condition"}],
            "recorded": "2024-01-01T00:00:00Z",
            "effectiveDateTime": "2024-01-01",
            "note": [{"text": CANARY}],
        }
        if kind == "DeviceUseStatement":
            resource["device"] = {"reference": "Device/ben-device"}
        if kind == "Appointment":
            resource["participant"] = [{"actor": me, "status": "accepted"}]
        made.append(resource)
    return made


def shared() -> list[dict[str, Any]]:
    return [
        {
            "resourceType": kind,
            "id": f"ben-{kind.lower()}",
            "name": [{"family": CANARY}] if kind == "Practitioner" else CANARY,
            "code": CODED,
            "identifier": [{"system": "http://canary.example", "value": CANARY}],
        }
        for kind in sorted(SHARED)
    ]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestApp]:
    """Ana's app, in an instance where Ben has a record too."""
    from portal.app import create_app
    from tests.factories.databases import migrate
    from tests.factories.settings import make_settings
    from tests.factories.world import sign_in

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate_limits, "FHIR_PER_TOKEN", "1000000 per minute")  # thousands of questions are the point here
        app = create_app(make_settings(tmp_path_factory.mktemp("other")))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    world = World(services)
    ana, ben = world.patient("ana"), world.patient("ben")
    store_chart(services, ana)
    ingest(services.db, person_id=None, source=HOME, resources=shared())
    patient = {"resourceType": "Patient", "id": OTHER, "name": [{"family": CANARY}], "birthDate": "1999-09-09"}
    ingest(services.db, person_id=ben.person_id, source=HOME, resources=[patient, *everything(OTHER)])
    register(services)
    browser = app.test_client()
    sign_in(browser, ana)
    yield TestApp(app, browser).connect()
    services.db.close()


def names_of_the_other(kind: str) -> list[str]:
    fhir_id = OTHER if kind == "Patient" else f"ben-{kind.lower()}"
    values = [
        fhir_id,
        f"{kind}/{fhir_id}",
        OTHER,
        f"Patient/{OTHER}",
        f"{BASE}/fhir/Patient/{OTHER}",
        f"http://evil.example/fhir/Patient/{OTHER}",
        f"Patient/patient-ana,Patient/{OTHER}",
        f"patient-ana,{OTHER}",
        f"{OTHER}\\,patient-ana",
        f"Patient/{OTHER}/_history/1",
        f"|{OTHER}",
        CANARY,
        f"http://canary.example|{CANARY}",
        "http://canary.example|",
        "ben",
    ]
    return list(dict.fromkeys(values))


def clean(reader: TestApp, path: str, data: dict[str, str] | None = None) -> None:
    answer = ask(reader.app, path, token=reader.tokens["access_token"], form=data)
    assert answer.status_code < 500, path
    body = answer.get_json(silent=True) or {}
    body.pop("link", None)  # the self link repeats what was asked
    assert CANARY not in json.dumps(body), path
    for entry in body.get("entry", ()):
        assert "ben" not in entry["fullUrl"], path


MODIFIERS = ("", ":not", ":exact", ":contains", ":Patient")
FORMS = ("_search", "_search?patient=patient-ana")
_WAYS = len(MODIFIERS) + len(FORMS)


def search(reader: TestApp, kind: str, name: str, value: str, way: int) -> None:
    """Search by GET with one of the modifiers, or by POST."""
    if way < len(MODIFIERS):
        clean(reader, f"{kind}?{urlencode({f'{name}{MODIFIERS[way]}': value})}")
    else:
        clean(reader, f"{kind}/{FORMS[way - len(MODIFIERS)]}", {name: value})


def names_of_parameters(kind: str) -> list[str]:
    return [*parameters_of(kind), "_has:Observation:patient:code", "patient.name", "patient._id", "subject:Patient"]


@pytest.mark.parametrize("kind", sorted(SERVED))
def test_no_parameter_reaches_the_other_person(reader: TestApp, kind: str) -> None:
    """Every parameter with every value and in every way; each value in one way, another one for the next parameter."""
    clean(reader, kind)
    for number, name in enumerate(names_of_parameters(kind), start=sorted(SERVED).index(kind)):
        clean(reader, f"{kind}?{urlencode({f'{name}:missing': 'true'})}")
        for turn, value in enumerate(names_of_the_other(kind), start=number):
            search(reader, kind, name, value, turn % _WAYS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(SERVED))
def test_no_parameter_with_any_value_in_any_way_reaches_the_other_person(reader: TestApp, kind: str) -> None:
    for name in names_of_parameters(kind):
        for value in names_of_the_other(kind):
            for way in range(_WAYS):
                search(reader, kind, name, value, way)


@pytest.mark.parametrize("kind", sorted(SERVED))
def test_no_address_reaches_the_other_person(reader: TestApp, kind: str) -> None:
    absent = reader.get(f"{kind}/does-not-exist")
    for fhir_id in {OTHER, f"ben-{kind.lower()}"}:
        for path in (
            f"{kind}/{fhir_id}",
            f"{kind}/{fhir_id}/_history/1",
            f"{kind}/{fhir_id}/_history",
            f"{kind}/{fhir_id}/$everything",
            f"Patient/{OTHER}/{kind}",
            f"Patient/{OTHER}/{kind}?_id={fhir_id}",
            f"{kind}/..%2F{kind}%2F{fhir_id}",
        ):
            clean(reader, path)
        assert reader.get(f"{kind}/{fhir_id}").data == absent.data
        assert reader.get(f"{kind}/{fhir_id}").status_code == absent.status_code


def test_no_include_reaches_the_other_person(reader: TestApp) -> None:
    """Ana's own resource refers to Ben's: following the reference gives nothing."""
    services: Services = reader.app.extensions["tributary"]
    with services.db.reading() as tx:
        from portal.store.people import people

        ana = people.by_fhir_id(tx, fhir_id="patient-ana")
    assert ana is not None
    mine: list[dict[str, Any]] = [
        {
            "resourceType": "DiagnosticReport",
            "id": "report",
            "status": "final",
            "subject": {"reference": "Patient/patient-ana"},
            "result": [{"reference": "Observation/ben-observation"}],
            "encounter": {"reference": "Encounter/ben-encounter"},
        },
        {
            "resourceType": "Provenance",
            "id": "prov",
            "target": [{"reference": "Condition/ben-condition"}, {"reference": f"Patient/{OTHER}"}],
            "recorded": "2024-01-01T00:00:00Z",
        },
    ]
    ingest(services.db, person_id=ana.id, source=HOME, resources=mine)
    for kind, includes in INCLUDES.items():
        for name in includes:
            clean(reader, f"{kind}?_include={kind}:{name}")
    for kind in SERVED:
        for value in REVINCLUDES:
            clean(reader, f"{kind}?_revinclude={value}")


def test_no_page_link_of_the_other_person_works(reader: TestApp, app: Flask) -> None:
    services: Services = reader.app.extensions["tributary"]
    from portal.provider.fhir.bundles import PageLink
    from portal.store.people import people

    with services.db.reading() as tx:
        ben = people.by_fhir_id(tx, fhir_id=OTHER)
        assert ben is not None
        import base64

        import msgspec

        for pairs in ((), (("patient", OTHER),)):
            link = PageLink("Condition", ben.id, pairs, "~")
            sealed = base64.urlsafe_b64encode(tx.vault.seal(msgspec.json.encode(link), row="fhir.page")).decode()
            clean(reader, f"Condition?_page={sealed}")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_asked_the_server_answers_in_kind(reader: TestApp, data: st.DataObject) -> None:
    """Any text in any place: an answer of FHIR, never a 500, never the other person's."""
    kind = data.draw(st.sampled_from(sorted(SERVED)))
    names = [*parameters_of(kind), "_count", "_sort", "_include", "_page", "_summary", "_format", "_elements"]
    text = st.one_of(st.text(max_size=30), st.sampled_from([OTHER, "ge2024", "sa9999-12-31", "2024-02-30", "~", "-1"]))
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names), text), max_size=4))
    modifiers = data.draw(st.sampled_from(["", ":not", ":missing", ":exact", ":x"]))
    path = f"{kind}?{urlencode([(name + modifiers, value) for name, value in pairs])}"
    answer = reader.get(path)
    assert answer.status_code in (200, 400, 403, 406), (path, answer.status_code)
    assert answer.get_json()["resourceType"] in ("Bundle", "OperationOutcome")
    clean(reader, path)
