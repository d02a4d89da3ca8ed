"""What a result is marked with: its source's flags in words, without one that it lies outside its source's range."""

from decimal import Decimal

from portal.domain import entry as e
from portal.domain.units import convert, unit_of
from portal.web.health import measured, vocabulary
from portal.web.health.vocabulary import NOT_NORMAL_FLAGS, Tag
from portal.web.phrases import gettext as _


def flags_of(part: e.Result | e.Component) -> tuple[Tag, ...]:
    """Return the marks of a result, or of a part of it."""
    stated = vocabulary.flags(_codes(part), part.flag_text)
    side = 0 if _is_judged(part) else _beyond(part)
    if not side:
        return stated
    return (*stated, Tag(_("Above range") if side > 0 else _("Below range"), "warn"))


def is_out(part: e.Result | e.Component) -> bool:
    """Tell whether a result, or a part of it, is not normal: by its flag, else by its own range."""
    if _is_judged(part):
        return not NOT_NORMAL_FLAGS.isdisjoint(_codes(part))
    return bool(_beyond(part))


def _codes(part: e.Result | e.Component) -> tuple[str, ...]:
    return part.flags or (part.flag,)


def _is_judged(part: e.Result | e.Component) -> bool:
    """Tell whether the source itself says that it is normal or not."""
    codes = _codes(part)
    return "N" in codes or not NOT_NORMAL_FLAGS.isdisjoint(codes)


def _beyond(part: e.Result | e.Component) -> int:
    """Return -1 below its own range, 1 above; of a bounded number (">100") only where it cannot lie within."""
    if part.quantity is None or part.fhir_status in _NO_RESULT:
        return 0
    unit = unit_of(part.quantity)
    value = convert(part.quantity, unit)
    if value is None:
        return 0
    low, high = measured.bounds(part, unit)
    comparator = part.quantity.comparator
    if low is not None and comparator in ("", "<", "<=") and _is_below(value, low, strict=comparator != "<"):
        return -1
    if high is not None and comparator in ("", ">", ">=") and _is_below(high, value, strict=comparator != ">"):
        return 1
    return 0


_NO_RESULT = frozenset({"registered", "cancelled", "entered-in-error"})


def _is_below(value: Decimal, end: Decimal, *, strict: bool) -> bool:
    return value < end if strict else value <= end
