"""What a summary holds, as resources of a Bundle of our own: the person, who says what, and from where. Pure.

The International Patient Summary and the Bundle for a front desk are made of the same. Source: FHIR R4, bundle.html,
provenance.html.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from portal.domain.ids import HOME
from portal.domain.people import Person
from portal.sharing import fitting
from portal.sharing.summary import SourcedResource, SummaryContent

_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
Resource = dict[str, Any]


class Contents:
    """The resources of one summary, each under its address within the Bundle that ``bundle_id`` names."""

    def __init__(self, summary: SummaryContent, bundle_id: UUID, *, with_absences: bool = False) -> None:
        self.summary = summary
        self.id = bundle_id
        self._statements = {
            statement.id: statement
            for content in summary.sections.values()
            for row in (*content.rows, *([content.absences] if with_absences else []))
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
        self.patient = self.own("patient")
        self.assembler = self.own("author")

    def own_id(self, name: str) -> str:
        return str(uuid5(self.id, name))

    def own(self, name: str) -> str:
        return f"urn:uuid:{self.own_id(name)}"

    def person(self) -> Resource:
        return _patient(self.summary.person, self.own_id("patient"))

    def author(self) -> Resource:
        return {
            "resourceType": "Device",
            "id": self.own_id("author"),
            "deviceName": [{"name": f"Patient portal of {self.summary.organization}", "type": "user-friendly-name"}],
            "owner": {"reference": self.own("organization:")},
        }

    def organizations(self) -> Iterator[tuple[str, Resource]]:
        names = {"": self.summary.organization} | {key: source.name for key, source in self.summary.sources.items()}
        for key, name in names.items():
            own = f"organization:{key}"
            yield self.own(own), {"resourceType": "Organization", "id": self.own_id(own), "name": name}

    def stated(self) -> Iterator[tuple[str, Resource]]:
        for statement in self._statements.values():
            yield (
                fitting.address(statement.id),
                fitting.fitted(
                    statement,
                    patient=self.patient,
                    resolve=self.resolver(statement.source),
                    open_references=self.summary.open_references,
                ),
            )
            if statement.resource["resourceType"] == "Device":
                name = f"use:{statement.id}"
                use_id = uuid5(self.id, name).hex
                yield self.own(name), fitting.device_use(statement, entry_id=use_id, patient=self.patient)

    def supporting(self) -> Iterator[tuple[str, Resource]]:
        for (source, _name), (entry_id, body) in self.summary.supporting.items():
            yield (
                fitting.address(entry_id),
                fitting.plain(
                    body,
                    entry_id=entry_id,
                    patient=self.patient,
                    resolve=self.resolver(source),
                    open_references=self.summary.open_references,
                ),
            )

    def entry(self, entry_id: str, body: Mapping[str, Any]) -> tuple[str, Resource]:
        """Return a resource of our own about the person that belongs to no section."""
        resource = fitting.plain(
            body, entry_id=entry_id, patient=self.patient, resolve=self.resolver(HOME), open_references=False
        )
        return fitting.address(entry_id), resource | {"subject": {"reference": self.patient}}

    @property
    def statements(self) -> Collection[SourcedResource]:
        return self._statements.values()

    def resolver(self, source: str) -> fitting.Resolve:
        """Return what finds the address of what a source refers to."""
        return lambda name: self._inside.get((source, name))

    def provenances(self) -> Iterator[tuple[str, Resource]]:
        for key, source in self.summary.sources.items():
            targets = [{"reference": url} for (own, _name), url in self._inside.items() if own == key]
            if not targets:
                continue
            name = f"provenance:{key}"
            yield (
                self.own(name),
                {
                    "resourceType": "Provenance",
                    "id": self.own_id(name),
                    "target": targets,
                    "recorded": instant(source.as_of or self.summary.moment),
                    "agent": [
                        agent("custodian", {"reference": self.own(f"organization:{key}"), "display": source.name}),
                        agent("assembler", {"reference": self.assembler}),
                    ],
                },
            )


def agent(code: str, who: Mapping[str, str]) -> Resource:
    """Return a ``Provenance.agent``; ``code`` is of FHIR's provenance-participant-type."""
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


def instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
