"""Numbers in conclusions: sizes, percentages, counts, times, and classes of a scale (BI-RADS 4)."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

import msgspec


class Size(msgspec.Struct, frozen=True):
    """From ``low`` to ``high`` of a ``kind``; ``step`` is the last digit that was written."""

    kind: str
    low: Decimal
    high: Decimal
    step: Decimal


_NUMBER = r"\d{1,5}(?:\.\d{1,4})?"
_LENGTH = re.compile(rf"({_NUMBER})((?: ?[x-] ?{_NUMBER}){{0,2}}) ?(mm|cm)\b")
_RANGE = re.compile(rf"({_NUMBER})(?: ?(?:-|to) ?({_NUMBER}))? ?(%|percent|days?|weeks?|months?|years?)")
_SHARE = re.compile(r"\b(\d{1,3}) ?(?:/|of|out of) ?(\d{1,3})\b")
SCALE = re.compile(
    r"\b((?:[a-z]{1,2}|lung|cad) ?-?rads|bosniak|gleason|grade|stage|nyha|category|fazekas|bethesda|clark|cin|vin"
    r"|ain|pin|kellgren lawrence|deauville)\s*:?\s*(?:category |score |class |grade |group |level )?"
    r"(\d(?:\.\d)?(?: ?\+ ?\d)?|iv|i{1,3}|vi?)\s?-?([a-c])?\b"
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_TNM = re.compile(
    r"\b(c|(?:y?p)?)t(\d|is)([a-d])?[ ,]{0,2}(?:y?[cp])?n(\d|x)([a-c])?(?:[ ,]{0,2}(?:y?[cp])?m(\d|x)([a-c])?)?"
    r"|\by?p([tnm])(\d|is)([a-d])?\b"
)
"""Extent, nodes, spread (UICC): only together, or as a pathologist writes them, is "T2" no signal and no vertebra."""
_WORDS = {
    word: number
    for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
}
_COUNT = re.compile(
    rf"(?<![\d.] )(?<![\d.])\b(\d{{1,2}}|{'|'.join(_WORDS)}) (?!mm\b|cm\b)(?:[a-z]+ ){{0,3}}?"
    r"(polyp|nodule|mass|lesion|stone|fracture|core|node|cyst|vessel|calculus)(?:e?s|i)?\b"
)
_NAMED = re.compile(
    rf"\b([a-z]{{2,}}(?:-\d+)?)(?: (?:score|index|value|is|of|was))? ?[:=]? ?(-?{_NUMBER})"
    r"(?!\.?\d|[/:])(?! ?(?:[mc]m|%|-|x|to|of|days?|weeks?|months?|years?|h|hours?|hrs?)\b)"
)
"""A number behind its name: "T-score -1.8"."""


_BOUND = re.compile(
    rf"(<|less than|under|below|at most|menos de|menor de|>|greater than|more than|over|above|at least|mas de|mayor de)"
    rf" ?=? ?({_NUMBER}) ?(%|[a-z]+)?"
)
_UPPER = ("<", "less", "under", "below", "at most", "menos", "menor")


def bounds(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the numbers, with their units, that a text in small letters gives as a bound; true for an upper one."""
    for match in _BOUND.finditer(text):
        yield f"{match[2]} {match[3] or ''}", match[1].startswith(_UPPER)


def numbers(text: str) -> Iterator[Size]:
    """Yield the numbers of a text in small letters."""
    for match in _LENGTH.finditer(text):
        factor = 10 if match[3] == "cm" else 1
        for written in (match[1], *re.findall(_NUMBER, match[2])):
            yield _measure("length", written, written, factor)
    for match in _RANGE.finditer(text):
        kind = "share" if match[3] in ("%", "percent") else match[3].removesuffix("s")
        yield _measure(kind, match[1], match[2] or match[1])
    for match in _SHARE.finditer(text):
        yield _measure(f"of {match[2]}", match[1], match[1])
    for match in SCALE.finditer(text):
        kind = re.sub(r"[\s-]", "", match[1])
        for place, part in enumerate(match[2].split("+")):
            number = str(_ROMAN.get(part, part)).strip()
            yield _measure(f"{kind} {place}", number, number)
        if match[3]:
            yield _measure(f"{kind} letter", str(ord(match[3])), str(ord(match[3])))
    yield from _tumor(text)
    for match in _COUNT.finditer(text):
        number = str(_WORDS.get(match[1], match[1]))
        yield _measure(f"count {match[2]}", number, number)
    for match in _NAMED.finditer(_TNM.sub(" ", SCALE.sub(" ", text))):
        yield _measure(f"named {match[1]}", match[2], match[2])


def _tumor(text: str) -> Iterator[Size]:
    """Yield the extent, nodes and spread of a tumor, what a clinician supposed apart from what was seen."""
    for match in _TNM.finditer(text):
        by_whom = "clinical " if match[1] == "c" else ""
        letters = [
            (kind, match[place], match[place + 1]) for kind, place in (("t", 2), ("n", 4), ("m", 6)) if match[place]
        ]
        for kind, number, letter in letters or [(match[8], match[9], match[10])]:
            if number == "x":
                continue
            extent = _IN_SITU if number == "is" else number
            yield _measure(f"{by_whom}tnm {kind}", extent, extent)
            if letter:
                yield _measure(f"{by_whom}tnm {kind} letter", str(ord(letter)), str(ord(letter)))


_IN_SITU = "10"  # no number of an extent


def loose(text: str) -> frozenset[str]:
    """Return the numbers of a text of which ``numbers`` makes nothing: "3+"."""
    for pattern in (_LENGTH, _RANGE, _SHARE, SCALE, _TNM, _COUNT, _NAMED):
        text = pattern.sub(" ", text)
    return frozenset(re.findall(rf"{_NUMBER}\+?", text))


def _measure(kind: str, low: str, high: str, factor: int = 1) -> Size:
    exponent = Decimal(low).as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return Size(kind, Decimal(low) * factor, Decimal(high) * factor, step * factor)


def numbers_differ(left: Collection[Size], right: Collection[Size]) -> bool:
    """Tell whether both give numbers of one kind, and the one that gives fewer has one that the other has not."""
    for kind in {each.kind for each in left} & {each.kind for each in right}:
        mine, others = ([each for each in side if each.kind == kind] for side in (left, right))
        fewer, more = sorted((mine, others), key=len)
        if not all(any(_near(each, other) for other in more) for each in fewer):
            return True
    return False


def _near(left: Size, right: Size) -> bool:
    """Tell whether two numbers are one within rounding of the coarser, or their ranges overlap."""
    slack = max(left.step, right.step) / 2
    if left.step == right.step and left.low == left.high and right.low == right.high:
        return left.low == right.low
    return left.low <= right.high + slack and right.low <= left.high + slack
