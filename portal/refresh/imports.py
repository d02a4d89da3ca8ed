"""The home chart from files: ``portal records import``.

Two readings. The first decodes everything and makes a plan: which resource belongs to whom, and what the bundles'
temporary references ("urn:uuid:…", "Practitioner?identifier=…") stand for. Nothing is stored before it is through, so
a broken file changes nothing. The second stores person by person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.domain.errors import InvalidInputError, NotFoundError
from portal.domain.fhir_ids import is_fhir_id
from portal.domain.ids import HOME
from portal.domain.resource_types import DESCRIBING
from portal.domain.sections import KEPT_TYPES
from portal.normalise import carries_entry, elements, subject_references
from portal.normalise.context import target_of
from portal.normalise.demographics import person_of
from portal.refresh import clinical_files
from portal.refresh.bundles import Content, files_of, resources_of
from portal.refresh.from_documents import derive_entries
from portal.refresh.import_plan import CONDITIONAL, ROOM, ImportPlan, Planned, by_identifier
from portal.refresh.ingest import ingest
from portal.refresh.ingest_report import IngestReport
from portal.store import Database
from portal.store.people import people
from portal.store.records import fhir_search, packing
from portal.store.records import resources as stored_resources


@dataclass(slots=True)
class ImportReport:
    """What an import did. ``patients`` are the FHIR ids of the people it was about, in the order of the files.

    ``summaries``: patient summaries of others, as they came; they are nothing of this chart, and are filed beside it.
    ``refused`` adds to the reasons of ``ingest``: ``unknown-patient`` (about somebody who is not in the chart),
    ``unknown-target`` (it says something of what is not in the files, or of two people's, and not whose it is),
    ``no-patient`` (about nobody or, of a document, not surely about one), ``other-patient`` (left out, as ``--patient``
    asked, or a document that names another).
    """

    files: int = 0
    resources: int = 0
    patients: list[str] = field(default_factory=list)
    people: dict[str, IngestReport] = field(default_factory=dict)
    total: IngestReport = field(default_factory=IngestReport)
    summaries: list[bytes] = field(default_factory=list)


def import_files(database: Database, *, paths: Sequence[Path], patient: str | None = None) -> ImportReport:
    """Import files and folders into the home chart; importing the same again changes nothing.

    ``patient`` (a Patient's FHIR id) leaves out what is about others.

    Raises:
        InvalidInputError: "broken-file"; nothing was changed.
        NotFoundError: "unknown-patient": ``patient`` is neither in the files nor in the chart; nothing was changed.
    """
    files = files_of(paths)
    plan = _read(database, files)
    total = len(plan.items) + len(plan.documents) + len(plan.binaries) + sum(plan.refused.values())
    report = ImportReport(files=len(files), resources=total, summaries=plan.summaries)
    only = patient.removeprefix("Patient/") if patient else None
    _assign_documents(database, plan, only)
    people_ids = _people(database, plan, only)
    shared, by_person = _assign(plan, people_ids, only)
    report.total.refused.update(plan.refused)
    resolver = _Resolver(database, plan)
    report.total.add(ingest(database, person_id=None, source=HOME, resources=resolver.all(shared), keep=ROOM))
    for fhir_id, items in by_person.items():
        done = ingest(database, person_id=people_ids[fhir_id], source=HOME, resources=resolver.all(items), keep=ROOM)
        report.people[fhir_id] = done
        report.total.add(done)
        has_documents = any(item.content.named is not None for item in items)
        derive_entries(database, person_id=people_ids[fhir_id], patient=fhir_id, documents=has_documents)
    report.patients = list(by_person)
    report.total.supporting.unchanged += len(resolver.embedded)
    lonely = len(plan.binaries.keys() - resolver.embedded)
    report.total.refused.update({"unsupported-type": lonely} if lonely else {})
    return report


def _read(database: Database, files: Iterable[Path]) -> ImportPlan:
    plan = ImportPlan()
    for content, resource in resources_of(files):
        if content.summary or content.named is not None:
            plan.add_document(content, resource)
            continue
        kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
        if not isinstance(kind, str) or not kind:
            plan.refused["malformed"] += 1
            continue
        fhir_id = _id_of(database, content, resource)
        if not is_fhir_id(fhir_id):
            plan.refused["malformed"] += 1
            continue
        reference = f"{kind}/{fhir_id}"
        if content.full_url:
            plan.urls[content.bundle][content.full_url] = reference
        for identifier in _identifiers(resource):
            plan.identifiers[f"{kind}{CONDITIONAL}{identifier}"] = reference
        if kind == "Patient":
            plan.patients[fhir_id] = content.data
        if kind == "Binary":
            plan.binaries[reference] = content.data
            continue
        patients = subject_references(resource) or _logical(resource)
        subjects = patients or _targets(resource, kind)
        if not subjects and not (carries_entry(kind) or kind in KEPT_TYPES or kind == "Patient"):
            plan.refused["unsupported-type"] += 1
            continue
        subjects = (reference,) if kind == "Patient" else subjects
        plan.add(content, resource, kind, fhir_id, subjects, describes=kind in DESCRIBING and not patients)
    plan.find_base()
    return plan


def _assign_documents(database: Database, plan: ImportPlan, only: str | None) -> None:
    """Plan each clinical document as that of the one patient it names, who is put in the chart if not there yet."""
    delivered = {fhir_id: person_of(packing.decode(data)) for fhir_id, data in plan.patients.items()}
    for content, fhir_id in plan.documents:
        named = content.named or ()
        with database.reading() as tx:
            stored = people.alike(tx, person=named[0]) if len(named) == 1 else []
            chosen = people.by_fhir_id(tx, fhir_id=only) if only else None
        candidates = {person.fhir_id: person.demographics for person in (*stored, chosen) if person and person.fhir_id}
        try:
            owner = clinical_files.owner(named, {**candidates, **delivered}, only)
        except InvalidInputError as refusal:
            plan.refused[refusal.code] += 1
            continue
        if owner is None:
            patient = clinical_files.patient_of(named[0])
            owner = str(patient["id"])
            plan.patients[owner] = memoryview(packing.encode(patient))
            delivered[owner] = named[0]
            reference = f"Patient/{owner}"
            plan.items.append(Planned(Content(plan.patients[owner], 0, ""), "Patient", owner, (reference,)))
        plan.items.append(Planned(content, "DocumentReference", fhir_id, (f"Patient/{owner}",)))


def _logical(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the patient named by an identifier only (FHIR R4 ``Reference.identifier``)."""
    for element in ("subject", "patient", "beneficiary"):
        target = by_identifier(resource.get(element), "Patient")
        if target:
            return (target,)
    return ()


def _id_of(database: Database, content: Content, resource: Mapping[str, Any]) -> str:
    """Return the resource's id, else the one its bundle gave it for the time being, else one made from its content."""
    fhir_id = resource.get("id")
    if isinstance(fhir_id, str) and fhir_id:
        return fhir_id
    if content.full_url.startswith("urn:uuid:"):
        return content.full_url.removeprefix("urn:uuid:")
    return database.vault.hash("fhir-id", packing.encode(resource).decode())


def _identifiers(resource: Mapping[str, Any]) -> Iterator[str]:
    identifiers = resource.get("identifier")
    for identifier in identifiers if isinstance(identifiers, list) else ():
        if isinstance(identifier, Mapping) and isinstance(identifier.get("value"), str):
            yield f"{identifier.get('system', '')}|{identifier['value']}"


def _targets(resource: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """Return what a resource is about that says something of others, and does not say of whom."""
    named = elements.items(resource.get(DESCRIBING[kind])) if kind in DESCRIBING else ()
    return tuple(target for target in map(target_of, named) if target)


def _people(database: Database, plan: ImportPlan, only: str | None) -> dict[str, str]:
    """FHIR id of each patient of the files (and of the one that was asked for) → person id."""
    person_ids: dict[str, str] = {}
    mentioned = {patient for item in plan.items for patient in plan.patients_of(item)}
    with database.reading() as tx:
        for fhir_id in sorted((mentioned | ({only} if only else set())) - plan.patients.keys()):
            stored = people.by_fhir_id(tx, fhir_id=fhir_id)
            if stored is not None:
                person_ids[fhir_id] = stored.id
        known_ids = set(person_ids)
    if only and only not in known_ids and only not in plan.patients:
        raise NotFoundError("unknown-patient", hint="no Patient with this id is in the files or in the chart")
    put = [fhir_id for fhir_id in plan.patients if only in (None, fhir_id)]
    for batch in stored_resources.chunks(put, 100):
        demographics = [(fhir_id, person_of(packing.decode(plan.patients[fhir_id]))) for fhir_id in batch]
        with database.transaction() as tx:
            for fhir_id, person in demographics:
                stored = people.by_fhir_id(tx, fhir_id=fhir_id)
                if stored is not None and stored.fhir_id != fhir_id:  # merged: the chart may still send both
                    plan.leave_out(fhir_id)
                if stored is not None and stored.demographics == person:
                    person_ids[fhir_id] = stored.id
                else:
                    person_ids[fhir_id] = people.put_home_patient(tx, fhir_id=fhir_id, demographics=person)
    return person_ids


def _assign(
    plan: ImportPlan, people_ids: Mapping[str, str], only: str | None
) -> tuple[list[Planned], dict[str, list[Planned]]]:
    """Return what is nobody's, and what is whose (by FHIR id of the patient)."""
    shared: list[Planned] = []
    by_person: dict[str, list[Planned]] = {}
    owner_of: dict[str, str] = {}
    describing: list[Planned] = []
    for item in plan.items:
        if item.describes:
            describing.append(item)
            continue
        if not item.subjects and item.type in KEPT_TYPES:
            shared.append(item)
            continue
        owner = _owner(plan, item, people_ids, only)
        if owner is not None:
            by_person.setdefault(owner, []).append(item)
            owner_of[f"{item.type}/{item.fhir_id}"] = owner
    for item in describing:
        owners = {owner_of.get(plan.resolved(item.content.bundle, target)) for target in item.subjects}
        described = owners.pop() if len(owners) == 1 else None
        if described is not None:
            by_person[described].append(item)
        else:
            plan.refused["unknown-target"] += 1
    return shared, by_person


def _owner(plan: ImportPlan, item: Planned, people_ids: Mapping[str, str], only: str | None) -> str | None:
    if not item.subjects:
        plan.refused["no-patient"] += 1
        return None
    subjects = plan.patients_of(item)
    if only and only not in subjects:
        plan.refused["other-patient"] += 1
        return None
    owners = [subject for subject in subjects if subject in people_ids and only in (None, subject)]
    if not owners:
        plan.refused["unknown-patient"] += 1
        return None
    return owners[0]


class _Resolver:
    """Decodes planned resources one by one, with their ids and with references that others can resolve."""

    def __init__(self, database: Database, plan: ImportPlan) -> None:
        self._database, self._plan = database, plan
        self._stored: dict[str, str] = {}
        self.embedded: set[str] = set()

    def all(self, items: Sequence[Planned]) -> Iterator[Mapping[str, Any]]:
        for item in items:
            resource = item.taken()
            resource["id"] = item.fhir_id
            if item.content.named is not None:
                resource["subject"] = {"reference": item.subjects[0]}
            self._rewrite(resource, item.content.bundle)
            yield resource

    def _rewrite(self, node: dict[str, Any], bundle: int) -> None:
        """Rewrite every reference in a resource; this runs for each of its objects."""
        if "reference" in node or "identifier" in node:
            reference = node.get("reference") or ("identifier" in node and by_identifier(node, ""))
            if isinstance(reference, str) and reference:
                node["reference"] = self._resolved(bundle, reference)
        if self._plan.binaries and "url" in node and isinstance(node["url"], str) and "data" not in node:
            self._embed(node, bundle)
        for value in node.values():
            kind = type(value)
            if kind is dict:
                self._rewrite(value, bundle)
            elif kind is list:
                self._rewrite_all(value, bundle)

    def _rewrite_all(self, nodes: list[Any], bundle: int) -> None:
        for child in nodes:
            if type(child) is dict:
                self._rewrite(child, bundle)
            elif type(child) is list:
                self._rewrite_all(child, bundle)

    def _embed(self, attachment: dict[str, Any], bundle: int) -> None:
        """Put a Binary of the same delivery into the attachment that names it: it is that person's, and opens."""
        target = self._plan.resolved(bundle, attachment["url"])
        data = self._plan.binaries.get(target)
        binary = packing.decode(data) if data is not None else {}
        if isinstance(binary.get("data"), str):
            attachment["data"] = binary["data"]
            attachment.setdefault("contentType", binary.get("contentType", ""))
            self.embedded.add(target)
            del attachment["url"]

    def _resolved(self, bundle: int, reference: str) -> str:
        resolved = self._plan.resolved(bundle, reference)
        if CONDITIONAL not in resolved:
            return resolved
        if resolved not in self._stored:
            self._stored[resolved] = self._in_store(resolved) or resolved
        return self._stored[resolved]

    def _in_store(self, reference: str) -> str | None:
        """Return what an earlier import brought under this identifier, if it is one and nobody's."""
        kind, _, identifier = reference.partition(CONDITIONAL)
        criteria = fhir_search.Criteria(None, kind, tokens=(("identifier", (identifier,)),))
        with self._database.reading() as tx:
            page = fhir_search.search(tx, criteria=criteria, limit=2)
        return f"{kind}/{page.resources[0].fhir_id}" if len(page.resources) == 1 else None
