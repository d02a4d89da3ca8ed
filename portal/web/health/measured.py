"""Measurements as numbers: which values belong in a course, and within which range they are normal. Pure."""

from decimal import Decimal

from portal.domain import entry as e
from portal.domain.dates import Precision, precision
from portal.domain.entry import Entry, Status
from portal.domain.units import Substance, convert

_FINAL = frozenset({"", "final", "amended", "corrected", "appended"})


def is_drawable(entry: Entry, part: e.Result | e.Component) -> bool:
    """Tell whether a result, or a part of it, belongs in a course: a final number of a day, not withdrawn or unsafe."""
    whole = entry.detail.fhir_status if isinstance(entry.detail, e.Result) else ""
    if entry.unsafe or entry.status is Status.ENTERED_IN_ERROR or not {whole, part.fhir_status} <= _FINAL:
        return False
    return part.quantity is not None and bool(entry.when) and precision(entry.when or "") >= Precision.DAY


def bounds(
    part: e.Result | e.Component, unit: str, substance: Substance | None = None
) -> tuple[Decimal | None, Decimal | None]:
    """Return the ends of the normal range in a unit; None for an end that is not given or cannot be converted."""
    return limits(part.ranges, unit, substance)


def limits(
    ranges: tuple[e.Range, ...], unit: str, substance: Substance | None = None
) -> tuple[Decimal | None, Decimal | None]:
    """Return the ends of that of the ranges which is the normal one, as ``bounds`` does."""
    normal = next((span for span in ranges if not span.meaning), None)
    if normal is None:
        return None, None
    low, high = (convert(end, unit, substance=substance) if end else None for end in (normal.low, normal.high))
    return low, high
