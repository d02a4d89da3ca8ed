"""What the title of a health issue says beside the illness: a relative's, ruled out, not sure, over. Pure.

Charts write it into the name and call it active and confirmed all the same: "mother: diabetes", "PE ruled out".
"""

import re
from enum import StrEnum

from portal.domain.relatives import KIN

_WHOSE = r"(?:(?:his|her|the|su|la|el)\s+)?"


class Telling(StrEnum):
    """What a title tells of the illness that it names."""

    RELATIVE = "relative"
    RULED_OUT = "ruled out"
    UNCERTAIN = "uncertain"
    PAST = "past"


_HISTORY = r"(?:fam(?:ily)? (?:history|hx)|fhx?|antecedentes? (?:heredo)?familiar(?:es)?)\b"
_RELATIVES = re.compile(
    rf"^\s*(?:(?:strong|positive|significant) )?{_HISTORY}(?! (?:unknown|negative|non))"
    rf"|[,(-]\s*{_HISTORY}(?: (?:of|de))?\s*\)?\s*$"
    r"|^\s*(?:maternal|paternal) (?:hx|history|grand\w+|aunt|uncle|cousin)\b"
    r"|(?:[,(-]|\bin)\s*(?:maternal|paternal) (?:grand\w+|aunt|uncle|cousin)s?\s*\)?\s*$"
    rf"|^\s*{KIN}\s*(?::|-\s|(?:with|had|has|con|tuvo|tiene|diagnosed with|died of)\s)"
    rf"|\({KIN}\)\s*$|\b(?:in|en) {_WHOSE}{KIN}\s*$",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:personal|patient(?!'s)|self|propi[oa]|paciente)\b", re.IGNORECASE)
_PATTERNS = tuple(
    (telling, re.compile(pattern, re.IGNORECASE))
    for telling, pattern in (
        (
            Telling.UNCERTAIN,
            r"\b(?:not|cannot be|never|no) (?:been )?(?:ruled out|descartad[oa])\b(?=\s*$)",
        ),
        (Telling.RULED_OUT, r"^(?:ruled out|r/o'?d)\b|\b(?:ruled out|r/o'd|descartad[oa])(?=\s*$)"),
        (
            Telling.UNCERTAIN,
            (
                r"^\?|\?$"
                r"|^(?:possible|probable|suspected|presumed|questionable|likely|posible|sospecha de|descartar"
                r"|r/o|rule out)\b"
                r"|\b(?:possible|probable|suspected|presumed|questionable|likely|posible|r/o|rule out)$"
                r"|(?<!graft )(?<!graft-)\b(?:vs|versus)\b(?![ -]host)"
            ),
        ),
        (Telling.PAST, r"^(?:h/o|hx of|s/p)\b(?!.*\b(?:current\w*|active|ongoing|on)\b)"),
    )
)
_PART = re.compile(r"[,;:()]|\s[-\u2013]\s|\b(?:with|but|con|pero)\b|\bw/", re.IGNORECASE)
_HOW = re.compile(r"\b(?:by|on|per|after|in|por|en|tras)\s.*|\b\d[\d/-]*$", re.IGNORECASE)
"""How or when it was found, behind what is told: "ruled out by CT"."""
_COMPLAINT = re.compile(
    r"\b(?:pain|headache|dyspnea|syncope|fever|cough|weakness|dizziness|dolor(?: \w+)?|cefalea|fiebre|tos)\s+\w",
    re.IGNORECASE,
)
"""What somebody has, before what was looked for: "chest pain MI ruled out"."""


def told_in_title(title: str) -> Telling | None:
    """Return what a title tells beside the illness; None where it only names it, or tells it of a part of it.

    "Pneumonia, PE ruled out" and "CHF, likely ischemic" name an illness that is the patient's.
    """
    if _RELATIVES.search(title):
        return None if _OWN.search(title) else Telling.RELATIVE
    parts = [part for text in _PART.split(title) if (part := _bare(text))]
    told = list(filter(None, map(_telling, parts)))
    if not told:
        return None
    telling, rest = told[-1]
    alone = len(parts) == 1 and not _COMPLAINT.search(rest)
    return telling if alone or not rest else None


def _bare(text: str) -> str:
    return text.strip(" .")


def _telling(part: str) -> tuple[Telling, str] | None:
    """Return what a part tells, and its other words."""
    bare = _bare(_HOW.sub("", part))
    matches = ((telling, pattern.search(text), text) for telling, pattern in _PATTERNS for text in (bare, part))
    return next(
        ((telling, _bare(text[: match.start()] + text[match.end() :])) for telling, match, text in matches if match),
        None,
    )
