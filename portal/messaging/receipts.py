"""Read here is read there: organizations learn which of their messages the person has read.

At home the message itself says so (``Communication.received``), for every portal that shows it. Elsewhere only where
the server declares that it takes it; what is read there comes with a refresh, as ``received``.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from portal.domain.errors import LinkingError, OutsideError
from portal.domain.ids import HOME
from portal.domain.links import LinkState
from portal.fhir.authorised import Authorised
from portal.fhir.limits import Limits
from portal.fhir.transport import open_client
from portal.linking.oauth.discovery import capability_of
from portal.linking.oauth.tokens import LinkTokens
from portal.messaging.received import receive
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.messages import receipts
from portal.store.messages.receipts import MessageReceipt

OPERATION = "received"
_AT_ONCE = 100
_AGAIN = timedelta(minutes=5)
_TRIES = 5
_LIMITS = Limits(attempts=1, total_seconds=30.0)
_log = structlog.get_logger()


def send_due(services: Services) -> None:
    """Hand on what is due, organization by organization."""
    while True:
        with services.db.transaction() as tx:
            due = receipts.take_due(tx, span=_AGAIN, limit=_AT_ONCE)
        if not due:
            return
        try:
            _hand_on(services, due)
        except (OutsideError, LinkingError) as error:
            _log.info("receipt.failed", code=error.code)
            due = tuple(receipt for receipt in due if receipt.tries + 1 >= _TRIES)
        with services.db.transaction() as tx:
            receipts.end(tx, entry_ids=[receipt.entry_id for receipt in due])


def _hand_on(services: Services, due: Sequence[MessageReceipt]) -> None:
    source = due[0].source
    if source == HOME:
        for receipt in due:
            receive(services.db, person_id=receipt.person_id, fhir_id=receipt.fhir_id, at=receipt.read_at)
        return
    with services.db.reading() as tx:
        link = links.by_id(tx, link_id=source)
        organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
    if link is None or organization is None or link.state is not LinkState.ACTIVE:
        return
    capability = capability_of(services, organization)
    if not capability.operates("Communication", OPERATION):
        return
    parameters = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "message", "valueReference": {"reference": f"Communication/{receipt.fhir_id}"}} for receipt in due
        ],
    }
    with open_client(egress=services.settings.egress, limits=_LIMITS) as http:
        client = Authorised(http, capability.fhir_base, LinkTokens(services, source), limits=_LIMITS)
        client.post(f"{capability.fhir_base}/Communication/${OPERATION}", parameters)
