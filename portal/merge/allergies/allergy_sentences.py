"""What sentences of notes tell of an allergy: which signs somebody had, and which not."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from portal.merge.allergies import allergy_reactions
from portal.merge.notes.noted import affirmations, clauses
from portal.merge.words.text import plain, word_set

ANY_NUMBER = 200
"""Words of a list of signs."""


def signs_told(notes: Sequence[str], own: AbstractSet[str]) -> tuple[str, ...]:
    """Return the signs that somebody had, as sentences tell: "Went to the ER with anaphylaxis".

    ``own``: words that mean the substance.
    """
    signs: set[str] = set()
    for clause in affirmations(notes, 12):
        for part in clause.split(","):
            told, own_ones = _told_in(f" {plain(part)} ", own)
            if told and not own_ones:
                break  # a list of what somebody did not have
            signs |= told
    return tuple(sorted({part for sign in signs for part in sign.split(" + ")} - allergy_reactions.NO_REACTION))


def signs_denied(notes: Sequence[str]) -> frozenset[str]:
    """Return the signs that notes say somebody did not have: "Denies hives"."""
    denied = (match[1] for clause in clauses(notes, ANY_NUMBER) if (match := _DENIED.search(clause)))
    told = (f" {plain(text)} " for text in denied)
    return frozenset(sign for text in told for name, sign in _TELLING.items() if f" {name} " in text)


_DENIED = re.compile(
    r"\b(?:denie[sd]|never had|did not have|niega|nunca tuvo|no tuvo)\b((?:(?!\b(?:but|only|just|pero|solo)\b).)*)",
    re.IGNORECASE,
)


def _told_in(text: str, own: AbstractSet[str]) -> tuple[set[str], bool]:
    """Return the signs that a clause names, and whether nothing stands before them but that somebody had them."""
    told = {name: sign for name, sign in _TELLING.items() if f" {name} " in text}
    if not told:
        return set(), True
    first = min(text.index(f" {name} ") for name in told)
    before = [word for word in text[:first].split() if not word[:1].isdigit()]
    last = max(text.index(f" {name} ") + len(name) + 1 for name in told)
    if _OF_SOMETHING_ELSE.match(text, last):
        return set(told.values()), False
    if "for" in before and not _TREATED.isdisjoint(before):
        before.remove("for")
    had = all(word in _HAD or word in own or word in allergy_reactions.DEGREES for word in before)
    return set(told.values()), had


_OF_SOMETHING_ELSE = re.compile(
    r"\s*(?:due|from|because|risk|kit|started"
    r"|resolved before|began|before|documented|listed|under|protocol|work ?up|panel|por"
    r"|debido|antes|with (?:every|each|any|illness|colds?|heat|exercise|stress))\b"
)
_TREATED = frozenset({"treated", "hospitalized", "admitted", "seen", "intubated"})
_HAD = word_set("""
dry hacking nagging persistent local localized en todo cuerpo
a admitted adverse after again age ago all allergic also an and as at baby bad be began big body both broke by causa
caused causes causo child childhood con confirmed cuando de definite del desarrollo developed develops diffuse dio
doctor documented dose dr ed effect effects el ella en er experienced fue full gave gets given giving got hace had
has have having he her him hizo hospitalized hours hubo icu immediate in infant into intubated is it itchy la las
later le like los me minutes on once out paciente past patient presenta presento produce produjo provoca provoco pt
reaccion reacciones reaction reactions recurrent reported reports resulted results rxn salieron se seen she showed
side since sintomas skin stated states sufrio symptoms taking teenager that the their then they this tiene to told
tomar tomarla took total treated tuvo type un una us was went were when whole widespread with within y year years
only just solo solamente simply merely
""")
"""Words with which somebody tells of what happened to them."""
_TELLING = {
    name: sign
    for name, sign in allergy_reactions.REACTIONS.items()
    if (len(name) > 3 or name in ("sjs", "sob"))
    and name not in ("dress", "fits", "bleeding", "sedated", "sedation", "tired")
}
"""Names of signs that mean nothing else inside a sentence."""
