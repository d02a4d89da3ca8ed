"""Coverage → insurance. Source: https://hl7.org/fhir/R4/coverage.html, US Core 6.1 coverage."""

from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Entry, Insurance
from portal.domain.identifiers import MEMBER
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.context import Context
from portal.normalise.elements import items, line, number, obj, period, unique, word
from portal.normalise.facts import facts, qualifiers
from portal.normalise.names import parties, party, phone
from portal.normalise.quantities import decimal_text, quantity, quantity_text
from portal.normalise.status import LASTING, status_of

_CARD = {
    "rxbin": phrases.RX_BIN,
    "rxpcn": phrases.RX_PCN,
    "rxgroup": phrases.RX_GROUP,
    "rxid": phrases.RX_ID,
    "subgroup": phrases.SUBGROUP,
    "subplan": phrases.SUBPLAN,
    "class": phrases.CLASS,
    "subclass": phrases.SUBCLASS,
    "sequence": phrases.SEQUENCE,
}
"""FHIR coverage-class: the further numbers of a card; the first four are what a pharmacy asks for."""


def coverage(context: Context) -> Entry:
    """Return the entry of a Coverage: who pays, the plan, and the numbers on the card, those for the pharmacy too."""
    resource = context.resource
    start, end = period(resource.get("period"))
    payors = items(resource.get("payor")) or items(resource.get("insurer"))
    payer = ", ".join(parties(payors, context))
    classes = _classes(resource.get("class"))
    kind = coding.name_of(resource.get("type"))
    plan = classes.get("plan", [("", "")])[0]
    group = classes.get("group", [("", "")])[0]
    status = word(resource.get("status"))
    subscriber = party(resource.get("subscriber"), context)
    holder = party(resource.get("policyHolder"), context)
    subscriber_number = line(resource.get("subscriberId"))
    return Entry(
        section=Section.INSURANCE,
        title=plan[0] or payer or kind or phrases.COVERAGE,
        status=status_of(status, LASTING),
        start=start,
        end=end,
        codes=coding.codes_of(resource.get("type")),
        qualifiers=qualifiers(phrases.LASTING_STATUS.get(status, "")),
        facts=facts(
            *(
                (label, [": ".join(part for part in pair if part) for pair in classes.get(code, [])])
                for code, label in _CARD.items()
            ),
            *(
                (name, [value or label for label, value in pairs])
                for name, pairs in classes.items()
                if name not in _CARD and name not in ("plan", "group")
            ),
            (phrases.OTHER_PLAN, [" ".join(pair).strip() for pair in classes.get("plan", [])[1:]]),
            (phrases.OTHER_GROUP, [" ".join(pair).strip() for pair in classes.get("group", [])[1:]]),
            (phrases.POLICY_HOLDER, holder if subscriber and holder != subscriber else ""),
            (phrases.DEPENDENT, line(resource.get("dependent"), 40)),
            (phrases.SUBSCRIBER_NUMBER, subscriber_number if subscriber_number != _member_id(resource) else ""),
            (phrases.STANDING, decimal_text(resource.get("order"))),
            (phrases.NETWORK, line(resource.get("network"))),
            (phrases.OTHER_NUMBERS, _other_numbers(resource)),
        ),
        detail=Insurance(
            payer=payer,
            plan=plan[0],
            plan_number=plan[1],
            group=group[0],
            group_number=group[1],
            member_id=_member_id(resource),
            subscriber=subscriber or holder,
            relationship=coding.words_of(resource.get("relationship")) or coding.code_in(resource.get("relationship")),
            kind=kind,
            dependent=line(resource.get("dependent"), 40),
            phone=_phone(payors, context),
            payer_identifiers=_payer_identifiers(payors, context),
            order=number(resource.get("order")),
            subgroup=_either(classes.get("subgroup")),
            costs=_costs(resource.get("costToBeneficiary")),
        ),
    )


def _classes(value: object) -> dict[str, list[tuple[str, str]]]:
    """Class code → all of its (name, value): "group" → [("XYZ employee plan", "xyz")]; without a code by its words."""
    classes: dict[str, list[tuple[str, str]]] = {}
    for part in items(value):
        code = coding.code_in(part.get("type")).lower() or coding.name_of(part.get("type"))
        written = line(part.get("value")) or line(obj(part.get("value")).get("value"))
        name = coding.tidy(line(part.get("name")))
        # Some say the name twice: that is no number to show beside it.
        pair = (name, "" if written.casefold() == name.casefold() else written)
        if code and any(pair) and pair not in classes.get(code, []):
            classes.setdefault(code, []).append(pair)
    return classes


def _other_numbers(resource: Mapping[str, Any]) -> list[str]:
    """Numbers of the card beside the member's own, those that say what they are."""
    shown = _member_id(resource)
    return [
        f"{kind}: {written}"
        for part in items(resource.get("identifier"))
        if (written := line(part.get("value"))) and written != shown and (kind := coding.name_of(part.get("type")))
    ]


def _member_id(resource: Mapping[str, Any]) -> str:
    """Return the number a patient is asked for: a member identifier, else the subscriber's, else any identifier."""
    identifiers = [
        (coding.code_in(part.get("type")), line(part.get("value"))) for part in items(resource.get("identifier"))
    ]
    typed = next((value for code, value in identifiers if value and code in MEMBER), "")
    subscriber = line(resource.get("subscriberId"))
    return typed or subscriber or next((value for _code, value in identifiers if value), "")


def _either(pairs: list[tuple[str, str]] | None) -> str:
    name, number_ = (pairs or [("", "")])[0]
    return number_ or name


def _payer_identifiers(payors: tuple[Mapping[str, Any], ...], context: Context) -> tuple[str, ...]:
    values: list[str] = []
    for payor in payors:
        values.append(line(obj(payor.get("identifier")).get("value"), 80))
        target = context.resolve(payor)
        values += [line(part.get("value"), 80) for part in items(target.resource.get("identifier"))] if target else []
    return unique(values)


def _phone(payors: tuple[Mapping[str, Any], ...], context: Context) -> str:
    for payor in payors:
        target = context.resolve(payor)
        digits = phone(target.resource.get("telecom")) if target else ""
        if digits:
            return digits
    return ""


def _costs(value: object) -> tuple[str, ...]:
    costs = []
    for part in items(value):
        money = obj(part.get("valueMoney"))
        amount = decimal_text(money.get("value"))
        text = f"{amount} {line(money.get('currency'), 3)}".strip() if amount else ""
        text = text or quantity_text(quantity(part.get("valueQuantity")))
        name = coding.name_of(part.get("type"))
        exceptions = coding.names_of([exempt.get("type") for exempt in items(part.get("exception"))])
        if text:
            costs.append(f"{name}: {text}" if name else text)
        costs.extend(f"{name}: {exception}" for exception in exceptions if name)
    return tuple(costs)
