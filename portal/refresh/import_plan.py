"""What an import found in its files: which resource is about whom, and what their references stand for."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from portal.refresh.bundles import Content
from portal.store.records import packing

CONDITIONAL = "?identifier="
_VERSION = re.compile(r"/_history/[^/]*$")
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
ROOM = 1_500_000
"""Bytes of JSON that stay decoded until they are stored; decoded they take five times as many."""

_MOST_RESOLVED = 2000


class Planned(msgspec.Struct):
    """A resource that was read. ``resource``: what it was decoded to, if that is at hand.

    ``describes``: it does not say whose it is; its ``subjects`` are the resources of which it says something.
    """

    content: Content
    type: str
    fhir_id: str
    subjects: tuple[str, ...]
    resource: dict[str, Any] | None = None
    describes: bool = False

    def taken(self) -> dict[str, Any]:
        """Return the resource, for the caller alone."""
        resource, self.resource = self.resource, None
        if resource is None:
            resource = packing.decode(self.content.data)
        return resource


class ImportPlan:
    """What the first reading found."""

    def __init__(self) -> None:
        self.items: list[Planned] = []
        self.summaries: list[bytes] = []
        self.refused: Counter[str] = Counter()
        self.urls: dict[int, dict[str, str]] = defaultdict(dict)  # bundle → fullUrl → "Type/id"
        self.identifiers: dict[str, str] = {}  # "Type?identifier=system|value" → "Type/id"
        self.patients: dict[str, memoryview] = {}  # FHIR id → its resource
        self.binaries: dict[str, memoryview] = {}  # "Binary/id" → its resource
        self.documents: list[tuple[Content, str]] = []  # clinical documents and their ids, whose owner is to be told
        self.base: str | None = None  # the server whose addresses the delivery uses for its own patients

        self._room = ROOM
        self._resolved: dict[tuple[int, str], str] = {}  # a bundle's references are mostly the same few
        self._patients_of: dict[tuple[int, tuple[str, ...]], tuple[str, ...]] = {}  # and so are its subjects

    def add(
        self,
        content: Content,
        resource: Mapping[str, Any],
        kind: str,
        fhir_id: str,
        subjects: tuple[str, ...],
        *,
        describes: bool = False,
    ) -> None:
        """Note a resource; the first ones stay decoded, as long as there is room."""
        self._room -= len(content.data)
        at_hand = resource if self._room >= 0 and type(resource) is dict else None
        self.items.append(Planned(content, kind, fhir_id, subjects, at_hand, describes))

    def add_document(self, content: Content, resource: Mapping[str, Any]) -> None:
        """Note a clinical document or a summary of others; what else lies in a package is refused by name."""
        if content.summary:
            self.summaries.append(bytes(content.data))
        elif "id" in resource:
            self.documents.append((content, resource["id"]))
        else:
            self.refused["unsupported-type"] += 1

    def resolved(self, bundle: int, reference: str) -> str:
        """Return a reference as others can resolve it, or as it was written; once everything is read."""
        resolved = self._resolved.get((bundle, reference))
        if resolved is None:
            if len(self._resolved) >= _MOST_RESOLVED:
                self._resolved.clear()
            resolved = self._resolved[bundle, reference] = self._resolve(bundle, reference)
        return resolved

    def _resolve(self, bundle: int, reference: str) -> str:
        reference = self._unversioned(reference)
        target = self.urls[bundle].get(reference) if bundle else None
        if target is None and CONDITIONAL in reference:
            target = self.identifiers.get(reference)
        if target is None and self.base and reference.startswith(self.base):
            target = reference.removeprefix(self.base)
        return target or reference

    def patients_of(self, item: Planned) -> tuple[str, ...]:
        """Return the FHIR ids of the patients that a resource is about; once everything is read."""
        own = item.content.bundle, item.subjects
        patients = self._patients_of.get(own)
        if patients is None:
            if len(self._patients_of) >= _MOST_RESOLVED:
                self._patients_of.clear()
            resolved = (self.resolved(item.content.bundle, subject) for subject in item.subjects)
            named = [subject.removeprefix("Patient/") for subject in resolved if subject.startswith("Patient/")]
            patients = self._patients_of[own] = tuple(named)
        return patients

    def leave_out(self, patient: str) -> None:
        """Take out a Patient who is somebody else's former record; what is about them stays."""
        self.items = [item for item in self.items if (item.type, item.fhir_id) != ("Patient", patient)]

    def find_base(self) -> None:
        """Tell which server the files are from: that under whose address they name their own patients, if it is one.

        Two servers in one delivery tell nothing: an address of another server never means what has the same id here.
        """
        written = {(item.content.bundle, subject) for item in self.items for subject in item.subjects}
        subjects = {(bundle, self._unversioned(subject)) for bundle, subject in written}
        bases = {
            subject.removesuffix(f"Patient/{fhir_id}")
            for bundle, subject in subjects
            if _ABSOLUTE.match(subject) and subject not in self.urls[bundle]
            for fhir_id in (subject.rpartition("/")[2],)
            if subject.endswith(f"/Patient/{fhir_id}")
        }
        own = next(iter(bases)) if len(bases) == 1 else None
        named = {subject.rpartition("/")[2] for _bundle, subject in subjects if own and subject.startswith(own)}
        self.base = own if named <= self.patients.keys() else None

    @staticmethod
    def _unversioned(reference: str) -> str:
        return _VERSION.sub("", reference) if "/_history/" in reference else reference


def by_identifier(reference: object, kind: str) -> str:
    if not isinstance(reference, Mapping) or reference.get("reference"):
        return ""
    identifier = reference.get("identifier")
    kind = reference["type"] if isinstance(reference.get("type"), str) else kind
    if not kind or not isinstance(identifier, Mapping) or not isinstance(identifier.get("value"), str):
        return ""
    return f"{kind}{CONDITIONAL}{identifier.get('system', '')}|{identifier['value']}"
