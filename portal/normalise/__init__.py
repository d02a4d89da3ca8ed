"""FHIR R4 JSON → ``portal.domain.entry.Entry``. Pure: no network, no store, no clock.

``to_entry`` is the whole of it; one file per section does the reading. Whatever comes in, the answer is an Entry or a
``NormaliseError`` with one of the codes of ``portal.normalise.registry.REASONS``.
"""

from portal.normalise.context import Lookup
from portal.normalise.registry import REASONS, to_entry
from portal.normalise.sections import carries_entry, section_of
from portal.normalise.subjects import clinical_date, subject_reference, subject_references

__all__ = [
    "REASONS",
    "Lookup",
    "carries_entry",
    "clinical_date",
    "section_of",
    "subject_reference",
    "subject_references",
    "to_entry",
]
