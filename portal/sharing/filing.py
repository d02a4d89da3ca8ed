"""From a link at the front desk to a summary beside the record: fetched, compared with who stands there, filed.

Never merged: what is filed is kept as it came, with where it came from, and is read on pages of its own.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from portal import audit
from portal.domain.errors import NotFoundError
from portal.fhir.public_files import PublicFiles
from portal.identity.comparison import Finding, Verdict, compare
from portal.normalise import section_of
from portal.normalise.demographics import person_of
from portal.normalise.elements import line
from portal.services import Services
from portal.sharing import desk_profile, receiving, shlink
from portal.sharing.attestation import attestation
from portal.sharing.receiving import SharedBundle
from portal.store import Tx
from portal.store.people import people
from portal.store.shares import received
from portal.store.shares.received import ReceivedOrigin


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
            origin = _origin(shared, attested.issuer)
            return received.add(tx, person_id=person_id, account_id=account_id, origin=origin, content=shared.content)
    raise OtherPersonError


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


def _origin(shared: SharedBundle, attested_by: str) -> ReceivedOrigin:
    held = desk_profile.resources(shared.bundle)
    sections = (section_of(resource) for resource in held if resource.get("resourceType") not in desk_profile.QUIET)
    kinds = Counter(section.value if section else "" for section in sections)
    return ReceivedOrigin(
        host=shared.host[:200],
        label=line(shared.link.label, shlink.LONGEST_LABEL),
        made_at=line(shared.bundle.get("timestamp"), 40),
        attested_by=attested_by,
        problems=shared.problems,
        kinds=dict(kinds),
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
