"""Whether a Bundle fits the desk profile, and what is in one. Pure.

Source: the draft "Patient-Shared Health Documents via SMART Health Links" 0.9 (https://ktc-spec.github.io/), profiles
PatientSharedBundle and PatientSharedDocumentReference. ``meta.profile`` is never looked at.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.normalise.elements import items, obj
from portal.sharing.patient_shared import CATEGORY, LOINC, PDF, DocumentKind

_QUIET = frozenset(
    {
        "Composition",
        "DeviceUseStatement",
        "Location",
        "Medication",
        "Organization",
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Provenance",
    }
)
"""Types that serve others: no items by themselves."""
_KINDS = frozenset(kind.value for kind in DocumentKind)


def resources(bundle: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the resources of a Bundle, in its order."""
    return [resource for entry in _entries(bundle) if (resource := obj(entry.get("resource")))]


def addressed(bundle: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the resources of a Bundle, each with its ``fullUrl``."""
    for entry in _entries(bundle):
        if resource := obj(entry.get("resource")):
            yield str(entry.get("fullUrl", "")), resource


def is_item(resource: Mapping[str, Any]) -> bool:
    """Tell whether a resource is an item by itself: it serves no others, and it is not the software that wrote it."""
    kind = resource.get("resourceType")
    return kind not in _QUIET and (kind != "Device" or "patient" in resource)


def patients(bundle: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [resource for resource in resources(bundle) if resource.get("resourceType") == "Patient"]


def problems(bundle: Mapping[str, Any]) -> tuple[str, ...]:
    """Return why a Bundle does not fit the profile, as codes, each once; none if it fits."""
    return tuple(dict.fromkeys(_problems(bundle)))


def _problems(bundle: Mapping[str, Any]) -> Iterator[str]:
    if bundle.get("resourceType") != "Bundle":
        yield "not-a-bundle"
        return
    if bundle.get("type") != "collection":
        yield "bundle-type"
    if not isinstance(bundle.get("timestamp"), str):
        yield "no-timestamp"
    held = resources(bundle)
    if len(patients(bundle)) != 1:
        yield "patients"
    if len(held) < 2:
        yield "no-content"
    addresses = _patient_addresses(bundle)
    for resource in held:
        if resource.get("resourceType") == "DocumentReference":
            yield from _document_problems(resource, addresses)


def _document_problems(document: Mapping[str, Any], patient: frozenset[str]) -> Iterator[str]:
    if document.get("status") != "current":
        yield "document-status"
    if document_kind(document) is None:
        yield "document-type"
    categories = [
        coding for category in items(document.get("category")) for coding in items(obj(category).get("coding"))
    ]
    if not any(_is(coding, CATEGORY, "patient-shared") for coding in categories):
        yield "document-category"
    if obj(document.get("subject")).get("reference") not in patient:
        yield "document-subject"
    if not any(obj(author).get("reference") in patient for author in items(document.get("author"))):
        yield "document-author"
    if not isinstance(document.get("date"), str):
        yield "document-date"
    contents = items(document.get("content"))
    attachment = obj(obj(contents[0]).get("attachment")) if len(contents) == 1 else {}
    if attachment.get("contentType") != PDF or not isinstance(attachment.get("data"), str) or not attachment["data"]:
        yield "document-content"


def document_kind(document: Mapping[str, Any]) -> DocumentKind | None:
    """Return which of the two kinds of PDF a DocumentReference is; None for any other."""
    codes = {
        str(obj(coding).get("code"))
        for coding in items(obj(document.get("type")).get("coding"))
        if obj(coding).get("system") == LOINC
    }
    kinds = codes & _KINDS
    return DocumentKind(kinds.pop()) if len(kinds) == 1 else None


def _patient_addresses(bundle: Mapping[str, Any]) -> frozenset[str]:
    """Return how references within the Bundle may name the Patient."""
    addresses = set()
    for address, resource in addressed(bundle):
        if resource.get("resourceType") == "Patient":
            addresses |= {address, f"Patient/{resource.get('id')}"}
    return frozenset(addresses)


def _entries(bundle: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = bundle.get("entry")
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def _is(coding: object, system: str, code: str) -> bool:
    return obj(coding).get("system") == system and obj(coding).get("code") == code
