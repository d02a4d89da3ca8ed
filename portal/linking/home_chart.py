"""The home chart from the organization's own FHIR server, by SMART Backend Services (product.md §5).

That server stands among the organizations under the id HOME, and each of its patients has a link of the tier HOME to
it. So planning, limits, outcomes, waiting for one's turn, finding what a crash left and the administrator's table are
those of every refresh. No page lists these links, nobody signs in for them, and their records are the home chart's.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from portal.domain.errors import LinkingError, OutsideError, UnauthorizedError
from portal.domain.ids import HOME
from portal.domain.links import LinkState, Tier
from portal.fhir.authorised import Authorised
from portal.fhir.client import FhirClient, local_reference
from portal.fhir.transport import open_client
from portal.linking import enqueue, transitions
from portal.linking.oauth import backend_services, discovery
from portal.linking.oauth import client as oauth_client
from portal.linking.oauth.client import GrantedTokens
from portal.linking.states import By, Move
from portal.normalise.demographics import person_of
from portal.normalise.elements import items, obj
from portal.services import Services
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links, refresh_queue
from portal.store.links import tokens as link_tokens
from portal.store.links.links import Link
from portal.store.links.tokens import Tokens
from portal.store.people import people

_log = structlog.get_logger()


@dataclass(slots=True)
class Enrolled:
    """What became of patients that were to be read. ``failed``: FHIR id → stable code of why not."""

    requested: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def server(services: Services) -> Organization:
    """Our own server as an organization, as the settings have it now.

    Raises:
        LinkingError: ``no-chart-server``: the settings name none.
    """
    settings = services.settings
    if not settings.chart_base:
        raise LinkingError("no-chart-server", hint="PORTAL_CHART_BASE is not set")
    with services.db.transaction() as tx:
        organization = organizations.by_id(tx, organization_id=HOME, ours=True)
        client = organizations.client_of(tx, organization_id=HOME) if organization else None
        base = organizations.clean_base(settings.chart_base)
        if organization is None or (organization.name, organization.fhir_base) != (settings.organization, base):
            value = organization or Organization(id=HOME, name=settings.organization)
            organization = organizations.put(
                tx, replace(value, name=settings.organization, fhir_base=base, added_by="operator")
            )
        if client is None or client.client_id != settings.chart_client_id:
            organizations.put_client(
                tx, organization_id=HOME, client_id=settings.chart_client_id, auth_method="private_key_jwt"
            )
    return organization


def open_link(tx: Tx, services: Services, *, person_id: str) -> Link | None:
    """Return the link by which a home chart is read, made at the first need; None without a server or a Patient."""
    link = links.to_home(tx, person_id=person_id)
    if link is not None or not services.settings.chart_base:
        return link
    if people.fhir_id_of(tx, person_id=person_id) is None:
        return None
    return links.add(
        tx,
        person_id=person_id,
        organization_id=HOME,
        state=LinkState.ACTIVE,
        tier=Tier.HOME,
        created_by="operator",
        move=Move.ENROLLED.value,
    )


def enrol(services: Services, fhir_ids: Collection[str]) -> Enrolled:
    """Read these Patients, keep who they are, and ask for their charts. Whoever is here already is asked for again.

    A chart that was stopped because somebody else's records came is started again: an operator asks for it.

    Raises:
        LinkingError, OutsideError: the server cannot be used at all. What fails for one patient is in the report.
    """
    done = Enrolled()
    with _client(services) as client:
        for fhir_id in dict.fromkeys(fhir_ids):
            try:
                resource = client.read("Patient", fhir_id)
            except UnauthorizedError:
                raise
            except OutsideError as error:
                done.failed[fhir_id] = error.code
                continue
            with services.db.transaction() as tx:
                link = open_link(tx, services, person_id=keep(tx, resource))
                if link is None:
                    continue
                if link.state is LinkState.NEEDS_VERIFICATION:
                    link = transitions.make(tx, link, Move.RESUMED, By.OPERATOR)
                todo = transitions.request_refresh(tx, link, refresh_queue.NIGHTLY)
            enqueue.enqueue(services, [todo])
            done.requested.append(fhir_id)
    return done


def keep(tx: Tx, resource: dict[str, Any]) -> str:
    """Who a Patient of our server is; gives the person's id. Somebody who is known and unchanged is not written."""
    fhir_id = str(resource["id"])
    told = person_of(resource)
    person = people.by_fhir_id(tx, fhir_id=fhir_id)
    if person is not None and person.demographics == told:
        return person.id
    return people.put_home_patient(tx, fhir_id=fhir_id, demographics=told)


def roster(services: Services) -> tuple[str, ...]:
    """Return the FHIR ids of the patients whom the Group of the settings names; those marked inactive are left out.

    Raises:
        LinkingError: ``no-roster``: the settings name no Group. OutsideError: it cannot be read.
    """
    if not services.settings.chart_group:
        raise LinkingError("no-roster", hint="PORTAL_CHART_GROUP is not set")
    with _client(services) as client:
        group = client.read("Group", services.settings.chart_group)
        base = client.base
    references = [
        local_reference(obj(member.get("entity")).get("reference"), base)
        for member in items(group.get("member"))
        if member.get("inactive") is not True
    ]
    return tuple(
        dict.fromkeys(reference[1] for reference in references if reference is not None and reference[0] == "Patient")
    )


def enrol_new(services: Services) -> Enrolled:
    """Enrol those of the roster who are not here yet; nothing where there is no roster. For every night."""
    if not services.settings.chart_group:
        return Enrolled()
    named = roster(services)
    with services.db.reading() as tx:
        new = [fhir_id for fhir_id in named if not _is_here(tx, fhir_id)]
    done = enrol(services, new)
    _log.info("chart.roster", named=len(named), requested=len(done.requested), failed=len(done.failed))
    return done


def first_tokens(services: Services, link: Link, organization: Organization) -> Tokens:
    """Tokens for a chart that has none yet, kept with its link.

    Raises:
        LinkingError: no Patient, or not registered. OutsideError: the server gave none.
    """
    with services.db.reading() as tx:
        patient = people.fhir_id_of(tx, person_id=link.person_id)
    if patient is None:
        raise LinkingError("no-patient")
    granted = _granted(services, organization)
    tokens = msgspec.structs.replace(granted.tokens, patient=patient)
    with services.db.transaction() as tx:
        link_tokens.put_tokens(
            tx, link_id=link.id, tokens=tokens, expires_at=tx.now + timedelta(seconds=granted.expires_in)
        )
    return tokens


def _granted(services: Services, organization: Organization) -> GrantedTokens:
    capability = discovery.capability_of(services, organization)
    return backend_services.token(services, oauth_client.client_of(services, HOME), capability, Tier.HOME)


def _is_here(tx: Tx, fhir_id: str) -> bool:
    person = people.by_fhir_id(tx, fhir_id=fhir_id)
    return person is not None and links.to_home(tx, person_id=person.id) is not None


@contextmanager
def _client(services: Services) -> Iterator[FhirClient]:
    organization = server(services)
    tokens = _ServerTokens(lambda: _granted(services, organization).tokens.access_token)
    tokens.access_token()  # a server that does not let us in says so here, not once for each patient
    with open_client(egress=services.settings.egress) as http:
        yield FhirClient(Authorised(http, str(organization.fhir_base), tokens))


class _ServerTokens:
    """Tokens for what is about no one patient; they live for minutes and are kept nowhere."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask
        self._token = ""

    def access_token(self) -> str:
        self._token = self._token or self._ask()
        return self._token

    def refreshed(self) -> str:
        self._token = self._ask()
        return self._token
