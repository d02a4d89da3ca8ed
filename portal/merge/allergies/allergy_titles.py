"""What the title of an allergy says beside its substance: a sign, that it is over, doubted or denied.

Charts that keep an allergy as words put all of it into the name: "Codeine (nausea)", "Egg allergy - outgrown",
"? sulfa", "Tolerates cephalexin". Structure wins where it says the same thing (``portal.merge.statements``), but for
what words deny, doubt or call over: that somebody wrote, a code is what systems fill in.
"""

import re
from functools import lru_cache

import msgspec

from portal.merge.allergies.allergy_reactions import REACTIONS


class AllergyTitle(msgspec.Struct, frozen=True):
    """``substance`` is the text without the phrases that were understood; what is not said is empty."""

    substance: str
    clinical_status: str = ""
    verification: str = ""
    severity: str = ""


_STANDINGS = (
    (r"\b(?:outgrown|outgrew|grew out of|resolved|no longer allergic(?: to)?|superad[oa]|resuelt[oa])\b", "resolved"),
    (r"\binactive\b|\binactiv[oa]\b", "inactive"),
)
_SIGNS = "|".join(sorted(map(re.escape, REACTIONS), key=len, reverse=True))
_DENIALS = (
    r"\b(?:is |are )?not allergic to\b|\bno(?: known)? allergy to\b|\bno es al[eé]rgic[oa] a\b",
    rf"\bden(?:ies|ied)(?: any)?(?: allergy to)?\b(?!\s+(?:any )?(?:{_SIGNS})\b)",
    r"\b(?:has |have )?(?:been )?(?:ruled out|de-?\s?label+ed|disproven|refuted|descartad[oa])\b",
    r"\b(?:tolerates?|tolerated|tolerating|can take|able to take|tolera)\b",
)  # fmt: skip
_MISSED_SIGNS = re.compile(
    rf"(?<=[^\s,;(:-])[\s,;(:-]+(?:no|without|denie[sd]|sin|niega) (?:{_SIGNS})\b"
    rf"(?:(?:\s*,\s*|\s+(?:or|and|nor|y|o|ni)\s+)(?:{_SIGNS})\b)*\)?"
)
"""Signs that somebody did not have, behind the name: "Penicillin (no anaphylaxis)"."""
_DOUBTS = (
    r"^\s*\?+|\?+\s*$|\(\?\)",
    r"\b(?:possibl[ey]|probabl[ey]|suspected|questionable|unconfirmed|presumed|not confirmed|unverified)\b",
    r"\b(?:posible|probable|sospecha de|sospechad[oa]|sin confirmar)\b",
)


_DEGREES = (
    (r"\blife[- ]?threatening\b|\bpotencialmente mortal\b|\bsevere\b|\bgrave\b", "severe"),
    (r"\bmoderate\b|\bmoderad[oa]\b", "moderate"),
    (r"\bmild\b|\bleve\b", "mild"),
)


@lru_cache(maxsize=4096)
def read_title(text: str) -> AllergyTitle:
    """Return what a title says."""
    folded = _MISSED_SIGNS.sub(" ", text.casefold())
    standing = verification = severity = ""
    for pattern, meaning in _STANDINGS:
        folded, count = re.subn(pattern, " ", folded)
        standing = standing or (meaning if count else "")
    for patterns, meaning in ((_DENIALS, "refuted"), (_DOUBTS, "unconfirmed")):
        for pattern in patterns:
            folded, count = re.subn(pattern, " ", folded)
            verification = verification or (meaning if count else "")
    for pattern, meaning in _DEGREES:
        folded, count = re.subn(pattern, " ", folded)
        severity = severity or (meaning if count else "")
    if standing or verification or severity:
        folded = _REMAINS.sub(" ", folded)
    return AllergyTitle(" ".join(folded.split()), standing, verification, severity)


_REMAINS = re.compile(r"\(\s*[,;-]?\s*\)|[\s,;:-]+$|^[\s,;:-]+")
"""Empty brackets and marks that are left at the ends."""
