"""What notes of results state: the side it was taken on, under which circumstances, and that the value is in doubt."""

import re
from collections.abc import Sequence

from portal.merge.notes.noted import affirmations, clauses
from portal.merge.notes.noted_sides import noted_sides
from portal.merge.words.text import word_set

_MEASURING = word_set("""
bp blood pressure taken measured obtained checked cuff large small regular adult manual automatic automated sitting
seated standing supine lying reading recheck repeat x2 x3 tomada sentado sentada manguito
""")


def noted_side(notes: Sequence[str], own: str) -> str:
    """Return the side that notes name, if they name only one: "L arm, sitting". ``own``: the words of the test."""
    sides = noted_sides(notes, {*own.split(), *_MEASURING})
    return next(iter(sides)) if len(sides) == 1 else ""


_REFERENCE = r"(?! (?:reference|ref|range|interval|goal|target|normal|is|required|recommended|preferred)\b)"
_POSTURES = {
    "standing": r"standing\b(?! orders?\b)|upright|de pie|parad[oa]",
    "sitting": r"sitting|seated|sentad[oa]",
    "lying": r"supine|lying(?: down| flat)?|recumbent|acostad[oa]|dec[uú]bito",
}
_CIRCUMSTANCES = (
    (r"\b(?:room air|aire ambiente)\b|(?:^|\bon )ra\b", "air", "room air"),
    (
        (
            r"\b\d+(?:\.\d+)? ?(?:l|lpm|liters?|litros?)(?:/min)?\b"
            r"(?= ?(?:$|[nc,;]|o2|oxygen|by|via|per|with|con|de|por))"
            r"|\b(?:nasal cannula|nc|hfnc|bipap|cpap|non-?rebreather|nrb|fio2|vent(?:ilator)?"
            r"|supplemental (?:o2|oxygen)"
            r"|on (?:o2|oxygen)|con ox[ií]geno|c[aá]nula nasal)\b"
        ),
        "air",
        "oxygen",
    ),
    (
        (
            r"\b(?:non-? ?fasting|not (?:been )?fast(?:ing|ed)?|fasting ?[:=-]? ?no?\b|sin ayun\w+|no en ayunas"
            r"|ayunas ?[:=-] ?no|post-? ?prandial)\b|\bafter (?:eating|breakfast|lunch|dinner|a meal)\b"
        ),
        "fasting",
        "not fasting",
    ),
    (rf"\b(?:fasting|fasted|npo|en ayunas|ayunas ?[:=-] ?s[ií])\b{_REFERENCE}", "fasting", "fasting"),
    (r"\b(?:pre-? ?dialysis|before dialysis|pre-? ?hd)\b", "dialysis", "before dialysis"),
    (r"\b(?:post-? ?dialysis|after dialysis|post-? ?hd)\b", "dialysis", "after dialysis"),
    (r"\b(?:at rest|resting|en reposo)\b", "effort", "at rest"),
    (
        r"\b(?:with|on|after|during|w/) ?(?:exertion|ambulation|ambulating|walking|exercise)\b|^(?:ambulat|exert)\w+",
        "effort",
        "with effort",
    ),
    *(
        # A clause with two of them ("supine, then standing") tells of neither.
        (
            (
                rf"^(?!.*\b(?:{'|'.join(words for other, words in _POSTURES.items() if other != posture)})\b)"
                rf".*\b(?:{own})\b"
            ),
            "posture",
            posture,
        )
        for posture, own in _POSTURES.items()
    ),
)


def circumstances(notes: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return under which circumstances it was taken, by their kinds, and the clauses that say so.

    A kind of which notes say two is left out.
    """
    stated: dict[str, dict[str, str]] = {}
    for clause in clauses(notes, 12):
        first: dict[str, str] = {}
        for words, kind, meaning in _CIRCUMSTANCES:
            if re.search(words, clause.casefold()):
                first.setdefault(kind, meaning)
        for kind, meaning in first.items():
            stated.setdefault(kind, {})[meaning] = clause
    single = {kind: meanings for kind, meanings in sorted(stated.items()) if len(meanings) == 1}
    shown = dict.fromkeys(clause for meanings in single.values() for clause in meanings.values())
    return {kind: next(iter(meanings)) for kind, meanings in single.items()}, "; ".join(shown)


_DOUBTED = re.compile(
    r"\b(?:gross|moderate|marked|severe)(?:ly)? ha?emoly[sz](?:ed|is)\b|\b(?:muestra|muy) hemolizada\b"
    r"|\b(?:specimen|sample)(?: is| was)? ha?emoly[sz]ed\b|\bha?emolysis (?:present|noted|detected|seen)\b"
    r"|\bdisregard\b"
    r"|\bclump(?:s|ed|ing)\b|\bclotted\b|\bcoagulad[ao]\b|\bcontaminated\b|\bcontaminad[ao]\b|\bmislabel+ed\b"
    r"|\b(?:un|not )reliable\b|\binvalid\b|\binaccurate\b|\berroneous\b|\bquestionable (?:result|value|specimen)\b"
    r"|\b(?:recollect|re-collect|redraw|recollection|repetir muestra)\b|\binterpret with caution\b"
    r"|\b(?:specimen|sample|muestra)(?: is| was)? (?:inadequate|insufficient|unsatisfactory|inadecuada|insuficiente)\b"
    r"|\b(?:quantity not sufficient|qns)\b"
    r"|\bdrawn (?:above|from|near) (?:the |an? )?iv\b",
    re.IGNORECASE,
)


def doubt(notes: Sequence[str]) -> str:
    """Return the clause of a note by which the value does not hold: "Specimen grossly hemolyzed"; empty for none."""
    return next((clause for clause in affirmations(notes, 12) if _DOUBTED.search(clause)), "")


_MEASURED = re.compile(
    r"(?<![\w.<>/-])(?:[<>]=? ?)?\d+(?:\.\d+)? ?"
    r"(?:[unpm\u00b5]?g|mcg|[unpm\u00b5]?mol|meq|m?[iu]u?|copies)/(?:[md]?l|g)\b",
    re.IGNORECASE,
)
_ASIDES = re.compile(r"\([^)]*\)|\b(?:ref(?:erence)?|range|normal|goal)\b.*", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:prior|previous(?:ly)?|last|was|from|goal|target|cut-?off|anterior)\b", re.IGNORECASE)


def in_comment(notes: Sequence[str]) -> str:
    """Return the one value with a unit that comments affirm: "venous lead 3.2 mcg/dL, no action"; empty for another."""
    text = _ASIDES.sub(" ", "; ".join(notes))
    values = _MEASURED.findall(text)
    return values[0] if len(values) == 1 and not _EARLIER.search(text) else ""


_SLIGHTLY = r"(?:(?:slightly|mildly|moderately|a (?:little|bit)|just|un poco|ligeramente) )?"
_LOW = re.compile(rf"{_SLIGHTLY}(?:low|decreased|bajo|baja|below (?:the )?(?:normal|reference)(?: range| limits?)?)")
_HIGH = re.compile(rf"{_SLIGHTLY}(?:high|elevated|alto|alta|above (?:the )?(?:normal|reference)(?: range| limits?)?)")


def noted_level(notes: Sequence[str]) -> str:
    """Return "low" or "high" where a part of a note says nothing else: "slightly low, below normal range"."""
    parts = [part.strip().casefold() for clause in affirmations(notes) for part in clause.split(",")]
    told = {word for word, pattern in (("low", _LOW), ("high", _HIGH)) if any(map(pattern.fullmatch, parts))}
    return told.pop() if len(told) == 1 else ""
