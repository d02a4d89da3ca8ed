"""Where a medicine goes: the eye, the ear, the nostril or the place on the skin that instructions name."""

import re

from portal.merge.words.text import plain

_SIDED = (
    (re.compile(r"\b(?:right|rt|r) eye\b|\bojo derecho\b"), "right eye"),
    (re.compile(r"\b(?:left|lt|l) eye\b|\bojo izquierdo\b"), "left eye"),
    (re.compile(r"\b(?:both|each|per) eyes?\b"), "both eyes"),
    (re.compile(r"\b(?:right|rt|r) ear\b|\boído derecho\b"), "right ear"),
    (re.compile(r"\b(?:left|lt|l) ear\b|\boído izquierdo\b"), "left ear"),
    (re.compile(r"\b(?:both|each|per) ears?\b"), "both ears"),
    (re.compile(r"\bright nostril\b"), "right nostril"),
    (re.compile(r"\bleft nostril\b"), "left nostril"),
    (re.compile(r"\b(?:both|each|per) nostrils?\b"), "both nostrils"),
)
SIDES = tuple(pattern for pattern, _site in _SIDED)
_EYE_LETTERS = {"od": "right eye", "os": "left eye", "ou": "both eyes"}
_EAR_LETTERS = re.compile(
    r"\b(?:gtts?|drops?) (?:(?:in|to|into) )?(as|ad|au)"
    r"(?=$|[,;.(]| x? ?\d| (?:q|bid|tid|qid|daily|once|twice|every|for)\b| q)"
    r"|^(?:instill |put |place )?(as|ad|au) \d+ (?:gtts?|drops?)\b"
)
_EARS = {"as": "left ear", "ad": "right ear", "au": "both ears"}
_FOR_EYES = re.compile(r"\bgtts?\b|\bdrops?\b|\binstill|\beye|\bophth|\bribbon")


def sided_site(text: str, *, eyes: bool = False) -> str:
    """Return the eye, ear, nostril or place on the skin that words name; empty for none, or for several.

    OD is the right eye only of what is for the ``eyes`` and beside drops: of a tablet it may be once daily, and "per
    os" is by mouth.
    """
    folded = text.casefold()
    named = {site for pattern, site in _SIDED if pattern.search(folded)}
    words = plain(text).split()
    if eyes or _FOR_EYES.search(folded) or len(words) == 1:
        named |= {_EYE_LETTERS[word] for word in words if word in _EYE_LETTERS}
    named |= {_EARS[match[1] or match[2]] for match in _EAR_LETTERS.finditer(folded)}
    named = named or {_place(match) for match in _ON_THE_SKIN.finditer(folded)}
    return named.pop() if len(named) == 1 else ""


_ON_THE_SKIN = re.compile(
    r"\b(?:to|on|onto|over)\s+(?:the\s+)?(?:affected\s+)?(?:(right|left|both|r|l|rt|lt)\s+)?(?:(low|lower|upper|mid)\s+)?"
    r"(back|shoulder|knee|hip|arm|forearm|leg|thigh|calf|chest|abdomen|neck|foot|ankle|elbow|wrist|hand|face|scalp"
    r"|buttock|groin)s?\b"
)
_SPREAD = re.compile(
    r"\b(?:appl(?:y|ied)|rub|massage|spread)\b[^.;]*?\b(?:to|on|onto|over)\s+(?:[a-z]+\s+){0,3}?"
    r"(?:skin|areas?|rash(?:es)?|lesions?|feet|foot|toes?|toenails?|heels?|hands?|fingers?|palms?|face|scalp|neck|back|chest|shoulders?|knees?|hips?|arms?|forearms?|legs?|thighs?|ankles?|elbows?|wrists?"
    r"|buttocks?|groin|armpits?|abdomen)\b"
)


def organ_of(text: str, site: str) -> str:
    """Return the route that a place implies: the ear of drops for the left one, the skin where it is spread."""
    organ = site.rpartition(" ")[2].removesuffix("s")
    if organ in _ORGANS:
        return _ORGANS[organ]
    return "skin" if _SPREAD.search(text) else ""


_ORGANS = {"eye": "eye", "ear": "ear", "nostril": "nose"}
_SIDES = {"r": "right", "rt": "right", "l": "left", "lt": "left"}


def _place(match: re.Match[str]) -> str:
    side, height, place = (part or "" for part in match.groups())
    height = "low" if height == "lower" else height
    return " ".join(filter(None, (_SIDES.get(side, side), height, place)))
