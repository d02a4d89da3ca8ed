"""One entry as a line of a section page: what a person needs to see first, in words. Pure but for the language.

Everything given back is plain text, escaped by the templates; nothing of an organization's text becomes markup here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.domain import entry as e
from portal.domain.entry import Entry, Status
from portal.domain.sections import Section
from portal.web import formats
from portal.web.health.vocabulary import Tag, absent, category, flag, result_state, severity, visit_state
from portal.web.words import phrase


@dataclass(frozen=True, slots=True)
class Line:
    """``main`` is the sentence below the title, ``value`` a measurement, ``facts`` smaller print, ``when`` the day."""

    title: str
    main: str = ""
    value: str = ""
    value_note: str = ""
    tags: tuple[Tag, ...] = ()
    facts: tuple[str, ...] = ()
    when: str = ""


def value_of(part: e.Result | e.Component) -> str:
    """A measurement's value with its unit, else its text, else why there is none."""
    if part.quantity is not None:
        return formats.quantity_text(part.quantity)
    return part.text or absent(part.absent_reason)


def ranges_of(part: e.Result | e.Component) -> str:
    """The normal range in words; others with what they are of."""
    said = []
    for one in part.ranges:
        text = formats.range_text(one)
        if text:
            said.append(f"{text} ({one.meaning})" if one.meaning else text)
    return "; ".join(said)


def line(entry: Entry) -> Line:
    """An entry as one line of its section's page."""
    made = _LINES[type(entry.detail)](entry, entry.detail)
    made = replace(made, title=phrase(made.title))
    if entry.status is Status.ENTERED_IN_ERROR:
        return Line(made.title, _("Entered in error"), when=made.when)
    return made


def _facts(*facts: str) -> tuple[str, ...]:
    return tuple(fact for fact in facts if fact)


def _tags(*tags: Tag | None) -> tuple[Tag, ...]:
    return tuple(tag for tag in tags if tag)


def _since(entry: Entry) -> str:
    return _("Since %(date)s", date=formats.day(entry.start)) if entry.start else ""


def _span(entry: Entry) -> str:
    if entry.start and entry.end:
        return _("%(start)s to %(end)s", start=formats.day(entry.start), end=formats.day(entry.end))
    if entry.end:
        return _("Until %(date)s", date=formats.day(entry.end))
    return _since(entry)


def _allergy(entry: Entry, detail: e.Allergy) -> Line:
    felt = ", ".join(dict.fromkeys(word for reaction in detail.reactions for word in reaction.manifestations))
    worst = next(
        (word for word in ("severe", "moderate", "mild") if any(r.severity == word for r in detail.reactions)), ""
    )
    return Line(
        entry.title,
        felt,
        tags=_tags(
            severity(worst),
            Tag(_("High risk"), "bad") if detail.criticality == "high" else None,
            Tag(_("Not confirmed"), "quiet") if detail.verification == "unconfirmed" else None,
        ),
        facts=_facts(", ".join(category(code) for code in detail.category), _since(entry)),
    )


def _health_issue(entry: Entry, detail: e.HealthIssue) -> Line:
    return Line(
        entry.title,
        tags=_tags(
            severity(detail.severity),
            Tag(_("Not confirmed"), "quiet") if detail.verification in ("provisional", "unconfirmed") else None,
        ),
        facts=_facts(_span(entry), detail.body_site, detail.stage),
    )


def _implant(entry: Entry, detail: e.Implant) -> Line:
    maker = " ".join(part for part in (detail.manufacturer, detail.model) if part)
    return Line(entry.title, maker, facts=_facts(_span(entry), "; ".join(detail.safety)))


def _medication(entry: Entry, detail: e.Medication) -> Line:
    how = "; ".join(detail.instructions) or " ".join(part for part in (detail.dose, detail.route) if part)
    return Line(
        entry.title,
        how,
        tags=_tags(
            Tag(_("When needed"), "quiet") if detail.as_needed else None,
            Tag(_("On hold"), "warn") if detail.fhir_status == "on-hold" else None,
        ),
        facts=_facts(
            _span(entry),
            _("For %(reason)s", reason=detail.reason) if detail.reason else "",
            _("Prescribed by %(name)s", name=detail.prescriber) if detail.prescriber else "",
            _("%(number)s refills", number=detail.refills) if detail.refills else "",
        ),
    )


def _pressure(detail: e.Result) -> str:
    """A blood pressure as everyone reads it: systolic over diastolic (LOINC 8480-6, 8462-4)."""
    found = {
        code.code: part.quantity
        for part in detail.components
        for code in part.codes
        if code.code in ("8480-6", "8462-4") and part.quantity
    }
    if len(found) != 2 or formats.unit(found["8480-6"]) != formats.unit(found["8462-4"]):
        return ""
    return f"{formats.number(found['8480-6'].value)}/{formats.quantity_text(found['8462-4'])}"


def _result(entry: Entry, detail: e.Result) -> Line:
    pressure = _pressure(detail)
    parts = [f"{phrase(part.name)}: {value_of(part)}" for part in detail.components if value_of(part) and not pressure]
    value = value_of(detail) or pressure
    short = len(value) <= 28
    span = ranges_of(detail)
    return Line(
        entry.title,
        "" if short else value,
        value=value if short else "",
        value_note=_("Reference range: %(range)s", range=span) if span else "",
        tags=_tags(
            flag(detail.flag, detail.flag_text),
            Tag(result_state(detail.fhir_status), "quiet") if result_state(detail.fhir_status) else None,
        ),
        facts=_facts(formats.day(entry.when), "; ".join(parts), detail.performer),
    )


def _report(entry: Entry, detail: e.Report) -> Line:
    n = len(detail.results)
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
    return Line(
        entry.title,
        when,
        tags=_tags(visit_state(detail.fhir_status)),
        facts=_facts(
            detail.place,
            ", ".join(detail.people),
            detail.reason if detail.reason != entry.title else "",
            detail.address if upcoming else "",
        ),
    )


def _visit_days(entry: Entry) -> str:
    start, end = formats.day(entry.start), formats.day(entry.end)
    return _("%(start)s to %(end)s", start=start, end=end) if start and end and start != end else start or end


def _care_team(entry: Entry, detail: e.CareTeam) -> Line:
    shown = [f"{one.name} ({one.role})" if one.role else one.name for one in detail.members[:6]]
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
    given = detail.dose_number and _("Dose %(number)s", number=detail.dose_number)
    return Line(
        entry.title,
        _("Not given: %(reason)s", reason=detail.not_given_reason or _("no reason recorded"))
        if detail.not_given
        else "",
        facts=_facts(formats.day(entry.when), given, ", ".join(phrase(one) for one in detail.targets), detail.place),
    )


def _procedure(entry: Entry, detail: e.Procedure) -> Line:
    return Line(
        entry.title,
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


def _message(entry: Entry, detail: e.Message) -> Line:
    text = " ".join(detail.body.split())
    return Line(
        entry.title,
        text if len(text) <= 160 else text[:157].rstrip() + " …",
        facts=_facts(_("From %(name)s", name=detail.sender) if detail.sender else "", formats.day(entry.when)),
    )


_LINES: Mapping[type[e.Detail], Callable[[Entry, Any], Line]] = {
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
}

CURRENT = frozenset(
    {
        Section.ALLERGIES,
        Section.HEALTH_ISSUES,
        Section.IMPLANTS,
        Section.MEDICATIONS,
        Section.CARE_TEAM,
        Section.INSURANCE,
    }
)


def group(section: Section, status: Status) -> str:
    """The heading under which a status is listed; empty where a section has only one list."""
    if section is Section.VISITS:
        return {Status.UPCOMING: _("Upcoming"), Status.ACTIVE: _("Now")}.get(status, _("Past"))
    if section in CURRENT:
        words = {Status.UPCOMING: _("Planned"), Status.ACTIVE: _("Current"), Status.UNKNOWN: _("Current or not known")}
        return words.get(status, _("Past"))
    return ""
