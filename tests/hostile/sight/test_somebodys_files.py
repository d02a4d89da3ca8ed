"""A file that one parent's message carries, by the other parent's app: as if it were not there."""

from base64 import b64encode
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.domain.ids import HOME
from portal.provider.oauth import grants
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.messages import authors
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.store.records.resources import resource_id
from tests.factories.record import message
from tests.factories.world import BEN, World

_LARGE = b64encode(b"qzsecret " * 20_000).decode()
ADDRESSES = (
    "DocumentReference?patient=patient-leo",
    "DocumentReference?patient=patient-leo&_summary=count",
    "DocumentReference?patient=patient-leo&_total=accurate&_count=1",
    "DocumentReference?patient=patient-leo&_revinclude=Provenance:target",
    "DocumentReference?_id=zoes,open",
    "DocumentReference/zoes",
    "DocumentReference/none",
    "Media?patient=patient-leo&_summary=count",
    "Communication?patient=patient-leo&_summary=count",
    "Communication?_group=camp",
    "DocumentReference?_file=DocumentReference/zoes",
    "Provenance/of-zoes",
    "$summary",
)


def _file(fhir_id: str, text: str) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": fhir_id,
        "status": "current",
        "subject": {"reference": "Patient/patient-leo"},
        "date": "2026-05-01T12:00:00Z",
        "type": {"text": text},
        "content": [{"attachment": {"contentType": "text/plain", "data": _LARGE}}],
    }


@pytest.fixture
def asks(app: Flask, services: Services, world: World) -> Any:
    child = world.patient("leo", BEN)
    parents = {name: world.patient(name, BEN) for name in ("zoe", "ben")}
    for parent in parents.values():
        world.proxy(parent, child.person_id or "")
    with services.db.transaction() as tx:
        key = resource_id(tx.vault, source=HOME, type="Communication", fhir_id="m1")
        authors.put(tx, key=key, person_id=child.person_id or "", account_id=parents["zoe"].account_id)
        client = OAuthClient(client_id="app", name="App", redirect_uris=("https://a.example/",))
        clients.add_client(tx, client=client)
        tokens = {
            name: grants.issue(
                tx,
                client=client,
                person_id=child.person_id or "",
                scopes=("launch/patient", "patient/*.rs"),
                lasting=False,
                account_id=parent.account_id,
            ).access_token
            for name, parent in parents.items()
        }
    letter = message("m1", "Camp", "qzsecret", "2026-05-01T12:00:00Z", "Zoe")
    letter["subject"] = {"reference": "Patient/patient-leo"}
    letter["payload"].append({"contentReference": {"reference": "DocumentReference/zoes"}})
    source = {"resourceType": "Provenance", "id": "of-zoes", "recorded": "2026-05-01T12:00:00Z"}
    source |= {"target": [{"reference": "DocumentReference/zoes"}], "agent": [{"who": {"display": "Zoe"}}]}
    delivered = [letter, _file("zoes", "qzsecret"), _file("open", "Open"), source]
    ingest(services.db, person_id=child.person_id, source=HOME, resources=delivered)

    def ask(name: str, address: str) -> TestResponse:
        return app.test_client().get(f"/fhir/{address}", headers={"Authorization": f"Bearer {tokens[name]}"})

    return ask


def test_the_other_parents_app_reads_nothing_of_it(asks: Any, services: Services) -> None:
    for address in ADDRESSES:
        hers, his = (asks(name, address).get_data(as_text=True) for name in ("zoe", "ben"))
        assert not any(text in his for text in ('"id":"zoes"', '"id":"of-zoes"')), address
        assert "qzsecret" not in his, address
        if "_id=" in address:
            assert "qzsecret" in hers, "else it would prove nothing"
    count = "DocumentReference?patient=patient-leo&_summary=count"
    assert [asks(name, count).get_json()["total"] for name in ("zoe", "ben")] == [2, 1]
    with services.db.reading() as tx:
        own_id = resource_id(tx.vault, source=HOME, type="DocumentReference", fhir_id="zoes")
    statuses = [asks(name, f"Binary/{own_id}.0").status_code for name in ("zoe", "ben")]
    assert statuses == [200, asks("ben", f"Binary/{own_id[::-1]}.0").status_code] == [200, 404]
    assert asks("ben", "DocumentReference/zoes").status_code == asks("ben", "DocumentReference/none").status_code
