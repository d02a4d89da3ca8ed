"""Ending a token at the other organization (RFC 7009); asked again with growing pauses while it does not answer."""

from datetime import timedelta

import structlog

from portal.domain.errors import HttpStatusError, LinkingError, OutsideError, TokenRefusedError
from portal.linking.oauth import client as oauth_client
from portal.linking.oauth import discovery
from portal.services import Services
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import revocations

TRIES = 12
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=24)

_log = structlog.get_logger()


def revoke(services: Services, revocation_id: str) -> str:
    """End one token there; gives the outcome's word. Safe to repeat: what is ended is forgotten here."""
    with services.db.reading() as tx:
        revocation = revocations.revocation(tx, revocation_id=revocation_id)
        organization = (
            organizations.by_id(tx, organization_id=revocation.organization_id, ours=True) if revocation else None
        )
    if revocation is None:
        return "done-before"
    try:
        outcome = _ask(services, organization, revocation.token)
    except (LinkingError, TokenRefusedError):
        outcome = "impossible"
    except OutsideError as error:
        if revocation.tries + 1 < TRIES:
            pause = min(_FIRST_PAUSE * 2**revocation.tries, _LONGEST_PAUSE)
            with services.db.transaction() as tx:
                revocations.postpone_revocation(tx, revocation_id=revocation_id, span=pause)
            _log.info("revoke.postponed", organization=revocation.organization_id, code=error.code)
            return "postponed"
        outcome = "given-up"
    with services.db.transaction() as tx:
        revocations.end_revocation(tx, revocation_id=revocation_id)
    _log.info("revoke.ended", organization=revocation.organization_id, outcome=outcome)
    return outcome


def _ask(services: Services, organization: Organization | None, token: str) -> str:
    if organization is None:
        return "impossible"
    capability = discovery.capability_of(services, organization)
    if not capability.revocation_endpoint:
        return "not-offered"  # it ends by itself there; here it is gone
    client = oauth_client.client_of(services, organization.id)
    with oauth_client.open_oauth(services, client, token_endpoint=capability.token_endpoint) as session:
        response = session.revoke_token(capability.revocation_endpoint, token=token)
    if response.status_code >= 500 or response.status_code == 429:
        raise HttpStatusError(response.status_code)
    return "revoked"
