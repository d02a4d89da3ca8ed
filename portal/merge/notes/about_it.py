"""Whether what a clause of a note states is of the thing itself, and not of another."""

import re
from collections.abc import Set as AbstractSet

from portal.merge.words.concepts import read_concept
from portal.merge.words.text import plain, word_set

_GOES_ON = word_set("""
a after again al an and as at because before but by clinically completely con debido desde despues due durante
during e early en fully in now on only or per por prior secondary since so spontaneously tambien then today tras
until when while with without y yesterday last this pending hoy ayer hace hasta segun morning day yet anymore
ever either for more x given administered administrada
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
""")
"""Words behind a statement that begin when, why or by whom, and no other thing."""
SELF = word_set("""
it this that proceed procedure exam examination study test surgery operation case medication medicine med drug
prescription vaccine vaccination shot dose immunization device implant disease condition diagnosis illness problem
symptoms sx sintomas severity degree case result results resultado persistent intermittent procedimiento examen cirugia
medicamento medicina vacuna dispositivo gravedad severidad enfermedad diagnostico persistente
este esta esto estos estas
""")
"""Nouns by which a note calls the thing itself."""
_BEFORE = word_set("""
it this that the was were is are has have had been be patient pt diagnosis dx condition problem now since then later
clinically initially currently still at a in to with of el la fue ha sido al clinical pathologic pathological
pathology disease cancer tumor ajcc tnm final ned metastatic ya skin test testing challenge negative passed
considered allergist fully completely problema enfermedad cuadro
""")
"""Words before a statement that name nothing else than the thing itself."""


_SUBJECTS = word_set("""
the this el la este esta su order medication medicine med drug prescription medicamento medicina receta procedure
exam currently now actualmente case procedimiento examen estudio device implant dispositivo implante vaccine vacuna
shot dose visit appointment cita
""")
"""Words by which a note begins to tell of the thing itself."""


_ALLERGIC = word_set("rxn allergy allergies allergic reaction reactions intolerance alergia alergica alergico reaccion")


_FEWEST_INITIALS = 2


def own_words(title: str, *, allergic: bool = False) -> frozenset[str]:
    """Return the words by which a note may call what a title names, as written and by their meaning."""
    words = plain(title).split()
    initials = {"".join(word[0] for word in words)} if len(words) >= _FEWEST_INITIALS else set()
    own = frozenset(words) | initials | frozenset(read_concept(title).words)
    return own | _ALLERGIC if allergic else own


_SHORTENED = 6


def names(word: str, own: AbstractSet[str]) -> bool:
    """Tell whether a word is one of the thing's own, means it, or shortens it: "asma" of asthma, "sarcoid"."""
    if word in own or (len(word) >= _SHORTENED and any(other.startswith(word) for other in own)):
        return True
    meaning = read_concept(word).words
    return bool(meaning) and own >= set(meaning)


def of_it(before: str, own: AbstractSet[str]) -> bool:
    """Tell whether words before a statement name nothing but the thing itself."""
    return all(word in _BEFORE or names(word, own) for word in plain(before).split())


def beginning(clause: str, own: AbstractSet[str]) -> str:
    """Return a clause without what calls the thing before what is told of it: "Colonoscopy aborted"."""
    words = clause.split()
    while words and (plain(words[0]) in _SUBJECTS or names(plain(words[0]), own)):
        words.pop(0)
    return " ".join(words) or clause


_FILLING = re.compile(
    r"^(?:\s+(?:taking|using|having|getting|to|of|from|al?|del?|the|his|her|el|la|los|las|su|de tomar|tomar)\b)+",
    re.IGNORECASE,
)
LONGEST_WORD = 60
_NEXT = re.compile(rf"\s+([^\W\d_][\w'-]{{0,{LONGEST_WORD}}})")
"""The next word, or the beginning of what is longer than any word."""


def goes_on_of_it(clause: str, end: int, own: AbstractSet[str]) -> bool:
    """Tell whether what follows a statement names no other thing: "declined pain medication" declined no procedure."""
    rest = _FILLING.sub("", clause[end:])
    word = _NEXT.match(rest)
    return word is None or plain(word[1]) in _GOES_ON | SELF or names(plain(word[1]), own)
