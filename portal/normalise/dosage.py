"""How to take it: a ``Dosage`` part by part and in a sentence.

Source: https://hl7.org/fhir/R4/dosage.html, datatypes.html#Timing. Text and structure are combined: the parts, then the
clinician's words, then the words for the patient, and warnings always. Parts are left out of the sentence only where
the words say every one of them. Units are those that cannot be misread (ISMP): "mcg", "units", no trailing zeros.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.domain.entry import Dose, Quantity
from portal.domain.phrases import N_
from portal.normalise.coding import code_in, name_of, names_of, without_tag, words_of
from portal.normalise.elements import first, flag, items, lines, obj, paragraph, period, unique, when, word, words
from portal.normalise.quantities import (
    decimal_text,
    dose,
    dose_range,
    dose_ratio,
    quantity,
    quantity_text,
    range_text,
    ratio_text,
)
from portal.normalise.timing import date_words, days, duration, how_often, length, says

ROUTES = {
    "26643006": N_("by mouth"),
    "PO": N_("by mouth"),
    "ORAL": N_("by mouth"),
    "37839007": N_("under the tongue"),
    "46713006": N_("in the nose"),
    "54485002": N_("in the eye"),
    "10547007": N_("in the ear"),
    "6064005": N_("on the skin"),
    "45890007": N_("through the skin"),
    "34206005": N_("under the skin"),
    "78421000": N_("into a muscle"),
    "47625008": N_("into a vein"),
    "37161004": N_("rectally"),
    "16857009": N_("vaginally"),
    "447694001": N_("by breathing it in"),
    "IPINHL": N_("by breathing it in"),
}
"""SNOMED CT routes (and v3 RouteOfAdministration) in a patient's words."""


@dataclass(frozen=True, slots=True)
class Dosage:
    """How to take it, part by part, each in words; empty where it is not stated."""

    amount: str = ""
    method: str = ""
    route: str = ""
    site: str = ""
    frequency: str = ""  # with the times of day: "twice a day, with meals"
    days: str = ""  # "Monday, Friday"
    as_needed: bool = False
    as_needed_for: str = ""
    maximum: str = ""
    duration: str = ""
    start: str | None = None
    end: str | None = None
    text: str = ""  # the clinician's words
    patient_text: str = ""  # the words for the patient
    warnings: tuple[str, ...] = ()


_MOST = 200  # dosages of one order; a cut says so
_LONGEST = 2000  # characters of the words of one


def dosages(elements: object, since: str | None = None) -> tuple[Dosage, ...]:
    """Return each ``Dosage`` of a list part by part, in the order of their ``sequence``.

    ``since`` is the date of the order: a beginning on that day is not repeated.
    """
    parts = sorted(items(elements), key=lambda part: _sequence(part.get("sequence")))
    stated = [part for part in (dosage(element, since) for element in parts[:_MOST]) if part != Dosage()]
    return (*stated, *((Dosage(text="…"),) if len(parts) > _MOST else ()))


def dosage(element: Mapping[str, Any], since: str | None = None) -> Dosage:
    """Return one ``Dosage`` part by part."""
    timing = obj(element.get("timing"))
    repeat = obj(timing.get("repeat"))
    text = without_tag(paragraph(element.get("text"), _LONGEST))
    own = without_tag(paragraph(element.get("patientInstruction"), _LONGEST))
    reasons = names_of(element.get("asNeededCodeableConcept")) or names_of(element.get("asNeededFor"))
    start, end = period(repeat.get("boundsPeriod"))
    return Dosage(
        amount=amount(element),
        method=name_of(element.get("method")),
        route=route(element),
        site=name_of(element.get("site")),
        frequency=how_often(timing),
        days=days(repeat),
        as_needed=bool(reasons) or flag(element.get("asNeededBoolean")) or flag(element.get("asNeeded")),
        as_needed_for=" or ".join(reasons),
        maximum="; ".join(_maximum(element)),
        duration=duration(repeat),
        start=start if start and start[:10] != (since or "")[:10] else None,
        end=end,
        text=text,
        patient_text=own,
        warnings=names_of(element.get("additionalInstruction")),
    )


def instructions(parts: tuple[Dosage, ...]) -> tuple[str, ...]:
    """Return one sentence for each dosage."""
    return unique(sentence(part) for part in parts)


def sentence(part: Dosage) -> str:
    """Return one dosage in words; empty when it says nothing."""
    structure, dates = _structure(part), _dates(part)
    texts = own_words(part.text, part.patient_text)
    if all(any(says(text, phrase) for text in texts) for phrase in structure):
        structure = ()
    composed = ", ".join((*structure, *dates))
    return " ".join(as_sentences((composed[:1].upper() + composed[1:], *texts, *part.warnings)))


def own_words(text: str, patient_text: str) -> tuple[str, ...]:
    """Return the clinician's words and those for the patient: one of them where it says all of the other."""
    if says(text, patient_text):
        return (text,)
    return (patient_text,) if says(patient_text, text) else (text, patient_text)


def as_sentences(pieces: Iterable[str]) -> tuple[str, ...]:
    """Return what is there of the pieces, each but the last with a mark at its end."""
    told = [piece for piece in pieces if piece]
    return (*(f"{piece}." if piece[-1].isalnum() or piece[-1] == ")" else piece for piece in told[:-1]), *told[-1:])


def _structure(part: Dosage) -> tuple[str, ...]:
    head = " ".join(phrase for phrase in (part.method, part.amount, part.route) if phrase)
    reason = part.as_needed_for
    reason = reason[0].lower() + reason[1:] if reason[1:2].islower() else reason
    return tuple(
        phrase
        for phrase in (
            head,
            f"at the site: {part.site}" if part.site else "",
            part.frequency,
            f"on {part.days}" if part.days else "",
            f"as needed for {reason}" if reason else "as needed" if part.as_needed else "",
            f"at most {part.maximum}" if part.maximum else "",
            f"for {part.duration}" if part.duration else "",
        )
        if phrase
    )


def _dates(part: Dosage) -> tuple[str, ...]:
    start = f"from {date_words(part.start)}" if part.start else ""
    end = f"until {date_words(part.end)}" if part.end else ""
    return tuple(phrase for phrase in (start, end) if phrase)


def amount(element: Mapping[str, Any]) -> str:
    """Return how much at a time: "1 tablet", "5 mL at 10 mL per hour", "10 mg (1 capsule)", "2 per dose"."""
    amounts = unique(_one_amount(part) for part in _ordered_amounts(element))
    return f"{amounts[0]} ({', '.join(amounts[1:])})" if len(amounts) > 1 else "".join(amounts)


def _ordered_amounts(element: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the amounts that a dosage states, what was calculated last."""
    parts = items(element.get("doseAndRate")) or (element,)
    return sorted(parts, key=lambda part: code_in(part.get("type")) == "calculated")


def _one_amount(part: Mapping[str, Any]) -> str:
    measured = dose(part.get("doseQuantity"))
    taken = _plain(measured) if measured else dose_range(part.get("doseRange"))
    rate = dose_ratio(part.get("rateRatio")) or dose_range(part.get("rateRange"))
    rate = rate or quantity_text(dose(part.get("rateQuantity")))
    return " at ".join(piece for piece in (taken, rate) if piece)


def _plain(measured: Quantity) -> str:
    return quantity_text(measured) if measured.unit else f"{quantity_text(measured)} per dose"


def route(element: Mapping[str, Any]) -> str:
    """Return how it gets into the body, in words."""
    concept = element.get("route")
    name = name_of(concept)
    everyday = ROUTES.get(code_in(concept), "")
    # "Oral (via feeding tube)" says more than the everyday words of its code.
    if everyday and len(name.split()) > 3:
        return f"{everyday} ({name})"
    return everyday or (name if any(letter.isupper() for letter in name[1:]) else name.lower())


def _maximum(element: Mapping[str, Any]) -> list[str]:
    limits = [dose_ratio(part) for part in items(element.get("maxDosePerPeriod"))]
    for name, limit_of in (("maxDosePerAdministration", "at a time"), ("maxDosePerLifetime", "in a lifetime")):
        limit = quantity_text(dose(element.get(name)))
        limits.append(f"{limit} {limit_of}" if limit else "")
    return [limit for limit in limits if limit]


def _sequence(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


_REPEAT = words("frequency frequencyMax period periodMax periodUnit count countMax offset duration durationUnit")


def doses(elements: object) -> tuple[Dose, ...]:
    """Return every ``Dosage`` of a list in its parts, as the source writes them, in the order of their ``sequence``."""
    ordered = sorted(items(elements), key=lambda part: _sequence(part.get("sequence")))
    return tuple(_dose_parts(part) for part in ordered[:_MOST])


def _dose_parts(element: Mapping[str, Any]) -> Dose:
    timing = obj(element.get("timing"))
    repeat = obj(timing.get("repeat"))
    bounds = obj(repeat.get("boundsPeriod"))
    amounts = [obj(part) for part in items(element.get("doseAndRate"))] or [element]
    spans = [obj(part.get("doseRange")) for part in amounts if part.get("doseRange")]
    measured = next((quantity(part.get("doseQuantity")) for part in amounts if part.get("doseQuantity")), None)
    several = tuple(
        dict.fromkeys(filter(None, (quantity(each.get("doseQuantity")) for each in _ordered_amounts(element))))
    )
    stated = {name: decimal_text(repeat.get(name)) or word(repeat.get(name)) for name in sorted(_REPEAT)}
    stated["boundsDuration"] = length(repeat.get("boundsDuration"))
    return Dose(
        text=paragraph(element.get("text"), _LONGEST),
        patient=paragraph(element.get("patientInstruction"), _LONGEST),
        additional=names_of(element.get("additionalInstruction")),
        amount=measured or (quantity(spans[0].get("low")) if spans else None),
        amount_high=quantity(spans[0].get("high")) if spans and not measured else None,
        amounts=several if len(several) > 1 else (),
        rate=next((text for text in map(_rate, amounts) if text), ""),
        route=(code_in(element.get("route")) and route(element)) or name_of(element.get("route")),
        site=name_of(element.get("site")),
        method=name_of(element.get("method")),
        repeat={name: value for name, value in stated.items() if value},
        days=lines(repeat.get("dayOfWeek")),
        when=lines(repeat.get("when")),
        times=tuple(time[:5] for time in lines(repeat.get("timeOfDay"))),
        code=words_of(timing.get("code")) or code_in(timing.get("code")),
        as_needed=flag(element.get("asNeededBoolean"))
        or flag(element.get("asNeeded"))
        or bool(names_of(element.get("asNeededCodeableConcept")) or names_of(element.get("asNeededFor"))),
        as_needed_for=name_of(element.get("asNeededCodeableConcept")) or name_of(first(element.get("asNeededFor"))),
        maximum="; ".join(_limits(element)),
        start=when(bounds.get("start")),
        end=when(bounds.get("end")),
    )


def _limits(element: Mapping[str, Any]) -> list[str]:
    limits = [ratio_text(first(element.get("maxDosePerPeriod")))]
    for name, limit_of in (("maxDosePerAdministration", "at a time"), ("maxDosePerLifetime", "in a lifetime")):
        limit = quantity_text(quantity(element.get(name)))
        limits.append(f"{limit} {limit_of}" if limit else "")
    return [limit for limit in limits if limit]


def _rate(part: Mapping[str, Any]) -> str:
    rate = ratio_text(part.get("rateRatio")) or range_text(part.get("rateRange"))
    return rate or quantity_text(quantity(part.get("rateQuantity")))
