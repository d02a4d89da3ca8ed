"""From a link at the front desk to a summary beside the record: fetched, compared with who stands there, filed.

Never merged: what is filed is kept as it came, with where it came from, and is read on pages of its own.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from portal import audit
from portal.audit.events import RECEIVED_FILE
from portal.domain.errors import InvalidInputError, NotFoundError
from portal.domain.people import Person
from portal.fhir.public_files import PublicFiles
from portal.identity.comparison import Finding, Verdict, compare
from portal.normalise import section_of
from portal.normalise.demographics import person_of
from portal.normalise.elements import line, obj
from portal.services import Services
from portal.sharing import desk_profile, receiving, shlink
from portal.sharing.attestation import LASTING, Attestation, Attested, attestation
from portal.sharing.receiving import SharedBundle
from portal.sharing.shlink import LinkRefusedError
from portal.store import Database, Tx
from portal.store.people import people
from portal.store.provider import tokens
from portal.store.shares import received
from portal.store.shares.received import ReceivedOrigin

_LONGEST_NAME = 200
_ATTESTATIONS = "app-attestation"  # in the place of a client: what it signed is remembered beside theirs


class OtherPersonError(Exception):
    """The link is somebody else's: nothing of it is kept."""


def fetch(services: Services, *, person_id: str, account_id: str, text: str, passcode: str) -> str:
    """Fetch what a link leads to and keep it until somebody decides; return its id.

    Raises:
        LinkRefusedError, PasscodeNeededError: as ``receiving.open_link``.
        OtherPersonError: it is about somebody else.
    """
    link = shlink.read(text)
    settings = services.settings
    with PublicFiles(settings.egress) as outside:
        shared = receiving.open_link(
            link, outside, recipient=settings.organization, now=datetime.now(UTC), passcode=passcode.strip()
        )
        attested = attestation(shared.bundle, outside, listed=settings.attested_apps)
    with services.db.transaction() as tx:
        is_other = finding(tx, person_id, shared.patient).verdict is Verdict.DIFFERENT
        _note(tx, account_id, person_id, "received-other" if is_other else "received", denied=is_other)
        if not is_other:
            issuer, problems = _believed(tx, attested, shared.content)
            origin = _origin(shared, issuer, problems)
            return received.add(tx, person_id=person_id, account_id=account_id, origin=origin, content=shared.content)
    raise OtherPersonError


def file_document(database: Database, *, content: bytes, patient: str = "") -> bool:
    """File a patient summary of others that came as a file, beside the record of whom it is about.

    ``patient``: the FHIR id of whom the operator says that it is about; believed unless it names another person.
    False where the same was filed before.

    Raises:
        InvalidInputError: "malformed"; "no-patient", "unknown-patient" or "other-patient": not surely about one here.
    """
    try:
        bundle = receiving.bundle_of(content)
        named = person_of(receiving.patient_of(bundle))
    except LinkRefusedError as error:
        raise InvalidInputError("no-patient" if error.code == "patients" else "malformed") from None
    with database.transaction() as tx:
        person_id = _owner(tx, named, patient)
        if received.filed_before(tx, person_id=person_id, file=content):
            return False
        composition = desk_profile.resources(bundle)[0]
        origin = ReceivedOrigin(
            host=_custodian(bundle, composition),
            label=line(composition.get("title"), shlink.LONGEST_LABEL),
            made_at=line(bundle.get("timestamp"), 40),
            kinds=_kinds(bundle),
            by_file=True,
        )
        received_id = received.add(tx, person_id=person_id, account_id="", origin=origin, content=content)
        received.file_it(tx, received_id=received_id)
        audit.record(
            tx, action=audit.Action.IMPORT, actor=audit.Actor("operator"), person_id=person_id, what=RECEIVED_FILE
        )
    return True


def _owner(tx: Tx, named: Person, patient: str) -> str:
    if patient:
        stored = people.by_fhir_id(tx, fhir_id=patient)
        if stored is None:
            raise InvalidInputError("unknown-patient")
        if compare(stored.demographics, named).verdict is Verdict.DIFFERENT:
            raise InvalidInputError("other-patient")
        return stored.id
    same = [
        each.id
        for each in people.alike(tx, person=named)
        if each.fhir_id and compare(each.demographics, named).verdict is Verdict.SAME
    ]
    if len(same) != 1:
        raise InvalidInputError("unknown-patient")
    return same[0]


def _custodian(bundle: Mapping[str, Any], composition: Mapping[str, Any]) -> str:
    """Return who is said to keep a document: the words of its custodian, else the name of that Organization."""
    keeper = obj(composition.get("custodian"))
    if told := line(keeper.get("display"), _LONGEST_NAME):
        return told
    named = dict(desk_profile.addressed(bundle)).get(str(keeper.get("reference")), {})
    return line(named.get("name"), _LONGEST_NAME)


def finding(tx: Tx, person_id: str, patient: Mapping[str, Any]) -> Finding:
    """Compare the Patient of a Bundle with this person.

    Raises:
        NotFoundError: the person is gone.
    """
    stored = people.by_id(tx, person_id=person_id)
    if stored is None:
        raise NotFoundError
    return compare(stored.demographics, person_of(patient))


def decide(tx: Tx, *, received_id: str, person_id: str, account_id: str, is_same: bool) -> bool:
    """File what was fetched, or delete it as somebody else's. False where that was decided before."""
    move = received.file_it if is_same else received.drop
    changed = move(tx, received_id=received_id)
    if changed:
        _note(tx, account_id, person_id, "received-filed" if is_same else "received-other", denied=not is_same)
    return changed


def _believed(tx: Tx, attested: Attestation, content: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the app whose attestation counts for this content, else why it does not."""
    if attested.state is not Attested.VERIFIED:
        return "", ("attestation-unverifiable",) if attested.state is Attested.UNVERIFIABLE else ()
    if attested.signed_at is None or not attested.is_current(tx.now):
        return "", ("attestation-old",)
    signed = f"{attested.issuer.rstrip('/')}|{attested.jti}"
    same = f"{signed}|{hashlib.sha256(content).hexdigest()}"
    expires_at = attested.signed_at + LASTING
    if tokens.use_jti(tx, client_id=_ATTESTATIONS, jti=signed, expires_at=expires_at):
        tokens.use_jti(tx, client_id=_ATTESTATIONS, jti=same, expires_at=expires_at)
    elif not tokens.is_used_jti(tx, client_id=_ATTESTATIONS, jti=same):
        return "", ("attestation-replayed",)
    return attested.issuer, ()


def _kinds(bundle: Mapping[str, Any]) -> dict[str, int]:
    sections = map(section_of, filter(desk_profile.is_item, desk_profile.resources(bundle)))
    return dict(Counter(section.value if section else "" for section in sections))


def _origin(shared: SharedBundle, attested_by: str, problems: tuple[str, ...]) -> ReceivedOrigin:
    return ReceivedOrigin(
        host=shared.host[:_LONGEST_NAME],
        label=line(shared.link.label, shlink.LONGEST_LABEL),
        made_at=line(shared.bundle.get("timestamp"), 40),
        attested_by=attested_by,
        problems=(*shared.problems, *problems),
        kinds=_kinds(shared.bundle),
    )


def _note(tx: Tx, account_id: str, person_id: str, step: str, *, denied: bool) -> None:
    audit.record(
        tx,
        action=audit.Action.ASSIST,
        actor=audit.Actor("account", account_id),
        person_id=person_id,
        outcome="denied" if denied else "success",
        step=step,
    )
