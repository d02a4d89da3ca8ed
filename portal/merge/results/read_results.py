"""Facts of results and vital signs: the test by code or words, moment, value, and what changes its meaning."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from portal.domain.code_systems import VITAL_SIGNS_TOGETHER
from portal.domain.entry import Code, Component, Entry, Quantity, Result
from portal.merge.facts import Bond, Notebook
from portal.merge.medications.drug_brands import BRANDS, ingredients_of
from portal.merge.notes.noted import affirmations
from portal.merge.results.measures import measured, unit_of, worded
from portal.merge.results.near_tests import PRESSURES, number_of
from portal.merge.results.noted_results import in_comment, noted_side
from portal.merge.results.result_names import CODED_ANALYTES, METHODS, ONE_TEST, QUALITIES, SYSTEMS, TESTS, WHITE_CELLS
from portal.merge.words.codes import displays, shared_codes
from portal.merge.words.concept_names import SIDES
from portal.merge.words.concepts import read_concept
from portal.merge.words.moments import moment
from portal.merge.words.text import plain


def result(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Result):
        return
    tested = _tested if len(entry.codes) <= _OFTEN else _tested.__wrapped__
    codes, tests, own, matter = tested(entry.title, entry.codes)
    cores = [_counted(test.core, detail) for test in tests]
    core = cores[0]
    at = moment(entry.start)
    for code in codes:
        notebook.is_("loinc", code)
        notebook.say("codes", f"loinc|{code}")
        _meet(notebook, "loinc", code, at)
    for name in cores:
        notebook.is_("words", name)
        _meet(notebook, "words", name, at)
    notebook.say_in_order("moment", *at)
    notebook.say("qualities", *own.qualities)
    method = (read_test(detail.method).methods or [plain(detail.method)]) if detail.method else []
    notebook.say("method", *own.methods, *method)
    notebook.say("setting", _setting(entry, detail))
    specimen = "" if codes else (own.system or read_test(f"x in {detail.specimen}").system)
    notebook.say("coded system", *({specimen, own.system} & _FLUIDS if specimen else matter))
    notebook.say("system", *([specimen] if specimen else [system for system in [own.system] if system]))
    site = read_concept(detail.body_site)
    notebook.say("site", *[word for word in site.words if word != "upper"])
    noted = noted_side(detail.notes, core) if detail.notes else ""
    notebook.say("side", site.side or own.side or noted)
    if detail.focus:
        notebook.say("focus", plain(detail.focus))
    notebook.say_in_order("value", *values_of(detail, CODED_ANALYTES.get(next(iter(codes), ""), core)))
    _meet_near(notebook, detail, codes, at)
    notebook.say("edition", _EDITIONS.get(detail.fhir_status, ""))


_FLUIDS = frozenset({"urine", "urine 24h", "csf", "stool", "saliva"})
_BLOOD = re.compile(r"\b(?:in|of) (?:serum|plasma|blood|platelet poor plasma)\b", re.IGNORECASE)


_OFTEN = 12  # codes of one test: with more it is no name that comes again, and not worth its place in memory


class _Tested(NamedTuple):
    """What was tested: its LOINC codes, its names, what they say together, and of which matter they say it was."""

    codes: tuple[str, ...]
    tests: tuple["TestName", ...]
    own: "TestName"
    matter: tuple[str, ...]


@lru_cache(maxsize=4096)  # the same few tests are done again and again
def _tested(title: str, codes: tuple[Code, ...]) -> _Tested:
    loinc = [code for system, code in shared_codes(codes) if system == "loinc"]
    coded = tuple([ONE_TEST.get(code, code) for code in loinc if code not in VITAL_SIGNS_TOGETHER])
    names = [title, *displays(codes, "loinc")] if coded else [title]
    tests = tuple([read_test(name) for name in names])
    fluids = _FLUIDS.intersection([test.system for test in tests])
    # LOINC's name says "blood", too.
    blood = ("blood",) if coded and any(map(_BLOOD.search, names)) else ()
    return _Tested(coded, tests, _merged(tests) if coded else tests[0], tuple(sorted(fluids)) or blood)


def analyte_of(entry: Entry) -> str:
    """Return what was measured: as a code says it, where its factor is of one molecule only, else by the name."""
    codes = (ONE_TEST.get(code, code) for system, code in shared_codes(entry.codes) if system == "loinc")
    return CODED_ANALYTES.get(next(codes, ""), read_test(entry.title).core)


def _counted(core: str, detail: Result) -> str:
    """Return the name of a white cell with what its unit says: a share of all, or so many by themselves."""
    if core not in WHITE_CELLS or not detail.quantity:
        return core
    share = unit_of(detail.quantity.code or detail.quantity.unit)[0] == "fraction"
    return f"{core} %" if share else f"absolute {core}"


_EDITIONS = {
    **dict.fromkeys(("registered", "preliminary", "partial"), "before the final one"),
    **dict.fromkeys(("corrected", "amended", "appended", "cancelled", "entered-in-error"), "after another"),
}
"""By its status, where a result stands among versions of one number."""


def _setting(entry: Entry, detail: Result) -> str:
    """Return where it was measured, other than where somebody is seen: "home", "ambulatory"; else nothing."""
    named = _named_setting(f"{entry.title}, {detail.method}")
    if not detail.notes or named == "ambulatory":
        return named
    notes = affirmations(detail.notes)
    if any(map(_AROUND.match, notes)):
        return "ambulatory"
    return "home" if any(map(_HOME_NOTED.match, notes)) else named


@lru_cache(maxsize=4096)
def _named_setting(named: str) -> str:
    """Return the setting that the names of a test and its method say; tests repeat a thousand times in a delivery."""
    if _AROUND.search(named):
        return "ambulatory"
    return "home" if _HOME.search(named) else ""


_AROUND = re.compile(
    r"\b(?:ambulatory (?:bp|blood pressure|monitor\w*|readings?)|(?:presi[oó]n|monitoreo) (?:arterial )?ambulatori[oa]"
    r"|abpm)\b",
    re.IGNORECASE,
)
_HOME = re.compile(
    r"\bhome\b(?! (?:health|care|visit|oxygen|o2))|(?<!nursing )\bat home\b|\ben (?:la |su )?casa\b|\bdomiciliari[oa]\b"
    r"|\bself[- ](?:measured|monitored|monitoring|reported|taken)\b|\bpatient[- ](?:reported|entered|measured)\b",
    re.IGNORECASE,
)
_HOME_NOTED = re.compile(
    r"(?:bp |blood pressure |weight |glucose |reading )?(?:was |is )?"
    r"(?:(?:taken|measured|done|checked|obtained|tomad[oa]|medid[oa])"
    r" (?:at home|en (?:la |su )?casa|by (?:the )?patient)\b"
    r"|(?:home|lectura en casa|at home|en casa)"
    r"(?: (?:reading|bp|blood pressure|cuff|monitor|scale|weight|measurement|device|machine))?"
    r"(?=$|,| by\b| per\b| with\b)"
    r"|(?:patient|self)[- ](?:reported|measured|taken|entered)\b)",
    re.IGNORECASE,
)


_FLAGS = {
    name: flag
    for flag, names in {
        "H": "high, above high normal, above normal, alto, alta, elevado, elevada, abnormal high, elevated, "
        "above range, above reference range, out of range high, increased",
        "L": "low, below low normal, below normal, bajo, baja, abnormal low, decreased, below range, "
        "below reference range, out of range low, reduced",
        "HH": "critical high, critically high, panic high, above upper panic limits, alert high, critico alto, "
        "alto critico",
        "LL": "critical low, critically low, panic low, below lower panic limits, alert low, critico bajo, "
        "bajo critico",
        "N": "normal, within normal limits, wnl, in range, within range, within reference range, not abnormal, "
        "no abnormality, dentro de lo normal",
        "A": "abnormal, anormal, out of range, outside reference range",
        "AA": "critical abnormal, critical, panic, critico, critical value, alert",
        "POS": "positive",
        "NEG": "negative",
    }.items()
    for name in names.split(", ")
}


KNOWN_FLAGS = frozenset(_FLAGS.values())


def flag_of(flag: str) -> str:
    """Return a flag as HL7's code, where its words or a star are one (v3 ObservationInterpretation)."""
    bare = flag.strip(" ()[]")
    return "A" if bare == "*" else _FLAGS.get(plain(bare), bare)


_COLLECTED = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"\bclean catch\b|\bmidstream\b|\bvoided\b", "voided"),
        (r"\bcath(?:eter\w*)?\b|\bfoley\b", "catheter"),
        (r"\bsuprapubic\b", "suprapubic"),
        (r"\b24[- ]?h(?:ou)?rs?\b", "24 hours"),
        (r"\bcapillary\b|\bfinger ?stick\b", "capillary"),
        (r"\barterial\b", "arterial"),
        (r"\bvenous\b|\bvenipuncture\b", "venous"),
        (r"\bnasopharyn\w+\b", "nasopharynx"),
        (r"\bthroat\b|\boropharyn\w+\b", "throat"),
        (r"\bsaliva\b", "saliva"),
        (r"\bwhole blood\b", "whole blood"),
        (r"\bserum\b|\bplasma\b", "serum or plasma"),
        (r"\bleft\b", "left"),
        (r"\bright\b", "right"),
    )
)


def collected(specimen: str) -> tuple[tuple[str, str], ...]:
    """Return how and where a specimen was taken and what it is, by kinds, where its words say it."""
    folded = plain(specimen)
    told = [meaning for pattern, meaning in _COLLECTED if pattern.search(folded)]
    return tuple((_KINDS.get(meaning, "how"), meaning) for meaning in told)


_KINDS = {"whole blood": "matter", "serum or plasma": "matter", "left": "side", "right": "side"}


def _meet(notebook: Notebook, kind: str, name: str, at: tuple[str, ...]) -> None:
    """Entries of one minute meet; those without a time, or without its zone, meet all of their day."""
    if not name or not at:
        return
    if at[1].endswith("Z"):
        notebook.meet(kind, name, at[1])
        notebook.meet(kind, name, at[0], bond=Bond.MEET)
    else:
        notebook.meet(kind, name, at[0])


def _meet_near(notebook: Notebook, detail: Result, codes: Sequence[str], at: tuple[str, ...]) -> None:
    """Meet what has the same number at the same minute, and a panel what may be a part of it."""
    number = number_of(notebook.says.get("value", ()))
    if number and at and at[1]:
        notebook.meet("number", at[1], number, bond=Bond.MEET if codes else Bond.SEEK)
    for code in (PRESSURES[name] for name in notebook.identity if name in PRESSURES and not codes):
        _meet(notebook, "loinc", code, at)
    for part in detail.components:
        name = component_name(part)
        if at and at[1].endswith("Z") and _CODE.fullmatch(name):
            notebook.meet("loinc", name, at[1], bond=Bond.MEET)


_CODE = re.compile(r"\d+-\d")


def values_of(detail: Result, analyte: str) -> tuple[str, ...]:
    values = []
    pressure = _PRESSURE.fullmatch(detail.text.strip()) if analyte in _BLOOD_PRESSURE else None
    if pressure:
        named = zip(_PRESSURES.values(), pressure.groups(), strict=True)
        return tuple(sorted(f"{name}={measured(Quantity(value=number, unit='mm[Hg]'))}" for name, number in named))
    if detail.quantity:
        values.append(f"value={measured(detail.quantity, analyte)}")
    elif detail.text and not detail.absent_reason:
        elsewhere = detail.notes and _ELSEWHERE.fullmatch(plain(detail.text))
        written = (in_comment(detail.notes) or " ".join(detail.notes)) if elsewhere else detail.text
        values.append(f"value={worded(written, analyte)}")
    values += [_component(part) for part in detail.components]
    return tuple(sorted(values))


_ELSEWHERE = re.compile(r"(?:see )?(?:comments?|notes?|below|text|report|narrative|interpretation)(?: below)?")
"""Values that only say where the value is."""


_PRESSURE = re.compile(r"(?:bp:?\s*)?(\d{2,3})\s*/\s*(\d{2,3})(?:\s*mm\s?\[?hg\]?)?", re.IGNORECASE)
"""A blood pressure in one text: "120/80 mmHg"."""
_BLOOD_PRESSURE = frozenset({"blood pressure", "pressure", "panel pressure"})  # blood is the system of the test
_PRESSURES = {"systolic": "8480-6", "diastolic": "8462-4"}


def component_name(part: Component) -> str:
    """Return a part by its LOINC code, else by the core words of its name."""
    name_of = _component_name if len(part.codes) <= _OFTEN else _component_name.__wrapped__
    return name_of(part.name, part.codes)


@lru_cache(maxsize=4096)
def _component_name(name: str, coded: tuple[Code, ...]) -> str:
    codes = [code for system, code in shared_codes(coded) if system == "loinc"]
    core = read_test(name).core
    return codes[0] if codes else next((code for word, code in _PRESSURES.items() if word in core.split()), core)


def _component(part: Component) -> str:
    name = component_name(part)
    value = measured(part.quantity, read_test(part.name).core) if part.quantity else worded(part.text)
    return f"{name}={value}"


class TestName:
    """A test's name in its parts."""

    __slots__ = ("core", "methods", "qualities", "side", "system")

    def __init__(self, core: str, qualities: list[str], methods: list[str], system: str, side: str) -> None:
        self.core, self.qualities, self.methods, self.system, self.side = core, qualities, methods, system, side


def _merged(tests: Sequence[TestName]) -> TestName:
    """With a code, what any of its names says counts; the core is of no matter then."""
    first = tests[0]
    qualities = sorted({quality for test in tests for quality in test.qualities})
    methods = sorted({method for test in tests for method in test.methods})
    return TestName(
        first.core,
        qualities,
        methods,
        first.system or next((test.system for test in tests if test.system), ""),
        first.side,
    )


_CACHE: dict[str, TestName] = {}
_METHODS, _SYSTEMS, _QUALITIES = (
    [(re.compile(pattern), meaning) for pattern, meaning in table] for table in (METHODS, SYSTEMS, QUALITIES)
)


def read_test(name: str) -> TestName:
    """Return the name of a test as its core words, qualities, methods and system; LOINC's long names too."""
    test = _CACHE.get(name)
    if test is None:
        if len(_CACHE) > 8192:
            _CACHE.clear()
        test = _CACHE[name] = _read_test(name)
    return test


_PRESSURE_IN_SPANISH = re.compile(r"\b(?:presi[oó]n|tensi[oó]n) (?:arterial|sangu[ií]nea)\b")
"""Not the pressure in an artery."""


def _read_test(name: str) -> TestName:
    text = name.casefold()
    if "[" in text:
        text = _IN_SQUARE.sub(" ", text)
    text, _, timing = text.replace("(sars-cov-2)", " ").partition("--")
    text = _shorthand_in_full(text)
    qualities, methods, system = [], [], ""
    text = f" {plain(text)} "
    for pattern, meaning in _METHODS:
        if pattern.search(text):
            methods += [meaning] if meaning else []
            text = pattern.sub(" ", text)
    for pattern, meaning in _SYSTEMS:
        if pattern.search(text):
            system = system or meaning
            text = pattern.sub(" ", text)
    for pattern, meaning in _QUALITIES:
        if pattern.search(text):
            qualities.append(meaning)
            text = pattern.sub(" ", text)
    if timing:
        qualities.append(_timing(timing))
    words = text.split()
    sides = {SIDES[word] for word in words if word in ("left", "right", "both", "bilateral", "od", "os")}
    words = [word for word in words if word not in SIDES]
    ordered = " ".join(sorted(set(words)))
    core = _level_of(words) or TESTS.get(" ".join(words)) or TESTS.get(ordered) or ordered
    methods = [method for method in methods if method not in _AS_EVER.get(core, ())]
    if core in _THYROID_HORMONES and "free" in qualities:
        qualities = [quality for quality in qualities if quality != "direct"]
    return TestName(core, sorted(set(qualities)), sorted(set(methods)), system, next(iter(sides), ""))


def _shorthand_in_full(text: str) -> str:
    text = _PRESSURE_IN_SPANISH.sub("blood pressure", text)
    text = _CELLS_COUNTED.sub(r"\1 count", text)
    if "in specimen" in text:
        text = re.sub(r"\bin specimen\b", " ", text)
    if "ft" in text:
        text = re.sub(r"\bft([34])\b", r"free t\1", text)
    return re.sub(r"\bd[ .-]{0,2}bili\b", "direct bilirubin", text) if "bili" in text else text


_IN_SQUARE = re.compile(r"\[[^\]]*\]")
_CELLS_COUNTED = re.compile(
    r"\b(plts?|platelets?|wbc|rbc|white (?:blood )?cell|red (?:blood )?cell|retic\w*) (?:ct|cnt)\b"
)
_THYROID_HORMONES = frozenset({"thyroxine", "triiodothyronine"})
"""What is free of them is measured directly by everybody, unless dialysis is named; of bilirubin it is another part."""
_MEASURED = frozenset({"measured"})
_CALCULATED = frozenset({"calculated"})
_AS_EVER = {
    "egfr": frozenset({"estimated", "calculated"}),
    **dict.fromkeys(("body mass index", "anion gap", "globulin", "albumin creatinine ratio"), _CALCULATED),
    **dict.fromkeys(("body weight", "body height", "body temperature", "heart rate", "blood pressure"), _MEASURED),
}
"""How a test is done unless something else is said."""


def _level_of(words: Sequence[str]) -> str:
    """Return the ingredient of a brand whose level is measured: "Dilantin level"; empty for any other test."""
    inside = ingredients_of(BRANDS.get(" ".join(word for word in words if word not in ("level", "levels")), ""))
    return inside[0] if len(inside) == 1 else ""


def _timing(timing: str) -> str:
    words = f" {plain(timing)} "
    for pattern, meaning in _QUALITIES:
        if pattern.search(words):
            return meaning
    return plain(timing)
