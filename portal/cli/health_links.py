"""``portal health-link``: what a receiver makes of a SMART Health Link, and of a catalogue of test vectors.

The vectors have the form of the draft "Patient-Shared Health Documents via SMART Health Links" 0.9: index.json, a file
for each vector, ``responses`` by address. They are run without the network.
"""

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from portal.config import Settings
from portal.domain.errors import BadAnswerError, HttpStatusError, PortalError, UnreachableError
from portal.fhir.answers import decode
from portal.fhir.public_files import PublicFiles
from portal.sharing import desk_profile, issuer_keys, receiving, shlink
from portal.sharing.attestation import attestation
from portal.sharing.receiving import Outside, PasscodeNeededError
from portal.sharing.shlink import LinkRefusedError, Stage
from portal.store import open_database

_DEPTH = 64


class LinkVerdict(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of a link. ``outcome``: "success" where it can be used and fits the desk profile, else "reject".

    ``fail_stage``: decode, payload, retrieve, decrypt or bundle. ``usable``: its content can be read all the same.
    """

    outcome: str
    usable: bool
    fail_stage: str | None = None
    problems: list[str] = []
    payload: Mapping[str, Any] = {}
    sha256: str = ""
    entries: int = 0
    types: dict[str, int] = {}
    attestation: str = ""


class OfflineFiles:
    """Answers from the ``responses`` of test vectors, by address without its query; an unknown address is gone."""

    def __init__(self, responses: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
        self._responses = responses
        self._folder = folder

    def get(self, url: str, *, accept: str) -> bytes:
        del accept
        response = self._responses.get(url.partition("?")[0], {"status": 404})
        if response["status"] != 200:
            raise HttpStatusError(response["status"])
        return (self._folder / str(response["bodyFile"])).read_bytes()

    def post(self, url: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        del url, body
        raise UnreachableError("no manifest in these vectors")


@click.group("health-link")
def group() -> None:
    """Open SMART Health Links as a receiver does."""


@group.command("check")
@click.argument("text", metavar="LINK")
@click.option("--passcode", default="", help="The passcode, where the link asks for one.")
@click.option("--recipient", default="", help="Who asks; default: the organization.")
def check(text: str, passcode: str, recipient: str) -> None:
    """Fetch what LINK leads to and print, as JSON, whether it can be used and fits the desk profile.

    Nothing is stored; of the content only its kinds are printed.
    """
    settings = Settings.from_environment(os.environ)
    with PublicFiles(settings.egress) as outside:
        verdict = judged(
            text,
            outside,
            recipient=recipient or settings.organization,
            passcode=passcode,
            listed=settings.attested_apps,
        )
    click.echo(msgspec.json.format(msgspec.json.encode(verdict)).decode())


@group.command("new-key")
def new_key() -> None:
    """Make a new key for health cards and attestations; what the ones before signed stays good."""
    database = open_database(Settings.from_environment(os.environ))
    try:
        click.echo(issuer_keys.rotate(database).kid)
    finally:
        database.close()


@group.command("vectors")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER")
def vectors(folder: Path) -> None:
    """Run the test vectors of FOLDER, which holds an index.json, without the network; exit status 1 where one fails."""
    index = _json(folder / "index.json")
    listed = [str(index["attestation"]["iss"])] if "attestation" in index else []
    failed = 0
    for entry in index["vectors"]:
        vector = _json(folder / entry["file"])
        wrong = differences(vector, folder, listed)
        failed += bool(wrong)
        click.echo(f"{'FAIL' if wrong else 'PASS'}  {vector['id']:26} {vector.get('title', '')}")
        for line in wrong:
            click.echo(f"      {line}")
    click.echo(f"{len(index['vectors']) - failed}/{len(index['vectors'])} vectors pass")
    if failed:
        raise SystemExit(1)


def differences(vector: Mapping[str, Any], folder: Path, listed: list[str]) -> list[str]:
    """Return how what becomes of a vector differs from what it expects; empty where it does not."""
    expected, wrong = vector["expect"], []
    given = [text for form in ("raw", "shlink", "viewerPrefixed") if (text := vector["input"].get(form))]
    for text in given:
        outside = OfflineFiles(_responses(vector, folder), folder)
        verdict = judged(text, outside, recipient="Conformance", listed=listed)
        pairs: list[tuple[str, Any, Any]] = [("outcome", expected["outcome"], verdict.outcome)]
        if expected["outcome"] == "reject":
            pairs.append(("failStage", expected["failStage"], verdict.fail_stage))
        if "payload" in expected:
            pairs.append(("payload", expected["payload"], dict(verdict.payload)))
        if "decrypted" in expected and expected["outcome"] == "success":
            pairs.append(("sha256", expected["decrypted"]["sha256"], verdict.sha256))
            pairs.append(("entries", expected["decrypted"]["entries"], verdict.entries))
        wrong += [f"{name}: expected {want!r}, was {got!r}" for name, want, got in pairs if want != got]
    return wrong or ([] if given else ["no input"])


def judged(text: str, outside: Outside, *, recipient: str, passcode: str = "", listed: Any = ()) -> LinkVerdict:
    """Return what becomes of a link: first whether it can be used, then whether it fits the desk profile."""
    now = datetime.now(UTC)
    try:
        link = shlink.read(text)
    except LinkRefusedError as error:
        return _refused(error, {})
    problems = list(shlink.profile_problems(link, now))
    fail_stage = Stage.PAYLOAD.value if problems else None
    try:
        shared = receiving.open_link(link, outside, recipient=recipient, now=now, passcode=passcode)
    except LinkRefusedError as error:
        refused = _refused(error, link.payload)
        refused.fail_stage = fail_stage or refused.fail_stage
        refused.problems = list(dict.fromkeys([*problems, *refused.problems]))
        return refused
    except PasscodeNeededError:
        return LinkVerdict(
            outcome="reject", usable=True, fail_stage=fail_stage, problems=[*problems, "passcode"], payload=link.payload
        )
    types = [str(resource.get("resourceType")) for resource in desk_profile.resources(shared.bundle)]
    if shared.problems:
        fail_stage = fail_stage or Stage.BUNDLE.value
    return LinkVerdict(
        outcome="reject" if shared.problems else "success",
        usable=True,
        fail_stage=fail_stage,
        problems=list(shared.problems),
        payload=link.payload,
        sha256=hashlib.sha256(shared.content).hexdigest(),
        entries=len(types),
        types={kind: types.count(kind) for kind in sorted(set(types))},
        attestation=attestation(shared.bundle, outside, listed=listed).state.value,
    )


def _refused(error: LinkRefusedError, payload: Mapping[str, Any]) -> LinkVerdict:
    return LinkVerdict(
        outcome="reject", usable=False, fail_stage=error.stage.value, problems=[error.code], payload=payload
    )


def _responses(vector: Mapping[str, Any], folder: Path) -> dict[str, Mapping[str, Any]]:
    """Return the answers of a vector, and the keys of the app that attests, where they lie beside the vectors."""
    responses = dict(vector.get("responses", {}))
    index = _json(folder / "index.json")
    keys = folder / "attestation" / ".well-known" / "jwks.json"
    if "attestation" in index and keys.exists():
        responses[index["attestation"]["jwks"]] = {"status": 200, "bodyFile": str(keys.relative_to(folder))}
    return responses


def _json(path: Path) -> Any:
    try:
        return decode(path.read_bytes(), depth=_DEPTH)
    except (OSError, BadAnswerError, PortalError) as error:
        raise click.ClickException(f"{path.name} cannot be read") from error
