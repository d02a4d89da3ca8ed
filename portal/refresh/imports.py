"""The home chart from files: ``portal records import``.

Two readings. The first decodes everything and makes a plan: which resource belongs to whom, and what the bundles'
temporary references ("urn:uuid:…", "Practitioner?identifier=…") stand for. Nothing is stored before it is through, so
a broken file changes nothing. The second stores person by person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from portal.domain.errors import NotFoundError
from portal.domain.fhir_ids import is_fhir_id
from portal.domain.ids import HOME
from portal.domain.sections import SUPPORTING_TYPES
from portal.normalise import carries_entry, subject_references
from portal.normalise.demographics import person_of
from portal.refresh.bundles import Found, files_of, resources_of
from portal.refresh.ingest import IngestReport, ingest
from portal.store import Database
from portal.store.people import people
from portal.store.records import fhir_search, packing
from portal.store.records import resources as stored_resources

_CONDITIONAL = "?identifier="


@dataclass(slots=True)
class ImportReport:
    """What an import did. ``patients`` are the FHIR ids of the people it was about, in the order of the files.

    ``refused`` adds to the reasons of ``ingest``: ``unknown-patient`` (about somebody who is not in the chart),
    ``no-patient`` (about nobody, although this type must be), ``other-patient`` (left out, as ``--patient`` asked).
    """

    files: int = 0
    resources: int = 0
    patients: list[str] = field(default_factory=list)
    people: dict[str, IngestReport] = field(default_factory=dict)
    total: IngestReport = field(default_factory=IngestReport)


class _Planned(msgspec.Struct, frozen=True):
    found: Found
    type: str
    fhir_id: str
    subjects: tuple[str, ...]


class _Plan:
    """What the first reading found."""

    def __init__(self) -> None:
        self.items: list[_Planned] = []
        self.refused: Counter[str] = Counter()
        self.urls: dict[int, dict[str, str]] = defaultdict(dict)  # bundle → fullUrl → "Type/id"
        self.identifiers: dict[str, str] = {}  # "Type?identifier=system|value" → "Type/id"
        self.patients: dict[str, memoryview] = {}  # FHIR id → its resource

    def resolved(self, bundle: int, reference: str) -> str:
        """A reference as others can resolve it, or as it was written."""
        known = self.urls[bundle].get(reference) if bundle else None
        if known is None and _CONDITIONAL in reference:
            known = self.identifiers.get(reference)
        return known or reference


def import_files(database: Database, *, paths: Sequence[Path], patient: str | None = None) -> ImportReport:
    """Import files and folders into the home chart; importing the same again changes nothing.

    ``patient`` (a Patient's FHIR id) leaves out what is about others.

    Raises:
        InvalidInputError: "broken-file"; nothing was changed.
        NotFoundError: "unknown-patient": ``patient`` is neither in the files nor in the chart; nothing was changed.
    """
    files = files_of(paths)
    plan = _read(database, files)
    report = ImportReport(files=len(files), resources=len(plan.items) + sum(plan.refused.values()))
    wanted = patient.removeprefix("Patient/") if patient else None
    people_ids = _people(database, plan, wanted)
    shared, by_person = _assign(plan, people_ids, wanted)
    report.total.refused.update(plan.refused)
    resolver = _Resolver(database, plan)
    report.total.add(ingest(database, person_id=None, source=HOME, resources=resolver.all(shared)))
    for fhir_id, items in by_person.items():
        done = ingest(database, person_id=people_ids[fhir_id], source=HOME, resources=resolver.all(items))
        report.people[fhir_id] = done
        report.total.add(done)
    report.patients = list(by_person)
    return report


def _read(database: Database, files: Iterable[Path]) -> _Plan:
    plan = _Plan()
    for found, resource in resources_of(files):
        kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
        if not isinstance(kind, str) or not kind:
            plan.refused["malformed"] += 1
            continue
        fhir_id = _id_of(database, found, resource)
        if not is_fhir_id(fhir_id):
            plan.refused["malformed"] += 1
            continue
        reference = f"{kind}/{fhir_id}"
        if found.full_url:
            plan.urls[found.bundle][found.full_url] = reference
        for identifier in _identifiers(resource):
            plan.identifiers[f"{kind}{_CONDITIONAL}{identifier}"] = reference
        if kind == "Patient":
            plan.patients[fhir_id] = found.data
        if not (carries_entry(kind) or kind in SUPPORTING_TYPES or kind == "Patient"):
            plan.refused["unsupported-type"] += 1
            continue
        subjects = _targets(resource) if kind == "Provenance" else subject_references(resource)
        plan.items.append(_Planned(found, kind, fhir_id, (reference,) if kind == "Patient" else subjects))
    return plan


def _id_of(database: Database, found: Found, resource: Mapping[str, Any]) -> str:
    """The resource's id, else the one its bundle gave it for the time being, else one made from its content."""
    fhir_id = resource.get("id")
    if isinstance(fhir_id, str) and fhir_id:
        return fhir_id
    if found.full_url.startswith("urn:uuid:"):
        return found.full_url.removeprefix("urn:uuid:")
    return database.vault.hash("fhir-id", packing.encode(resource).decode())


def _identifiers(resource: Mapping[str, Any]) -> Iterator[str]:
    identifiers = resource.get("identifier")
    for one in identifiers if isinstance(identifiers, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("value"), str):
            yield f"{one.get('system', '')}|{one['value']}"


def _targets(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """What a Provenance is about."""
    targets = resource.get("target")
    found = [one.get("reference") for one in targets if isinstance(one, Mapping)] if isinstance(targets, list) else []
    return tuple(reference for reference in found if isinstance(reference, str))


def _people(database: Database, plan: _Plan, wanted: str | None) -> dict[str, str]:
    """FHIR id of each patient of the files (and of the one that was asked for) → person id."""
    found: dict[str, str] = {}
    mentioned = {subject.removeprefix("Patient/") for item in plan.items for subject in _subjects(plan, item)}
    with database.reading() as tx:
        for fhir_id in sorted((mentioned | ({wanted} if wanted else set())) - plan.patients.keys()):
            known = people.by_fhir_id(tx, fhir_id=fhir_id)
            if known is not None:
                found[fhir_id] = known.id
        known_ids = set(found)
    if wanted and wanted not in known_ids and wanted not in plan.patients:
        raise NotFoundError("unknown-patient", hint="no Patient with this id is in the files or in the chart")
    put = [fhir_id for fhir_id in plan.patients if wanted in (None, fhir_id)]
    for some in stored_resources.chunks(put, 100):
        demographics = [(fhir_id, person_of(packing.decode(plan.patients[fhir_id]))) for fhir_id in some]
        with database.transaction() as tx:
            for fhir_id, person in demographics:
                known = people.by_fhir_id(tx, fhir_id=fhir_id)
                if known is not None and known.demographics == person:
                    found[fhir_id] = known.id
                else:
                    found[fhir_id] = people.put_home_patient(tx, fhir_id=fhir_id, demographics=person)
    return found


def _subjects(plan: _Plan, item: _Planned) -> tuple[str, ...]:
    resolved = (plan.resolved(item.found.bundle, subject) for subject in item.subjects)
    return tuple(subject for subject in resolved if subject.startswith("Patient/"))


def _assign(
    plan: _Plan, people_ids: Mapping[str, str], wanted: str | None
) -> tuple[list[_Planned], dict[str, list[_Planned]]]:
    """What is nobody's, and what is whose (by FHIR id of the patient)."""
    shared: list[_Planned] = []
    by_person: dict[str, list[_Planned]] = {}
    owner_of: dict[str, str] = {}
    provenance: list[_Planned] = []
    for item in plan.items:
        if item.type == "Provenance":
            provenance.append(item)
            continue
        if not item.subjects and item.type in SUPPORTING_TYPES:
            shared.append(item)
            continue
        owner = _owner(plan, item, people_ids, wanted)
        if owner is not None:
            by_person.setdefault(owner, []).append(item)
            owner_of[f"{item.type}/{item.fhir_id}"] = owner
    for item in provenance:
        owners = {owner_of.get(plan.resolved(item.found.bundle, target)) for target in item.subjects}
        if len(owners) == 1 and (only := owners.pop()) is not None:
            by_person[only].append(item)
        else:
            plan.refused["unknown-target"] += 1
    return shared, by_person


def _owner(plan: _Plan, item: _Planned, people_ids: Mapping[str, str], wanted: str | None) -> str | None:
    if not item.subjects:
        plan.refused["no-patient"] += 1
        return None
    subjects = [subject.removeprefix("Patient/") for subject in _subjects(plan, item)]
    if wanted and wanted not in subjects:
        plan.refused["other-patient"] += 1
        return None
    known = [subject for subject in subjects if subject in people_ids and wanted in (None, subject)]
    if not known:
        plan.refused["unknown-patient"] += 1
        return None
    return known[0]


class _Resolver:
    """Decodes planned resources one at a time, with their ids and with references that others can resolve."""

    def __init__(self, database: Database, plan: _Plan) -> None:
        self._database, self._plan = database, plan
        self._stored: dict[str, str] = {}

    def all(self, items: Iterable[_Planned]) -> Iterator[Mapping[str, Any]]:
        for item in items:
            resource: dict[str, Any] = packing.decode(item.found.data)
            resource["id"] = item.fhir_id
            self._rewrite(resource, item.found.bundle)
            yield resource

    def _rewrite(self, node: Any, bundle: int) -> None:
        if isinstance(node, list):
            for one in node:
                self._rewrite(one, bundle)
        elif isinstance(node, dict):
            reference = node.get("reference")
            if isinstance(reference, str):
                node["reference"] = self._resolved(bundle, reference)
            for value in node.values():
                if isinstance(value, dict | list):
                    self._rewrite(value, bundle)

    def _resolved(self, bundle: int, reference: str) -> str:
        resolved = self._plan.resolved(bundle, reference)
        if _CONDITIONAL not in resolved:
            return resolved
        if resolved not in self._stored:
            self._stored[resolved] = self._in_store(resolved) or resolved
        return self._stored[resolved]

    def _in_store(self, reference: str) -> str | None:
        """What an earlier import brought under this identifier, if it is one and nobody's."""
        kind, _, identifier = reference.partition(_CONDITIONAL)
        criteria = fhir_search.Criteria(None, kind, tokens=(("identifier", (identifier,)),))
        with self._database.reading() as tx:
            page = fhir_search.search(tx, criteria=criteria, limit=2)
        return f"{kind}/{page.resources[0].fhir_id}" if len(page.resources) == 1 else None
