"""Vaccine cards that were made here, checked by an implementation that nobody here wrote, with the keys we publish."""

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest

from portal.sharing.health_cards import HealthCard
from tests.conformance.app import App
from tests.conformance.test_health_links import signed_in
from tests.factories import http
from tests.node import installed


@pytest.fixture(scope="module")
def file(portal: App) -> dict[str, Any]:
    with httpx2.Client(verify=http.CERTIFICATES, base_url=portal.base, timeout=30) as browser:
        signed_in(browser, portal)
        answer = browser.get("/share/vaccines.smart-health-card")
    assert answer.headers["content-type"] == "application/smart-health-card"
    saved: dict[str, Any] = answer.json()
    return saved


def checked(modules: Path, file: dict[str, Any]) -> dict[str, Any]:
    codes = [f"shc:/{HealthCard(jws, ()).digits}" for jws in file["verifiableCredential"]]
    command = ["node", str(Path(__file__).with_name("verify_card.mjs")), str(modules)]
    sent = json.dumps({"file": json.dumps(file), "codes": codes}).encode()
    answer: dict[str, Any] = json.loads(
        subprocess.run(command, input=sent, capture_output=True, check=True, timeout=60).stdout
    )
    return answer


def test_others_verify_it(file: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    modules = installed(tmp_path_factory.mktemp("cards"), "kill-the-clipboard@1.1.0")
    answer = checked(modules, file)
    assert answer["ofFile"] == answer["ofCodes"][0], "a file and its code are the same"
    assert len(answer["ofCodes"]) > 1, "more than one code holds is on a further card"
    read = [entry["resource"] for bundle in answer["ofCodes"] for entry in bundle["entry"]]
    doses = [resource for resource in read if resource["resourceType"] == "Immunization"]
    assert len(doses) == 24
    assert {resource["birthDate"] for resource in read if resource["resourceType"] == "Patient"} == {"1980-03-04"}
    head, payload, signature = file["verifiableCredential"][0].split(".")
    turned = ("B" if signature[0] == "A" else "A") + signature[1:]
    forged = checked(modules, {"verifiableCredential": [f"{head}.{payload}.{turned}"]})
    assert "refused" in forged["ofCodes"][0]
