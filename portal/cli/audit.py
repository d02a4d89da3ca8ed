"""``portal audit``: is the trail as it was written, what is in it, and proofs for others."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
from joserfc import jwk, jws
from joserfc.errors import JoseError

from portal.audit import chain, fhir_events, receipts
from portal.audit.checkpoints import checkpoint_file
from portal.audit.receipts import EventProof, Root
from portal.config import Settings
from portal.domain.errors import InvalidInputError
from portal.provider.oauth.id_token import make_signing_key, public_keys, signing_key
from portal.store import Database, open_database
from portal.store.audit import segments
from portal.store.people import people

_ALGORITHMS = ["RS256"]


@click.group("audit")
def group() -> None:
    """Verify and export the audit trail."""


@group.command("verify")
@click.option(
    "--receipt",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check this receipt instead, with this instance's keys.",
)
def verify(receipt: Path | None) -> None:
    """Find what was changed, deleted, put in or cut off since it was sealed; exit status 1 when anything was."""
    with _database() as (settings, database):
        if receipt is not None:
            _verify_receipt(database, receipt)
            return
        report = chain.verify(database, checkpoint_file(settings))
    for finding in report.findings:
        click.echo(finding)
    click.echo(
        f"{report.events} events, {report.unsealed} of them not sealed yet; {report.segments} segments, "
        f"{report.removed} of them removed after their time; {len(report.findings) or 'no'} findings"
    )
    if report.findings:
        sys.exit(1)


@group.command("export")
@click.option("--patient", metavar="ID", help="Only what is about this patient (FHIR id).")
def export(patient: str | None) -> None:
    """Print events as FHIR AuditEvent resources, one a line (NDJSON), in the order in which they were written."""
    with _database() as (settings, database), database.reading() as tx:
        person = people.by_fhir_id(tx, fhir_id=patient) if patient else None
        if patient and person is None:
            raise InvalidInputError("patient", hint="there is no patient of this id")
        for event in segments.events(tx, person_id=person.id if person else None):
            detail = msgspec.json.decode(event.detail or "{}", type=dict[str, str])
            fhir_id = people.fhir_id_of(tx, person_id=event.person_id) if event.person_id else None
            resource = fhir_events.resource(event, detail=detail, observer=settings.organization, patient=fhir_id)
            click.echo(msgspec.json.encode(resource).decode())


@group.command("receipt")
@click.argument("number", type=click.IntRange(1))
def receipt(number: int) -> None:
    """Print a proof that event NUMBER is in the trail, for somebody who trusts this instance's published keys only."""
    with _database() as (settings, database):
        make_signing_key(database)
        with database.reading() as tx:
            key = signing_key(tx)
            proof, root = receipts.receipt(tx, seq=number, issuer=settings.base_url)
    header = {"alg": "RS256", "kid": key.kid, "typ": "tributary-audit+jws"}
    signed = jws.serialize_compact(header, msgspec.json.encode(root), key, algorithms=_ALGORITHMS)
    click.echo(msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(proof, signed_root=signed))).decode())


def _verify_receipt(database: Database, path: Path) -> None:
    with database.reading() as tx:
        keys = jwk.KeySet.import_key_set(public_keys(tx))  # type: ignore[arg-type]
    try:
        proof = msgspec.json.decode(path.read_bytes(), type=EventProof)
        signed = jws.deserialize_compact(proof.signed_root, keys, algorithms=_ALGORITHMS)
        root = msgspec.json.decode(signed.payload, type=Root)
    except (JoseError, msgspec.MsgspecError, ValueError):
        raise InvalidInputError("receipt", hint="the receipt is not one that this instance signed") from None
    if not receipts.proves(proof, root):
        raise InvalidInputError("receipt", hint="the receipt does not prove its event")
    click.echo(f"proved: in segment {root.segment}, {proof.event}")


@contextmanager
def _database() -> Iterator[tuple[Settings, Database]]:
    settings = Settings.from_environment(os.environ)
    database = open_database(settings)
    try:
        yield settings, database
    finally:
        database.close()
