"""What a row says where the entry that speaks for it is silent.

A source that is silent does not disagree (``portal.merge.disagreements``): what another said then stands in the row, so
that anaphylaxis is not hidden behind an entry without a reaction (clinical-truth.md, "nothing that an organization sent
is hidden behind something else").
"""

from collections.abc import Iterable, Mapping

import msgspec

from portal.domain.entry import Allergy, Entry, HealthIssue, Immunization, Medication, Result
from portal.domain.units import unit_of
from portal.merge.allergies.allergy_titles import read_title
from portal.merge.allergies.read_allergies import reactions, signs_in_title
from portal.merge.things.vaccine_titles import vaccine_title

TOGETHER: Mapping[type, tuple[tuple[str, ...], ...]] = {
    Allergy: (("reactions",), ("criticality",)),
    HealthIssue: (("severity",), ("stage", "stages")),
    Medication: (("instructions", "dose", "route", "doses"), ("stopped_reason",)),
    Result: (("ranges",),),
}
"""Properties of a detail that a line shows; those that belong together are taken together, from one source."""


def completed(entry: Entry, others: Iterable[Entry]) -> Entry:
    """Return an entry with what it leaves unsaid from the first of the others, of its kind, that says it."""
    detail = entry.detail
    others = [other for other in others if type(other.detail) is type(detail)]
    if not others and not isinstance(detail, Immunization):
        return entry
    alike = [other.detail for other in others]
    taken: dict[str, object] = {}
    if isinstance(detail, Allergy) and detail.criticality == UNASSESSED and any(map(_assessed, alike)):
        detail = msgspec.structs.replace(detail, criticality="")
    for names in TOGETHER.get(type(detail), ()):
        if any(getattr(detail, name) for name in names):
            continue
        telling = next(
            (other for other in alike if any(getattr(other, name) for name in names) and _fits(other, detail)), None
        )
        if telling is not None:
            taken |= {name: getattr(telling, name) for name in names}
    if isinstance(detail, Immunization):
        return msgspec.structs.replace(entry, title=vaccine_title(entry, others))
    if taken:
        entry = msgspec.structs.replace(entry, detail=msgspec.structs.replace(detail, **taken))
    return _telling(entry, others)


UNASSESSED = "unable-to-assess"
"""A criticality that says nothing of it (FHIR R4)."""


def _assessed(detail: object) -> bool:
    return isinstance(detail, Allergy) and detail.criticality not in ("", UNASSESSED)


def _fits(other: object, detail: object) -> bool:
    """Tell whether what another says can stand beside this: the range of a result only in the unit of the value."""
    if not isinstance(detail, Result) or not isinstance(other, Result):
        return True
    units = {unit_of(each.quantity) if each.quantity else "" for each in (detail, other)}
    return len(units) == 1


def _telling(entry: Entry, others: Iterable[Entry]) -> Entry:
    """Return an allergy with the title that says a sign or a severity ("Codeine (nausea)") of which it says nothing."""
    detail = entry.detail
    if not isinstance(detail, Allergy):
        return entry
    own_sign = bool(reactions(detail) or signs_in_title(entry.title))
    own_severity = any(reaction.severity for reaction in detail.reactions) or read_title(entry.title).severity
    for other in others:
        sign, severity = signs_in_title(other.title), read_title(other.title).severity
        if (sign and not own_sign) or (severity and not own_severity):
            return msgspec.structs.replace(entry, title=other.title)
    return entry
