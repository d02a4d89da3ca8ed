"""Verifying an account: read Patient there, compare with the person here, move the link (product.md §3.16)."""

from datetime import UTC, datetime, timedelta

import structlog
from msgspec.structs import replace

from portal.domain.errors import BadAnswerError, HttpStatusError, OutsideError, UnauthorizedError
from portal.domain.links import LinkState
from portal.domain.people import Person
from portal.fhir.authorised import Authorised
from portal.fhir.client import FhirClient
from portal.fhir.transport import open_client
from portal.identity.comparison import Difference, Finding, Verdict, compare
from portal.linking import enqueue, transitions
from portal.linking.oauth import discovery
from portal.linking.oauth.tokens import LinkTokens
from portal.linking.proxies import signed_in_by
from portal.linking.states import By, Move
from portal.linking.transitions import Work
from portal.normalise.demographics import person_of
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links, tokens
from portal.store.links.links import Link
from portal.store.people import accounts, people, proxies
from portal.store.people.people import StoredPerson

GIVE_UP_AFTER = timedelta(hours=1)
"""How long an organization that does not answer is asked again before the patient is told to try later."""

_UNREADABLE = frozenset({"content-encoding", "content-type", "fhir-version", "not-an-object", "not-json"})
"""Answers that no repetition makes readable; they end at the second time (requirement H3)."""

_SHORTEST_PAUSE = timedelta(seconds=30)

_log = structlog.get_logger()


def verify_link(services: Services, link_id: str) -> str:
    """Verify the account of a link that is being made, and return the outcome's word (same, near, different, …).

    Safe to repeat and to kill at any point: nothing is done to a link that is not waiting for it.
    """
    with services.db.reading() as tx:
        link = links.by_id(tx, link_id=link_id)
        stored = tokens.tokens_of(tx, link_id=link_id)
        organization = organizations.by_id(tx, organization_id=link.organization_id) if link else None
        person = people.by_id(tx, person_id=link.person_id) if link else None
    if link is None or organization is None or person is None or link.state is not LinkState.LINKING:
        return "not-waiting"
    if stored is None:
        with services.db.transaction() as tx:
            transitions.token_lost(tx, link_id=link_id, reason="answer-lost")
        return "no-token"
    try:
        base = discovery.capability_of(services, organization).fhir_base
        with open_client(egress=services.settings.egress) as client:
            fhir = FhirClient(Authorised(client, base, LinkTokens(services, link_id)))
            resource = fhir.read("Patient", stored.tokens.patient)
    except UnauthorizedError:
        with services.db.transaction() as tx:
            transitions.token_lost(tx, link_id=link_id, reason="token-refused")
        return "token-refused"
    except OutsideError as error:
        return _not_read(services, link, error)
    theirs = person_of(resource)
    finding = compare(person.demographics, theirs)
    if finding.verdict is Verdict.DIFFERENT:
        finding = replace(finding, differences=_mistaken_for(services, link, person, theirs))
    return _decide(services, link_id, finding)


def _mistaken_for(services: Services, link: Link, person: StoredPerson, theirs: Person) -> tuple[Difference, ...]:
    """Say whose account it is where that is the one who signed in, or somebody they act for: a wrong choice there.

    Of anybody else nothing is told, and nothing kept.
    """
    with services.db.reading() as tx:
        account = accounts.by_id(tx, account_id=signed_in_by(tx, link) or "")
        if account is None:
            return ()
        grants = proxies.in_force(tx, teen_age=services.settings.teen_age, account_id=account.id)
        known_ids = {account.person_id, *(grant.person_id for grant in grants)} - {None, person.id}
        others = [people.by_id(tx, person_id=person_id) for person_id in sorted(filter(None, known_ids))]
    for other in others:
        if other is not None and compare(other.demographics, theirs).verdict is Verdict.SAME:
            ours, chosen = person.demographics.display, other.demographics.display
            return (Difference(aspect="person", ours=ours, theirs=chosen),)
    return ()


def _decide(services: Services, link_id: str, finding: Finding) -> str:
    todo: list[Work] = []
    with services.db.transaction() as tx:
        link = links.by_id(tx, link_id=link_id)
        if link is None or link.state is not LinkState.LINKING:
            return "not-waiting"
        if finding.verdict is Verdict.SAME:
            link = transitions.make(tx, link, Move.VERIFIED, By.JOB, verified_at=tx.now, throttled_until=None)
            todo.append(transitions.request_refresh(tx, link, "linked"))
        elif finding.verdict is Verdict.DIFFERENT:
            todo += transitions.refuse(tx, link, reason="different-person")
            if finding.differences:
                links.put(tx, link_id=link.id, finding=tx.seal(finding, row=f"link.finding:{link.id}"))
        elif finding.may_confirm:
            is_near = finding.verdict is Verdict.NEAR
            reason = finding.differences[0].aspect if is_near else finding.verdict.value
            sealed = tx.seal(finding, row=f"link.finding:{link.id}", person_id=link.person_id)
            move = Move.NEAR if is_near else Move.CANNOT_TELL
            transitions.make(tx, link, move, By.JOB, reason=reason, finding=sealed)
        else:
            todo += transitions.leave_undecided(tx, link)
    enqueue.enqueue(services, todo)
    return finding.verdict.value


def _not_read(services: Services, link: Link, error: OutsideError) -> str:
    """Note that the Patient there could not be read: for good, or for now (the sweeper asks again)."""
    for_good = isinstance(error, HttpStatusError) and error.status in (403, 404, 410)
    for_good = for_good or (isinstance(error, BadAnswerError) and error.code == "wrong-resource")
    unreadable = isinstance(error, BadAnswerError) and error.code in _UNREADABLE and link.reason == error.code
    if for_good or unreadable or datetime.now(UTC) - link.updated_at > GIVE_UP_AFTER:
        reason = "patient-withheld" if for_good else "patient-unreadable" if unreadable else "not-reached"
        with services.db.transaction() as tx:
            current = links.by_id(tx, link_id=link.id)
            if current is not None and current.state is LinkState.LINKING:
                transitions.make(tx, current, Move.TOKEN_LOST, By.JOB, reason=reason)
        return reason
    _log.info("verify.postponed", link=link.id, code=error.code)
    with services.db.transaction() as tx:
        pause = max(_SHORTEST_PAUSE, (tx.now - link.updated_at) / 2)
        links.put(tx, link_id=link.id, reason=error.code, throttled_until=tx.now + pause)
    return "postponed"
