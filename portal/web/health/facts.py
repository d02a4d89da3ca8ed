"""Everything an entry says, as label and text, for its own page. Pure but for the language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.domain import entry as e
from portal.domain.dates import parse_when
from portal.domain.detail import Detail
from portal.domain.entry import Entry, Status
from portal.domain.plans import Dispense, PlannedCare
from portal.domain.sections import Section
from portal.web import formats
from portal.web.health import code_systems, dose_words, lines, vocabulary
from portal.web.health.flags import flags_of
from portal.web.health.original import original_texts, safe_line
from portal.web.health.range_words import ranges_of
from portal.web.phrases import gettext as _
from portal.web.sent import marked, sent
from portal.web.words import phrase, relationship


@dataclass(frozen=True, slots=True)
class LabelledText:
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One measured part of a result, for a table."""

    name: str
    value: str
    flags: tuple[vocabulary.Tag, ...]
    ranges: str


def facts(entry: Entry) -> tuple[LabelledText, ...]:
    """Return what the entry says, most useful first; empty facts are left out."""
    own = [(phrase(fact.label), _fact_text(fact)) for fact in entry.facts]
    pairs = [*_FACTS[type(entry.detail)](entry, entry.detail), *own, (_("Notes"), entry.notes)]
    listed = []
    for label, values in pairs:
        texts = (values,) if isinstance(values, str) else tuple(values)
        texts = tuple(marked((text for text in dict.fromkeys(texts) if text), entry))
        if texts:
            listed.append(LabelledText(label, texts))
    return tuple(listed)


def _fact_text(fact: e.Fact) -> str:
    days = lines.span_of(fact.start, fact.end)
    text = phrase(date_or_text(fact.text))
    return f"{text} ({days})" if text and days else text or days


def original(entry: Entry) -> tuple[LabelledText, ...]:
    """Return the original text of an entry whose facts cannot be drawn, and that this is so."""
    return (
        LabelledText(_("This item could not be shown as usual. This is its original text."), original_texts(entry)),
    )


def parts(entry: Entry) -> tuple[Part, ...]:
    """Return the measured parts of a result (a panel, a blood pressure), or the results that came inside a report."""
    if not isinstance(entry.detail, e.Result | e.Report):
        return ()
    return tuple(
        Part(
            sent(phrase(component.name), entry),
            lines.value_of(component, vital=entry.section is Section.VITAL_SIGNS),
            flags_of(component),
            ranges_of(component),
        )
        for component in entry.detail.components
    )


def recorded(entry: Entry) -> tuple[LabelledText, ...]:
    """Who wrote it down, and when."""
    listed = []
    if entry.recorder:
        listed.append(LabelledText(_("Recorded by"), (entry.recorder,)))
    if entry.recorded:
        listed.append(LabelledText(_("Recorded on"), (formats.date_text(entry.recorded),)))
    return tuple(listed)


Pairs = list[tuple[str, str | tuple[str, ...]]]


def _when(when: str | None) -> str:
    return formats.date_text(when) if when else ""


def _allergy(entry: Entry, detail: e.Allergy) -> Pairs:
    felt = []
    for reaction in detail.reactions:
        tag = vocabulary.severity(reaction.severity)
        text = ", ".join(reaction.manifestations)
        notes = "; ".join(part for part in (tag.text if tag else "", _when(reaction.when)) if part)
        felt.append(f"{text} ({notes})" if text and notes else text or notes)
    risk = {"high": _("High"), "low": _("Low"), "unable-to-assess": _("Not known")}
    return [
        (_("Reactions"), tuple(felt)),
        (_("Risk of a serious reaction"), risk.get(detail.criticality, "")),
        (_("Kind"), tuple(vocabulary.category(code) for code in detail.category)),
        (_("Began"), _when(entry.start)),
        (_("Confirmed"), verification(detail.verification)),
    ]


def verification(word: str) -> str:
    """Return whether an allergy or a health issue is confirmed, in words."""
    words = {
        "confirmed": _("Yes"),
        "unconfirmed": _("No"),
        "provisional": _("Provisional"),
        "differential": _("One of several possibilities"),
        "refuted": _("Ruled out"),
    }
    return words.get(word, word)


def _health_issue(entry: Entry, detail: e.HealthIssue) -> Pairs:
    states = {
        "active": _("Active"),
        "recurrence": _("Came back"),
        "relapse": _("Relapse"),
        "inactive": _("Not active"),
        "remission": _("In remission"),
        "resolved": _("Resolved"),
    }
    tag = vocabulary.severity(detail.severity)
    return [
        (_("Status"), states.get(detail.clinical_status, detail.clinical_status)),
        (_("Severity"), tag.text if tag else ""),
        (_("Stage"), detail.stage),
        (_("Body site"), detail.body_site),
        (_("Began"), _when(entry.start)),
        (_("Ended"), _when(entry.end)),
        (_("Confirmed"), verification(detail.verification)),
        (_("Based on"), detail.evidence),
    ]


def _implant(entry: Entry, detail: e.Implant) -> Pairs:
    return [
        (_("Manufacturer"), detail.manufacturer),
        (_("Model"), detail.model),
        (_("Body site"), detail.body_site),
        (_("Planned for") if entry.status is e.Status.UPCOMING else _("In use since"), _when(entry.start)),
        (_("In use until"), _when(entry.end)),  # which does not say that it is out of the body
        (_("Safety"), detail.safety),
        (_("Serial number"), detail.serial),
        (_("Lot number"), detail.lot),
        (_("Device number (UDI)"), detail.udi or detail.device_identifier),
        (_("Made"), _when(detail.manufactured)),
        (_("Expires"), _when(detail.expires)),
        (_("Contact"), detail.contact),
    ]


def _medication(entry: Entry, detail: e.Medication) -> Pairs:
    states = {
        "active": _("Current"),
        "on-hold": _("On hold"),
        "cancelled": _("Cancelled"),
        "completed": _("Completed"),
        "stopped": _("Stopped"),
        "draft": _("Draft"),
        "intended": _("Planned"),
        "not-taken": _("Not taken"),
    }
    return [
        (_("How to take it"), dose_words.instructions(entry) or (detail.dose, detail.route)),
        (_("When needed"), _("Yes") if detail.as_needed else ""),
        (_("For"), detail.reason),
        (_("Status"), states.get(detail.fhir_status, "")),
        (_("Why stopped"), detail.stopped_reason),
        (_("Began") if entry.status is Status.PAST else _("Since"), _when(entry.start)),
        (_("Until"), _when(entry.end)),
        (_("Prescribed by"), detail.prescriber),
        (_("Quantity"), detail.quantity),
        (_("Lasts for"), detail.supply),
        (_("Refills when ordered") if entry.status is Status.PAST else _("Refills"), detail.refills),
        (_("Form"), detail.form),
        (
            _("Contains"),
            tuple(
                f"{ingredient.name}, {ingredient.strength}" if ingredient.strength else ingredient.name
                for ingredient in detail.ingredients
            ),
        ),
        (_("Kind of entry"), _("What you or someone else said you take") if detail.statement else ""),
    ]


def _result(entry: Entry, detail: e.Result) -> Pairs:
    return [
        (_("Result"), lines.value_of(detail, vital=entry.section is Section.VITAL_SIGNS)),
        (_("Flag"), tuple(tag.text for tag in flags_of(detail))),
        (_("Reference range"), ranges_of(detail)),
        (_("When"), _when(entry.start)),
        (_("Status"), vocabulary.result_state(detail.fhir_status)),
        (_("Issued"), _when(detail.issued)),
        (_("Laboratory or person"), detail.performer),
        (_("Sample"), detail.specimen),
        (_("Body site"), detail.body_site),
        (_("Method"), detail.method),
        (_("Comments"), detail.notes),
    ]


def _report(entry: Entry, detail: e.Report) -> Pairs:
    return [
        (_("Conclusion"), (detail.conclusion, *detail.conclusions)),
        (_("When"), _when(entry.start)),
        (_("Issued"), _when(detail.issued)),
        (_("Status"), vocabulary.result_state(detail.fhir_status)),
        (_("Laboratory or person"), detail.performer),
    ]


def _visit(entry: Entry, detail: e.Visit) -> Pairs:
    classes = {
        "AMB": _("Outpatient visit"),
        "EMER": _("Emergency visit"),
        "IMP": _("Hospital stay"),
        "ACUTE": _("Hospital stay"),
        "OBSENC": _("Observation stay"),
        "VR": _("Video or phone visit"),
        "HH": _("Home visit"),
    }
    return [
        (_("When"), _when(entry.start)),
        (_("Until"), _when(entry.end)),
        (_("Kind"), (phrase(detail.kind), classes.get(detail.visit_class, ""))),
        (_("Place"), (detail.place, detail.address, detail.organization)),
        (_("Phone"), detail.phone),
        (_("With"), detail.people),
        (_("Reason"), detail.reason),
        (_("Diagnoses"), detail.diagnoses),
        (_("What to bring or do"), detail.instructions),
        (_("Went home to"), detail.discharge),
        (_("Why cancelled"), detail.cancelled_reason),
        (_("Time before"), _when(detail.start_before)),
        (_("Place before"), detail.place_before),
        (_("Changed by"), phrase(detail.changed_by)),
        (_("Change seen on"), _when(detail.changed_at)),
    ]


def _care_team(entry: Entry, detail: e.CareTeam) -> Pairs:
    people = tuple(
        ", ".join(part for part in (member.name, member.role, member.organization, member.phone, member.email) if part)
        for member in detail.members
    )
    return [
        (_("People"), people),
        (_("Organization"), detail.organization),
        (_("Phone"), detail.phone),
        (_("Began") if entry.status is Status.PAST else _("Since"), _when(entry.start)),
        (_("Until"), _when(entry.end)),
    ]


def _insurance(entry: Entry, detail: e.Insurance) -> Pairs:
    return [
        (_("Insurer"), detail.payer),
        (_("Plan"), (detail.plan, detail.plan_number)),
        (_("Member number"), detail.member_id),
        (_("Group"), (detail.group, detail.group_number)),
        (_("Main insured person"), detail.subscriber),
        (_("You are their"), relationship(detail.relationship)),
        (_("Kind"), detail.kind),
        (_("Costs"), detail.costs),
        (_("Phone"), detail.phone),
        (_("Valid from"), _when(entry.start)),
        (_("Valid until"), _when(entry.end)),
    ]


def _message(entry: Entry, detail: e.Message) -> Pairs:
    return [
        (_("From"), detail.sender),
        (_("To"), detail.recipients),
        (_("Sent"), _when(entry.when)),
        (_("Topic"), detail.topic),
        (_("Message"), detail.body),
    ]


def _immunization(entry: Entry, detail: e.Immunization) -> Pairs:
    return [
        (_("Given"), "" if detail.not_given else _when(entry.start)),
        (_("Not given"), (detail.not_given_reason or _("No reason recorded")) if detail.not_given else ""),
        (_("Protects against"), tuple(phrase(target) for target in detail.targets)),
        (_("Dose"), (detail.dose_number, detail.dose)),
        (_("Manufacturer"), detail.manufacturer),
        (_("Lot number"), detail.lot),
        (_("Expires"), _when(detail.expires)),
        (_("Body site"), (detail.site, detail.route)),
        (_("Place"), detail.place),
        (_("Given by"), detail.performer),
        (_("Kind of entry"), _("Reported, not given by who documented it") if detail.reported else ""),
    ]


def _procedure(entry: Entry, detail: e.Procedure) -> Pairs:
    return [
        (_("When"), _when(entry.start)),
        (_("Until"), _when(entry.end)),
        (_("Body site"), detail.body_site),
        (_("Reason"), detail.reason),
        (_("Done by"), detail.performers),
        (_("Place"), detail.place),
        (_("Outcome"), detail.outcome),
        (_("Complications"), detail.complications),
        (_("Follow-up"), detail.follow_up),
        (_("Kind"), detail.category),
    ]


def _document(entry: Entry, detail: e.Document) -> Pairs:
    states = {"preliminary": _("Preliminary"), "amended": _("Changed after it was signed")}
    return [
        (_("Kind"), detail.document_type),
        (_("About"), detail.description),
        (_("Date"), _when(entry.when)),
        (_("Author"), detail.author),
        (_("Kept by"), detail.custodian),
        (_("Status"), states.get(detail.document_status, "")),
    ]


def _plan(entry: Entry, detail: PlannedCare) -> Pairs:
    return [
        (_("What is planned"), detail.activities),
        (_("To be reached"), detail.targets),
        (_("Reached so far"), detail.achieved),
        (_("For"), lines.span_of(detail.due, detail.until) if detail.until else _when(detail.due)),
        (_("Reason"), detail.reason),
        (_("Date"), lines.span_of(entry.start, entry.end) if entry.end else _when(entry.when)),
        (_("Written by"), detail.people),
        (_("Who is to do it"), detail.performers),
    ]


def _dispense(entry: Entry, detail: Dispense) -> Pairs:
    return [
        (_("Handed out"), _when(entry.start)),
        (_("How to take it"), dose_words.instructions(entry)),
        (_("Quantity"), detail.quantity),
        (_("Lasts for"), detail.supply),
        (_("Pharmacy"), detail.pharmacy),
        (_("Kind"), detail.kind),
    ]


_FACTS: Mapping[type[Detail], Callable[[Entry, Any], Pairs]] = {
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


def codes(entry: Entry) -> tuple[LabelledText, ...]:
    """Return the codes of the thing, by the name of their system, for those who want them."""
    return tuple(LabelledText(name, written) for name, written in code_systems.codes(entry).items())


def earlier(entries: Sequence[Entry]) -> tuple[LabelledText, ...]:
    """Return what the same organization said of it before, newest first."""
    listed = []
    for entry in entries:
        line = safe_line(entry)
        tags = (tag.text for tag in line.tags)
        state = {Status.ACTIVE: _("Current"), Status.PAST: _("Past")}.get(entry.status, "")
        told = (line.title, line.main, line.value, *tags, state, *line.facts)
        listed.append(LabelledText(_when(entry.when) or _("Without a date"), ("; ".join(filter(None, told)),)))
    return tuple(listed)


def date_or_text(text: str) -> str:
    """Return a FHIR date in words; anything else as it is."""
    return formats.date_text(text) if parse_when(text) else text
