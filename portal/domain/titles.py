"""What the title of a health issue says beside the illness: a relative's, ruled out, not sure, over. Pure.

Charts write it into the name and call it active and confirmed all the same: "mother: diabetes", "PE ruled out".
"""

import re
from enum import StrEnum

_RELATIVE = (
    r"(?:(?:maternal|paternal|half|step)[- ])?(?:mother|father|sister|brother|mom|dad|son|daughter|aunt|uncle|cousin"
    r"|grand(?:mother|father|parent|ma|pa)|parent|sibling|madre|padre|herman[oa]|hij[oa]|abuel[oa]|t[ií][oa])s?"
)
_WHOSE = r"(?:(?:his|her|the|su|la|el)\s+)?"


class Telling(StrEnum):
    """What a title tells of the illness that it names."""

    RELATIVE = "relative"
    RULED_OUT = "ruled out"
    UNCERTAIN = "uncertain"
    PAST = "past"


_PATTERNS = tuple(
    (telling, re.compile(pattern, re.IGNORECASE))
    for telling, pattern in (
        (
            Telling.RELATIVE,
            (
                r"(?<!no )(?<!negative )\b(?:fam(?:ily)? (?:history|hx)|fhx?)\b(?! (?:unknown|negative|non))"
                r"|(?<!sin )\bantecedentes? (?:heredo)?familiar(?:es)?\b"
                r"|\b(?:maternal|paternal) (?:hx|history|grand\w+|aunt|uncle|cousin)\b"
                rf"|^\s*{_RELATIVE}\s*(?::|-\s|(?:with|had|has|con|tuvo|tiene|diagnosed with|died of)\s)"
                rf"|\({_RELATIVE}\)\s*$|\b(?:in|en) {_WHOSE}{_RELATIVE}\s*$"
            ),
        ),
        (Telling.UNCERTAIN, r"\b(?:not|cannot be|never|no) (?:been )?(?:ruled out|descartad[oa])\b"),
        (Telling.RULED_OUT, r"\bruled out\b|\br/o'?d\b|\bdescartad[oa]\b"),
        (
            Telling.UNCERTAIN,
            (
                r"^\s*\?|\?\s*$|\(\?\)|\b(?:possible|probable|suspected|presumed|questionable|likely)\b"
                r"|\br/o\b|\brule out\b"
                r"|\bvs\b|\bversus\b|\b(?:posible|sospecha de|descartar)\b"
            ),
        ),
        (Telling.PAST, r"\bh/o\b|\bhx of\b|\bs/p\b"),
    )
)


def told_in_title(title: str) -> Telling | None:
    """Return what a title tells beside the illness; None where it only names it, or says it in whole words."""
    return next((telling for telling, pattern in _PATTERNS if pattern.search(title)), None)
