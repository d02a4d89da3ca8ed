"""The links that the demo's people have at their first sign-in, made while the servers run.

Each grant is a real one of the other organization, each record comes over FHIR and HTTP by the real workers; only the
signing in and agreeing in a browser is left out. Old Mill is found by its real ``Patient/$match`` over Backend
Services; all that is done for Maria is to say "that is me".
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from portal.demo import folders
from portal.demo.network import (
    GARDEN_STATE,
    INSTANCES,
    LAKESIDE,
    MYCOOPER,
    OLD_MILL,
    PINELANDS,
    RIVERBEND,
    SHORELINE,
    Instance,
)
from portal.demo.prepare import open_services
from portal.directory import suggestions
from portal.domain.errors import NotFoundError, UnreachableError
from portal.domain.links import LinkState, Tier
from portal.linking import enqueue, record_only, transitions
from portal.linking.oauth import discovery, scopes
from portal.linking.states import Move
from portal.provider.oauth import grants
from portal.services import Services
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.links import links, refreshes
from portal.store.links import tokens as link_tokens
from portal.store.links.links import Link
from portal.store.links.tokens import Tokens
from portal.store.people import accounts, people
from portal.store.provider import clients

_WAIT_SECONDS = 60.0
_SHORELINE_AGE = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class _PlannedLink:
    """One link: ``patient`` at MyCooper to ``at``, made by ``maria`` or the patient."""

    patient: str
    at: Instance


_PLANNED = (
    _PlannedLink("maria", SHORELINE),
    _PlannedLink("maria", PINELANDS),
    _PlannedLink("maria", GARDEN_STATE),
    _PlannedLink("leo", LAKESIDE),
    _PlannedLink("rosa", GARDEN_STATE),
    _PlannedLink("rosa", PINELANDS),
    _PlannedLink("rosa", RIVERBEND),
)


def connect(data_dir: Path) -> None:
    """Make the links, wait until the workers have brought the records, then put each into its state of the story."""
    network = {instance.key: open_services(data_dir, instance) for instance in INSTANCES}
    home = network[MYCOOPER.key]
    _locate(home)
    link_ids = {
        (planned.patient, planned.at.key): _link(home, network[planned.at.key], planned) for planned in _PLANNED
    }
    link_ids["maria", OLD_MILL.key] = _confirm(home, "maria", OLD_MILL)
    for link in link_ids.values():
        _wait(lambda link=link: _settled(home, link))  # type: ignore[misc]
    with home.db.transaction() as tx:
        _make_older(tx, link_ids["maria", SHORELINE.key])
        transitions.token_lost(tx, link_id=link_ids["rosa", PINELANDS.key], reason="token-refused")
    _break_pinelands(home, data_dir, link_ids["maria", PINELANDS.key])
    with home.db.transaction() as tx:
        organizations.suggest(
            tx,
            person_id=_person(tx, "maria"),
            organization_id=RIVERBEND.key,
            reason="chart",
            last_visit=(tx.now - timedelta(days=190)).date().isoformat(),
        )
    for services in network.values():
        services.db.close()


def _link(services: Services, other: Services, planned: _PlannedLink) -> str:
    """Make a grant there and a link with its tokens here, and go on as the job does; return the link's id."""
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=planned.at.key)
    if organization is None:
        raise NotFoundError(hint=f"{planned.at.organization} is not in the directory")
    capability = discovery.capability_of(services, organization)
    requested = scopes.to_ask(capability, lasting=not organization.manual, sign_on=False)
    withheld = other.settings.withheld
    requested = tuple(scope for scope in requested if scope.removeprefix("patient/").split(".")[0] not in withheld)
    lasting = "offline_access" in requested and other.settings.lasting_authorization
    with other.db.transaction() as tx:
        client = clients.client_by_id(tx, client_id=MYCOOPER.key)
        if client is None:
            raise NotFoundError(hint=f"MyCooper is not registered at {planned.at.organization}")
        account = accounts.for_sign_in(tx, username=_who(planned.patient))
        issued = grants.issue(
            tx,
            client=client,
            person_id=_person(tx, planned.patient),
            scopes=requested,
            lasting=lasting,
            account_id=account[0].id if account else None,
        )
    tokens = Tokens(
        access_token=issued.access_token,
        refresh_token=issued.refresh_token,
        scopes=issued.scopes,
        patient=issued.patient or "",
        issuer=capability.issuer,
    )
    with services.db.transaction() as tx:
        link = _new_link(tx, planned)
        links.put(
            tx,
            link_id=link.id,
            lasting=lasting,
            patient_hash=links.patient_hash(tx, organization_id=planned.at.key, patient=tokens.patient),
        )
        link_tokens.put_tokens(
            tx, link_id=link.id, tokens=tokens, expires_at=tx.now + timedelta(seconds=issued.expires_in)
        )
    enqueue.enqueue(services, [transitions.verify_work(link.id)])
    return link.id


def _locate(services: Services) -> None:
    """Do what the job does at a sign-in, for everybody of the stories: who was seen where."""
    for fhir_id in ("maria", "leo", "rosa", "james"):
        with services.db.reading() as tx:
            person_id = _person(tx, fhir_id)
        suggestions.compute(services.db, person_id=person_id, home_name=services.settings.organization)
        record_only.locate(services, person_id)


def _confirm(services: Services, patient: str, at: Instance) -> str:
    """Link as when the patient said that the record there is theirs; return the link's id."""
    with services.db.reading() as tx:
        person_id, account_id = _person(tx, patient), _account(tx, patient)
    return record_only.accept(services, person_id=person_id, organization_id=at.key, account_id=account_id).id


def _who(patient: str) -> str:
    return "rosa" if patient == "rosa" else "maria"


def _account(tx: Tx, patient: str) -> str:
    account = accounts.for_sign_in(tx, username=_who(patient))
    if account is None:
        raise NotFoundError(hint="the demo's accounts are not there")
    return account[0].id


def _new_link(tx: Tx, planned: _PlannedLink) -> Link:
    return links.add(
        tx,
        person_id=_person(tx, planned.patient),
        organization_id=planned.at.key,
        state=LinkState.LINKING,
        tier=Tier.ACCOUNT,
        created_by=_account(tx, planned.patient),
        move=Move.AUTHORIZED.value,
    )


def _person(tx: Tx, fhir_id: str) -> str:
    person = people.by_fhir_id(tx, fhir_id=fhir_id)
    if person is None:
        raise NotFoundError(hint=f"{fhir_id} is not in the stories of this organization")
    return person.id


def _settled(services: Services, link_id: str) -> bool:
    """Wait until a link is verified and loaded, waits for somebody to decide, or failed for good."""
    with services.db.reading() as tx:
        link = links.by_id(tx, link_id=link_id)
        latest = refreshes.latest(tx, link_id=link_id)
    if link is None or link.state is LinkState.LINKING:
        return False
    if link.state is LinkState.CONFIRM:
        return True
    return latest is not None and latest.ended_at is not None


def _make_older(tx: Tx, link_id: str) -> None:
    """Let the manual link be updated nine days ago, in every place that says so."""
    then = Tx(tx.conn, tx.vault, tx.now - _SHORELINE_AGE)
    links.put(tx, link_id=link_id, refreshed_at=then.now)
    latest = refreshes.latest(tx, link_id=link_id)
    for section in latest.sections if latest else ():
        refreshes.end_section(
            then,
            refresh_id=latest.id if latest else "",
            link_id=link_id,
            section=section.section,
            outcome=section.outcome,
            reason=section.reason,
            pages=section.pages,
            items=section.items,
        )


def _break_pinelands(services: Services, data_dir: Path, link_id: str) -> None:
    """Its records fail from now on; what was loaded stays."""
    folders.switch_file(data_dir).touch()
    with services.db.transaction() as tx:
        link = links.by_id(tx, link_id=link_id)
        todo = [transitions.request_refresh(tx, link, "nightly")] if link else []
    enqueue.enqueue(services, todo)
    _wait(lambda: _settled(services, link_id))


def _wait(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + _WAIT_SECONDS
    while not done():
        if time.monotonic() > ends:
            raise UnreachableError("demo-links", hint="the workers did not bring the records in time")
        time.sleep(0.1)
