"""``Patient/$summary``: the International Patient Summary of what the token could read and search one by one.

It is of the organization's own record, as every answer of this API. With the scope ``patient/Composition.rs``, which a
person agrees to by its own line, it is of the merged record: what linked organizations sent is in it, too, within the
same scopes and the same release policy. Source: http://hl7.org/fhir/uv/ips/OperationDefinition/summary.
"""

from collections.abc import Set as AbstractSet
from typing import Any
from uuid import uuid4

from portal.config import Settings
from portal.domain.ids import HOME
from portal.provider.fhir.access import Caller, visible
from portal.provider.fhir.masking import masked
from portal.provider.fhir.outcomes import forbidden, not_found
from portal.sharing import ips
from portal.sharing.gathering import SummaryScope, gather
from portal.sharing.summary import SECTIONS, SummaryContent, SummarySection
from portal.store import Tx
from portal.store.records import resources
from portal.store.records.resources import StoredResource


def patient_summary(tx: Tx, caller: Caller, fhir_id: str | None, *, settings: Settings) -> dict[str, Any]:
    """Return the document for the token's patient.

    Raises:
        FhirError: 403 for a token of a system or one that does not reach the Patient; 404 for anybody else's id.
    """
    content = _content(tx, caller, fhir_id, settings=settings, merged=caller.summary_is_merged)
    return ips.document(content, document_id=uuid4())


def immunizations(tx: Tx, caller: Caller, fhir_id: str, *, settings: Settings) -> SummaryContent:
    """Return what a health card is made of: what the token may read of our own record.

    Raises:
        FhirError: as ``patient_summary``; 403 where it does not reach immunizations.
    """
    caller.reach("Immunization", "r")
    return _content(tx, caller, fhir_id, settings=settings, merged=False)


def _content(tx: Tx, caller: Caller, fhir_id: str | None, *, settings: Settings, merged: bool) -> SummaryContent:
    if caller.person_id is None:
        raise forbidden("A summary needs a token of the patient")
    caller.reach("Patient", "r")
    caller.reach("Patient", "s")
    if fhir_id not in (None, caller.patient):
        raise not_found()

    def see(stored: StoredResource) -> StoredResource | None:
        if not caller.reaches(stored.type, "r"):
            return None
        shown = visible(caller, caller.reach(stored.type, "r"), stored)
        if shown is None or stored.source != HOME:  # masking knows the names of our own; the document drops the others'
            return shown
        return masked(tx, caller, [shown])[0]

    def waiting(source: str, names: AbstractSet[str]) -> AbstractSet[str]:
        results = [name for name in names if caller.delay.concerns(name.partition("/")[0])]
        stored = resources.many(tx, references=results, source=source) if results else ()
        return {f"{each.type}/{each.fhir_id}" for each in stored if caller.delay.released(each) is None}

    return gather(
        tx,
        person_id=caller.person_id,
        organization=settings.organization,
        chart_base=settings.chart_base,
        scope=SummaryScope(
            sight=caller.sight,
            shared={section.code for section in SECTIONS if any(_reaches(caller, kind) for kind in section.kinds)},
            merged=merged,
            see=see,
            limited={section.code for section in SECTIONS if not _is_whole(caller, section)},
            waiting=waiting if caller.delay.span else None,
        ),
    )


def _reaches(caller: Caller, kind: str) -> bool:
    return caller.reaches(kind, "r") and caller.reaches(kind, "s")


def _is_whole(caller: Caller, section: SummarySection) -> bool:
    return all(
        _reaches(caller, kind) and caller.reach(kind, "r").categories is None and not caller.delay.concerns(kind)
        for kind in section.kinds
    )
