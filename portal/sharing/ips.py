"""The International Patient Summary 2.0.0: a summary as a FHIR R4 document. Pure.

Each source's statement is a resource of its own, with a Provenance for each source; where sources disagree all of them
are in. A required section that is empty says why: "nil known" only where a source documents it for everything, nobody
says otherwise, and all answered completely. Source: https://hl7.org/fhir/uv/ips/STU2/ (profiles Bundle-uv-ips,
Composition-uv-ips); FHIR R4, documents.html.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from markupsafe import Markup

from portal.domain.entry import Absence
from portal.domain.people import Person
from portal.sharing import fitting, narrative
from portal.sharing.summary import SECTIONS, FilledSection, SourcedResource, SummaryContent, SummarySection

_PROFILES = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
_EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_LOINC = "http://loinc.org"
_EMPTY_WORDS = {
    "nilknown": "Nil Known",
    "notasked": "Not Asked",
    "unavailable": "Unavailable",
    "withheld": "Information Withheld",
}
Resource = dict[str, Any]


def document(summary: SummaryContent, *, document_id: UUID) -> Resource:
    """Return the document Bundle; ``document_id`` names it and what only it holds."""
    return _Document(summary, document_id).bundle()


def empty_reason(content: FilledSection) -> str:
    """Return why a section without rows is empty, as a code of FHIR's list-empty-reason."""
    if not content.shared:
        return "withheld"
    told = {(absence.entry.absence or Absence.NONE, absence.entry.scope or "all") for absence in content.absences}
    if content.complete and (Absence.NONE, "all") in told:
        return "nilknown"
    return "notasked" if told == {(Absence.NOT_ASKED, "all")} else "unavailable"


class _Document:
    """One document while it is made."""

    def __init__(self, summary: SummaryContent, document_id: UUID) -> None:
        self._summary = summary
        self._id = document_id
        self._statements = {
            statement.id: statement
            for content in summary.sections.values()
            for row in content.rows
            for statement in row
        }
        self._inside = {
            (
                statement.source,
                f"{statement.resource['resourceType']}/{statement.resource.get('id', '')}",
            ): fitting.address(statement.id)
            for statement in self._statements.values()
        }
        self._inside |= {key: fitting.address(entry_id) for key, (entry_id, _body) in summary.supporting.items()}
        self._patient = self._own("patient")

    def bundle(self) -> Resource:
        entries = [
            (self._own("composition"), self._composition()),
            (self._patient, _patient(self._summary.person, self._own_id("patient"))),
            (self._own("author"), self._author()),
            *self._organizations(),
            *self._stated(),
            *self._supporting(),
            *self._provenances(),
        ]
        return {
            "resourceType": "Bundle",
            "id": str(self._id),
            "meta": {"profile": [f"{_PROFILES}Bundle-uv-ips|2.0.0"]},
            "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{self._id}"},
            "type": "document",
            "timestamp": _instant(self._summary.moment),
            "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
        }

    def _own_id(self, name: str) -> str:
        return str(uuid5(self._id, name))

    def _own(self, name: str) -> str:
        return f"urn:uuid:{self._own_id(name)}"

    def _composition(self) -> Resource:
        keeper = {"reference": self._own("organization:"), "display": self._summary.organization}
        sections = [section for section in map(self._section, SECTIONS) if section is not None]
        return {
            "resourceType": "Composition",
            "id": self._own_id("composition"),
            "meta": {"profile": [f"{_PROFILES}Composition-uv-ips|2.0.0"]},
            "language": "en-US",
            "text": {"status": "generated", "div": narrative.div(self._opening())},
            "status": "final",
            "type": {"coding": [{"system": _LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
            "subject": {"reference": self._patient},
            "date": _instant(self._summary.moment),
            "author": [{"reference": self._own("author")}],
            "title": f"Patient summary of {self._summary.moment.date().isoformat()}",
            "custodian": keeper,
            "section": sections,
        }

    def _opening(self) -> Iterator[Markup]:
        yield Markup("<p>{}</p>").format("The patient chose what is in this summary.")
        names = ", ".join(source.name for source in self._summary.sources.values())
        yield Markup("<p>{}</p>").format(f"Sources: {names}.")
        if self._summary.left_out:
            number = self._summary.left_out
            yield Markup("<p>{}</p>").format(
                f"{number} received item{'s' if number > 1 else ''} could not be shown and are not in it."
            )

    def _section(self, section: SummarySection) -> Resource | None:
        content = self._summary.sections.get(section.code, FilledSection(shared=False))
        if not content.rows and not section.required:
            return None
        part: Resource = {
            "title": section.title,
            "code": {"coding": [{"system": _LOINC, "code": section.code}]},
            "text": {"status": "generated", "div": narrative.section_div(section, content, self._summary)},
        }
        if content.rows:
            part["entry"] = [{"reference": self._named(statement)} for row in content.rows for statement in row]
        else:
            reason = empty_reason(content)
            coding = {"system": _EMPTY, "code": reason, "display": _EMPTY_WORDS[reason]}
            part["emptyReason"] = {"coding": [coding]}
        return part

    def _named(self, statement: SourcedResource) -> str:
        """Return what a section names: of a Device its use by the patient."""
        is_device = statement.resource["resourceType"] == "Device"
        return self._own(f"use:{statement.id}") if is_device else fitting.address(statement.id)

    def _author(self) -> Resource:
        return {
            "resourceType": "Device",
            "id": self._own_id("author"),
            "deviceName": [{"name": f"Patient portal of {self._summary.organization}", "type": "user-friendly-name"}],
            "owner": {"reference": self._own("organization:")},
        }

    def _organizations(self) -> Iterator[tuple[str, Resource]]:
        names = {"": self._summary.organization} | {key: source.name for key, source in self._summary.sources.items()}
        for key, name in names.items():
            own = f"organization:{key}"
            yield self._own(own), {"resourceType": "Organization", "id": self._own_id(own), "name": name}

    def _stated(self) -> Iterator[tuple[str, Resource]]:
        for statement in self._statements.values():
            yield (
                fitting.address(statement.id),
                fitting.fitted(
                    statement,
                    patient=self._patient,
                    resolve=self._resolver(statement.source),
                    open_references=self._summary.open_references,
                ),
            )
            if statement.resource["resourceType"] == "Device":
                name = f"use:{statement.id}"
                use_id = uuid5(self._id, name).hex
                yield self._own(name), fitting.device_use(statement, entry_id=use_id, patient=self._patient)

    def _supporting(self) -> Iterator[tuple[str, Resource]]:
        for (source, _name), (entry_id, body) in self._summary.supporting.items():
            yield (
                fitting.address(entry_id),
                fitting.plain(
                    body,
                    entry_id=entry_id,
                    patient=self._patient,
                    resolve=self._resolver(source),
                    open_references=self._summary.open_references,
                ),
            )

    def _resolver(self, source: str) -> fitting.Resolve:
        return lambda name: self._inside.get((source, name))

    def _provenances(self) -> Iterator[tuple[str, Resource]]:
        for key, source in self._summary.sources.items():
            targets = [{"reference": url} for (own, _name), url in self._inside.items() if own == key]
            if not targets:
                continue
            name = f"provenance:{key}"
            yield (
                self._own(name),
                {
                    "resourceType": "Provenance",
                    "id": self._own_id(name),
                    "target": targets,
                    "recorded": _instant(source.as_of or self._summary.moment),
                    "agent": [
                        _agent("custodian", {"reference": self._own(f"organization:{key}"), "display": source.name}),
                        _agent("assembler", {"reference": self._own("author")}),
                    ],
                },
            )


def _agent(code: str, who: Mapping[str, str]) -> Resource:
    return {"type": {"coding": [{"system": _PARTICIPANT, "code": code}]}, "who": dict(who)}


def _patient(person: Person, patient_id: str) -> Resource:
    """Return the person as far as somebody needs to tell who it is: no identifiers, no contacts."""
    patient: Resource = {"resourceType": "Patient", "id": patient_id}
    name = person.name
    parts: Resource = {"text": person.display or "Name not given"}
    if name.family:
        parts["family"] = name.family
    if name.given:
        parts["given"] = list(name.given)
    patient["name"] = [parts]
    if person.sex:
        patient["gender"] = person.sex
    patient |= {"birthDate": person.birth_date} if person.birth_date else {"_birthDate": dict(fitting.ABSENT)}
    return patient


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
