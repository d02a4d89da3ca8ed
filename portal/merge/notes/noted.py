"""What notes state: "Severity: severe", "Performed by Dr. Lee", "Site: left knee", "Severe reaction".

Charts that lack a field keep it in a note. Read are notes with a label, and clauses that say one thing and little else,
as far as they state it (``portal.merge.notes.asserted``); all else is left to the reader. Structure wins where it says
the same thing, but for what words deny or doubt, as in titles (``portal.merge.allergies.allergy_titles``). What is
over, is not so or is not sure is read by ``portal.merge.notes.standing_notes``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from portal.domain.forgetting import remembered
from portal.merge.allergies.allergy_reactions import DEGREE, DEGREES, GRAVEST_FIRST
from portal.merge.notes.about_it import goes_on_of_it, names, of_it
from portal.merge.notes.asserted import CLAUSE_END, LONGEST, affirmed, clause_texts, plainly
from portal.merge.words.text import NOTES_AT_A_TIME, plain

_LABELS: Mapping[str, str] = {
    "reaction": "adverse reactions?|allergic reactions?|reactions?|rxn|symptoms?|manifestations?|reaccion(?:es)?"
    "|reacci[oó]n|s[ií]ntomas?",
    "severity": "(?:reaction )?severity(?: level)?|gravedad|severidad",
    "criticality": "criticality|criticidad",
    "status": "(?:clinical |problem |allergy |procedure |result )?status|estado",
    "verification": "verification(?: status)?|(?:diagnostic )?certainty|verificaci[oó]n",
    "type": "(?:allergy |reaction )?type|tipo",
    "onset": "(?:date of )?onset(?: date)?|start date|(?:date )?diagnosed(?: on| in)?|diagnosis date|dx(?: in| date)?"
    "|since|desde|inicio|fecha de inicio|first noted|diagnosticad[oa](?: en)?",
    "stage": "(?:clinical |pathologic |cancer |disease )?stage|estadio",
    "grade": "(?:histologic |tumor |nottingham )?grade|grado",
    "outcome": "outcome|desenlace|resultado",
    "performer": "(?:performed|done) by|performer|(?:primary |attending )?surgeon|performing provider|provider|operator"
    "|endoscopist|proceduralist|physician|realizad[oa] por|cirujan[oa]",
    "prescriber": "prescribed by|prescriber|(?:ordering|prescribing) (?:provider|physician)|ordered by"
    "|(?:recetad|prescrit)[oa] por",
    "complication": "complications?|complicaci[oó]n|complicaciones",
    "site": "(?:injection |administration )?site|(?:given|administered) in(?: the)?|sitio|lugar",
    "route": "route|v[ií]a",
    "maker": "manufacturer|mfr|mfg|maker|manufactured by|fabricante",
    "lot": "lot(?: number| no| #)?|lote",
    "model": "model(?: number| no| #)?|modelo",
    "reason": "reason(?: for visit)?|chief complaint|cc|motivo(?: de consulta| de la visita)?",
    "range": "reference (?:range|interval)|ref(?:erence)?\\.?(?: range| int)?|normal range|rango(?: de referencia)?",
    "flag": "(?:abnormal )?flag|abnormal|interpretation",
}
_UNMARKED = frozenset({"onset", "performer", "prescriber", "site", "maker", "lot", "model", "range"})
"""Labels that are read without a colon, too, where a clause begins with them: "Performed by", "since 2010"."""
_BEGINNING = r"(?<![^;\n|.,])[ \t]*"  # no line ends: a run of them would be walked from each of its places


def _label(field: str, names: str) -> str:
    unmarked = rf"|{_BEGINNING}(?:{names})(?=\s)" if field in _UNMARKED else ""
    return rf"(?P<{field}>\b(?:{names})(?:\s*[:=]|\s+-(?=\s)){unmarked})"


_LABEL = re.compile("|".join(_label(*each) for each in _LABELS.items()), re.IGNORECASE)


@remembered
@lru_cache(maxsize=NOTES_AT_A_TIME)
def _labelled(note: str) -> tuple[tuple[str, str], ...]:
    labels = list(_LABEL.finditer(note))
    stated = []
    for place, label in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(note)
        told = CLAUSE_END.split(note[label.end() : end], maxsplit=1)[0].strip(" ,.-#")
        field = label.lastgroup or ""
        if field in _ASSERTED:
            before = CLAUSE_END.split(note[: label.start()])[-1].strip(" ,")
            stating = plainly if field in _DENIABLE else affirmed
            told = next(iter(stating(told)), "") if not before or plainly(before) else ""
        if told:
            stated.append((field, told))
    return tuple(stated)


_ASSERTED = frozenset(
    {"reaction", "severity", "criticality", "status", "verification", "stage", "grade", "onset", "lot", "site"}
)
_DENIABLE = frozenset({"status", "verification"})


def labelled(notes: Iterable[str], field: str) -> str:
    """Return what the first note says under a label of a field; empty for none, and for what it does not assert."""
    return next((told for note in notes for name, told in _labelled(note[:LONGEST]) if name == field), "")


def clauses(notes: Iterable[str], most_words: int = 8) -> tuple[str, ...]:
    """Return what clauses state or deny, where they have so few words that they can say only one thing."""
    return _few((part for note in notes for clause in clause_texts(note) for part in plainly(clause)), most_words)


def affirmations(notes: Iterable[str], most_words: int = 8) -> tuple[str, ...]:
    """Return what clauses state to be so, where they have so few words that they can say only one thing."""
    return _few((part for note in notes for clause in clause_texts(note) for part in affirmed(clause)), most_words)


def whole_affirmations(notes: Iterable[str], most_words: int = 8) -> tuple[str, ...]:
    """Return what stands between commas and is affirmed to its end: "Left knee", not "Left knee without pain"."""
    stating = (clause for note in notes for clause in clause_texts(note) if affirmed(clause))
    parts = (part for clause in stating for part in _whole(clause))
    return _few(parts, most_words)


def _whole(clause: str) -> tuple[str, ...]:
    if "[" in clause:  # boxes: what is ticked
        return affirmed(clause)
    return tuple(part for part in map(str.strip, clause.split(",")) if affirmed(part) == (part,))


def _few(parts: Iterable[str], most_words: int) -> tuple[str, ...]:
    return tuple(part for part in parts if 0 < len(part.split()) <= most_words)


def _rates(text: str, end: int, own: AbstractSet[str]) -> bool:
    """Tell whether the word right behind a degree means the thing itself: "severe asthma with intubations"."""
    behind = re.match(r"\s+([^\W\d_]+)", text[end:])
    return behind is not None and names(plain(behind[1]), own)


_LEVELS = {**DEGREES, "high": "severe", "medium": "moderate", "mod": "moderate", "low": "mild", "alta": "severe"}
_DEGREE_OF = re.compile(
    rf"{DEGREE.pattern}(?=\s+(?:\w+\s+)?(?:reaction|allergy|intolerance|disease)\b"
    r"|\s+(?:sx|symptoms?|s[ií]ntomas) (?:now|currently|ahora)\b)",
    re.IGNORECASE,
)
_FEW_WORDS = 4
_ASIDE = re.compile(r"[,;:]|\s-\s")
_ADJUNCT = re.compile(r"\s(?:-|after|since|per|following|because|due to|by)\s|[:;,]")
_DEGREE_WORDS = frozenset(
    {
        *DEGREES,
        "very",
        "muy",
        "more",
        "persistent",
        "upgraded",
        "downgraded",
        "reclassified",
        "progressed",
        "worsened",
        "to",
    }
)
_OFTEN = re.compile(r"\b(?:only|when|than|cuando|que)\b", re.IGNORECASE)
"""What makes a degree one of some times only, or one that is compared."""


def degree(notes: Sequence[str], own: AbstractSet[str]) -> str:
    """Return how severe notes call it, as "mild", "moderate" or "severe": under a label, or in few words.

    ``own``: words that mean the thing itself; "severe headache" says nothing of how severe an asthma is.
    """
    told = plain(labelled(notes, "severity")).split()
    by_label = {_LEVELS[word] for word in told if word in _LEVELS}
    if told:  # a form that lists every level states none
        return next((level for level in GRAVEST_FIRST if level in by_label and len(by_label) < len(GRAVEST_FIRST)), "")
    stated = {
        DEGREES[match[0].casefold()]
        for clause in affirmations(notes, 12)
        if not _OFTEN.search(clause)
        for part in (clause, _ADJUNCT.split(clause)[0])
        for match in DEGREE.finditer(part)
        if len(part.split()) <= _FEW_WORDS or _DEGREE_OF.match(part, match.start()) or _rates(part, match.end(), own)
        if of_it(_ASIDE.split(part[: match.start()])[-1], own | _DEGREE_WORDS) and goes_on_of_it(part, match.end(), own)
    }
    return next((level for level in GRAVEST_FIRST if level in stated), "")
