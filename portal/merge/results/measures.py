"""Measured values made comparable: units of one dimension in one unit, the last digit that was written as a step.

Source: UCUM, definitions; molar masses for the analytes whose results are written both ways. Exact factors only.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from portal.domain.entry import Quantity
from portal.merge.words.text import decimal_of, plain, word_set, written_out

_D = Decimal
_DIMENSIONS: Mapping[str, Mapping[str, Decimal]] = {
    "mass": {"kg": _D(1), "g": _D("0.001"), "lb": _D("0.45359237"), "oz": _D("0.028349523125"), "mg": _D("0.000001")},
    "length": {"cm": _D(1), "m": _D(100), "mm": _D("0.1"), "in": _D("2.54"), "ft": _D("30.48")},
    "mass/volume": {
        "mg/dl": _D(1), "g/l": _D(100), "g/dl": _D(1000), "mg/l": _D("0.1"), "ug/dl": _D("0.001"), "ug/ml": _D("0.1"),
        "mg/ml": _D(100), "ng/ml": _D("0.0001"), "ug/l": _D("0.0001"), "pg/ml": _D("0.0000001"),
        "ng/l": _D("0.0000001"),
        "ng/dl": _D("0.000001"), "g/ml": _D(100_000),
    },
    "amount/volume": {"mmol/l": _D(1), "umol/l": _D("0.001"), "nmol/l": _D("0.000001"), "pmol/l": _D("0.000000001")},
    "charge/volume": {"meq/l": _D(1)},
    "cells": {
        "10*3/ul": _D(1), "10*9/l": _D(1), "10*6/ul": _D(1000), "10*12/l": _D(1000), "/ul": _D("0.001"),
        "/mm3": _D("0.001"),
        "10*3/mm3": _D(1),
    },
    "activity": {"u/l": _D(1), "u/ml": _D(1000), "mu/ml": _D(1), "mu/l": _D("0.001"), "uu/ml": _D("0.001")},
    "fraction": {"%": _D(1), "1": _D(100), "l/l": _D(100)},
    "pressure": {"mmhg": _D(1), "kpa": _D("7.50061683")},
    "rate": {"/min": _D(1)},
    "time": {"s": _D(1), "min": _D(60), "h": _D(3600)},
    "temperature": {"cel": _D(1)},
    "titer": {"titer": _D(1)},
}  # fmt: skip
_UNIT: Mapping[str, tuple[str, Decimal]] = {
    unit: (dimension, factor) for dimension, units in _DIMENSIONS.items() for unit, factor in units.items()
}
_SPELLINGS: Mapping[str, str] = {
    "[lb_av]": "lb", "lbs": "lb", "pounds": "lb", "[oz_av]": "oz", "[in_i]": "in", "inches": "in", "[ft_i]": "ft",
    "mm[hg]": "mmhg", "mm hg": "mmhg", "k/ul": "10*3/ul", "10^3/ul": "10*3/ul", "x10e3/ul": "10*3/ul",
    "thousand/ul": "10*3/ul", "×10³/ul": "10*3/ul",
    "x10³/ul": "10*3/ul", "k/cumm": "10*3/ul", "k/mm3": "10*3/mm3", "million/ul": "10*6/ul", "m/ul": "10*6/ul",
    "x10e6/ul": "10*6/ul",
    "10^6/ul": "10*6/ul", "10^9/l": "10*9/l", "10^12/l": "10*12/l", "cells/ul": "/ul", "cells/mm3": "/mm3",
    "cells/cumm": "/mm3",
    "iu/l": "u/l", "[iu]/l": "u/l", "u[iu]/ml": "uu/ml", "uiu/ml": "uu/ml", "miu/l": "mu/l", "m[iu]/l": "mu/l",
    "m[iu]/ml": "mu/ml", "miu/ml": "mu/ml",
    "[iu]/ml": "u/ml", "iu/ml": "u/ml", "ui/l": "u/l", "uui/ml": "uu/ml", "mui/l": "mu/l", "mui/ml": "mu/ml",
    "ui/ml": "u/ml",
    "bpm": "/min", "beats/min": "/min", "breaths/min": "/min", "{beats}/min": "/min", "{breaths}/min": "/min",
    "per min": "/min",
    "degf": "[degf]", "°f": "[degf]", "f": "[degf]", "deg f": "[degf]", "°c": "cel", "degc": "cel", "c": "cel",
    "deg c": "cel",
    "×10⁹/l": "10*9/l", "×10⁶/ul": "10*6/ul", "×10¹²/l": "10*12/l", "mm/h": "mm/hr", "mm/hour": "mm/hr",
    "sec": "s", "seconds": "s", "secs": "s", "fraction": "1", "{titer}": "titer", "mcg/ml": "ug/ml", "mcg/l": "ug/l",
    "mcg/dl": "ug/dl", "kg/m²": "kg/m2",
    "ml/min/1.73m2": "ml/min/{1.73_m2}", "ml/min/1.73": "ml/min/{1.73_m2}", "ml/min/1.73 m2": "ml/min/{1.73_m2}",
    "ml/min/1.73m²": "ml/min/{1.73_m2}", "{inr}": "",
    "% of total hgb": "%", "mg/g creat": "mg/g", "mg/g{creat}": "mg/g", "mg/g creatinine": "mg/g", "[ph]": "",
    "{score}": "", "inr": "", "ratio": "", "{ratio}": "",
}  # fmt: skip
_MOLAR: Mapping[str, tuple[str, Decimal]] = {
    "glucose": ("mmol/l", _D("18.016")), "creatinine": ("umol/l", _D("0.011312")),
    "cholesterol": ("mmol/l", _D("38.67")),
    "triglyceride": ("mmol/l", _D("88.57")), "calcium": ("mmol/l", _D("4.008")),
    "bilirubin": ("umol/l", _D("0.058467")),
    "uric acid": ("umol/l", _D("0.016811")), "urea nitrogen": ("mmol/l", _D("2.801")),
    "magnesium": ("mmol/l", _D("2.4305")),
    "phosphate": ("mmol/l", _D("3.097")), "ldl cholesterol": ("mmol/l", _D("38.67")),
    "hdl cholesterol": ("mmol/l", _D("38.67")), "calcifediol": ("umol/l", _D(100) / _D(2496)),
}  # fmt: skip
"""mg/dL of one mmol/L (or µmol/L) of an analyte."""
_UNIVALENT = frozenset(["sodium", "potassium", "chloride", "lithium", "bicarbonate", "carbon"])
_BIVALENT = frozenset(["calcium", "magnesium"])
"""First words of analytes: of these a mole is two equivalents, of those one."""


_BRACED = re.compile(r"\{([a-z]+)\}")


@lru_cache(maxsize=4096)
def unit_of(text: str) -> tuple[str, Decimal, str]:
    """(dimension, factor to its first unit, annotation): what is not in the tables is its own dimension."""
    folded = text.casefold().strip().replace("μ", "u")
    folded = re.sub(r"\s*/\s*", "/", folded)
    folded = _SPELLINGS.get(folded, folded)
    note = ""
    match = re.search(r"\{(feu|ddu)\}|\b(feu|ddu)\b", folded) if "feu" in folded or "ddu" in folded else None
    if match:
        note = match[1] or match[2]
        folded = re.sub(r"\s*\{?(?:feu|ddu)\}?", "", folded)
    folded = _SPELLINGS.get(folded, folded)
    if folded not in _UNIT:  # what UCUM writes in braces is a word: "{copies}/ml"
        folded = _BRACED.sub(r"\1", folded)
    dimension, factor = _UNIT.get(folded, (folded, _D(1)))
    return (f"{dimension}{' ' + note if note else ''}", factor, folded)


def measured(quantity: Quantity, analyte: str = "") -> str:
    """Return a quantity as "sign number step dimension" (``portal.merge.comparing``)."""
    number = decimal_of(quantity.value)
    if number is None:
        return f"words {quantity.value} {plain(quantity.unit)}"
    exponent = number.as_tuple().exponent
    step = _step(exponent if isinstance(exponent, int) and exponent < 0 else 0)
    dimension, factor, unit = unit_of(quantity.code or quantity.unit)
    if unit == "[degf]":
        number, step, dimension = (number - 32) * 5 / 9, step * 5 / 9, "temperature"
    else:
        number, step = number * factor, step * factor
    number, step, dimension = _molar(number, step, dimension, analyte)
    sign = quantity.comparator or "="
    return f"{sign} {written_out(number, _PLACES)} {_step_text(step)} {dimension or '-'}"


@lru_cache(maxsize=512)
def _step(exponent: int) -> Decimal:
    return Decimal(1).scaleb(exponent)


@lru_cache(maxsize=512)
def _step_text(step: Decimal) -> str:
    return written_out(step, _PLACES)


def _molar(number: Decimal, step: Decimal, dimension: str, analyte: str) -> tuple[Decimal, Decimal, str]:
    if dimension == "charge/volume":
        ion = analyte.split(" ", maxsplit=1)[0]
        if ion in _UNIVALENT:
            dimension = "amount/volume"
        elif ion in _BIVALENT:
            number, step, dimension = number / 2, step / 2, "amount/volume"
    if dimension != "amount/volume" or analyte not in _MOLAR:
        return number, step, dimension
    unit, mass = _MOLAR[analyte]
    factor = mass if unit == "mmol/l" else mass * 1000
    return number * factor, step * factor, "mass/volume"


_PLACES = 12


_QUANTITY = re.compile(r"^([<>]=?|≥|≤)?\s*(-?\d+(?:\.\d+)?)(?![.\d])\s*([^\d\s].*|10[*^]\d.*)?$")
_TITER = re.compile(r"^([<>]=?)?\s*1\s*:\s*(\d+)$")
_FEET = re.compile(r"^(\d)\s*(?:'|ft|feet)\s*(\d{1,2}(?:\.\d+)?)\s*(?:\"|''|in|inches)?$")
_RANGE_LABEL = re.compile(r"^(?:normal|reference|ref|range|rango)(?: range)?\s*[:=]?\s*(?=[\d<>≤≥])", re.IGNORECASE)
_BOUNDS = tuple(
    (re.compile(words, re.IGNORECASE), sign)
    for words, sign in (
        (r"^<\s*or\s*=\s*", "<="),
        (r"^>\s*or\s*=\s*", ">="),
        (r"^(?:less than or equal to|up to|hasta|at most|no more than)\s+", "<="),
        (r"^(?:greater than or equal to|at least|desde)\s+", ">="),
        (r"^(?:less than|below|under|menor (?:de|que))\s+", "<"),
        (r"^(?:greater than|more than|above|over|mayor (?:de|que))\s+", ">"),
    )
)
"""Words for the end of a range."""
_RANGE = re.compile(r"^(\d+(?:\.\d+)?)\s*(?:-|–|to|a)\s*(\d+(?:\.\d+)?)\s*(.*)$")


def range_ends(text: str, unit: str) -> tuple[Quantity | None, Quantity | None] | None:
    """Return the ends of a range in words ("0.4 - 4.0", "<100 mg/dL"), without a unit in ``unit``; None for others."""
    text = _RANGE_LABEL.sub("", text.strip().rstrip(".").strip("()[] "))
    for words, sign in _BOUNDS:
        text = words.sub(sign, text)
    span = _RANGE.match(text)
    if span:
        return Quantity(value=span[1], unit=span[3] or unit), Quantity(value=span[2], unit=span[3] or unit)
    bound = _QUANTITY.match(text)
    if not bound or not bound[1]:
        return None
    end = Quantity(value=bound[2], unit=bound[3] or unit)
    return (None, end) if bound[1][0] in "<≤" else (end, None)


_WORDS: Mapping[str, str] = {
    "detected": "positive", "positive": "positive", "pos": "positive", "present": "positive",
    "not detected": "negative",
    "negative": "negative", "neg": "negative", "absent": "negative", "none detected": "negative",
    "non reactive": "negative", "nonreactive": "negative", "no reactivo": "negative", "reactivo": "reactive",
    "positivo": "positive", "positiva": "positive", "detectado": "positive", "detectada": "positive",
    "negativo": "negative", "negativa": "negative", "no detectado": "negative", "no detectada": "negative",
    "undetected": "negative", "undetectable": "undetectable", "no se detecta": "negative",
    "snomed ct 260373001": "positive", "snomed ct 10828004": "positive", "snomed ct 260415000": "negative",
    "snomed ct 260385009": "negative", "snomed ct 112144000": "group a", "snomed ct 165743006": "group ab",
    "snomed ct 112149005": "group b", "snomed ct 58460004": "group o", "a": "group a", "b": "group b", "ab": "group ab",
    "o": "group o",
    "blood group a": "group a", "blood group b": "group b", "blood group ab": "group ab", "blood group o": "group o",
    "rh d positive": "rhd positive", "rh positive": "rhd positive", "rhd positive": "rhd positive",
    "rh d negative": "rhd negative",
    "tr": "trace", "trazas": "trace",
    "never smoked tobacco": "never smoker", "never smoked": "never smoker",
}  # fmt: skip


_OWN_FLAG = re.compile(r"(?<=[\w%])\s*(?:\((?:H|L|HH|LL|A|AA|N|\*)\)|\s(?:H|HH|LL)|\*)$")
"""A flag behind a value: "5.3 (H)", "5.3 H", "Positive (A)"; an L behind a number may be litres."""
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")


def worded(text: str, analyte: str = "") -> str:
    """Return a value in words: a number with its unit as the quantity it is, a titre, a height, else its words."""
    text = _OWN_FLAG.sub("", text.strip().rstrip("."))
    if "," in text:
        text = _DECIMAL_COMMA.sub(".", text)
    if "," in text or "k " in text.lower():
        text = _THOUSANDS.sub(r"\g<1>000", text)
    feet = _FEET.match(text)
    if feet:
        return measured(Quantity(value=str(int(feet[1]) * 12 + Decimal(feet[2])), unit="in"), analyte)
    titer = _TITER.match(text)
    if titer:
        return measured(Quantity(value=titer[2], unit="titer", comparator=titer[1] or ""), analyte)
    span = _RANGE.match(text)
    if span:
        return f"range {span[1]} {span[2]} {unit_of(span[3])[0]}"
    bounded = text if text[:1].isdigit() else _bounded(text)
    number = _QUANTITY.match(bounded)
    if number:
        sign = {"≥": ">=", "≤": "<="}.get(number[1] or "", number[1] or "")
        unit = _in_full(plain(number[3])) if number[3] and _COLONIES.search(number[3]) else number[3] or ""
        return measured(Quantity(value=number[2], unit=unit, comparator=sign), analyte)
    words = plain(text)
    return f"words {_WORDS.get(words) or _in_full(words)}"


def _bounded(text: str) -> str:
    """Return a text that begins with the words for an end of a range with their sign: "less than 5" is "<5"."""
    return next((sign + text[match.end() :] for words, sign in _BOUNDS if (match := words.match(text))), text)


_BLOOD_GROUP = re.compile(r"(?:type |blood group |group )?(ab|a|b|o) ?(?:rh ?d? ?)?(pos|positive|neg|negative)")
_THOUSANDS = re.compile(r"\b(\d{1,3})(?:,000|k(?= [a-z]))\b", re.IGNORECASE)
_COLONIES = re.compile(r"\bcfu\b|\bcolon(?:y|ies)\b", re.IGNORECASE)
"""What is counted of a germ: its name stands behind the unit."""
_GENERA = {
    "staph": "staphylococcus", "strep": "streptococcus", "staphylococci": "staphylococcus",
    "streptococci": "streptococcus", "enterococci": "enterococcus", "e coli": "escherichia coli",
    "s aureus": "staphylococcus aureus", "k pneumoniae": "klebsiella pneumoniae", "k pneumo": "klebsiella pneumoniae",
    "p aeruginosa": "pseudomonas aeruginosa", "p mirabilis": "proteus mirabilis", "h pylori": "helicobacter pylori",
    "c difficile": "clostridioides difficile", "c diff": "clostridioides difficile",
    "clostridium difficile": "clostridioides difficile", "s pneumoniae": "streptococcus pneumoniae",
    "n gonorrhoeae": "neisseria gonorrhoeae",
    "mrsa": "methicillin resistant staphylococcus aureus", "gbs": "streptococcus group b", "neg": "negative",
    "pos": "positive",
    "spp": "species", "sp": "species", "c albicans": "candida albicans", "c glabrata": "candida glabrata",
    "c tropicalis": "candida tropicalis", "c krusei": "candida krusei", "c parapsilosis": "candida parapsilosis",
    "c auris": "candida auris", "e faecalis": "enterococcus faecalis", "e faecium": "enterococcus faecium",
    "s epidermidis": "staphylococcus epidermidis", "s saprophyticus": "staphylococcus saprophyticus",
    "s agalactiae": "streptococcus group b", "streptococcus agalactiae": "streptococcus group b",
    "strep agalactiae": "streptococcus group b", "streptococcus pyogenes": "streptococcus group a",
    "strep pyogenes": "streptococcus group a", "s pyogenes": "streptococcus group a", "gas": "streptococcus group a",
    "coagulase neg": "coagulase negative", "coag neg": "coagulase negative", "coag negative": "coagulase negative",
    "cons": "coagulase negative staphylococcus", "e cloacae": "enterobacter cloacae",
    "k oxytoca": "klebsiella oxytoca", "s marcescens": "serratia marcescens", "h influenzae": "haemophilus influenzae",
    "n meningitidis": "neisseria meningitidis", "m tuberculosis": "mycobacterium tuberculosis",
    "mtb": "mycobacterium tuberculosis", "a baumannii": "acinetobacter baumannii",
    "mssa": "methicillin susceptible staphylococcus aureus", "vre": "vancomycin resistant enterococcus",
    "no crecimiento": "no growth", "sin crecimiento": "no growth", "estafilococo": "staphylococcus",
    "estreptococo": "streptococcus", "levadura": "yeast", "levaduras": "yeast",
}  # fmt: skip
"""Germs and words that laboratories shorten."""
_GENUS = re.compile(rf"\b(?:{'|'.join(sorted(_GENERA, key=len, reverse=True))})\b")
_STRUCTURED = word_set("no not non negative positive without resistant susceptible sensitive sin and or see")
_FEW = 6


def _in_full(words: str) -> str:
    """Return a result in words without abbreviations; of a few that deny nothing the order does not count."""
    group = _BLOOD_GROUP.fullmatch(words)
    if group:
        return f"group {group[1]} rhd {'positive' if group[2].startswith('pos') else 'negative'}"
    text = _GENUS.sub(lambda match: _GENERA[match[0]], words)
    text = _OF_A_KIND.sub("", _COAGULASE.sub("staphylococcus coagulasenegative", text))
    listed = text.split()
    return " ".join(sorted(listed)) if len(listed) <= _FEW and not _STRUCTURED & set(listed) else text


_COAGULASE = re.compile(r"\bcoagulase negative (?:staphylococcus)\b|\bstaphylococcus(?: species)? coagulase negative\b")
_OF_A_KIND = re.compile(r"(?<=\w) species$")
"""A genus without its species: "Candida species" says no more than "Candida"."""
