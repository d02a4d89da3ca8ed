"""In what the organizations of one row disagree: shown side by side, never resolved silently (product.md §3 line 5)."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from portal.domain.dates import sort_key
from portal.domain.entry import Allergy, Entry, HealthIssue, Insurance, Medication, Status
from portal.domain.ids import HOME
from portal.merge.grouping import RANKS
from portal.merge.medicines import products, strength_in
from portal.merge.text import plain


class SourcedEntry(msgspec.Struct, frozen=True):
    """An entry with where it comes from. ``id`` is the stored entry's id."""

    id: str
    source: str
    entry: Entry


class Opinion(msgspec.Struct, frozen=True):
    """One value, as written, and the sources that say it."""

    value: str
    sources: tuple[str, ...]


class Disagreement(msgspec.Struct, frozen=True):
    """``field`` is strength, dose, instructions, status, severity, criticality, start or end."""

    field: str
    values: tuple[Opinion, ...]


def disagreements(entries: Sequence[SourcedEntry]) -> tuple[Disagreement, ...]:
    """What the sources of one row say differently.

    Of each source only what holds now counts (its most active, then newest entry): a source's own history is no
    disagreement. A source that says nothing does not disagree, nor does a less precise date that covers the other.
    """
    leads: dict[str, SourcedEntry] = {}
    for one in entries:
        if one.entry.status is Status.ENTERED_IN_ERROR:
            continue
        known = leads.get(one.source)
        if known is None or _order(one) > _order(known):
            leads[one.source] = one
    if len(leads) < 2:
        return ()
    voices = [leads[source] for source in sorted(leads, key=lambda source: (source != HOME, source))]
    found = []
    for field, reader in _FIELDS.items():
        said = [(voice.source, reader(voice.entry)) for voice in voices]
        opinions = _opinions([(source, value) for source, value in said if value], field)
        if len(opinions) > 1:
            found.append(Disagreement(field, opinions))
    if any(one.field == "dose" for one in found) or all(_FIELDS["dose"](voice.entry) for voice in voices):
        # Where every source gives a dose, other wording around it is no disagreement.
        found = [one for one in found if one.field != "instructions"]
    return tuple(found)


def _order(one: SourcedEntry) -> tuple[int, str, str]:
    return RANKS[one.entry.status], sort_key(one.entry.when), one.id


def _opinions(said: Sequence[tuple[str, str]], field: str) -> tuple[Opinion, ...]:
    by_value: dict[str, tuple[str, list[str]]] = {}
    for source, value in said:
        key = _comparable(field, value)
        if field in ("start", "end"):
            covered = next((other for other in by_value if other.startswith(key) or key.startswith(other)), key)
            if covered != key and len(covered) < len(key):
                by_value[key] = (value, by_value.pop(covered)[1])
            else:
                key = covered
        by_value.setdefault(key, (value, []))[1].append(source)
    return tuple(Opinion(value, tuple(sources)) for value, sources in by_value.values())


def _comparable(field: str, value: str) -> str:
    """Values that are equal in this form are one opinion, however they were written."""
    if field in ("start", "end"):
        return value[:10]
    return strength_in(value) if field == "strength" else plain(value)


def _strength(entry: Entry) -> str:
    found = products(entry) if isinstance(entry.detail, Medication) else ()
    return found[0].shown if len(found) == 1 else ""


def _severity(entry: Entry) -> str:
    if isinstance(entry.detail, HealthIssue):
        return entry.detail.severity
    if isinstance(entry.detail, Allergy):
        order = ("severe", "moderate", "mild")
        said = {reaction.severity for reaction in entry.detail.reactions}
        return next((one for one in order if one in said), "")
    return ""


_FIELDS: Mapping[str, Callable[[Entry], str]] = {
    "strength": _strength,
    "dose": lambda entry: entry.detail.dose if isinstance(entry.detail, Medication) else "",
    "instructions": lambda entry: "; ".join(entry.detail.instructions) if isinstance(entry.detail, Medication) else "",
    "status": lambda entry: "" if entry.status is Status.UNKNOWN else entry.status.value,
    "severity": _severity,
    "criticality": lambda entry: entry.detail.criticality if isinstance(entry.detail, Allergy) else "",
    "plan": lambda entry: entry.detail.plan if isinstance(entry.detail, Insurance) else "",
    "start": lambda entry: (entry.start or "") if isinstance(entry.detail, HealthIssue | Allergy) else "",
    "end": lambda entry: (entry.end or "") if isinstance(entry.detail, HealthIssue | Medication) else "",
}
