"""A file that a record only refers to, fetched when the patient opens it, with the link's own token.

Source: FHIR R4 ``Binary`` (binary.html): a server answers with the resource or with the bytes. Limits, the origin check
and the address guard of every other read hold for it too.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from urllib.parse import unquote, urlsplit

from portal.domain.errors import AddressRefusedError, BadAnswerError, NotFoundError
from portal.fhir.answers import decode
from portal.fhir.authorised import Authorised, path_under, same_origin
from portal.fhir.client import local_reference
from portal.fhir.limits import Limits
from portal.fhir.transport import open_client
from portal.linking.oauth import discovery
from portal.linking.oauth.tokens import LinkTokens
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links

_JSON = ("/json", "+json", "json+fhir")


def fetch(services: Services, *, link_id: str, url: str) -> bytes:
    """Return the file at ``url``: relative to the organization's FHIR base, or anywhere at the origin of it.

    Raises:
        NotFoundError: the link is gone.
        BadAnswerError: "elsewhere": the address is not this organization's, or of another kind of resource than Binary;
            "no-data", "not-base64".
        OutsideError: it was not given.
    """
    with services.db.reading() as tx:
        link = links.by_id(tx, link_id=link_id)
        organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
    if organization is None:
        raise NotFoundError
    base = discovery.capability_of(services, organization).fhir_base
    target = _target(services, url, base)
    with open_client(egress=services.settings.egress) as http:
        response = Authorised(http, base, LinkTokens(services, link_id)).download(target)
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type.endswith(_JSON):
        resource = decode(response.content, depth=Limits().depth)
        if isinstance(resource, dict) and "resourceType" in resource:
            return _data(resource)
    return response.content


def _target(services: Services, url: str, base: str) -> str:
    try:
        target = same_origin(url.strip(), base, below=False)
    except AddressRefusedError:
        raise BadAnswerError("elsewhere") from None
    with services.db.reading() as tx:
        exact = organizations.has_twin(tx, fhir_base=base)
        if exact and _is_the_twins(target, base):
            raise BadAnswerError("elsewhere")
        reference = local_reference(target, base, exact=exact)
        if reference is not None and reference[0] != "Binary":
            raise BadAnswerError("elsewhere")
        if reference is None and organizations.is_at(tx, addresses=_above(target, base), but=base):
            raise BadAnswerError("elsewhere")  # of another organization on the same server
    return target


def _is_the_twins(address: str, base: str) -> bool:
    """Tell whether an address is under our base but for the case of its letters."""
    parts, home = urlsplit(address), urlsplit(base)
    return path_under(parts, home) is not None and path_under(parts, home, exact=True) is None


def _above(address: str, base: str) -> list[str]:
    """Return the addresses of which another organization's base may be one, if it holds this address.

    Without case, default ports and double strokes, which servers disregard.
    """
    parts, home = urlsplit(address), urlsplit(base)
    names = [name for name in unquote(parts.path).split("/") if name]
    root = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port not in (None, 80, 443) else "")
    ours = base.lower() if path_under(parts, home) is not None else ""
    addresses = ["/".join([root, *names[:count]]).lower() for count in range(min(len(names), 30) + 1)]
    return [above for above in addresses if not f"{ours}/".startswith(f"{above}/")]


def _data(resource: dict[str, object]) -> bytes:
    data = resource.get("data")
    if resource["resourceType"] != "Binary" or not isinstance(data, str):
        raise BadAnswerError("no-data")
    try:
        return b64decode(data, validate=False)
    except (NotBase64, ValueError):
        raise BadAnswerError("not-base64") from None
