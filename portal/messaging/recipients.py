"""Whom one may write to at a linked organization: asked after each refresh, so that no page waits for it."""

from collections.abc import Mapping

import structlog

from portal.domain.errors import LinkingError, OutsideError
from portal.domain.links import LinkState
from portal.fhir.authorised import Authorised
from portal.fhir.limits import Limits
from portal.fhir.transport import open_client
from portal.linking.oauth.discovery import capability_of
from portal.linking.oauth.tokens import LinkTokens
from portal.messaging import clinicians
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.messages import recipients

OPERATION = "recipients"
_LIMITS = Limits(attempts=2, total_seconds=15.0, answer_bytes=1024 * 1024)
_log = structlog.get_logger()


def update(services: Services, *, link_id: str) -> None:
    """Ask and store; where it is not answered, what was known stays. Not in a transaction."""
    with services.db.reading() as tx:
        link = links.by_id(tx, link_id=link_id)
        organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
    if link is None or organization is None or link.state is not LinkState.ACTIVE:
        return
    listed: Mapping[str, object] = {}
    try:
        capability = capability_of(services, organization)
        if capability.operates("Communication", OPERATION):
            with open_client(egress=services.settings.egress, limits=_LIMITS) as http:
                client = Authorised(http, capability.fhir_base, LinkTokens(services, link_id), limits=_LIMITS)
                listed = client.get(f"{capability.fhir_base}/Communication/${OPERATION}").body
    except (OutsideError, LinkingError) as error:
        _log.info("recipients.unknown", code=error.code)
        return
    with services.db.transaction() as tx:
        current = links.by_id(tx, link_id=link_id)
        if current is not None and current.live:
            recipients.put(tx, link_id=link_id, recipients=clinicians.from_roles(listed))
