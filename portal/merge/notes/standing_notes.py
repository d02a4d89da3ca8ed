"""What notes tell of a health issue or an allergy itself: that it is over, is not so, or is not sure.

Told last holds: "in remission since 2019; relapsed 2024" is active.
"""

# ruff: noqa: E501 (tables are read line by line)

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from portal.domain.relatives import NEAR
from portal.merge.notes.about_it import names, own_words
from portal.merge.notes.asserted import affirmed, clause_texts, plainly
from portal.merge.notes.note_events import Events, last_event, names_no_other
from portal.merge.notes.noted import clauses, labelled
from portal.merge.notes.standing_lemmas import (
    OF_ALLERGIES,
    OF_ISSUES,
    OF_SUBSTANCE_USE,
    STANDINGS,
    SUBSTANCE_USE,
    VERIFICATIONS,
)
from portal.merge.words.text import plain, word_set

_MEMBERS: Mapping[str, frozenset[str]] = {
    "penicillin": word_set(
        "amoxicillin amoxicilina ampicillin ampicilina augmentin pcn penicilina piperacillin dicloxacillin unasyn zosyn"
    ),
    "sulfa": word_set("bactrim septra sulfamethoxazole tmp smx smz"),
    "nsaid": word_set("ibuprofen ibuprofeno naproxen naproxeno ketorolac toradol motrin aleve advil"),
    "statin": word_set("atorvastatin rosuvastatin simvastatin pravastatin lipitor crestor"),
    "ace": word_set("lisinopril enalapril ramipril benazepril captopril"),
    "contrast": word_set("iohexol iopamidol omnipaque isovue"),
}
"""With what of a class an allergy to it is tested, by a word of its name."""
_TALK = word_set("""
remove removed from problem list problems any asymptomatic childhood child adult infancia infancy chart
considered consider deemed thought felt since imaging ct mri xray test testing labs biopsy spirometry pft pfts normal
negative neg criteria clinically treatment completed treated therapy diagnosis dx dx'd diagnosed years by age no not longer
old previous prior remote history hx past medical medicine medications meds infant baby label listed entered patient
sober abstinent clean svr svr12 rna dna pcr pet egd ecg ekg echo eeg achieved tolera tolerates tolerated tolerating anos
""")
_POSSIBLY = re.compile(
    r"^(?:r/?o|rule out|to rule out|suspect(?:ed)?|possible|probable|descartar|(?:se )?sospecha(?: de)?|posible|\?)\s*([^\W\d_]+)",
    re.IGNORECASE,
)


_IN_ERROR = re.compile(
    r"(?:this|it|allergy|diagnosis|dx|problem|condition|was|has been|patient|pt|per|says|states|\s)*"
    r"(?:entered|added|listed|charted|documented|recorded)(?: (?:on|to) (?:the |her |his )?(?:chart|list|problem list))?"
    r" (?:in error|by mistake|erroneously)\b(?!\s*:)|in error$|wrong (?:patient|pt|chart)(?:'s chart)?$|(?:entrad|agregad|registrad)[oa] por error\b",
    re.IGNORECASE,
)


_CHALLENGED = re.compile(
    r"\b(?:challenge|rechallenge|test dose|prueba)\b.{0,40}"
    r"\b(?:no|without|sin) (?:any )?(?:reaction|issues?|problems?|reacci[oó]n|problemas?)\b",
    re.IGNORECASE,
)
_OF_A_RELATIVE = re.compile(
    rf"(?:(?:this|it) is )?(?:(?:the |his |her )?(?:{NEAR}))'?s (?:diagnosis|dx|condition|problem|allergy|reaction)"
    r"(?:,? (?:entered|added|listed|charted|recorded)\b[^,:]*)?(?:,? not (?:the |this )?(?:patient|pt)(?:'s)?)?",
    re.IGNORECASE,
)
_NOT_THE_PATIENT = re.compile(
    r"\b(?:mother|mom|father|dad|brother|sister|son|daughter|wife|husband|madre|mam[aá]|padre|pap[aá]|herman[oa]|hij[oa])\b"
    r".*,? (?:not|no) (?:the |el |la )?(?:patient|pt|him|her|himself|herself|ella|[eé]l|paciente)\W*$",
    re.IGNORECASE,
)


def members_of(title: str) -> frozenset[str]:
    """Return the members of the class that a title names; none where it names no class."""
    words = plain(title)
    return frozenset().union(*(members for name, members in _MEMBERS.items() if re.search(rf"\b{name}", words)))


def standing(notes: Sequence[str], title: str, *, allergic: bool = False) -> str:
    """Return the clinical status that notes state of the thing itself, as the code of FHIR; empty for none.

    ``allergic``: what "resolved in two days" or "with an antihistamine" was one reaction, the allergy is not over.
    """
    label = labelled(notes, "status")
    if label:
        return _of_label(" ".join(affirmed(label)), STANDINGS)
    texts = [clause for note in notes for clause in clause_texts(note)]
    texts = [text for text in texts if not (allergic and _COURSE.search(text))]
    own = own_words(title, allergic=allergic)
    events = (*STANDINGS, *OF_SUBSTANCE_USE) if SUBSTANCE_USE.search(title) else STANDINGS
    over = last_event(texts, own, events, beside=_TALK, another=_other_than(own))[0]
    return over or ("inactive" if not allergic and _is_quiet(texts, own) else "")


_NOT_FOR_YEARS = (
    r"(?:since|for|in|x|desde|(?:desde )?hace|en)(?: (?:over|about|more than|at least|the (?:last|past)|m[aá]s de))?"
    r" (?:\w+ )?(?:(?:19|20)\d\d\b|(?:[2-9]|\d\d)\+? ?(?:years?|yrs?|a[nñ]os)\b)"
)
_QUIET = re.compile(
    rf"\b(?:no|without|zero|sin)(?: (?:further|more|new|any|m[aá]s|nuev[oa]s))? (?P<event>[^\W\d_]+) {_NOT_FOR_YEARS}"
    rf"|\b(?P<free>[^\W\d_]+)[- ]free {_NOT_FOR_YEARS}",
    re.IGNORECASE,
)
_EVENTS = word_set("""
attack attacks flare flares episode episodes event events exacerbation exacerbations recurrence
recurrences relapse relapses bout bouts crisis crises ataque ataques brote brotes episodio episodios
""")
_SIGNS_OF = (
    ("epileps", word_set("seizure seizures convulsion convulsions convulsiones")),
    ("migr", word_set("headache headaches dolor dolores")),
    ("", word_set("symptom symptoms sintoma sintomas")),
)
"""What else comes of a thing, by the beginning of its name. Much goes on without symptoms as long as it is treated."""
_UNTREATED = re.compile(
    r"\b(?:off|no|without|stopped|sin)(?: (?:all|any|all her|all his|todos los))? "
    r"(?:meds?|medicines?|medications?|medicamentos?|treatment|therapy|tratamiento|inhalers?|drugs)\b",
    re.IGNORECASE,
)
_TREATED_NOW = re.compile(
    r"\b(?:on|taking|takes|controlled|continues|toma|controlad[oa]|tratad[oa] con|treated with)\b", re.IGNORECASE
)


def _is_quiet(texts: Iterable[str], own: frozenset[str]) -> bool:
    """Tell whether nothing of it came for years, and nothing says that a treatment keeps it away."""
    whole = "; ".join(texts)
    nouns = {plain(match["event"] or match["free"]) for match in _QUIET.finditer(whole)}
    if _UNTREATED.search(whole):
        signs = [words for start, words in _SIGNS_OF if any(word.startswith(start) for word in own)]
        return any(noun in _EVENTS.union(*signs) or names(noun, own) for noun in nouns)
    return not _TREATED_NOW.search(whole) and any(noun in _EVENTS or names(noun, own) for noun in nouns)


_COURSE = re.compile(
    r"\b(?:resolved|cured|healed|resuelt[oa]s?)\s+"
    r"(?:spontaneously|quickly|completely|with|within"
    r"|after(?! desens)|once|upon|when|con|tras|al|(?:in|en) (?:\d+|a few|minutes|hours|days) ?(?:min|h|d)?(?!\d)\D)",
    re.IGNORECASE,
)


def verification(notes: Sequence[str], title: str, *, allergic: bool = False) -> str:
    """Return the verification that notes state of the thing itself, as the code of FHIR; empty for none."""
    label = labelled(notes, "verification")
    if label:
        return _of_label(label, VERIFICATIONS)
    own = own_words(title, allergic=allergic) | (members_of(title) if allergic else frozenset())
    texts = [clause for note in notes for clause in clause_texts(note)]
    if any(
        _IN_ERROR.match(clause) or _OF_A_RELATIVE.fullmatch(clause) or _NOT_THE_PATIENT.search(clause)
        for clause in texts
    ):
        return "refuted"
    if allergic and any(_CHALLENGED.search(text) for clause in texts for text in plainly(clause)):
        return "refuted"
    events = (*VERIFICATIONS, *(OF_ALLERGIES if allergic else OF_ISSUES))
    stated = last_event(notes, own, events, beside=_TALK, another=_other_than(own))[0] or _possibly(notes, own)
    return stated or ("" if allergic else _denied_by_name(notes, own) or _doubted_in_part(notes))


def _of_label(text: str, events: Events) -> str:
    """Return what the value of a label says, which names no thing."""
    folded = text.casefold()
    return next((code for pattern, code in events if not pattern.groupindex and pattern.search(folded)), "")


_OWN_DENIED = re.compile(
    r"not (?:an? )?(\w{4,})|(\w{4,}) (?:was |has been |is )?(?:ruled out|descartad[oa])", re.IGNORECASE
)
_DOUBTED_IN_PART = re.compile(
    r"(?:but |and |pt |patient )?(?:(?:does|did) not|doesn'?t|didn'?t) (?:yet |fully )?meet\b(?!.*\b(?:for|to)\b).*"
    r"|(?:the )?(?:dx|diagnosis) (?:is |remains )?(?:still )?"
    r"(?:uncertain|unclear|in question|in doubt|questionable|not certain)"
    r"|(?:el )?diagn[oó]stico (?:es |sigue )?(?:incierto|dudoso|en duda)",
    re.IGNORECASE,
)
_ANY_NUMBER = 60


def _asides(notes: Iterable[str]) -> Iterable[str]:
    return (part.strip() for clause in clauses(notes, _ANY_NUMBER) for part in re.split(r",|\s[-\u2013]\s", clause))


def _denied_by_name(notes: Iterable[str], own: frozenset[str]) -> str:
    """Return "refuted" where a part of a longer note names the thing and denies it: "EEG normal - not epilepsy"."""
    denied = (match[1] or match[2] for part in _asides(notes) if (match := _OWN_DENIED.fullmatch(part)))
    return "refuted" if any(names(plain(word), own) for word in denied) else ""


def _doubted_in_part(notes: Iterable[str]) -> str:
    """Return "unconfirmed" where a part of a note doubts the diagnosis: "does not meet criteria yet"."""
    return "unconfirmed" if any(map(_DOUBTED_IN_PART.fullmatch, _asides(notes))) else ""


_ILLNESS = re.compile(
    r"\b[A-Z]{2,6}\b|(?i:\b\w{3,}(?:itis|osis|oma|ia|opathy|ism|rrhea|pnea|edema)\b|\bfor [a-z]{4,}"
    r"|\b(?:cancer|disease|infection|syndrome|fracture|pain|cough|rash|hives|flare|exacerbation|attack|symptoms?|depression"
    r"|anxiety|diabetes|hypertension|failure|stroke|clot|mass|lump|ulcer|seizures?|swelling|bleeding|fever|wheez\w+|dolor"
    r"|tos|fiebre|bipolar)\b)"
)


_FIGURES = re.compile(r"\S*\d\S*")
_BARE = 2
"""Words of a name that stands for itself: "covid 2021"."""
_TREATED = re.compile(
    r"(?:on|treated|off|started|toma|tratad[oa])\b(?!.*\b(?:for|of|with|para|por|de|con)\b)", re.IGNORECASE
)
"""What begins with a treatment names no illness, but what it is for: "on an inhaler", not "on heparin for a clot"."""


def _other_than(own: frozenset[str]) -> Callable[[str], bool]:
    """Return what tells whether words name another illness or complaint, or letters that may stand for one."""

    def names_illness(text: str) -> bool:
        rest = [] if _TREATED.match(text) else _FIGURES.sub(" ", text).split()
        if len(rest) <= _BARE and not names_no_other(" ".join(rest), own, _TALK):
            return bool(affirmed(text))
        named = (match[0] for stated in affirmed(text) for match in _ILLNESS.finditer(stated))
        return any(not (own | _TALK).issuperset(plain(words).split()) for words in named)

    return names_illness


def _possibly(notes: Iterable[str], own: frozenset[str]) -> str:
    """Return "unconfirmed" where a clause begins with what is still to be found out of it: "R/o asthma"."""
    clauses = (clause for note in notes for clause in clause_texts(note))
    begun = (match for clause in clauses if (match := _POSSIBLY.match(clause)) and _is_stated(clause[match.start(1) :]))
    return "unconfirmed" if any(names(plain(match[1]), own) for match in begun) else ""


def _is_stated(text: str) -> bool:
    return bool(plainly(re.sub(r"\b(?:vs|versus)\b.*", "", text, flags=re.IGNORECASE)))
