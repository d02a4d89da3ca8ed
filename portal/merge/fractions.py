"""Fractions of a tablet in words and figures as decimals: "1 1/2", "three-quarters", "1/4 tab" is no 4 tablets."""

import re
from decimal import Decimal

_BEFORE_WHAT = (
    r"(?=\s*(?:of (?:an? )?|de (?:una? )?)?(?:tab|cap|pill|past|compr|patch|parche|tsp|teasp|tbsp|cup|inch|strip|film"
    r"|daily|once|bid|tid|po\b|by mouth|q|every|hs\b|to\b|-))"
)
"""What a fraction is of, or how often: "until 1/4" is a day."""
_FIGURES = re.compile(rf"(?<![\d/.])(?:(\d)(?: (?:and )?|-))?([1-3])/([34])(?![\d/]){_BEFORE_WHAT}")
_WORDS = tuple(
    (re.compile(pattern), decimal)
    for pattern, decimal in (
        (r"\bone and (?:an? |one-?\s?)half\b|\b1\s*(?:-|and)?\s*1/2\b", "1.5"),
        (r"\btwo and (?:an? |one-?\s?)half\b|\b2\s*(?:-|and)?\s*1/2\b", "2.5"),
        (r"\bone-?\s?half\b|\b1/2\b|\bhalf an?\b", "0.5"),
        (r"\bthree-?\s?quarters\b(?: of an?\b)?", "0.75"),
        (r"\b(?:one|an?|1)[ -]quarter\b(?: of an?\b)?|\bquarter(?= (?:of an? )?tab)", "0.25"),
    )
)


def with_decimals(text: str) -> str:
    """Return instructions in small letters with decimals in the place of fractions."""
    for words, decimal in _WORDS:
        text = words.sub(decimal, text)
    return _FIGURES.sub(_decimal, text) if "/" in text else text


def _decimal(match: re.Match[str]) -> str:
    part = (Decimal(match[2]) / Decimal(match[3])).quantize(Decimal("0.001"))
    return format((Decimal(match[1] or 0) + part).normalize(), "f")
