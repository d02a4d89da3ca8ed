"""From an Entry to its sameness keys and traits, section by section.

A key is text that begins with the section; entries of one person that share a key of ``Bond.SAME`` are the same thing,
weaker bonds are explained in ``portal.merge.grouping``. By code, else by exact normalised text, never by similar text
(product.md §3 line 5). What happens again and again (a result, a vaccination, a procedure) is the same only with its
date.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from portal.domain.code_systems import COMMON
from portal.domain.dates import Precision, precision, sort_key
from portal.domain.entry import (
    Allergy,
    CareTeam,
    Code,
    Component,
    Document,
    Entry,
    HealthIssue,
    Immunization,
    Implant,
    Insurance,
    Medication,
    Procedure,
    Quantity,
    Report,
    Result,
    Status,
    Visit,
)
from portal.merge.grouping import Bond
from portal.merge.medicines import medication_marks
from portal.merge.tables import ALLERGEN_OF_CODE, NO_ALLERGEN_WORDS, ONE_NAME
from portal.merge.text import number, plain


class Marks(msgspec.Struct, frozen=True):
    """What grouping needs of an entry: keys with their bonds, and traits that keep entries apart."""

    keys: tuple[tuple[Bond, str], ...] = ()
    traits: Mapping[str, tuple[str, ...]] = {}


def marks(entry: Entry) -> Marks:
    """All keys and traits of an entry; none for messages, for what was entered in error, and without a clue."""
    maker = _MAKERS.get(type(entry.detail))
    if maker is None or entry.status is Status.ENTERED_IN_ERROR:
        return Marks()
    book = maker(entry)
    prefix = entry.section.value
    keys = dict.fromkeys((bond, f"{prefix}|{bond}|{key}") for bond, key in book.keys)
    return Marks(tuple(keys), {trait: tuple(sorted(values)) for trait, values in sorted(book.traits.items()) if values})


def sameness_keys(entry: Entry) -> tuple[str, ...]:
    """The certain keys: two entries of one person that share any are the same thing. Weaker bonds: ``marks``."""
    return tuple(key for bond, key in marks(entry).keys if bond is Bond.SAME)


class Book:
    """Keys and traits while they are being collected."""

    def __init__(self, codes: Iterable[Code] = ()) -> None:
        self.keys: list[tuple[Bond, str]] = []
        self.traits: dict[str, set[str]] = defaultdict(set)
        for system, code in known(codes):
            self.traits[system].add(code)

    def add(self, bond: Bond, *parts: str) -> None:
        """A key of these parts, unless one of them is empty."""
        if all(parts):
            self.keys.append((bond, "|".join(parts)))

    def trait(self, name: str, value: str) -> None:
        if value:
            self.traits[name].add(value)


def known(codes: Iterable[Code]) -> list[tuple[str, str]]:
    """(short name of the system, code) of the codes that mean the same everywhere."""
    found = []
    for code in codes:
        system = COMMON.get(code.system)
        if system and code.code:
            value = code.code.strip().upper()
            if system in ("icd10", "icd9"):
                value = value.replace(".", "")
            found.append((system, value.replace("-", "") if system == "ndc" else value))
    return found


def day(when: str | None) -> str:
    """The calendar day as the organization wrote it, or the empty string when the date is less precise."""
    return when[:10] if when is not None and precision(when) >= Precision.DAY else ""


def instant(when: str | None) -> str:
    """The UTC instant of a date with a time, to the second; the empty string for others."""
    return sort_key(when) if when is not None and precision(when) is Precision.TIME else ""


def name(text: str) -> str:
    return ONE_NAME.get(plain(text), plain(text))


def side(*texts: str) -> str:
    """left, right or bilateral where one of the texts says so."""
    words = set(" ".join(plain(text) for text in texts).split())
    if "bilateral" in words or "both" in words or {"left", "right"} <= words:
        return "bilateral"
    return next((one for one in ("left", "right") if one in words), "")


def _medication(entry: Entry) -> Book:
    book = Book()
    found = medication_marks(entry, known(entry.codes))
    book.keys, book.traits = found
    return book


def _allergy(entry: Entry) -> Book:
    book = Book()
    detail = entry.detail
    text = plain(entry.title)
    if isinstance(detail, Allergy) and detail.negated:
        book.add(Bond.SAME, "none", *(["|".join(sorted(detail.category))] if detail.category else ["any"]), text)
        return book
    text = " ".join(word for word in text.split() if word not in NO_ALLERGEN_WORDS) or text
    text = ONE_NAME.get(text, text)
    allergens = {ALLERGEN_OF_CODE[one] for one in known(entry.codes) if one in ALLERGEN_OF_CODE}
    for allergen in sorted(allergens):
        book.add(Bond.SAME, "allergen", allergen)
    for system, code in known(entry.codes):
        book.add(Bond.SAME, system, code)
        if (system, code) not in ALLERGEN_OF_CODE:
            book.trait(system, code)
    if len(allergens) == 1:
        book.trait("allergen", next(iter(allergens)))
    elif not allergens and text in ALLERGEN_OF_CODE.values():
        book.trait("allergen", text)
    book.add(Bond.TEXT, text)
    return book


_COARSE = frozenset({"icd10", "icd9"})


def _bucket(system: str, code: str) -> bool:
    """Whether an ICD code holds different things: "other specified …", histories, and states after something.

    ICD-10-CM's convention: a last character 8 (also 89, 98, 80 after the point) is "other specified" (Official
    Guidelines, section I.A.6.a); Z codes are circumstances rather than one problem.
    """
    return system == "icd10" and (
        code.startswith("Z") or (len(code) > 3 and (code[-1] == "8" or code[-2:] in ("89", "80")))
    )


def _health_issue(entry: Entry) -> Book:
    book = Book(entry.codes)
    detail = entry.detail
    if isinstance(detail, HealthIssue):
        book.trait("side", side(detail.body_site, entry.title))
    where = next(iter(book.traits["side"]), "-")
    episode = f"on {entry.start or '-'}" if entry.status is Status.PAST else "now"
    text = name(entry.title)
    for system, code in known(entry.codes):
        bond = Bond.CODE if system in _COARSE else Bond.SAME
        suffix = (text,) if _bucket(system, code) else ()
        book.add(bond, system, code, where, episode, *suffix)
        book.add(Bond.RIVAL, system, code, *suffix)
    book.add(Bond.TEXT, text, where, episode)
    book.add(Bond.RIVAL, "text", text)
    return book


def _implant(entry: Entry) -> Book:
    book = Book()
    detail = entry.detail
    if not isinstance(detail, Implant):
        return book
    device, serial, lot = plain(detail.device_identifier), plain(detail.serial), plain(detail.lot)
    udi = "".join(detail.udi.split())
    # Only a serial number (application identifier 21 of GS1) names one thing; a lot is many of a kind.
    book.add(Bond.SAME if "(21)" in udi else Bond.RIVAL, "udi", udi)
    book.add(Bond.SAME, "serial", device, serial)
    book.trait("serial", serial)
    book.trait("lot", lot)
    book.trait("device", device)
    book.trait("side", side(entry.title))
    book.add(Bond.RIVAL, "device", device)
    for system, code in known(entry.codes):
        book.add(Bond.RIVAL, system, code, "" if device else "kind")
    book.add(Bond.RIVAL, "text", name(entry.title))
    return book


def _quantity(quantity: Quantity | None) -> str:
    if quantity is None or not quantity.value:
        return ""
    unit = (quantity.code or quantity.unit).strip()
    return f"{quantity.comparator}{number(quantity.value)} {unit.casefold()}"


def _component(component: Component) -> str:
    codes = sorted(f"{system}:{code}" for system, code in known(component.codes)) or [name(component.name)]
    return f"{codes[0]}={_quantity(component.quantity) or number(component.text)}"


def _result(entry: Entry) -> Book:
    book = Book(entry.codes)
    detail = entry.detail
    if not isinstance(detail, Result):
        return book
    parts = [_quantity(detail.quantity) or number(detail.text), *sorted(_component(part) for part in detail.components)]
    value = ";".join(part for part in parts if part)
    _event(book, entry, "result", *([f"value {value}"] if value else []))
    if not value:
        book.keys = [(Bond.RIVAL if bond is Bond.TEXT else bond, key) for bond, key in book.keys]
    return book


def _event(book: Book, entry: Entry, *also: str) -> None:
    """Keys of what happens more than once: by code and instant, else by code and day, else by words and day."""
    at, on = instant(entry.start), day(entry.start)
    book.trait("time", at)
    for system, code in known(entry.codes):
        if system == "ndc":
            continue
        book.add(Bond.SAME, system, code, at, *also)
        book.add(Bond.CODE, system, code, on, *also)
    book.add(Bond.TEXT, "text", name(entry.title), on, *also)


def _report(entry: Entry) -> Book:
    book = Book(entry.codes)
    _event(book, entry, "report")
    # Several reports of one kind may be issued on a day: without a time only one per organization is told apart.
    book.keys = [(Bond.RIVAL if bond is not Bond.SAME else bond, key) for bond, key in book.keys]
    book.traits = defaultdict(set, {"serial": book.traits["time"]})
    return book


def _visit(entry: Entry) -> Book:
    book = Book()
    detail = entry.detail
    if isinstance(detail, Visit):
        place = plain(detail.place or detail.organization)
        kind = "appointment" if detail.appointment else "encounter"
        book.add(Bond.SAME, kind, instant(entry.start), name(entry.title), place)
    return book


def _care_team(entry: Entry) -> Book:
    book = Book()
    detail = entry.detail
    if isinstance(detail, CareTeam) and detail.members:
        members = sorted(f"{plain(member.name)}:{plain(member.role)}" for member in detail.members)
        book.add(Bond.SAME, name(entry.title), *members)
    return book


def _insurance(entry: Entry) -> Book:
    book = Book()
    detail = entry.detail
    if isinstance(detail, Insurance):
        payer = name(detail.payer or entry.title)
        member_id = plain(detail.member_id).replace(" ", "")
        book.add(Bond.CODE, payer, member_id)
        book.trait("kind", plain(detail.kind))
        book.trait("group", plain(detail.group_number).replace(" ", ""))
    return book


def _immunization(entry: Entry) -> Book:
    detail = entry.detail
    done = "not-given" if isinstance(detail, Immunization) and detail.not_given else "given"
    book = Book(code for code in entry.codes if COMMON.get(code.system) == "cvx")
    on, year = day(entry.start), (entry.start or "")[:4]
    book.trait("time", on)
    for system, code in known(entry.codes):
        if system == "cvx":
            book.add(Bond.SAME, done, system, code, on)
            book.add(Bond.RIVAL, done, system, code, year, "" if on else "year")
            book.add(Bond.CODE, done, system, code, year)
    book.add(Bond.TEXT, done, "text", name(entry.title), on)
    return book


def _procedure(entry: Entry) -> Book:
    book = Book(entry.codes)
    detail = entry.detail
    if isinstance(detail, Procedure):
        book.trait("side", side(detail.body_site, entry.title))
    where = next(iter(book.traits["side"]), "-")
    at, on = instant(entry.start), day(entry.start)
    book.trait("time", at)
    for system, code in known(entry.codes):
        book.add(Bond.SAME, system, code, where, at or on)
        book.add(Bond.CODE, system, code, on)
    book.add(Bond.TEXT, "text", name(entry.title), on)
    return book


def _document(entry: Entry) -> Book:
    book = Book()
    detail = entry.detail
    if isinstance(detail, Document):
        author = plain(detail.author)
        book.add(
            Bond.SAME,
            name(entry.title),
            instant(entry.start or entry.recorded),
            author or "-",
            plain(detail.visit) or "-",
        )
    return book


_MAKERS: Mapping[type, Callable[[Entry], Book]] = {
    Allergy: _allergy,
    CareTeam: _care_team,
    Document: _document,
    HealthIssue: _health_issue,
    Immunization: _immunization,
    Implant: _implant,
    Insurance: _insurance,
    Medication: _medication,
    Procedure: _procedure,
    Report: _report,
    Result: _result,
    Visit: _visit,
}
