"""What a row says where the entry that speaks for it is silent.

A source that is silent does not disagree (``portal.merge.disagreements``): what another said then stands in the row, so
that anaphylaxis is not hidden behind an entry without a reaction (clinical-truth.md, "nothing that an organization sent
is hidden behind something else").
"""

from collections.abc import Iterable, Mapping

import msgspec

from portal.domain.entry import Allergy, Entry, HealthIssue, Medication, Result

TOGETHER: Mapping[type, tuple[tuple[str, ...], ...]] = {
    Allergy: (("reactions",), ("criticality",)),
    HealthIssue: (("severity",), ("stage", "stages")),
    Medication: (("instructions", "dose", "route", "doses"),),
    Result: (("ranges",),),
}
"""Properties of a detail that a line shows; those that belong together are taken together, from one source."""


def completed(entry: Entry, others: Iterable[Entry]) -> Entry:
    """Return an entry with what it leaves unsaid from the first of the others, of its kind, that says it."""
    detail = entry.detail
    alike = [other.detail for other in others if type(other.detail) is type(detail)]
    taken: dict[str, object] = {}
    for names in TOGETHER.get(type(detail), ()):
        if any(getattr(detail, name) for name in names):
            continue
        telling = next((other for other in alike if any(getattr(other, name) for name in names)), None)
        if telling is not None:
            taken |= {name: getattr(telling, name) for name in names}
    return msgspec.structs.replace(entry, detail=msgspec.structs.replace(detail, **taken)) if taken else entry
