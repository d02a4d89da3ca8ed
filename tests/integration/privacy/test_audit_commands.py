"""``portal audit``: what an operator sees, and what somebody outside can check with SHA-256 and our public keys."""

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from joserfc import jwk, jws
from sqlalchemy import text

from jobs import context, seal
from portal import audit
from portal.cli import main
from portal.config import Settings
from portal.provider.oauth.id_token import public_keys
from portal.services import Services, open_services
from portal.store.engine.upgrade import upgrade
from tests.factories.world import World


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    environment = {"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_ORGANIZATION": "Cooper Regional"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    services = open_services(Settings.from_environment(environment))
    upgrade(services.db)
    context.register(services)
    user = World(services).patient()
    with services.db.transaction() as tx:
        for n in range(5):
            audit.record(
                tx,
                action=audit.Action.VIEW_SECTION,
                actor=audit.Actor("account", user.account_id),
                person_id=user.person_id,
                section=f"s{n}",
            )
        audit.record(tx, action=audit.Action.IMPORT, actor=audit.Actor("operator"))
    return services


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", *arguments])


def test_verify_says_what_is_wrong_and_where(services: Services, tmp_path: Path) -> None:
    assert seal.run(instance=services.settings.slug) == 6
    answer = command("verify")
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("6 events, 0 of them not sealed yet; 1 segments")
    assert (tmp_path / "audit-checkpoint").exists()
    with services.db.transaction() as tx:
        tx.conn.execute(text("UPDATE audit_event SET person_id = NULL WHERE seq = 3"))
    answer = command("verify")
    assert answer.exit_code == 1
    assert answer.output.splitlines()[0] == "event 3 (segment 1): changed or moved"


def test_export_is_fhir(services: Services) -> None:
    lines = [json.loads(line) for line in command("export").output.splitlines()]
    assert len(lines) == 6
    mine = [json.loads(line) for line in command("export", "--patient", "patient-ana").output.splitlines()]
    assert mine == lines[:5]
    first: dict[str, Any] = mine[0]
    assert first["resourceType"] == "AuditEvent"
    assert first["action"] == "R"
    assert first["outcome"] == "0"
    assert first["entity"][0]["what"] == {"reference": "Patient/patient-ana"}
    assert first["entity"][0]["detail"] == [{"type": "section", "valueString": "s0"}]
    assert first["source"]["observer"]["display"] == "Cooper Regional"
    assert command("export", "--patient", "nobody").exit_code == 1


def test_a_receipt_proves_its_event_to_others(services: Services, tmp_path: Path) -> None:
    assert command("receipt", "3").exit_code == 1, "not sealed yet"
    seal.run(instance=services.settings.slug)
    proof = json.loads(command("receipt", "3").output)
    keys = jwk.KeySet.import_key_set(_public_keys(services))
    root = json.loads(jws.deserialize_compact(proof["signed_root"], keys, algorithms=["RS256"]).payload)
    node, index, last = sha256(b"\x00" + proof["event"].encode()).digest(), proof["index"], root["size"] - 1
    for step in map(bytes.fromhex, proof["path"]):  # RFC 6962, 2.1.1, as a reader without our code would do it
        while index % 2 == 0 and index == last:
            index, last = index // 2, last // 2
        node = sha256(b"\x01" + (step + node if index % 2 else node + step)).digest()
        index, last = index // 2, last // 2
    assert node.hex() == root["root"]
    assert json.loads(proof["event"])[3] == "view-section"
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(proof))
    assert command("verify", "--receipt", str(path)).output.startswith("proved")
    for bent in (
        proof | {"event": proof["event"].replace("view-section", "view-entry!!")},
        proof | {"index": proof["index"] + 1},
        proof | {"signed_root": _resigned(proof["signed_root"])},
    ):
        path.write_text(json.dumps(bent))
        assert command("verify", "--receipt", str(path)).exit_code == 1


def _public_keys(services: Services) -> Any:
    with services.db.reading() as tx:
        return public_keys(tx)


def _resigned(signed: str) -> str:
    header, _, signature = signed.split(".")
    payload = base64.urlsafe_b64encode(b'{"iss":"x","iat":1,"segment":1,"last_seq":1,"size":1,"root":""}').decode()
    return f"{header}.{payload.rstrip('=')}.{signature}"
