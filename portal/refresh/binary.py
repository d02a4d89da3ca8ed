"""A file that a record only refers to, fetched when the patient opens it, with the link's own token.

Source: FHIR R4 ``Binary`` (binary.html). Read as ``application/fhir+json``, so that the limits, the origin check and
the address guard of every other read hold for it too.
"""

from portal.domain.errors import BadAnswerError, NotFoundError
from portal.fhir.authorised import Authorised
from portal.fhir.client import FhirClient, local_reference
from portal.fhir.transport import open_client
from portal.linking.oauth import discovery
from portal.linking.oauth.tokens import LinkTokens
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links


def fetch(services: Services, *, link_id: str, url: str) -> str:
    """Return the base64 data of the Binary at ``url`` (relative, or under the organization's own base).

    Raises:
        NotFoundError: the link is gone.
        BadAnswerError: "elsewhere": the address is not a Binary of this organization; "no-data".
        OutsideError: it was not given.
    """
    with services.db.reading() as tx:
        link = links.by_id(tx, link_id=link_id)
        organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
    if organization is None:
        raise NotFoundError
    base = discovery.capability_of(services, organization).fhir_base
    reference = local_reference(url, base)
    if reference is None or reference[0] != "Binary":
        raise BadAnswerError("elsewhere")
    with open_client(allow_local=services.settings.allow_local_endpoints) as http:
        data = FhirClient(Authorised(http, base, LinkTokens(services, link_id))).read(*reference).get("data")
    if not isinstance(data, str):
        raise BadAnswerError("no-data")
    return data
