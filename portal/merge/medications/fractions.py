"""Fractions of a tablet in words and figures as decimals: "1 1/2", "three-quarters", "1/4 tab" is no 4 tablets."""

import re
from decimal import Decimal

_BEFORE_WHAT = (
    r"(?=\s*(?:of (?:an? )?|de (?:una? )?)?(?:tab|cap|pill|past|compr|patch|parche|tsp|teasp|tbsp|cup|inch|strip|film"
    r"|daily|once|bid|tid|po\b|by mouth|q|every|hs\b|to\b|-))"
)
"""What a fraction is of, or how often: "until 1/4" is a day."""
_FIGURES = re.compile(rf"(?<![\d/.])(?:(\d)(?: (?:and )?|-))?([1-7])/([348])(?![\d/]){_BEFORE_WHAT}")
_AND_A_HALF = re.compile(r"(?<![\d/.])([3-9])(?: (?:and )?|-)1/2(?![\d/])")
_A_FORM = r"(?=tab|cap|pill|past|compr)"
_OF_ONE = re.compile(rf"\b(0\.\d+) (?:of )?(?:an?|the|1) {_A_FORM}")
_NUMBER = r"\d+(?:\.\d+)?"
_OF_A_STRENGTH = re.compile(
    rf"(?<![\w./-])({_NUMBER})(?: ?x ?| of (?:an? |the )?)({_NUMBER}) ?(mcg|mg|g) {_A_FORM}"
    rf"|(?:(?<=take )|(?<=give ))(one|two|three|four|five|six|[1-9](?: ?- ?[2-9]| (?:to|or) [2-9])?)(?: \(\w+\))?"
    rf" ({_NUMBER}) ?(mcg|mg|g) {_A_FORM}"
)
"""Half of a 10 mg tablet, two 5 mg tablets, 1-2 of them: the mass that is meant whatever the product."""
_WORDS = tuple(
    (re.compile(pattern), decimal)
    for pattern, decimal in (
        (r"\b(?:1/2|half(?: an)?|one-?half|media) (?:h(?:ou)?rs?|horas?)\b", "30 minutes"),
        (r"\b(?:a )?(?:1/4|quarter(?: of an)?) h(?:ou)?r\b", "15 minutes"),
        (r"\bone and (?:an? |one-?\s?)half\b|\b1\s*(?:-|and)?\s*1/2\b", "1.5"),
        (r"\btwo and (?:an? |one-?\s?)half\b|\b2\s*(?:-|and)?\s*1/2\b", "2.5"),
        (r"\bone-?\s?half\b|\b1/2\b|\bhalf an?\b|\bhalf(?= of an? (?:\d|tab|cap|pill))", "0.5"),
        (r"\bthree-?\s?quarters\b(?: of an?\b)?", "0.75"),
        (r"\b(?:one|an?|1)[ -]quarter\b(?: of an?\b)?|\bquarter(?= (?:of an? )?tab)", "0.25"),
    )
)


def with_decimals(text: str) -> str:
    """Return instructions in small letters with decimals in the place of fractions."""
    text = _AND_A_HALF.sub(r"\1.5", text)
    for words, decimal in _WORDS:
        text = words.sub(decimal, text)
    text = _FIGURES.sub(_decimal, text) if "/" in text else text
    return _OF_A_STRENGTH.sub(_mass, _OF_ONE.sub(r"\1 ", text))


def _decimal(match: re.Match[str]) -> str:
    part = (Decimal(match[2]) / Decimal(match[3])).quantize(Decimal("0.001"))
    return format((Decimal(match[1] or 0) + part).normalize(), "f")


def _mass(match: re.Match[str]) -> str:
    count, number, unit = (text for text in match.groups() if text)
    masses = (Decimal(each) * Decimal(number) for each in re.split(r" ?- ?| to | or ", _COUNTS.get(count, count)))
    return f"{'-'.join(format(mass.normalize(), 'f') for mass in masses)} {unit} "


_COUNTS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
