"""JSON numbers as they are written."""

from decimal import Decimal, InvalidOperation


def from_json(written: str) -> Decimal | str:
    """Return a JSON number with a fraction or an exponent, all its digits kept (FHIR R4 datatypes, ``decimal``).

    A number that no computer holds, whose exponent has twenty digits, stays text, so that it does not make what stands
    beside it unreadable.
    """
    try:
        return Decimal(written)
    except InvalidOperation:
        return written
