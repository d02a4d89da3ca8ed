"""Whether what a code calls active is taken at all: by notes, by the reason of its status, by how it is adhered to."""

import re
from collections.abc import Sequence

from portal.domain.entry import Entry, Medication
from portal.merge.medications.order_notes import noted_status
from portal.merge.notes.noted import labelled

_CALLED_OFF = re.compile(r"discontinued\b|dc'?d\b|d/c'd\b", re.IGNORECASE)


def told_status(entry: Entry, detail: Medication, instructions: Sequence[str]) -> tuple[str, str]:
    """Return the status that words give what a code calls active: "Stopped due to cough", "Medication not taken"."""
    label = labelled(entry.notes, "status")
    called_off = filter(_CALLED_OFF.match, instructions)
    texts = (label,) if label else (*entry.notes, *_adherence(entry), detail.stopped_reason, *called_off)
    return noted_status(filter(None, texts), entry.title)


def _adherence(entry: Entry) -> tuple[str, ...]:
    """Return whether it is taken as it was ordered, where the order says so (US Core, medication adherence)."""
    return tuple(fact.text for fact in entry.facts if fact.label == "Taken as told")


def not_taken(entry: Entry) -> str:
    """Return how words say that what a code calls active is on hold or not taken; empty where they do not."""
    detail = entry.detail
    if not isinstance(detail, Medication) or detail.fhir_status not in ("active", ""):
        return ""
    return told_status(entry, detail, ())[1] if entry.notes or detail.stopped_reason or _adherence(entry) else ""
