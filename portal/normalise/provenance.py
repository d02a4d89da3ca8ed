"""What tells one resource of an organization from its repeats and its later versions, whatever its type.

Source: FHIR R4 ``Identifier``, HL7 v2 table 0203 (identifier types), ``DocumentReference.relatesTo``,
``MedicationRequest.priorPrescription``.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from portal.domain.entry import Entry
from portal.domain.fhir_ids import is_fhir_id
from portal.normalise.coding import code_in
from portal.normalise.context import target_of
from portal.normalise.elements import items, line, obj, unique, uri, word, words

_RECORDING = words("id meta text recordedDate recorded dateAsserted assertedDate issued implicitRules")
"""Elements in which a repeat may differ: which version it is, when it was written down, and its words of all that."""

_ORIGIN = "urn:tributary:origin"
FROM_DOCUMENT = (_ORIGIN, "document")
"""The tag (system, code) of what was imported as a clinical document, or made from one, not from a record system."""
FROM_SENT_DOCUMENT = (_ORIGIN, "sent-document")
"""The tag of what was made from a document that an organization sent, which gives no resources of that kind."""

_ENCODER = msgspec.json.Encoder(order="sorted", decimal_format="number")


def own_reference(resource: Mapping[str, Any]) -> str:
    """Return "Type/id" of a resource; empty when it has no id."""
    fhir_id = resource.get("id")
    return f"{word(resource.get('resourceType'))}/{fhir_id}" if is_fhir_id(fhir_id) else ""


def is_from_document(resource: Mapping[str, Any]) -> bool:
    """Tell whether a resource is a document that was imported, or was made from one."""
    return FROM_DOCUMENT[1] in origins(resource)


def origins(resource: Mapping[str, Any]) -> Collection[str]:
    """Return from what a resource was made, by the codes of its tags; nothing for what a record system gave."""
    meta = resource.get("meta")
    tags = obj(meta).get("tag") if meta else None
    return [word(tag.get("code")) for tag in items(tags) if word(tag.get("system")) == _ORIGIN] if tags else ()


def identifiers(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the business identifiers, "type|system|value"; an OID is the same with and without "urn:oid:"."""
    if "identifier" not in resource and "masterIdentifier" not in resource:
        return ()
    values = (*items(resource.get("masterIdentifier")), *items(resource.get("identifier")))
    return unique([_identifier(value) for value in values]) if values else ()


def _identifier(value: Mapping[str, Any]) -> str:
    written = line(value.get("value"), 200).removeprefix("urn:oid:").removeprefix("urn:uuid:")
    kind = code_in(value.get("type")).upper()
    return f"{kind}|{uri(value.get('system'))}|{written}" if written else ""


def replaces(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the references of what a resource says that it replaces."""
    if "relatesTo" not in resource and "priorPrescription" not in resource and "replaces" not in resource:
        return ()
    related = [one for one in items(resource.get("relatesTo")) if code_in(one.get("code")) == "replaces"]
    targets = (*items(resource.get("priorPrescription")), *items(resource.get("replaces")))
    return unique(target_of(target) for target in (*targets, *(one.get("target") for one in related)))


def stamped(entry: Entry, resource: Mapping[str, Any]) -> Entry:
    """Return the entry with a hash of all that its resource says but id, version and recording times.

    Apart from ``to_entry``, because it reads the whole resource, however large.
    """
    content = {name: value for name, value in resource.items() if name not in _RECORDING}
    try:
        return msgspec.structs.replace(entry, digest=sha256(_ENCODER.encode(content)).hexdigest()[:32])
    except (TypeError, ValueError, RecursionError):
        return entry
