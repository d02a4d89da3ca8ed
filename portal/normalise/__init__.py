"""FHIR R4 JSON → ``portal.domain.entry.Entry``. Pure: no network, no store, no clock.

``to_entry`` is the whole of it; one file per section does the reading. Whatever comes in, the result is an Entry or a
``NormaliseError`` with one of the codes of ``portal.normalise.registry.REASONS``.
"""

from portal.normalise.context import Lookup
from portal.normalise.provenance import stamped
from portal.normalise.registry import NOT_SHOWN, REASONS, UNREADABLE, to_entry
from portal.normalise.sections import carries_entry, section_of
from portal.normalise.subjects import clinical_date, subject_reference, subject_references

__all__ = [
    "NOT_SHOWN",
    "REASONS",
    "UNREADABLE",
    "Lookup",
    "carries_entry",
    "clinical_date",
    "section_of",
    "stamped",
    "subject_reference",
    "subject_references",
    "to_entry",
]
