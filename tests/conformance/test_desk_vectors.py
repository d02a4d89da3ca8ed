"""The catalogue of the desk profile, as receiver: our own vectors in the draft's form, run offline by the command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli.health_links import OfflineFiles, group, judged
from portal.sharing.attestation import Attested
from tests.conformance import desk_vectors
from tests.conformance.desk_vectors import ISSUER


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vectors")
    assert desk_vectors.write(folder) >= 22
    return folder


def test_every_vector_passes(catalogue: Path) -> None:
    done = CliRunner().invoke(group, ["vectors", str(catalogue)])
    assert done.exit_code == 0, done.output
    number = len(json.loads((catalogue / "index.json").read_text())["vectors"])
    assert f"{number}/{number} vectors pass" in done.output


def test_the_vectors_of_the_alphabet_need_it(catalogue: Path) -> None:
    link = json.loads((catalogue / "vectors/decode-alphabet.json").read_text())["input"]["shlink"]
    key = json.loads((catalogue / "vectors/decrypt-alphabet.json").read_text())["expect"]["payload"]["key"]
    assert {"-", "_"} <= set(link)
    assert {"-", "_"} <= set(key)


def test_a_vector_that_expects_something_else_fails(catalogue: Path, tmp_path: Path) -> None:
    name = "vectors/bundle-document.json"
    vector = json.loads((catalogue / name).read_text())
    changed = {**vector, "expect": {**vector["expect"], "failStage": "decrypt"}}
    (tmp_path / "vectors").mkdir()
    (tmp_path / name).write_text(json.dumps(changed))
    (tmp_path / "files").symlink_to(catalogue / "files")
    (tmp_path / "index.json").write_text(json.dumps({"vectors": [{"id": vector["id"], "file": name}]}))
    done = CliRunner().invoke(group, ["vectors", str(tmp_path)])
    assert done.exit_code == 1
    assert "failStage: expected 'decrypt', was 'bundle'" in done.output


@pytest.mark.parametrize(
    ("vector_id", "listed", "state"),
    [
        ("bundle-attested", [ISSUER], Attested.VERIFIED),
        ("bundle-attested", [ISSUER + "/"], Attested.VERIFIED),
        ("bundle-attested", ["https://vectors.example"], Attested.UNLISTED),
        ("bundle-attested", [], Attested.UNLISTED),
        ("bundle-unverifiable", [ISSUER], Attested.UNVERIFIABLE),
        ("decode-bare", [ISSUER], Attested.ABSENT),
    ],
)
def test_an_attestation_is_shown_and_never_blocks(
    catalogue: Path, vector_id: str, listed: list[str], state: Attested
) -> None:
    vector = json.loads((catalogue / f"vectors/{vector_id}.json").read_text())
    responses = dict(vector["responses"])
    if listed and state is not Attested.UNLISTED:  # else the keys are not to be asked for
        responses[f"{ISSUER}/.well-known/jwks.json"] = {
            "status": 200,
            "bodyFile": "attestation/.well-known/jwks.json",
        }
    verdict = judged(vector["input"]["shlink"], OfflineFiles(responses, catalogue), recipient="Lakeside", listed=listed)
    assert (verdict.outcome, verdict.attestation) == ("success", state.value)


@pytest.mark.parametrize("vector_id", ["decode-no-exp", "decode-flag-lu", "bundle-document", "bundle-no-time"])
def test_what_does_not_fit_the_profile_is_usable_all_the_same(catalogue: Path, vector_id: str) -> None:
    vector = json.loads((catalogue / f"vectors/{vector_id}.json").read_text())
    verdict = judged(vector["input"]["shlink"], OfflineFiles(vector["responses"], catalogue), recipient="Lakeside")
    assert (verdict.outcome, verdict.usable, verdict.entries) == ("reject", True, 2)
