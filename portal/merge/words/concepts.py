"""The words of a diagnosis, a procedure or a body site as a set of canonical words, with side, type, stage and context.

Vendors' marks ("(HCC)", "[J45.909]", "(SCT 59621000)", semantic tags) go; an abbreviation before its own words goes
("HTN (hypertension)"); "without" stays with what it denies; then the tables of ``portal.merge.words.concept_names``.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from portal.domain.forgetting import remembered
from portal.merge.words import concept_names as names
from portal.merge.words import concept_synonyms as synonyms
from portal.merge.words.text import LONGEST_NAME, NOTES_AT_A_TIME, number, plain


class Concept(msgspec.Struct, frozen=True):
    """``words`` are the thing itself, sorted. What is not said is empty."""

    words: tuple[str, ...] = ()
    side: str = ""
    types: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()
    approaches: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    assertion: str = ""
    over: bool = False


_NOISE = re.compile(
    r"\((?:cms/)?hcc\)|\(sct \d+\)|\(icd[^)]*\)"
    r"|\[(?:(?:icd|snomed|sct|cpt|hcc)[^\]]*|[a-z]?[\d.:\s]*\d[\w.]*|[^\]]{0,2})\]|\(\s*\)"
    r"|\(adult\)\s*\(pediatric\)|\bfemale(?= breast)"
    r"|,? (?:site )?not (?:otherwise |elsewhere )?(?:specified|classified)\b"
    r"|,? (?:initial|subsequent) encounter\b(?: for\b)?"
    r"|\bnos\b|, unspecified\b|\bunspecified\b|,?\s*gfr [\d-]+ ?m?l?/?min",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\(([^()]*)\)")
_WITHOUT = re.compile(
    r"\b(?:without|w/o)\s+(?:(?:current|mention of|pathological|acute|active|any)\s+)*([a-z]+)(?:\s+([a-z]+))?"
    r"|\bnot\s+([a-z]+)"
)
_STAGE = re.compile(
    r"\b(?:(?:(?:nyha|who|ajcc|figo|gold|kdigo)\s+)?(?:functional\s+)?(?:stage|stg|grade|class|estadio|etapa|grado|clase)|nyha|gold|ecog)"
    r"\s*(i{1,3}v?|iv|v|\d)\s*-?([abc])?\b"
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_TYPE = re.compile(r"\btype\s*(i{1,2}|\d)\b")
_CKD_STAGE = re.compile(r"\bckd\s+(i{1,3}|iv|v|[1-5])\s*([ab])?\b")


def read_concept(text: str, *, procedure: bool = False) -> Concept:
    """Return what the words say."""
    read = _read_concept if len(text) <= LONGEST_NAME else _read_concept.__wrapped__
    return read(text, procedure=procedure)


@remembered
@lru_cache(maxsize=NOTES_AT_A_TIME)
def read_noted(text: str) -> Concept:
    """Return what a clause of a note says, as ``read_concept`` what a name does."""
    return _read_concept.__wrapped__(text, procedure=False)


@lru_cache(maxsize=8192)
def _read_concept(text: str, *, procedure: bool) -> Concept:
    text, over = re.subn(names.OVER, " ", " ".join(text.casefold().split()))
    folded = _fold(text)
    contexts, assertion = [], ""
    for pattern, meaning in _ASSERTIONS:
        if pattern.search(folded):
            assertion = assertion or meaning
            folded = pattern.sub(" ", folded)
    for pattern, meaning in _CONTEXTS:
        if pattern.search(folded):
            contexts.append(meaning)
            folded = pattern.sub(f" {meaning} " if meaning in _STAYING else " ", folded)
    control = [meaning for words, meaning in _CONTROL if words.search(folded)][:1]
    for words_of_control, _meaning in _CONTROL:
        folded = words_of_control.sub(" ", folded)
    stages = _take_stages(folded) + control + ([] if procedure else _extents(folded))
    folded = _CKD_STAGE.sub(" ckd ", _STAGE.sub(" ", folded))
    for score in (*_SCORES, _DEGREE, *(() if procedure else _EXTENTS)):
        folded = score.sub(" ", folded)
    folded = _WITHOUT.sub(
        lambda match: f" without{match[1] or match[3]} " + (f"{match[2]} " if match[2] else ""), folded
    )
    plainly = plain(folded)
    operation = "history" in contexts or plainly in _OPERATIONS
    words = _replaced(plainly, procedure=procedure, past=operation)
    concept = _sorted_out(words, contexts, assertion, stages, procedure=procedure)
    return msgspec.structs.replace(concept, over=True) if over else concept


_CONTROL = (
    (re.compile(r"\buncontrolled\b|\bout of control\b|\bnot (?:well |under )?control(?:led)?\b"), "uncontrolled"),
    (re.compile(r"\b(?:poorly|inadequately|suboptimally|partly|partially)[ -]controlled\b"), "uncontrolled"),
    (re.compile(r"\b(?:well[ -]|fairly )?controlled\b(?! substance| release)"), "controlled"),
)
"""How well an illness is in hand: it changes, and says of the illness itself nothing."""
_STAYING = frozenset({"trait", "complication"})
_ASSERTIONS, _CONTEXTS = (
    [(re.compile(pattern), meaning) for pattern, meaning in table.items()]
    for table in (names.ASSERTIONS, names.CONTEXTS)
)


def _fold(text: str) -> str:
    folded = _NOISE.sub(" ", _american(text.casefold())).replace("w/ ", "with ").replace("b/l", "bilateral")
    for letters, words in _LETTERS:
        folded = letters.sub(words, folded)
    folded = _BOTH_WAYS.sub("withandwithout ", folded)
    folded = _SPINE.sub(lambda match: f"{_PARTS_OF_SPINE[match[1]]} spine", folded)
    folded = re.sub(r"\b(?:without|w/o|no) complication\b", "without complications", " ".join(folded.split()))
    if len(folded) > LONGEST_SHORTHAND:
        return _BRACKET.sub(r" \1 ", folded)
    lead = _LEAD.match(folded)
    if lead and _stands_for(lead[1], lead[2]):
        folded = lead[2]  # "MS - multiple sclerosis"
    tail = _TAIL.fullmatch(folded)
    if tail and _stands_for(tail[2], tail[1]):
        folded = tail[1]  # "Rheumatoid arthritis (RA)"
    match = re.fullmatch(r"\s*([a-z0-9/ ]{2,12}?)\s*\(([^()]{4,})\)(.*)", folded)
    if match and " " not in match[1].strip() and _abbreviates(match[1].strip(), match[2].strip()):
        folded = f"{match[2]} {match[3]}"  # "HTN (hypertension)"
    return _BRACKET.sub(r" \1 ", folded)


_LONG_BONES = r"(?=(?:(?:of|the|right|left|rt?|lt?) ){0,3}(?:radius|ulna|tibia|fibula|femur|humerus)\b)"
_WRITTEN_OUT = {
    rf"\b(?:distal|lower) end {_LONG_BONES}": "distal ",
    rf"\b(?:proximal|upper) end {_LONG_BONES}": "proximal ",
    # The letter is no article here: "vitamin A deficiency", "hemophilia A".
    r"\b(hepatitis|influenza|hemophilia|vitamina?|immunoglobulin|strep(?:tococcus)?|coxsackie(?:virus)?|hipovitaminosis"
    r"|hypovitaminosis|hypervitaminosis|paratyphi|stanford|weber|asia|cluster|group|grupo)"
    r"(?: type)? a\b": r"\1 typea",
    r"\b(?:type|tipo) a\b": "typea",
    r"\bd/o\b": "disorder",
    r"\bdz\b": "disease",
    r"\bfx\b": "fracture",
    r"\bbx\b": "biopsy",
    r"\bsz\b": "seizure",
    r"\b(knee|hip|shoulder|ankle|elbow|wrist) joint\b": r"\1",
}
_LETTERS = [(re.compile(letters), words) for letters, words in _WRITTEN_OUT.items()]
"""Shorthand of every clinician, whatever it stands with."""
_BOTH_WAYS = re.compile(
    r"\bwith (?:and|&|or) (?:without|w/o)\s|\b(?:without|w/o) (?:and|&) with\s"
    r"|\bw/?(?:wo| ?& ?w/o|\+wo)\s|\bw and w/o\s"
)
_BRITISH = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (r"(?<=[a-z])aem(?=i|a|o)|\baem(?=i)", "em"),
        (r"oedem", "edem"),
        (r"(?<!gastr)oesoph", "esoph"),
        (r"rrhoea", "rrhea"),
        (r"pnoea", "pnea"),
        (r"paed", "ped"),
        (r"coelia", "celia"),
        (r"foet", "fet"),
        (r"anaesth", "anesth"),
        (r"caec", "cec"),
        (r"gynaec", "gynec"),
        (r"\bhaem", "hem"),
        (r"oestr", "estr"),
        (r"tumour", "tumor"),
        (r"fibre\b", "fiber"),
        (r"appendicectomy", "appendectomy"),
    )
)


def _american(text: str) -> str:
    """Return words of medicine in American spelling: "haemorrhoids", "diarrhoea"."""
    for pattern, letters in _BRITISH:
        text = pattern.sub(letters, text)
    return text


_SPINE = re.compile(r"\b([ctl])[ -]?spine\b")
_PARTS_OF_SPINE = {"c": "cervical", "t": "thoracic", "l": "lumbar"}
LONGEST_SHORTHAND = 300
"""Characters of a name that may begin or end with its own abbreviation: what is longer is a text."""
_LEAD = re.compile(r"\s*([a-z]{2,6}\d?)\s+-\s+(.{4,})")
_TAIL = re.compile(r"([^()]{4,}) ?\(([a-z]{2,6}\d?)\)")


def _abbreviates(letters: str, words: str) -> bool:
    """Tell whether letters stand in words in their order, the first at the beginning: "htn" in "hypertension"."""
    rest = iter(words)
    return letters[0] == words[0] and all(letter in rest for letter in letters)


def _stands_for(letters: str, words: str) -> bool:
    """Tell whether letters are the initials of words, or of the first of them."""
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", words) if word not in names.STOP)
    return len(letters) > 1 and initials.startswith(letters)


def _take_stages(folded: str) -> list[str]:
    matches = [*_STAGE.finditer(folded), *_CKD_STAGE.finditer(folded)]
    staged = [f"stage {_ROMAN.get(match[1], match[1])}{match[2] or ''}" for match in matches]
    staged += [f"degree {_ORDINALS[match[1] or match[2]]}" for match in _DEGREE.finditer(folded)]
    return staged + [" ".join(match[0].split()) for pattern in _SCORES for match in pattern.finditer(folded)]


_ORDINALS = {
    **dict.fromkeys(("first", "1st", "1"), "1"),
    **dict.fromkeys(("second", "2nd", "2"), "2"),
    **dict.fromkeys(("third", "3rd", "3"), "3"),
    **dict.fromkeys(("fourth", "4th", "4"), "4"),
}
_DEGREE = re.compile(rf"\b({'|'.join(_ORDINALS)})[- ]degree\b|\bdegree ({'|'.join(_ORDINALS)})\b")


_SCORES = (
    re.compile(r"\bgleason(?: score| grade)?\s*\d(?:\s*\+\s*\d)?"),
    re.compile(r"\bchild[- ]pugh(?: class)?\s*[abc]\b"),
    re.compile(r"\bp?t[0-4][a-c]?\s*n[0-3x][a-c]?(?:\s*m[01x])?\b"),
    re.compile(r"\b(?:lv)?ef(?: of)?\s*[<>~=]?\s*\d{1,2}(?:\s*-\s*\d{1,2})?\s*%"),
)
"""Other grades of a disease: Gleason, Child-Pugh, TNM, ejection fraction."""
_EXTENTS = (
    re.compile(r"\b\d+(?:\.\d+)?(?:\s*-\s*\d+(?:\.\d+)?)?\s*(?:cm|mm|degrees?)\b"),
    re.compile(r"\b\d{1,2}\s*(?:weeks?|wks?)\b"),
    re.compile(r"\b(?:first|second|third|1st|2nd|3rd)\s+trimester\b"),
    re.compile(r"\bcd4(?:\s+count)?\s*[<>]?\s*\d+"),
)
"""How large or how far a finding is: two of them are two statements of what may be one thing."""


def _extents(folded: str) -> list[str]:
    return [" ".join(match[0].split()) for pattern in _EXTENTS for match in pattern.finditer(folded)]


def _index(*tables: Mapping[str, str]) -> Mapping[str, list[tuple[tuple[str, ...], str]]]:
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for table in tables:
        for phrase, meaning in table.items():
            words = tuple(word for word in phrase.split() if word not in names.STOP)
            if not words:
                continue
            by_first.setdefault(words[0], []).append((words, meaning))
    for entries in by_first.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return by_first


_ISSUES = _index(names.ISSUES, synonyms.ISSUES, names.BODY, synonyms.BODY)
_PAST = _index(names.ISSUES, synonyms.ISSUES, names.PROCEDURES, synonyms.PROCEDURES, names.BODY, synonyms.BODY)
_OPERATIONS = frozenset({*names.PROCEDURES, *synonyms.PROCEDURES})
"""What somebody had may be an operation: "s/p CABG"."""
_PROCEDURES = _index(names.PROCEDURES, synonyms.PROCEDURES, names.BODY, synonyms.BODY)


def _replaced(text: str, *, procedure: bool, past: bool) -> list[str]:
    """Return the words with every phrase of the tables replaced, longest first."""
    words = text.split()
    if words and words[-1] in names.EAR_LETTERS and not names.OF_EARS.isdisjoint(words):
        words = [*words[:-1], names.EAR_LETTERS[words[-1]], "ear"]
    sides = [word for word in words if word in names.SIDES]
    words = [word for word in words if word not in names.STOP]
    # A side inside a name ("OA R knee") must not part its words.
    bare = [word for word in words if word not in names.SIDES] if not procedure else words
    index = _PROCEDURES if procedure else _PAST if past else _ISSUES
    return [*_replace(bare, index), *(sides if not procedure else ())]


def _replace(words: list[str], index: Mapping[str, list[tuple[tuple[str, ...], str]]]) -> list[str]:
    replaced: list[str] = []
    place = 0
    while place < len(words):
        for phrase, meaning in index.get(words[place], ()):
            if tuple(words[place : place + len(phrase)]) == phrase:
                replaced += meaning.split()
                place += len(phrase)
                break
        else:
            replaced.append(words[place])
            place += 1
    return replaced


def _sorted_out(
    words: list[str], contexts: list[str], assertion: str, stages: list[str], *, procedure: bool
) -> Concept:
    sides = {names.SIDES[word] for word in words if word in names.SIDES}
    parts = [names.SIDE_PARTS[word] for word in words if word in names.SIDE_PARTS]
    rest = [*(word for word in words if word not in names.SIDES and word not in names.STOP), *parts]
    approaches = {names.APPROACH_NAMES.get(word, word) for word in rest if procedure and word in names.APPROACHES}
    types = {_TYPES.get(word, word) for word in rest if not procedure and (word in names.TYPES or _denied(word))}
    degrees = {word for word in rest if not procedure and word in names.STAGES}
    degrees -= {"stage", "grade"} if degrees - {"stage", "grade"} or stages else set()
    if "ckd" in rest and any(stage.startswith("stage ") for stage in stages):
        degrees -= _OF_CKD
    courses = {word for word in rest if not procedure and word in names.COURSES}
    taken = names.APPROACHES if procedure else names.TYPES | names.STAGES | names.COURSES
    own = {
        number(word) if word[:1].isdigit() else singular(word)
        for word in rest
        if word not in taken and (procedure or not _denied(word))
    }
    own -= {part for part, implying in names.IMPLIED.items() if part in own and own & implying}
    side = "both" if len(sides) > 1 or "both" in sides else next(iter(sides), "")
    return Concept(
        words=tuple(sorted(own)),
        side=side,
        types=tuple(sorted(types)),
        stages=tuple(sorted({*stages, *degrees})),
        courses=tuple(sorted(courses)),
        approaches=tuple(sorted(approaches)),
        contexts=tuple(sorted(set(contexts))),
        assertion=assertion,
    )


def _denied(word: str) -> bool:
    return word.startswith("without") and word != "without"


_OF_CKD = frozenset({"mild", "moderate", "severe"})
"""Words that KDIGO's stages of a kidney disease are called by: "stage 4 (severe)"."""
_TYPES = {"typei": "type1", "typeii": "type2"}


def singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


_SIDE_OF_ICD: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...] = tuple(
    (re.compile(pattern), {"1": "right", "2": "left", "3": "both"} | ({"0": "both"} if both else {}))
    for pattern, both in (
        (r"^M(?:16[1-7]|17[1-5]|18[1-5])([12])$", False),
        (r"^M(?:16|17|18)([0])$", True),
        (r"^M(?:20[1-6]|75[0-9]|76[0-9]|77[0-5]|70[0-9]|65[3-4]|543|544)([12])$", False),
        (r"^M\d{4}([12])$", False),
        (r"^G56[0-9]([123])$", False),
        (r"^H(?:25|26|33|43|40|35|04|61|66|90|91|92|93|02|10|16|18|20)\d{1,3}([123])$", False),
        (r"^H(?:35|40)\d\d([123])\d$", False),
        (r"^I83[89]([123])$", False),
        (r"^I82[45]\w?([123])$", False),
        (r"^I824\d([123])$", False),
        (r"^C50\d([12])[0-9]?$", False),
        (r"^C(?:34\d|64|65|66|56|57\d|62\d|69\d|79[067])([12])$", False),
        (r"^Z966[0-9]([123])$", False),
        (r"^Z89[5-6]1([12])$", False),
        (r"^[ST]\d\d\w{2}([12])[A-Z]$", False),
        (r"^[ST]\d\d\w{2}([12])\w?[A-Z]$", False),
    )
)  # fmt: skip
_SPECIAL: Mapping[str, str] = {
    "L03113": "right", "L03114": "left", "L03115": "right", "L03116": "left", "H903": "both", "H9041": "right",
    "H9042": "left",
}  # fmt: skip


@lru_cache(maxsize=4096)
def side_of_icd(code: str) -> str:
    """Return the side in an ICD-10-CM code without its point (Official Guidelines, I.B.13); empty for none."""
    if code in _SPECIAL:
        return _SPECIAL[code]
    if re.match(r"^L89\d([12])\d$", code):
        return {"1": "right", "2": "left"}[code[4]] if code[3] in "015678" else ""
    for pattern, sides in _SIDE_OF_ICD:
        match = pattern.match(code)
        if match:
            return sides.get(match[1], "")
    return ""


def is_residual(code: str) -> bool:
    """Tell whether an ICD-10-CM code holds different things: "other specified" (Official Guidelines I.A.9)."""
    return len(code) > 3 and (code[-1] in "89" or code[-2:] in ("80", "90"))
