"""CarePlan, Goal and ServiceRequest → plans, goals and orders.

Source: https://hl7.org/fhir/R4/careplan.html, goal.html, servicerequest.html; US Core 6.1.0.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.domain.entry import Entry
from portal.domain.errors import NormaliseError
from portal.domain.plans import PlannedCare
from portal.domain.sections import Section
from portal.normalise import coding, phrases, request_phrases
from portal.normalise.context import Context
from portal.normalise.elements import items, line, narrative, notes, obj, paragraph, period, unique, when, word
from portal.normalise.facts import common_facts, facts, qualifiers, visit_of
from portal.normalise.names import parties, party
from portal.normalise.quantities import amount_text, quantity, quantity_text, range_text
from portal.normalise.reasons import reason_of, reasons
from portal.normalise.status import GOAL, REQUEST, status_of

_TITLE = 160


def care_plan(context: Context) -> Entry:
    """Return the entry of a CarePlan: what is planned, in its activities or else in its narrative."""
    resource = context.resource
    start, end = period(resource.get("period"))
    status = word(resource.get("status"))
    title = coding.tidy(line(resource.get("title"))) or line(resource.get("description"), _TITLE)
    title = title or next(iter(coding.names_of(resource.get("category"))), "") or request_phrases.CARE_PLAN
    activities = unique(_activities(context))
    authors = parties([resource.get("author"), *items(resource.get("contributor"))], context)
    return Entry(
        section=Section.PLANS,
        title=title,
        status=status_of(status, REQUEST),
        start=start,
        end=end,
        recorded=when(resource.get("created")),
        recorder=next(iter(authors), ""),
        codes=coding.codes_of(*items(resource.get("category"))),
        notes=unique((paragraph(resource.get("description")), *notes(resource.get("note")), narrative(resource))),
        qualifiers=qualifiers(*_qualifiers(resource, status)),
        facts=(
            *common_facts(context),
            *facts(
                (phrases.KIND, coding.names_of(resource.get("category"))),
                (request_phrases.GOALS, called(resource.get("goal"), context)),
                (phrases.CARE_TEAM, called(resource.get("careTeam"), context)),
                (phrases.PART_OF, reasons(resource.get("partOf"), context)),
                (phrases.BASED_ON, reasons(resource.get("basedOn"), context)),
                (phrases.REPLACES, reasons(resource.get("replaces"), context)),
            ),
        ),
        visit=visit_of(resource),
        detail=PlannedCare(
            kind="care-plan",
            fhir_status=status,
            reason=", ".join(reasons(resource.get("addresses"), context)),
            activities=activities,
            people=authors,
        ),
    )


def called(references: object, context: Context) -> tuple[str, ...]:
    """Return what each referenced goal, team, order or plan is called."""
    names = []
    for reference in items(references):
        target = context.resolve(reference)
        body = target.resource if target else {}
        coded = next((body[name] for name in _NAMED if isinstance(body.get(name), dict)), None)
        names.append(
            coding.tidy(line(reference.get("display")))
            or coding.name_of(coded)
            or line(body.get("name"))
            or line(body.get("title"))
        )
    return unique(names)


_NAMED = ("code", "description", "medicationCodeableConcept", "vaccineCode")


def _activities(context: Context) -> Iterator[str]:
    for part in items(context.resource.get("activity")):
        detail = obj(part.get("detail"))
        name = coding.name_of(detail.get("code")) or line(detail.get("description"))
        moment = amount_text(detail, "scheduled")
        status = request_phrases.ACTIVITY_STATUS.get(word(detail.get("status")), "")
        if name:
            yield ", ".join(text for text in (name, moment, status) if text)
        yield from called(part.get("reference"), context)
        yield from coding.names_of(part.get("outcomeCodeableConcept"))


def goal(context: Context) -> Entry:
    """Return the entry of a Goal; raise NormaliseError "no-code" for one without a description."""
    resource = context.resource
    title = coding.name_of(resource.get("description"))
    if not title:
        raise NormaliseError("no-code")
    status = word(resource.get("lifecycleStatus"))
    setter = party(resource.get("expressedBy"), context)
    return Entry(
        section=Section.PLANS,
        title=title,
        status=status_of(status, GOAL),
        start=when(resource.get("startDate")),
        recorded=when(resource.get("statusDate")),
        recorder=setter,
        codes=coding.codes_of(resource.get("description")),
        notes=notes(resource.get("note")),
        qualifiers=qualifiers(request_phrases.GOAL_STATUS.get(status, "")),
        facts=facts(
            (phrases.KIND, coding.names_of(resource.get("category"))),
            (phrases.WHY_STATUS, line(resource.get("statusReason"))),
            (phrases.PRIORITY, coding.name_of(resource.get("priority"))),
            (request_phrases.START, coding.name_of(resource.get("startCodeableConcept"))),
            (phrases.RESULTS, coding.names_of(resource.get("outcomeCode"))),
        ),
        detail=PlannedCare(
            kind="goal",
            fhir_status=status,
            reason=", ".join(reasons(resource.get("addresses"), context)),
            targets=unique(_target(part) for part in items(resource.get("target"))),
            due=next((due for part in items(resource.get("target")) if (due := when(part.get("dueDate")))), None),
            achieved=coding.name_of(resource.get("achievementStatus")),
            people=(setter,) if setter else (),
        ),
    )


def _target(target: Mapping[str, Any]) -> str:
    """Return what is to be reached ("Hemoglobin A1c: 7 %"); its day is for its page."""
    value = quantity_text(quantity(target.get("detailQuantity"))) or range_text(target.get("detailRange"))
    value = value or coding.name_of(target.get("detailCodeableConcept")) or line(target.get("detailString"))
    return ": ".join(text for text in (coding.name_of(target.get("measure")), value) if text)


def order(context: Context) -> Entry:
    """Return the entry of a ServiceRequest: a test, a procedure or a referral that somebody ordered or proposed."""
    resource = context.resource
    title = coding.name_of(resource.get("code")) or next(iter(coding.names_of(resource.get("orderDetail"))), "")
    title = title or next(iter(coding.names_of(resource.get("category"))), "")
    if not title:
        raise NormaliseError("no-code")
    status = word(resource.get("status"))
    requester = party(resource.get("requester"), context)
    start, end = period(resource.get("occurrencePeriod"))
    planned = when(resource.get("occurrenceDateTime")) or start
    forbids = resource.get("doNotPerform") is True
    return Entry(
        section=Section.PLANS,
        title=title,
        status=status_of(status, REQUEST),
        start=when(resource.get("authoredOn")) or planned,
        recorded=when(resource.get("authoredOn")),
        recorder=requester,
        codes=coding.codes_of(resource.get("code")),
        notes=unique((paragraph(resource.get("patientInstruction")), *notes(resource.get("note")))),
        qualifiers=qualifiers(request_phrases.NOT_TO_BE_DONE if forbids else "", *_qualifiers(resource, status)),
        facts=(
            *common_facts(context),
            *facts(
                (phrases.KIND, coding.names_of(resource.get("category"))),
                (phrases.BASED_ON, reasons(resource.get("basedOn"), context)),
                (request_phrases.BODY_SITE, coding.names_of(resource.get("bodySite"))),
                (request_phrases.DETAILS, coding.names_of(resource.get("orderDetail"))),
                (request_phrases.AMOUNT, amount_text(resource, "quantity")),
                (request_phrases.AS_NEEDED, phrases.YES if resource.get("asNeededBoolean") is True else ""),
                (request_phrases.AS_NEEDED, coding.name_of(resource.get("asNeededCodeableConcept"))),
                (phrases.PRIORITY, request_phrases.PRIORITIES.get(word(resource.get("priority")), "")),
                (request_phrases.SPECIMEN, reasons(resource.get("specimen"), context)),
                (phrases.REPLACES, reasons(resource.get("replaces"), context)),
            ),
        ),
        visit=visit_of(resource),
        detail=PlannedCare(
            kind="order",
            fhir_status=status,
            intent=word(resource.get("intent")),
            reason=reason_of(context),
            due=planned,
            until=end,
            people=(requester,) if requester else (),
            performers=parties(items(resource.get("performer")), context),
            forbids=forbids,
        ),
    )


def _qualifiers(resource: Mapping[str, Any], status: str) -> tuple[str, ...]:
    intent = word(resource.get("intent"))
    return request_phrases.REQUEST_STATUS.get(status, ""), request_phrases.REQUEST_INTENT.get(intent, "")
