"""Coverage → insurance. Source: https://hl7.org/fhir/R4/coverage.html, US Core 6.1 coverage."""

from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Entry, Insurance
from portal.domain.identifiers import MEMBER
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.context import Context
from portal.normalise.elements import items, line, obj, period
from portal.normalise.names import parties, party, phone
from portal.normalise.quantities import decimal_text, quantity, quantity_text
from portal.normalise.status import LASTING, status_of


def coverage(context: Context) -> Entry:
    """The entry of a Coverage: who pays, the plan, and the numbers on the card."""
    resource = context.resource
    start, end = period(resource.get("period"))
    payors = items(resource.get("payor")) or items(resource.get("insurer"))
    payer = ", ".join(parties(payors, context))
    classes = _classes(resource.get("class"))
    kind = coding.name_of(resource.get("type"))
    plan = classes.get("plan", ("", ""))
    group = classes.get("group", ("", ""))
    return Entry(
        section=Section.INSURANCE,
        title=plan[0] or payer or kind or phrases.COVERAGE,
        status=status_of(resource.get("status"), LASTING),
        start=start,
        end=end,
        codes=coding.codes_of(resource.get("type")),
        detail=Insurance(
            payer=payer,
            plan=plan[0],
            plan_number=plan[1],
            group=group[0],
            group_number=group[1],
            member_id=_member_id(resource),
            subscriber=party(resource.get("subscriber"), context) or party(resource.get("policyHolder"), context),
            relationship=coding.name_of(resource.get("relationship")) or coding.code_in(resource.get("relationship")),
            kind=kind,
            dependent=line(resource.get("dependent"), 40),
            phone=_phone(payors, context),
            costs=_costs(resource.get("costToBeneficiary")),
        ),
    )


def _classes(value: object) -> dict[str, tuple[str, str]]:
    """Class code → (name, value): "group" → ("XYZ employee plan", "xyz"). The first of each code counts."""
    found: dict[str, tuple[str, str]] = {}
    for one in items(value):
        code = coding.code_in(one.get("type"))
        number_ = line(one.get("value")) or line(obj(one.get("value")).get("value"))
        name = coding.tidy(line(one.get("name")))
        if code and code not in found:
            # Some say the name twice: that is no number to show beside it.
            found[code] = (name, "" if number_.casefold() == name.casefold() else number_)
    return found


def _member_id(resource: Mapping[str, Any]) -> str:
    """The number a patient is asked for: a member identifier, else the subscriber's, else any identifier."""
    identifiers = [
        (coding.code_in(one.get("type")), line(one.get("value"))) for one in items(resource.get("identifier"))
    ]
    typed = next((value for code, value in identifiers if value and code in MEMBER), "")
    subscriber = line(resource.get("subscriberId"))
    return typed or subscriber or next((value for _code, value in identifiers if value), "")


def _phone(payors: tuple[Mapping[str, Any], ...], context: Context) -> str:
    for one in payors:
        found = context.resolve(one)
        digits = phone(found.resource.get("telecom")) if found else ""
        if digits:
            return digits
    return ""


def _costs(value: object) -> tuple[str, ...]:
    found = []
    for one in items(value):
        money = obj(one.get("valueMoney"))
        amount = decimal_text(money.get("value"))
        said = f"{amount} {line(money.get('currency'), 3)}".strip() if amount else ""
        said = said or quantity_text(quantity(one.get("valueQuantity")))
        name = coding.name_of(one.get("type"))
        if said:
            found.append(f"{name}: {said}" if name else said)
    return tuple(found)
