"""What each side says of a field that keeps two entries apart, as a reader would write it: "10 mg", "until now"."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from portal.domain.entry import Entry, Immunization, Implant, Insurance, Procedure, Result, Visit
from portal.merge import read
from portal.merge.rules import RULES
from portal.merge.statements import statements
from portal.merge.words.codes import shared_codes
from portal.merge.words.text import decimal_of, written_out


def words_of(entry: Entry, field: str) -> str:
    """Return what an entry says of a field, as it is written where that is kept; empty where it says nothing."""
    statement = statements(entry).get(field)
    if statement is not None:
        return statement.shown
    if field == "name":
        return entry.title
    written = _WRITTEN.get((type(entry.detail), field))
    if written is not None:
        return written(entry, entry.detail)
    reading = read(entry, source="")  # whose its references are plays no part here
    if reading is None:
        return ""
    says = reading.facts.says
    if field == "code":
        return _codes(entry)
    properties = [rule.name for rule in RULES[reading.facts.kind].apart if rule.shown == field]
    return "; ".join(dict.fromkeys(filter(None, (_readable(name, says[name]) for name in properties if name in says))))


def _codes(entry: Entry) -> str:
    known = {code.code.upper().replace(".", ""): code.code for code in entry.codes}
    pairs = shared_codes(entry.codes)
    return ", ".join(f"{_SYSTEMS[system]} {known.get(code, code)}" for system, code in pairs if system in _SYSTEMS)


_SYSTEMS = {
    "snomed": "SNOMED CT", "icd10": "ICD-10-CM", "icd10pcs": "ICD-10-PCS", "cpt": "CPT", "cdt": "CDT", "hcpcs": "HCPCS",
    "loinc": "LOINC", "cvx": "CVX",
}  # fmt: skip

_WRITTEN: Mapping[tuple[type, str], Callable[..., str]] = {
    (Immunization, "lot"): lambda _entry, detail: detail.lot,
    (Immunization, "day"): lambda entry, _detail: entry.start or "",
    (Immunization, "vaccine"): lambda entry, _detail: entry.title,
    (Immunization, "status"): lambda _entry, detail: "not given" if detail.not_given else "given",
    (Implant, "serial"): lambda _entry, detail: detail.serial,
    (Implant, "device"): lambda _entry, detail: detail.device_identifier,
    (Insurance, "group"): lambda _entry, detail: detail.group_number or detail.group,
    (Insurance, "member"): lambda _entry, detail: detail.member_id,
    (Insurance, "dependent"): lambda _entry, detail: detail.dependent,
    (Insurance, "plan"): lambda _entry, detail: ", ".join(filter(None, (detail.plan, detail.plan_number))),
    (Procedure, "day"): lambda entry, _detail: entry.start or "",
    (Result, "test"): lambda entry, _detail: ", ".join(filter(None, (entry.title, _codes(entry)))),
    (Result, "body site"): lambda _entry, detail: detail.body_site,
    (Visit, "moment"): lambda entry, _detail: entry.start or "",
    (Visit, "place"): lambda _entry, detail: detail.place,
    (Visit, "organization"): lambda _entry, detail: detail.organization,
    (Visit, "people"): lambda _entry, detail: ", ".join(detail.people),
}
"""Fields whose words stand in the entry itself."""


def _readable(name: str, values: tuple[str, ...]) -> str:
    if name in ("strength", "single dose", "package"):
        return ", ".join(map(_amount, values))
    if name in ("therapy", "period", "episode", "near"):
        return _span(values[0], values[1])
    words = [_WORDS.get(value, value) for value in values]
    if name in ("key salt", "salt"):
        words = [value.partition(":")[2] for value in values]
    elif name == "type":
        words = [_spaced(value) for value in values]
    elif name == "hours":
        words = [f"{value} hours" for value in values]
    elif name == "network":
        words = [value.upper() for value in values]
    elif name == "card":
        words = [value.replace("|", ": ") for value in values]
    return ", ".join(filter(None, words))


_WORDS = {"er": "extended release", "dr": "delayed release", "-": ""}


def _spaced(word: str) -> str:
    """Return "type 1" for "type1", "without aura" for "withoutaura"."""
    for beginning in ("type", "without"):
        if word.startswith(beginning) and word != beginning:
            return f"{beginning} {word.removeprefix(beginning)}"
    return word


def _amount(text: str) -> str:
    """Return "place number dimension" of ``read_medications`` as "10 mg", "50 mg/mL", "1:1000"."""
    _place, number, dimension = text.split(" ", 2)
    value = decimal_of(number)
    if dimension == "ratio":
        return f"1:{number}"
    unit, slash, per = dimension.partition("/")
    if value is not None and unit == "mcg" and value >= _MCG_IN_MG:
        number, unit = written_out(value / _MCG_IN_MG, 6), "mg"
    number = number if len(number.partition(".")[2]) <= _DECIMALS else f"{decimal_of(number):.4g}"
    unit = {"unt": "units", "ml": "mL", "meq": "mEq"}.get(unit, unit)
    return f"{number} {unit}{slash}{'mL' if per == 'ml' else per}"


_MCG_IN_MG = Decimal(1000)
_DECIMALS = 6  # a patch's 14 mg in 24 hours is 583.3 mcg per hour
_EVER, _OPEN = "0001-01-01", "9999-12-31"


def _span(first: str, last: str) -> str:
    """Return a period; of what goes on, or began nobody knows when, the end that is known."""
    first, last = first.replace(_EVER, ""), last.replace(_OPEN, "")
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"since {first}" if first else f"until {last}" if last else ""
