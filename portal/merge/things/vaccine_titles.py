"""What a row of a vaccine is called: by its product where one of its entries, or its code, says more than the group."""

from collections.abc import Iterable

from portal.domain.entry import Code, Entry
from portal.merge.things.vaccine_groups import UNSPECIFIED, named_vaccines
from portal.merge.words.codes import shared_codes

_SHORT = {
    "33": "PPSV23", "100": "PCV7", "133": "PCV13", "152": "PCV", "215": "PCV15", "216": "PCV20", "327": "PCV21",
}  # fmt: skip
"""Pneumococcal vaccines: which of them it was decides which comes next (CDC, adult immunization schedule)."""


def vaccine_title(entry: Entry, others: Iterable[Entry]) -> str:
    """Return the title of an entry; of one that names a group alone with the product that it or another one was."""
    if not _is_group(entry.title):
        return entry.title
    own = next((_SHORT[code] for code in map(_product, entry.codes) if code in _SHORT), "")
    if own:
        return f"{entry.title} ({own})"
    if any(map(_product, entry.codes)):
        return entry.title  # its code says it as well as any other's
    telling = next((title for other in others if (title := _of_product(other))), "")
    return f"{telling} / {entry.title}" if telling else entry.title


def _is_group(title: str) -> bool:
    codes = named_vaccines(title)
    return bool(codes) and UNSPECIFIED.issuperset(codes)


def _of_product(entry: Entry) -> str:
    """Return the words by which an entry names a product: its title, or those of its code."""
    if named_vaccines(entry.title) and not _is_group(entry.title):
        return entry.title
    coded = next((code.display for code in entry.codes if _product(code) and code.display), "")
    return coded if _is_group(entry.title) else entry.title if coded else ""


def _product(code: Code) -> str:
    """Return a code of CVX that is of a product; empty for one of a group or of another system."""
    return next(
        (number for system, number in shared_codes([code]) if system == "cvx" and number not in UNSPECIFIED), ""
    )
