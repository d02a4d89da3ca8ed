"""Exact text, made comparable: case, punctuation, accents and white space do not count, words do. Never fuzzy."""

import re
import unicodedata
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation
from functools import lru_cache

from portal.domain.forgetting import remembered

_NOT_WORD = re.compile(r"[^\w%.+/]+")
_LONELY = re.compile(r"(?<!\d)\.|\.(?!\d)|(?<!\d)/(?!\d)")
_EXACT = Context(prec=5000, Emin=MIN_EMIN, Emax=MAX_EMAX)
_WRITTEN_OUT = 40  # digits before or after the point
_REASON = 30  # the same, of what is measured or taken


LONGEST_NAME = 300
"""Characters. What is longer was written about somebody: it is worked out anew, and remembered by no cache of names."""
NOTES_AT_A_TIME = 128
"""How many notes a cache remembers: those of what is compared just now."""


def plain(text: str) -> str:
    """Small letters, words parted by one space; a point stays only inside a number, "/" only between numbers."""
    return _plain(text) if len(text) <= LONGEST_NAME else _plain.__wrapped__(text)


@remembered
@lru_cache(maxsize=16384)
def _plain(text: str) -> str:
    folded = text
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text)
        folded = "".join(character for character in folded if not unicodedata.combining(character))
    folded = folded.casefold()
    folded = folded.replace("'", "").replace("\u2019", "")
    folded = _NOT_WORD.sub(" ", folded).replace("_", " ")
    return " ".join(_LONELY.sub(" ", folded).split())


def number(text: str) -> str:
    """Return a decimal without meaningless zeros: "7.20" and "7.2" are one value; other text stays as ``plain``."""
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return plain(text)
    if not value.is_finite():
        return plain(text)
    value = value.normalize(_EXACT) if value else Decimal(0)
    return format(value, "f") if abs(value.adjusted()) < _WRITTEN_OUT else str(value)


_DECIMAL_COMMA = re.compile(
    r"(?<![\d.,])(0,\d{1,3}|\d{1,3},\d{1,2})"
    r"(?=\s*(?:mg|mcg|ug|g|gm|ml|l|%|units?|unidades|u|meq|tablet\w*|tab|comprimidos?|c[áa]psulas?|pastillas?)(?![a-z]))",
    re.IGNORECASE,
)


_THOUSANDS_POINT = re.compile(r"(?<![\d.,])(\d{1,3})\.000(?=\s*(?:mg|mcg|ml|ui|u|unidades)(?![a-z]))", re.IGNORECASE)
_SPANISH = re.compile(r"tableta|comprimido|c[áa]psula|pastilla|unidades|\btom[ae]|\bcada\b|diari[ao]", re.IGNORECASE)


def with_points(text: str) -> str:
    """Return a text whose amounts have decimal points: "2,5 mg" is "2.5 mg", "1,000 mg" a thousand.

    In Spanish "1.000 mg" is a thousand, too: no product is written with three zeros behind its milligrams.
    """
    if ".000" in text and _SPANISH.search(text):
        text = _THOUSANDS_POINT.sub(r"\g<1>000", text)
    return _DECIMAL_COMMA.sub(lambda match: match[1].replace(",", "."), text) if "," in text else text


def decimal_of(text: str) -> Decimal | None:
    """Return a number that can be reckoned with; None for words, and for numbers beyond reason."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) <= _REASON else None


def written_out(value: Decimal, places: int) -> str:
    """Return a number to so many decimal places without meaningless zeros; of one beyond reason its exponent."""
    if not value.is_finite() or abs(value.adjusted()) > _WRITTEN_OUT:
        return str(value)
    return format(value.quantize(_step(places), context=_EXACT).normalize(_EXACT), "f")


@lru_cache(maxsize=64)
def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def word_set(text: str) -> frozenset[str]:
    """Read a table of words."""
    return frozenset(text.split())


def synonyms(text: str) -> dict[str, str]:
    """Read a table of lines "name, name: meaning"."""
    entries: dict[str, str] = {}
    for line in text.strip().splitlines():
        names, _, meaning = line.strip().partition(": ")
        entries |= {name.strip(): meaning.strip() for name in names.split(",")}
    return entries
