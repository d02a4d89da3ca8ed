"""Two persons who are one: the records office or an administrator says so, another of them confirms it.

Until then nothing has changed. Afterwards everything of both stands under one, and the trail tells of it.
"""

from dataclasses import dataclass

from portal import audit, mail
from portal.access import Duty, has_duty
from portal.authentication import desk_proxies
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.links import LinkState
from portal.domain.sections import Section
from portal.linking import enqueue, transitions
from portal.linking.states import By, Move
from portal.linking.transitions import Work
from portal.persons import merging_proxies
from portal.refresh.renormalise import renew_person
from portal.services import Services
from portal.sharing import privacy as sharing_privacy
from portal.store import Tx
from portal.store.directory import suggestions
from portal.store.links import links
from portal.store.links.links import Link
from portal.store.people import accounts, changes, merging, people
from portal.store.people.accounts import Account
from portal.store.people.merging import MergeProposal
from portal.store.provider import grants, matches
from portal.store.records import privacy

_REASON = "merged"


@dataclass(frozen=True, slots=True)
class Twice:
    """Two live links to one organization: ``goes`` ends when their persons become one."""

    stays: Link
    goes: Link


def propose(tx: Tx, *, person_id: str, other_id: str, by: Account, teen_age: int) -> str:
    """Say that ``other_id`` is the same as ``person_id``, who stays; return the id to confirm. Said twice, it is one.

    Raises:
        NotFoundError: one of them is not there.
        ConflictError: ``same-person``: it is one person already; ``no-duty``; ``own-record``: of who says so, or of
            somebody they act for; ``change-waits``, see ``_check_changes``.
    """
    _check(by)
    if person_id == other_id:
        raise ConflictError("same-person", hint="both are one person already")
    if any(people.by_id(tx, person_id=each) is None for each in (person_id, other_id)):
        raise NotFoundError(hint="no patient with this id")
    _check_sides(tx, by, (person_id, other_id), teen_age=teen_age)
    _check_changes(tx, person_id, other_id)
    for waiting in merging.everything(tx):
        if {waiting.person_id, waiting.other_id} == {person_id, other_id}:
            return waiting.id
    merge_id = merging.add(tx, person_id=person_id, other_id=other_id, account_id=by.id)
    _record(tx, by, person_id, other_id, "asked")
    return merge_id


def cancel(tx: Tx, *, merge_id: str, by: Account) -> None:
    """Call one off; nothing has changed.

    Raises:
        NotFoundError: nothing waits under this id.
    """
    waiting = _take(tx, merge_id, by)
    _record(tx, by, waiting.person_id, waiting.other_id, "cancelled")


def confirm(services: Services, *, merge_id: str, by: Account) -> str:
    """Make them one, at the word of a second person; return the id of who stays.

    Of two links to one organization one ends, as ``twice`` tells; apps that were let into the other record ask again,
    for a record of another Patient; who acts for one of the two alone does not any more.

    Raises:
        NotFoundError: nothing waits under this id.
        ConflictError: ``second-person``: who said it cannot confirm it, with another account of theirs neither;
            ``own-record``; ``change-waits``.
    """
    actor = audit.Actor("account", by.id)
    work: list[Work] = []
    with services.db.transaction() as tx:
        waiting = _take(tx, merge_id, by)
        asker = accounts.by_id(tx, account_id=waiting.account_id, disabled=True)
        if asker is None or desk_proxies.same_human(asker, by):
            raise ConflictError("second-person", hint="somebody else confirms it")
        person_id, other_id = waiting.person_id, waiting.other_id
        for each in (asker, by):
            _check_sides(tx, each, (person_id, other_id), teen_age=services.settings.teen_age)
        _check_changes(tx, person_id, other_id)
        for pair in twice(tx, waiting):
            work += transitions.end(tx, pair.goes, Move.UNLINKED, By.PATIENT, actor=actor, reason=_REASON)
        for grant in grants.grants_of_person(tx, person_id=other_id):
            grants.end_grant(tx, grant_id=grant.id, reason=_REASON)
            detail = {"client": grant.client_id, "grant": grant.id, "reason": _REASON}
            audit.record(tx, action=audit.Action.CONSENT_END, actor=actor, person_id=other_id, **detail)
        both = [people.by_id(tx, person_id=each) for each in (person_id, other_id)]
        acting_for = merging_proxies.acting(tx, waiting, teen_age=services.settings.teen_age)
        work += merging_proxies.end_one_sided(tx, services.settings, waiting, acting_for, actor=actor)
        merging.move(tx, person_id=person_id, other_id=other_id)
        work += merging_proxies.narrow(tx, services.settings, person_id=person_id, acting_for=acting_for, actor=actor)
        if not all(each.share_matches for each in both if each):
            _keep_from_partners(tx, person_id)
        # What either handed on may show something that the other one keeps private.
        sharing_privacy.take_back(tx, person_id=person_id)
        sections = _private_sections(tx, person_id)
        sharing_privacy.end_shares(tx, person_id=person_id, account_id=by.id, sections=sections)
        _record(tx, by, person_id, other_id, "confirmed")
    enqueue.enqueue(services, work)
    mail.ask(services)
    renew_person(services.db, person_id=person_id)
    return person_id


def twice(tx: Tx, proposal: MergeProposal) -> tuple[Twice, ...]:
    """Return the organizations that both are linked to. The link that works stays, else that of who stays."""
    own = {link.organization_id: link for link in links.of_person(tx, person_id=proposal.person_id)}
    pairs = []
    for theirs in links.of_person(tx, person_id=proposal.other_id):
        link = own.get(theirs.organization_id)
        if link is None:
            continue
        better = theirs.state is LinkState.ACTIVE and link.state is not LinkState.ACTIVE
        pairs.append(Twice(theirs, link) if better else Twice(link, theirs))
    return tuple(pairs)


def _take(tx: Tx, merge_id: str, by: Account) -> MergeProposal:
    """Return what waits, and take it away first of all: it is confirmed or called off, by one of two at a time."""
    _check(by)
    waiting = merging.by_id(tx, merge_id=merge_id)
    if waiting is None or not merging.remove(tx, merge_id=merge_id):
        raise NotFoundError(hint="nothing waits under this id")
    return waiting


def _check(by: Account) -> None:
    if not has_duty(by.role, Duty.MERGE_PERSONS) or by.disabled:
        raise ConflictError("no-duty", hint="only the records office or an administrator may do this")


def _private_sections(tx: Tx, person_id: str) -> frozenset[Section]:
    """Return the sections of which something may be private: any, by what was read out of a document."""
    named = {choice.section for choice in privacy.choices(tx, person_id=person_id)}
    if named & {"", Section.DOCUMENTS.value}:
        return frozenset(Section)
    return frozenset(map(Section, named))


def _keep_from_partners(tx: Tx, person_id: str) -> None:
    """Let partners neither be asked about a person, nor ask: either of the two records said so."""
    people.set_share_matches(tx, person_id=person_id, share=False)
    suggestions.forget_matches(tx, person_id=person_id)
    matches.forget_matches(tx, person_id=person_id)


def _check_sides(tx: Tx, by: Account, sides: tuple[str, ...], *, teen_age: int) -> None:
    """Let nobody decide about a record of their own, or of somebody they act for.

    Raises:
        ConflictError: ``own-record``.
    """
    own = {by.as_patient, *desk_proxies.acts_for(tx, by, teen_age=teen_age)}
    for side in sides:
        account = accounts.own_account(tx, person_id=side)
        if side in own or (account is not None and desk_proxies.same_human(by, account)):
            raise ConflictError("own-record", hint="a colleague decides about this record")


def _check_changes(tx: Tx, *sides: str) -> None:
    """Merge nobody who is about to be erased or closed: it was asked for one record, and would be of both.

    Raises:
        ConflictError: ``change-waits``.
    """
    if any(change.person_id in sides for change in changes.everything(tx)):
        raise ConflictError("change-waits", hint="one of the two waits to be erased or closed: decide that first")


def _record(tx: Tx, by: Account, person_id: str, other_id: str, step: str) -> None:
    actor = audit.Actor("account", by.id)
    audit.record(tx, action=audit.Action.MERGE, actor=actor, person_id=person_id, other=other_id, step=step)
