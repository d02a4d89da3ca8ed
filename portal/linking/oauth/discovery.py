"""What an organization's server can do, kept with the organization and read again weekly (requirement B2)."""

from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from portal.domain.addresses import canonical
from portal.domain.errors import LinkingError, OutsideError
from portal.fhir.capability import Capability, discover
from portal.fhir.transport import open_client
from portal.linking.oauth import issuer
from portal.services import Services
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization

REREAD_AFTER = timedelta(days=7)

_log = structlog.get_logger()


def capability_of(services: Services, organization: Organization, *, fresh: bool = False) -> Capability:
    """Discovery's answer, from the store while it is young enough; asks the server otherwise. Not in a transaction.

    Raises:
        LinkingError: ``no-address``: the organization has no FHIR server that we know of.
        OutsideError: it cannot be read, and was never read before.
    """
    if organization.fhir_base is None:
        raise LinkingError("no-address")
    cached = _cached(organization)
    if cached and not fresh and not is_due(organization, datetime.now(UTC)):
        return cached
    try:
        with open_client(egress=services.settings.egress.towards(organization.fhir_base)) as client:
            capability = discover(client, organization.fhir_base, egress=services.settings.egress)
            proven = issuer.is_proven(client, capability)
        capability = msgspec.structs.replace(capability, issuer_proven=proven)
    except OutsideError as error:
        _log.info("discovery.failed", organization=organization.id, code=error.code)
        with services.db.transaction() as tx:
            organizations.set_contact(tx, organization_id=organization.id, state=error.code)
        if cached is None:
            raise
        return cached  # what it could do last week is a better guess than nothing
    if cached is not None and cached != capability:
        _log.info("discovery.changed", organization=organization.id)
    with services.db.transaction() as tx:
        organizations.set_capability(tx, organization_id=organization.id, capability=capability.to_json())
    return capability


def is_due(organization: Organization, now: datetime) -> bool:
    return organization.capability_at is None or now - organization.capability_at > REREAD_AFTER


def _cached(organization: Organization) -> Capability | None:
    """Return what was found before, if it is of the address that is in use now."""
    if organization.capability is None:
        return None
    capability = Capability.from_json(organization.capability)
    return capability if canonical(capability.fhir_base) == canonical(organization.fhir_base or "") else None
