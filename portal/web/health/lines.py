"""One entry as a line of a section page: what a person needs to see first, in words. Pure but for the language.

Everything given back is plain text, escaped by the templates; nothing of an organization's text becomes markup here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain import entry as e
from portal.domain.dates import parse_when
from portal.domain.detail import Detail
from portal.domain.entry import Entry, Status
from portal.domain.plans import Dispense, PlannedCare
from portal.domain.sections import Section
from portal.domain.units import counterpart, is_metric
from portal.merge import not_taken, ruled_out, taken_differently, unfinished
from portal.normalise.phrases import WHY_STATUS
from portal.web import formats
from portal.web.health import dose_words
from portal.web.health.changed_visits import change_text, moved_tag
from portal.web.health.flags import flags_of
from portal.web.health.range_words import ranges_of
from portal.web.health.vocabulary import Tag, absent, category, result_state, severity, visit_state
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.sent import Sent, Several, marked, sent, titled
from portal.web.words import phrase


@dataclass(frozen=True, slots=True)
class Line:
    """``main`` is the sentence below the title, ``value`` a measurement, ``facts`` smaller print.

    ``original`` is the source's own text, of what cannot be shown as usual. ``marked``: what a source wrote is marked.
    """

    title: str
    main: str = ""
    value: str = ""
    value_note: str = ""
    tags: tuple[Tag, ...] = ()
    facts: tuple[str, ...] = ()
    original: tuple[str, ...] = ()
    marked: bool = False


def value_of(part: e.Result | e.Component, *, vital: bool = False) -> str:
    """Return a measurement's value with its unit, else its text, else why there is none.

    ``vital``: of a body's weight, length and temperature the US unit comes first, the metric one beside it.
    """
    if part.quantity is not None:
        if not vital or (other := counterpart(part.quantity)) is None:
            return formats.quantity_text(part.quantity)
        first, second = (other, part.quantity) if is_metric(part.quantity) else (part.quantity, other)
        return f"{formats.quantity_text(first)} ({formats.quantity_text(second)})"
    return _dated(part.text) or absent(part.absent_reason)


def _dated(text: str) -> str:
    """Return a textual value; where it is a date, or the two of a period, in words."""
    if "\n" in text or len(text) > 90:
        return text
    ends = text.split(" \N{EN DASH} ")
    if all(end == "…" or parse_when(end) for end in ends):
        return " \N{EN DASH} ".join(end if end == "…" else formats.date_text(end) for end in ends)
    return phrase(text)


def line(entry: Entry) -> Line:
    """Return an entry as one line of its section's page."""
    drawn = _LINES[type(entry.detail)](entry, entry.detail)
    title = titled(entry, drawn.title)
    if entry.status is Status.ENTERED_IN_ERROR:
        return Line(title, _("Entered in error"))
    tags = _distinct((*_qualifiers(entry), *drawn.tags)) if entry.qualifiers or len(drawn.tags) > 1 else drawn.tags
    texts = (drawn.main, drawn.value, *drawn.facts, *_why(entry))
    main, value, *facts = texts if drawn.marked else marked(texts, entry)
    return Line(title, main, value, drawn.value_note, tags, tuple(facts), drawn.original)


def _why(entry: Entry) -> Iterator[str]:
    """Yield why something was stopped, put off or not done."""
    for fact in entry.facts:
        if fact.label == WHY_STATUS and fact.text and entry.qualifiers:
            yield _("%(label)s: %(value)s", label=phrase(fact.label), value=fact.text)


def _qualifiers(entry: Entry) -> Iterator[Tag]:
    """Yield the words that change what the title says ("not to be taken", "ruled out")."""
    yield from (Tag(sent(phrase(word), entry), "warn") for word in entry.qualifiers)


def _distinct(tags: tuple[Tag, ...]) -> tuple[Tag, ...]:
    return tuple({tag.text.casefold(): tag for tag in reversed(tags)}.values())[::-1]


def _facts(*facts: str) -> tuple[str, ...]:
    return tuple(fact for fact in facts if fact)


def _tags(*tags: Tag | None) -> tuple[Tag, ...]:
    return tuple(tag for tag in tags if tag)


def _since(entry: Entry) -> str:
    return _("Since %(date)s", date=formats.day(entry.start)) if entry.start else ""


def _span(entry: Entry) -> str:
    if entry.status is Status.PAST and entry.start and not entry.end:
        return _("Began %(date)s", date=formats.day(entry.start))  # "Stopped, since May 5" would date the stop
    return span_of(entry.start, entry.end)


def span_of(start: str | None, end: str | None) -> str:
    """Return a period in words, as precise as it is; empty without dates."""
    if start and end:
        return _("%(start)s to %(end)s", start=formats.day(start), end=formats.day(end))
    if end:
        return _("Until %(date)s", date=formats.day(end))
    return _("Since %(date)s", date=formats.day(start)) if start else ""


_SHORT_NOTE = 200  # characters of a note that a line holds: a longer one stands on the page, whole


def _allergy(entry: Entry, detail: e.Allergy) -> Line:
    felt = ", ".join(dict.fromkeys(word for reaction in detail.reactions for word in reaction.manifestations))
    noted = "; ".join(entry.notes)  # charts without a field for the reaction keep it here, and that it was ruled out
    worst = next(
        (word for word in ("severe", "moderate", "mild") if any(r.severity == word for r in detail.reactions)), ""
    )
    return Line(
        entry.title,
        felt or (noted if len(noted) <= _SHORT_NOTE else ""),
        tags=_tags(
            severity(worst),
            Tag(_("High risk"), "bad") if detail.criticality == "high" else None,
            Tag(_("Ruled out"), "warn") if ruled_out(entry) else None,
            Tag(_("Not confirmed"), "quiet") if detail.verification == "unconfirmed" else None,
        ),
        facts=_facts(", ".join(category(code) for code in detail.category), _since(entry)),
    )


def _health_issue(entry: Entry, detail: e.HealthIssue) -> Line:
    denied = ruled_out(entry)
    noted = "; ".join(entry.notes) if denied else ""
    return Line(
        entry.title,
        noted if len(noted) <= _SHORT_NOTE else "",
        tags=_tags(
            severity(detail.severity),
            Tag(_("Ruled out"), "warn") if denied else None,
            Tag(_("Not confirmed"), "quiet") if detail.verification in ("provisional", "unconfirmed") else None,
        ),
        facts=_facts(_span(entry), detail.body_site, detail.stage),
    )


def _implant(entry: Entry, detail: e.Implant) -> Line:
    maker = " ".join(part for part in (detail.manufacturer, detail.model) if part)
    return Line(entry.title, maker, facts=_facts(_span(entry), detail.body_site, "; ".join(detail.safety)))


def medication_text(entry: Entry) -> str:
    """Return how a medicine is to be taken, whole."""
    texts = dose_words.instructions(entry)
    if len(texts) > 1 and any(isinstance(text, Sent | Several) for text in texts):
        return Several.of(texts, "; ")
    if texts or not isinstance(entry.detail, e.Medication):
        return "; ".join(texts) if len(texts) > 1 else next(iter(texts), "")
    return " ".join(part for part in (entry.detail.dose, entry.detail.route) if part)


def _medication(entry: Entry, detail: e.Medication) -> Line:
    return Line(
        entry.title,
        medication_text(entry),
        tags=_tags(
            Tag(_("When needed"), "quiet") if detail.as_needed else None,
            Tag(_("On hold"), "warn") if detail.fhir_status == "on-hold" else None,
        ),
        facts=_facts(
            _("A note says: %(text)s", text=taken) if (taken := not_taken(entry) or taken_differently(entry)) else "",
            _span(entry),
            _("For %(reason)s", reason=detail.reason) if detail.reason else "",
            _("Prescribed by %(name)s", name=detail.prescriber) if detail.prescriber else "",
            _("%(number)s refills", number=detail.refills)
            if detail.refills and entry.status is not Status.PAST
            else "",
            _("Why stopped: %(reason)s", reason=detail.stopped_reason) if detail.stopped_reason else "",
        ),
    )


def _pressure(detail: e.Result) -> str:
    """Return a blood pressure as everyone reads it: systolic over diastolic (LOINC 8480-6, 8462-4)."""
    pressures = {
        code.code: part.quantity
        for part in detail.components
        for code in part.codes
        if code.code in _PRESSURES and part.quantity and not part.quantity.comparator
    }
    if len(pressures) != 2 or formats.unit(pressures["8480-6"]) != formats.unit(pressures["8462-4"]):
        return ""
    return f"{formats.number(pressures['8480-6'].value)}/{formats.quantity_text(pressures['8462-4'])}"


_PRESSURES = frozenset({"8480-6", "8462-4"})


def _is_pressure(part: e.Component) -> bool:
    return any(code.code in _PRESSURES for code in part.codes)


def _part(part: e.Component, value: str) -> str:
    """Return one measured part of a result in words, with what it says of itself."""
    notes = [tag.text for tag in flags_of(part)]
    if result_state(part.fhir_status):
        notes.append(result_state(part.fhir_status))
    text = f"{phrase(part.name)}: {value}"
    return f"{text} ({', '.join(notes)})" if notes else text


def _result(entry: Entry, detail: e.Result) -> Line:
    pressure = _pressure(detail) if detail.components else ""
    vital = entry.section is Section.VITAL_SIGNS
    parts = [
        _part(part, value)
        for part in detail.components
        if (value := value_of(part, vital=vital)) and not (pressure and _is_pressure(part))
    ]
    value = value_of(detail, vital=vital) or pressure
    short = len(value) <= 28
    span = ranges_of(detail)
    return Line(
        entry.title,
        "" if short else value,
        value=value if short else "",
        value_note=_("Reference range: %(range)s", range=span) if span else "",
        tags=_tags(
            *flags_of(detail),
            *(tag for part in detail.components if pressure and _is_pressure(part) for tag in flags_of(part)),
            Tag(state, "quiet") if (state := result_state(detail.fhir_status)) else None,
        ),
        facts=_facts(formats.day(entry.when), "; ".join(parts), sent(detail.performer, entry)),
        marked=detail.quantity is not None,  # then the value is a number in our words
    )


def _report(entry: Entry, detail: e.Report) -> Line:
    n = len(detail.results) + len(detail.components)
    return Line(
        entry.title,
        detail.conclusion if len(detail.conclusion) <= 160 else detail.conclusion[:157].rstrip() + " …",
        tags=_tags(
            Tag(_("Report"), "quiet"),
            Tag(result_state(detail.fhir_status), "quiet") if result_state(detail.fhir_status) else None,
        ),
        facts=_facts(
            formats.day(entry.when),
            ngettext("%(num)s result", "%(num)s results", n) if n else "",
            detail.performer,
        ),
    )


def _visit(entry: Entry, detail: e.Visit) -> Line:
    upcoming = entry.status is Status.UPCOMING
    when = formats.date_text(entry.start) if upcoming and entry.start else _visit_days(entry)
    reason, address = detail.reason if detail.reason != entry.title else "", detail.address if upcoming else ""
    return Line(
        entry.title,
        when,
        tags=_tags(visit_state(detail.fhir_status), moved_tag(entry, detail)),
        facts=_facts(change_text(entry, detail), detail.place, ", ".join(detail.people), reason, address),
    )


def _visit_days(entry: Entry) -> str:
    start, end = formats.day(entry.start), formats.day(entry.end)
    return _("%(start)s to %(end)s", start=start, end=end) if start and end and start != end else start or end


def _care_team(entry: Entry, detail: e.CareTeam) -> Line:
    shown = [f"{member.name} ({member.role})" if member.role else member.name for member in detail.members[:6]]
    more = len(detail.members) - len(shown)
    if more > 0:
        shown.append(_("and %(n)s more", n=more))
    return Line(entry.title, ", ".join(shown), facts=_facts(detail.organization, detail.phone, _span(entry)))


def _insurance(entry: Entry, detail: e.Insurance) -> Line:
    return Line(
        entry.title,
        detail.plan if detail.plan != entry.title else "",
        value=detail.member_id,
        value_note=_("Member number") if detail.member_id else "",
        facts=_facts(detail.payer if detail.payer != entry.title else "", detail.kind, _span(entry)),
    )


def _immunization(entry: Entry, detail: e.Immunization) -> Line:
    dose = detail.dose_number and _("Dose %(number)s", number=detail.dose_number)
    return Line(
        entry.title,
        _("Not given: %(reason)s", reason=detail.not_given_reason or _("no reason recorded"))
        if detail.not_given
        else "",
        facts=_facts(
            formats.day(entry.when), dose, ", ".join(phrase(target) for target in detail.targets), detail.place
        ),
    )


def _procedure(entry: Entry, detail: e.Procedure) -> Line:
    _status, told = unfinished(entry)
    return Line(
        entry.title,
        told if told not in entry.title else "",
        facts=_facts(
            _visit_days(entry) or formats.day(entry.recorded),
            detail.body_site,
            ", ".join(detail.performers),
            detail.place,
        ),
    )


def _document(entry: Entry, detail: e.Document) -> Line:
    return Line(
        entry.title,
        detail.description if detail.description != entry.title else "",
        facts=_facts(
            formats.day(entry.when), detail.document_type if detail.document_type != entry.title else "", detail.author
        ),
    )


def _plan(entry: Entry, detail: PlannedCare) -> Line:
    kinds = {"care-plan": _("Care plan"), "goal": _("Goal"), "order": _("Ordered")}
    due = detail.due and _("For %(date)s", date=formats.day(detail.due))
    return Line(
        entry.title,
        "; ".join(detail.activities[:4] or detail.targets),
        tags=_tags(Tag(kinds[detail.kind]) if detail.kind in kinds and not detail.forbids else None),
        facts=_facts(
            _span(entry) if detail.kind == "care-plan" else formats.day(entry.when),
            due or "",
            detail.achieved,
            ", ".join(detail.people),
        ),
    )


def _dispense(entry: Entry, detail: Dispense) -> Line:
    return Line(
        entry.title,
        medication_text(entry),
        facts=_facts(formats.day(entry.when), detail.quantity, detail.pharmacy),
    )


def _message(entry: Entry, detail: e.Message) -> Line:
    text = " ".join(detail.body.split())
    return Line(
        entry.title,
        text if len(text) <= 160 else text[:157].rstrip() + " …",
        facts=_facts(_("From %(name)s", name=detail.sender) if detail.sender else "", formats.day(entry.when)),
    )


_LINES: Mapping[type[Detail], Callable[[Entry, Any], Line]] = {
    e.Allergy: _allergy,
    e.HealthIssue: _health_issue,
    e.Implant: _implant,
    e.Medication: _medication,
    e.Result: _result,
    e.Report: _report,
    e.Visit: _visit,
    e.CareTeam: _care_team,
    e.Insurance: _insurance,
    e.Message: _message,
    e.Immunization: _immunization,
    e.Procedure: _procedure,
    e.Document: _document,
    PlannedCare: _plan,
    Dispense: _dispense,
}
