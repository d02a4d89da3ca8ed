"""The coded entries of a document that is inside its DocumentReference, as the home chart keeps those it was given."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from portal.domain.errors import InvalidInputError
from portal.normalise.ccda.entries import Resource, resources_in
from portal.normalise.elements import items, obj


def resources_of(body: Mapping[str, Any], fhir_id: str, patient: str) -> dict[str, list[Resource]]:
    """Return the entries by type of resource; ``fhir_id`` is the document's, ``patient`` the person's."""
    meta = obj(body.get("meta"))
    own = {name: meta[name] for name in ("tag", "security") if name in meta}
    for content in items(body.get("content")):
        data = obj(content.get("attachment")).get("data")
        try:
            raw = b64decode(data) if isinstance(data, str) else b""
            return resources_in(raw, document=fhir_id, patient=f"Patient/{patient}", meta=own, described=body)
        except (InvalidInputError, ValueError):
            continue  # it was read when it came; what cannot be read again gives nothing
    return {}
