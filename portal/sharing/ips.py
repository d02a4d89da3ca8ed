"""The International Patient Summary 2.0.0: a summary as a FHIR R4 document. Pure.

Each source's statement is a resource of its own, with a Provenance for each source; where sources disagree all of them
are in. A required section that is empty says why: "nil known" only where a source documents it for everything, nobody
says otherwise, and all answered completely. Source: https://hl7.org/fhir/uv/ips/STU2/ (profiles Bundle-uv-ips,
Composition-uv-ips); FHIR R4, documents.html.
"""

from collections.abc import Iterator
from uuid import UUID

from markupsafe import Markup

from portal.domain.entry import Absence
from portal.sharing import fitting, narrative
from portal.sharing.contents import Contents, Resource, instant
from portal.sharing.summary import FilledSection, SourcedResource, SummaryContent, SummarySection

_PROFILES = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
_EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_LOINC = "http://loinc.org"
_EMPTY_WORDS = {
    "nilknown": "Nil Known",
    "notasked": "Not Asked",
    "unavailable": "Unavailable",
    "withheld": "Information Withheld",
}


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


class _Document(Contents):
    """One document while it is made."""

    def bundle(self) -> Resource:
        entries = [
            (self.own("composition"), self._composition()),
            (self.patient, self.person()),
            (self.own("author"), self.author()),
            *self.organizations(),
            *self.stated(),
            *self.supporting(),
            *self.provenances(),
        ]
        return {
            "resourceType": "Bundle",
            "id": str(self.id),
            "meta": {"profile": [f"{_PROFILES}Bundle-uv-ips|2.0.0"]},
            "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{self.id}"},
            "type": "document",
            "timestamp": instant(self.summary.moment),
            "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
        }

    def _composition(self) -> Resource:
        keeper = {"reference": self.own("organization:"), "display": self.summary.organization}
        sections = [self._section(section) for section in self.summary.told]
        return {
            "resourceType": "Composition",
            "id": self.own_id("composition"),
            "meta": {"profile": [f"{_PROFILES}Composition-uv-ips|2.0.0"]},
            "language": "en-US",
            "text": {"status": "generated", "div": narrative.div(self._opening())},
            "status": "final",
            "type": {"coding": [{"system": _LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
            "subject": {"reference": self.patient},
            "date": instant(self.summary.moment),
            "author": [{"reference": self.own("author")}],
            "title": f"Patient summary of {self.summary.moment.date().isoformat()}",
            "custodian": keeper,
            "section": sections,
        }

    def _opening(self) -> Iterator[Markup]:
        yield Markup("<p>{}</p>").format("The patient, or who acts for them, chose what is in this summary.")
        names = ", ".join(source.name for source in self.summary.sources.values())
        yield Markup("<p>{}</p>").format(f"Sources: {names}.")
        if self.summary.left_out:
            number = self.summary.left_out
            yield Markup("<p>{}</p>").format(
                f"{number:,} received item{'s' if number > 1 else ''} could not be shown and are not in it."
            )
        if held := self.summary.held:
            yield Markup("<p>{}</p>").format(
                f"{held:,} result{'s' if held > 1 else ''} that the patient has not opened yet: not in it."
            )

    def _section(self, section: SummarySection) -> Resource:
        content = self.summary.sections[section.code]
        part: Resource = {
            "title": section.title,
            "code": {"coding": [{"system": _LOINC, "code": section.code}]},
            "text": {"status": "generated", "div": narrative.section_div(section, content, self.summary)},
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
        return self.own(f"use:{statement.id}") if is_device else fitting.address(statement.id)
