"""Under which status an entry is listed: as its source says, unless it is no item of its section."""

from portal.domain.entry import Entry, Status
from portal.domain.sections import Section

_ONCE = frozenset({Section.TEST_RESULTS, Section.VITAL_SIGNS})
"""What was measured stands by its date, whether it is final or not: an old preliminary result is not current."""


def documents_absence(entry: Entry) -> bool:
    """Tell whether an entry says that there is nothing, or that nobody asked, instead of naming a thing."""
    return entry.absence is not None or bool(getattr(entry.detail, "negated", False))


def listed_as(entry: Entry) -> Status:
    """Return the status under which the store keeps an entry and a section lists it."""
    if entry.status is Status.ENTERED_IN_ERROR:
        return entry.status
    if entry.unsafe:
        return Status.UNSAFE
    if documents_absence(entry):
        return Status.ABSENT
    return Status.PAST if entry.section in _ONCE else entry.status
