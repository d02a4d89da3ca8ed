"""The ranges that a measured value is compared with, and of what or for whom each is.

Source: FHIR R4 Observation.referenceRange; https://terminology.hl7.org/CodeSystem-referencerange-meaning.html.
"""

from portal.domain.entry import Quantity, Range
from portal.domain.phrases import N_
from portal.normalise.coding import code_in, name_of, words_of
from portal.normalise.elements import items, line, obj
from portal.normalise.quantities import quantity, range_text

KINDS = {
    "recommended": N_("recommended"),
    "treatment": N_("wanted in treatment"),
    "therapeutic": N_("wanted in treatment"),
    "pre": N_("wanted before the dose"),
    "post": N_("wanted after the dose"),
    "endocrine": N_("by hormone state"),
    "pre-puberty": N_("before puberty"),
    "follicular": N_("first half of the cycle"),
    "midcycle": N_("middle of the cycle"),
    "luteal": N_("second half of the cycle"),
    "postmenopausal": N_("after menopause"),
}
"""What a range is of, where it has a code only."""

AGED = "age"
"""Before the ages that a range is for, within ``Range.meaning``."""


def ranges(value: object, of: Quantity | None = None) -> tuple[Range, ...]:
    """Return the reference ranges. An end without a unit has that of the measured quantity ``of``."""
    spans: list[Range] = []
    for part in items(value) if value else ():
        low, high = _end(part.get("low"), of), _end(part.get("high"), of)
        text = line(part.get("text"))
        if low or high or text:
            spans.append(Range(low=low, high=high, text=text, meaning=_meaning(part)))
    return tuple(spans)


def _end(value: object, of: Quantity | None) -> Quantity | None:
    limit = quantity(value)
    if limit and of and not limit.unit and not limit.code:
        return Quantity(value=limit.value, unit=of.unit, code=of.code, comparator=limit.comparator)
    return limit


def _meaning(span: object) -> str:
    reference = obj(span)
    code = code_in(reference.get("type"))
    kind = words_of(reference.get("type")) or KINDS.get(code.casefold(), code)
    parts = ["" if kind.casefold().startswith("normal") else kind]
    parts += [name_of(part) for part in items(reference.get("appliesTo"))]
    age = range_text(reference.get("age"))
    parts.append(f"{AGED} {age}" if age else "")
    return ", ".join(part for part in parts if part)
