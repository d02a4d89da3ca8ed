"""What notes tell of a thing, one event after the other: the last one that is of the thing itself holds.

A sentence is read as ConText reads it (``portal.merge.notes.asserted``), then part by part. A part counts where its
words before the event name nobody but the patient and who cares for them and nothing but the thing, and what follows
begins when, why or by whom: "quit taking this about 3 weeks ago", not "quit smoking". A part without a subject of its
own goes on with what stands before it in the sentence.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from portal.merge.notes.about_it import SELF, goes_on_of_it, names, of_it
from portal.merge.notes.asserted import affirmed, clause_texts, plainly
from portal.merge.words.text import plain, word_set

Events = Sequence[tuple[re.Pattern[str], str]]
"""Patterns over small letters, with what they tell; an empty code takes back. A group ``itself`` has to name the
thing, ``other`` another one."""


def read_events(table: str) -> Events:
    """Read a table of "code: pattern" a line; "-" is the empty code."""
    lines = (line.partition(": ") for line in table.strip().splitlines())
    return tuple((re.compile(pattern), "" if code == "-" else code) for code, _, pattern in lines)


Another = Callable[[str], bool]

_NAMED_DOCTOR = (
    r"\b(?:dr|dra|np|pa|rn)\b\.?\s+(?!(?:stop|hold|held|took|has|said|d/?c|want|stat|put|re)\w*\b)[^\W\d_][\w'-]*"
)
_WRITTEN_OUT = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"[\u2019\u02bc]", "'"),
        (r"\bd/t\b|\b2/2\b|\b2\s?(?:ry|ndary) to\b|\bdt\b(?=\s)", "due to"),
        (r"\bb/c\b|\bbc\b", "because"),
        (r"\u2191", " increased "),
        (r"\u2193", " decreased "),
        (r"\br/s(?:'?d)?\b", "rescheduled"),
        (
            (
                r"\b((?:not tolerat(?:ing|ed)|(?:un|not )able to tolerate|intolerant|no (?:l[oa] )?toler\w+)"
                r"(?: it| this)?)(?:\s*[,:-]\s*|\s+)(?:so |please |and )?"
                r"(stop|d/?c|discontinue|suspender|descontinuar)(?=\W*$| due\b)"
            ),
            r"\1, \2!",
        ),
        (
            (
                r"^(?!.*\b(?:when|if|once|until|unless|after|cuando|si)\b)(\D*[,-]\s*)"
                r"(?:please )?(stop|d/?c|discontinue|suspender)$"
            ),
            r"\1\2!",
        ),
        (r"\bw/o\b", "without "),
        (r"\bw/\s?", "with "),
        (r"\bs/p\b", "after"),
        (r"\b(?:cxl|canx|cx)(?:'?e?d)?\b", "cancelled"),
        (r"[~<>\u2265\u2264]\s?(?=\d)", "about "),
        (_NAMED_DOCTOR, "doctor"),
    )
)
_TAKEN_UP_BEFORE = re.compile(r"^.*\b(?:restarted|resumed|back on)\b[^,]*,\s*(?=[^,]*\bagain\b)", re.IGNORECASE)
"""What "stopped again" is no longer told of."""
_FEARED = re.compile(
    r"\b(?:afraid|worr(?:y|ied)|fear\w*|scared|miedo|temor)\b"
    r"|\w (?:is |are )?(?:pending|due|scheduled|planned|pendiente)\b",
    re.IGNORECASE,
)
"""Why it was so, or what else is to come, behind a comma."""
_PARTS = re.compile(
    r",(?!\d)|(?<=:)(?=\s|$)|;|\s[-\u2013\u2014/]+\s|\s\(|\)|\b(?:but|pero|so|then|luego|and|y)\b", re.IGNORECASE
)
_FIGURES = re.compile(r"\S*\d\S*")
_NEGATED = re.compile(
    r"\b(?:not|never|no|nor|cannot|without|den(?:y|ies|ied)|nunca|sin|niega|neg[oó]|jam[aá]s)\b|n't\b", re.IGNORECASE
)
_NOT_YET = re.compile(r"\s*(?:when|after|once|until|before|as soon as|cuando|hasta|despu[eé]s)\b", re.IGNORECASE)
_PEOPLE = word_set("""
patient pt patients paciente he she they him her them his their himself herself el ella lo la le se su self own i we
doctor dr dra md pcp provider physician medico medica clinician specialist nurse rn np pa ma pharmacist pharmd pharmacy
cardiology cardiologist cardio nephrology nephrologist renal nephro pulmonology pulmonologist pulmonary pulm oncology
oncologist neurology neurologist neuro endocrinology endocrinologist endo rheumatology rheumatologist rheum gi gyn ob
gastroenterology gastroenterologist urology urologist psychiatry psychiatrist psych allergy allergist dermatology
dermatologist hematology hematologist surgery surgeon ortho orthopedics dentist hospitalist hospital er ed ent icu
clinic office team staff cardiologo cardiologa nefrologo nefrologa farmacia clinica
""")
_TELLING = word_set("""
reports reported report states stated state says said admits admitted notes noted endorses indicates called calls phoned
tells told per confirms confirmed
according as a an the that this it its one is was were are be been being has had have having get got
gets did does do since for in on of at to with from by after during about around approx approximately when while
now currently recently already also just only still finally actually apparently again later subsequently ultimately
today yesterday last past ago year years yr yrs month months mo mos week weeks wk wks day days early late mid
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec spring summer fall winter visit discharge admission phone call med meds medrec rec reconciliation
review note update updated list reviewed seen status pt's
reporta refiere dice ya fue ha sido esta que en de del por hace desde ahora actualmente hoy ayer meses semanas dias ano
anos mes semana enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre nota llamada
conciliacion revision visita alta
""")
_TAKERS = word_set("""
him her them me patient pt pharmacy farmacia doctor doctora medico medica cardiologo cardiologa
nefrologo nefrologa paciente
""")
_USUAL = _PEOPLE | _TELLING
_NAMING = SELF - word_set("it that symptoms sx sintomas result results case severity degree problem resultado")
"""Words that mean the thing of the note and no other that was named before."""


def last_event(
    notes: Iterable[str],
    own: AbstractSet[str],
    events: Events,
    *,
    beside: AbstractSet[str] = frozenset(),
    another: Another | None = None,
) -> tuple[str, str]:
    """Return what notes tell last of the thing itself, and in which words; empty where none is, no code
    where it is taken back.

    ``own``: words that mean the thing. ``beside``: words that name no other thing. ``another``: tells whether words
    name another thing of the kind; without it, all that is not usual does.
    """
    usual = _USUAL | beside
    last = ("", "")
    for note in notes:
        for clause in clause_texts(note):
            for part, earlier in parts(clause):
                event = _event(part, own, usual, events, another)
                if event and (
                    _is_named(part, own) or not any(_names_another(text, own, usual, another) for text in earlier)
                ):
                    last = event
    return last


def parts(clause: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what a clause states or denies, part by part, each with what stands before it."""
    for sentence in sentences(clause):
        earlier: list[str] = []
        for text in _PARTS.split(sentence):
            if part := text.strip(" .,-"):
                yield part, tuple(earlier)
                earlier.append(part)


def sentences(clause: str) -> tuple[str, ...]:
    """Return what a clause states or denies, its shorthand written out."""
    for pattern, words in _WRITTEN_OUT:
        clause = pattern.sub(words, clause)
    text = _TAKEN_UP_BEFORE.sub("", " ".join(clause.split()))
    stated, _comma, why = text.rpartition(",")
    return plainly(text) or (plainly(stated) if _FEARED.search(why) else ())


def last_part(text: str) -> str:
    """Return what of a sentence stands behind its last comma, dash or conjunction."""
    return _PARTS.split(text)[-1]


def _event(
    part: str, own: AbstractSet[str], usual: AbstractSet[str], events: Events, another: Another | None
) -> tuple[str, str] | None:
    folded = part.casefold()
    for pattern, code in events:
        match = pattern.search(folded)
        if match is None:
            continue
        itself, other = (match.groupdict().get(name) for name in ("itself", "other"))
        if itself is not None and not names(plain(itself), own):
            continue
        if other is not None and (another is None or not another(other) or names(plain(other), own)):
            continue
        if names_no_other(folded[: match.start()], own, usual) and goes_on_of_it(folded, match.end(), own | _TAKERS):
            return code, part
    return None


def names_no_other(before: str, own: AbstractSet[str], usual: AbstractSet[str] = frozenset()) -> bool:
    """Tell whether words before an event deny nothing and name no other thing, nor others than the patient."""
    if _NEGATED.search(before) or _NOT_YET.match(before):
        return False
    rest = " ".join(word for word in plain(_FIGURES.sub(" ", before)).split() if word not in usual | _USUAL)
    return of_it(rest, own)


def _is_named(text: str, own: AbstractSet[str]) -> bool:
    return any(word in _NAMING or names(word, own) for word in plain(text).split())


def _names_another(text: str, own: AbstractSet[str], usual: AbstractSet[str], another: Another | None) -> bool:
    if another is not None:
        return another(text)
    return not all(names_no_other(stated, own, usual) for stated in affirmed(text))
