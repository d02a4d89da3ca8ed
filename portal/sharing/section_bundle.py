"""One section of a record as a FHIR R4 Bundle of type collection, for the person whose record it is. Pure.

Each source's statement is a resource as its source sent it, with the references made those of the Bundle, and a
Provenance for each source; what the person added has the person as its author. What is not in it, and why, is said by
an OperationOutcome. Source: FHIR R4, bundle.html, provenance.html, operationoutcome.html.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from portal.domain.ids import OWN
from portal.sharing import fitting
from portal.sharing.contents import Contents, Resource, agent, instant
from portal.sharing.summary import SummaryContent


def bundle(summary: SummaryContent, *, bundle_id: UUID, notes: Sequence[str]) -> Resource:
    """Return the Bundle; ``notes`` are sentences on what it is and what is missing."""
    content = _Section(summary, bundle_id)
    outcome = {
        "resourceType": "OperationOutcome",
        "id": content.own_id("notes"),
        "issue": [{"severity": "information", "code": "informational", "diagnostics": note} for note in notes],
    }
    entries = [
        (content.own("notes"), outcome),
        (content.patient, content.person()),
        (content.assembler, content.author()),
        *content.organizations(),
        *content.stated(),
        *content.supporting(),
        *content.provenances(),
    ]
    return {
        "resourceType": "Bundle",
        "id": str(bundle_id),
        "type": "collection",
        "timestamp": instant(summary.moment),
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
    }


class _Section(Contents):
    def stated(self) -> Iterator[tuple[str, Resource]]:
        """Yield the statements as they came: nothing that a source did not say is filled in."""
        for statement in self.statements:
            yield (
                fitting.address(statement.id),
                fitting.plain(
                    statement.resource,
                    entry_id=statement.id,
                    patient=self.patient,
                    resolve=self.resolver(statement.source),
                    open_references=self.summary.open_references,
                ),
            )

    def provenances(self) -> Iterator[tuple[str, Resource]]:
        yield from super().provenances()
        own = [each for each in self.statements if each.source == OWN]
        if own:
            yield (
                self.own("provenance:own"),
                {
                    "resourceType": "Provenance",
                    "id": self.own_id("provenance:own"),
                    "target": [{"reference": fitting.address(each.id)} for each in own],
                    "recorded": instant(self.summary.moment),
                    "agent": [agent("author", {"reference": self.patient})],
                },
            )
