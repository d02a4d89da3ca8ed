"""What notes of an allergy tell to be tolerated: "Tolerated amoxicillin 2021", "took Advil without problems"."""

import re
from collections.abc import Iterator, Sequence

from portal.merge.allergies.allergy_reactions import REACTIONS
from portal.merge.notes.asserted import affirmed
from portal.merge.notes.note_events import last_part
from portal.merge.notes.noted import clauses
from portal.merge.words.text import plain

_TOLERATED = re.compile(
    r"\b(?:tolerates?|tolerated|tolerating|toler[aóo]|(?:has|have|had) since (?:taken|received)"
    r"|(?:takes?|took|taken|received|given|had|completed|ha tomado|toma|tom[oó])(?=.*\b(?:without|no|sin) (?:any )?"
    r"(?:issues?|problems?|reactions?|difficulty|incident|problemas?|reacci[oó]n(?:es)?)\b))\b"
)
_NOT_TOLERATED = re.compile(r"\b(?:not|never|poorly|barely|cannot|unable|fail(?:s|ed)?|no|nunca|mal|incapaz)\b|n't\b")
_NOT_AFTER_ALL = re.compile(r"\b(?:poorly|badly|barely|until|mal|hasta)\b")
_SIGN = re.compile(
    rf"\b(?:reactions?|reacci[oó]n|{'|'.join(sorted(map(re.escape, REACTIONS), key=len, reverse=True))})\b"
)
"""What came of it: who "had received it, developed hives" did not tolerate it."""
_WHAT_FOR = re.compile(r"\b(?:for|para)\b[^,]*")
_WORD = re.compile(r"[^\W\d_][\w-]{2,}")
_PASSIVE = re.compile(r"(?: well)?(?:\W|$)")
BEFORE_IT = re.compile(
    r"\b(?:previously|prior|before|until|earlier|formerly|anteriormente|antes|hasta)\b", re.IGNORECASE
)
"""What was tolerated before the reaction says nothing of what is tolerated since."""
IN_PART = re.compile(
    r"\b(?:with|w/|if|when|after|under|con|si|tras)\s+(?:[\w-]+ ){0,3}"
    r"(?:benadryl|diphenhydramine|anti-?histamin\w*|pre-?med\w*"
    r"|pre-?treat\w*|zyrtec|cetirizine|claritin|loratadine|pepcid|famotidine|prednisone|steroids?|desensiti\w+|food|meals"
    r"|antihistam[ií]nic\w*|difenhidramina|comida|alimentos)"
    r"|\b(?:pre-?medicat\w+|premedicad[oa]|baked|cooked|processed|small(?:er)? (?:amounts?|doses?)|low(?:er)?[- ]doses?"
    r"|slow(?:er|ly)?|half|trace|topical(?:ly)?|horneado|cocido|peque[nñ]as cantidades|dosis bajas?)\b",
    re.IGNORECASE,
)
"""What is tolerated with a medicine against the reaction, or in part, is no less an allergy."""
_MOST_WORDS = 12


def tolerated(notes: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the parts of notes by which something is tolerated, each with the words that may name it."""
    for part in clauses(notes, _MOST_WORDS):
        folded = part.casefold()
        match = _TOLERATED.search(folded)
        if match is None:
            continue
        before, behind = last_part(folded[: match.start()]), folded[match.end() :]
        if _NOT_TOLERATED.search(before):
            continue
        if _NOT_AFTER_ALL.search(behind) or any(map(_names_sign, affirmed(_WHAT_FOR.sub("", behind)))):
            continue
        passive = match[0].startswith("toler") and _PASSIVE.match(behind)
        yield part, [*_WORD.findall(behind), *(_WORD.findall(before)[:1] if passive else ())]


_TAKES = re.compile(
    r"\b(?:takes?|taking|uses?|using|(?:is|currently|still|remains) on|^on|continues(?: on| to take)?"
    r"|toma|tomando|usa|sigue (?:con|tomando))\b"
)
_AMOUNT = re.compile(r"\b\d+(?:[.,]\d+)?\s?(?:mg|mcg|g|ml|units?|tablets?|tabs?|puffs?|tabletas?)\b")
_OFTEN = re.compile(
    r"\b(?:(?:once |twice )?(?:daily|nightly|weekly)|(?:every|each|once a|twice a) (?:day|night|week|morning|evening)"
    r"|q ?d|bid|regularly|chronically|long[- ]term|at home|at bedtime"
    r"|(?:a )?diari[oa]|cada d[ií]a|todos los d[ií]as|(?:una vez|dos veces) al d[ií]a)\b"
)
_NOT_NOW = re.compile(r"\b(?:while|when|if|after|during|used to|once|mother|father|mientras|cuando|si|antes)\b")


def taken_now(notes: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the parts of notes by which something is taken as a habit, each with the words that may name it.

    "Takes 81 mg daily" names nothing: it is of what the allergy is to.
    """
    for part in clauses(notes, _MOST_WORDS):
        folded = part.casefold()
        match = _TAKES.search(folded)
        if match is None or not (_AMOUNT.search(folded) or _OFTEN.search(folded)):
            continue
        before, behind = folded[: match.start()], folded[match.end() :]
        if _NOT_TOLERATED.search(last_part(before)) or _NOT_NOW.search(before) or BEFORE_IT.search(folded):
            continue
        if not any(map(_names_sign, affirmed(_WHAT_FOR.sub("", behind)))):
            named = _OFTEN.sub(" ", _AMOUNT.sub(" ", _WHAT_FOR.sub("", behind)))
            yield part, [word for word in _WORD.findall(named) if word not in _DOSE_WORDS]


_DOSE_WORDS = frozenset(
    {"it", "this", "now", "low", "dose", "tablet", "and", "the", "with", "food", "lo", "dosis", "baja"}
)


def _names_sign(stated: str) -> bool:
    return _SIGN.search(plain(stated)) is not None
