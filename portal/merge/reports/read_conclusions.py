"""The findings of a report's conclusion: there, supposed or denied; where, how large, how severe, and since when.

Negation and doubt as in ``portal.merge.notes.asserted`` (ConText), by the tables of
``portal.merge.reports.conclusion_names``.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache

import msgspec

from portal.domain.forgetting import remembered
from portal.merge.reports import conclusion_names as names
from portal.merge.reports.conclusion_kinds import EXCLUSIVE
from portal.merge.reports.conclusion_numbers import SCALE, Size, bounds, loose, numbers
from portal.merge.words.concepts import singular
from portal.merge.words.text import NOTES_AT_A_TIME


class Mention(msgspec.Struct, frozen=True):
    """A finding where it stands. ``state``: "stated", "likely", "possible", "unlikely" or "denied"."""

    finding: str
    state: str
    sides: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    degrees: frozenset[str] = frozenset()
    courses: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


class Conclusion(msgspec.Struct, frozen=True):
    """``normal``: "all" for a normal study, "acute" where nothing acute was found. ``others``: words not understood,
    ``denied`` those that are denied, ``kinds`` of what only one can hold (``conclusion_kinds.EXCLUSIVE``)."""

    mentions: frozenset[Mention]
    normal: str
    others: frozenset[str]
    denied: frozenset[str]
    affected: frozenset[str]
    cleared: frozenset[str]
    words: frozenset[str]
    kinds: frozenset[tuple[int, str]]
    places: frozenset[str]
    trends: frozenset[str]
    sides: frozenset[str]
    numbers: frozenset[Size]
    loose: frozenset[str]
    bounds: frozenset[tuple[str, bool]]
    named_sides: frozenset[str]
    named_places: frozenset[str]

    def of(self, finding: str) -> list[Mention]:
        return [mention for mention in self.mentions if mention.finding == finding]

    @property
    def present(self) -> frozenset[str]:
        """Return what is stated or supposed to be there."""
        return frozenset(mention.finding for mention in self.mentions if mention.state not in ABSENT)


ABSENT = frozenset({"denied", "unlikely"})
_DOUBTS = ((names.UNLIKELY, "unlikely"), (names.LIKELY, "likely"), (names.POSSIBLE, "possible"))


_ABBREVIATION = re.compile(
    r"(?<![\w/])(?:"
    + "|".join(re.escape(name) for name in sorted(names.ABBREVIATIONS, key=len, reverse=True))
    + r")(?![\w/])"
)
_SHORT = frozenset(name for name in names.ABBREVIATIONS if name.isalpha())
_SENTENCE = re.compile(r"\.(?=\s|$)|[;\n]|(?:^|(?<=\s))\d{1,2}\)(?=\s)")
_NUMBERED = re.compile(r"^\s*\d{1,2}\s*$")
_PART = re.compile(
    r"[,:()]|\s[-\u2013]\s|\b(?:but|however|although|except|otherwise|pero|excepto|salvo|with|secondary to)\b"
)
_JOINED = re.compile(r"\b(?:and|or|nor|y|o|ni)\b|(?=\bno\b|\bwithout\b)")
_AFFIRMING = re.compile(
    rf"\b(?:there (?:is|are)|shows?|positive|present|{'|'.join(names.DEGREES)}|unchanged|stable|\d+(?:\.\d+)? ?[mc]m)\b"
)
"""What begins a statement of its own behind a comma: it is no longer denied."""
_NEAR = 1000
"""Characters of a sentence that may tell more of a finding in it: each finding reads them."""


@remembered
@lru_cache(maxsize=NOTES_AT_A_TIME)
def read_conclusion(text: str) -> Conclusion:
    """Return the findings of a conclusion."""
    sentences = _sentences(text)
    mentions: set[Mention] = set()
    others: set[str] = set()
    denied: set[str] = set()
    affected: set[str] = set()
    cleared: set[str] = set()
    normals: set[str] = set()
    affirmed: list[str] = []
    sides: set[str] = set()
    amended = False
    for sentence in sentences:
        amended = amended or bool(names.AMENDING.match(sentence))
        parts = list(_parts(sentence))
        beside = " ".join(part for part, _state in parts if not _findings(part)[0])[:_NEAR]
        affirmed += [part for part, state in parts if state not in ABSENT]
        for part, state in parts:
            normal = _normal(part, state)
            if normal:
                normals.add(normal)
                cleared |= names.ANATOMY & set(part.split())
                continue
            told = list(_mentions(part, state, beside))
            if not told and state == "stated" and names.INTACT & set(part.split()):
                cleared |= _others(part)
                continue
            if amended:
                again = {mention.finding for mention in told}
                mentions = {mention for mention in mentions if mention.finding not in again}
            mentions.update(told)
            if state in ABSENT:
                denied |= set() if told else _others(part)
                cleared |= set() if told or "negative" not in part else names.ANATOMY & set(part.split())
            else:
                others |= _others(part)
                affected |= _of_the_body(part) if told or names.AFFECTED & set(part.split()) else set()
            if state not in ABSENT:
                sides |= names.SIDES & set(part.split())
    written = " . ".join(sentences)
    return Conclusion(
        mentions=frozenset(mentions),
        normal=next((normal for normal in ("all", "acute", "part") if normal in normals), ""),
        others=frozenset(others),
        denied=frozenset(denied),
        affected=frozenset(affected),
        cleared=frozenset(cleared),
        words=frozenset(re.findall(r"[a-z]+", written)),
        kinds=frozenset((*_kinds(" . ".join(affirmed)), *_denied_kinds(written))),
        places=frozenset(names.PLACES.findall(written)),
        trends=frozenset(names.TRENDS[word] for word in written.split() if word in names.TRENDS),
        sides=one_or_both(sides),
        numbers=frozenset(numbers(written)),
        loose=loose(written),
        bounds=frozenset(bounds(written)),
        named_sides=one_or_both(names.SIDES.intersection(written.split())),
        named_places=frozenset((*names.PLACES.findall(written), *_body_parts(written))),
    )


def _kinds(text: str) -> Iterator[tuple[int, str]]:
    """Yield what a text says of what only one can hold, longest names first."""
    for place, table in enumerate(EXCLUSIVE):
        rest = text
        for name in sorted(table, key=len, reverse=True):
            rest, times = re.subn(rf"(?<!no )(?<!not )\b{re.escape(name)}\b", " ", rest)
            if times:
                yield place, table[name]


def _denied_kinds(text: str) -> Iterator[tuple[int, str]]:
    """Yield what a denial says of what only one can hold: "no intraepithelial lesion"."""
    for place, table in enumerate(EXCLUSIVE):
        yield from ((place, kind) for name, kind in table.items() if name.startswith("no ") and name in text)


def _sentences(text: str) -> list[str]:
    """Return the sentences that tell what was found, in small letters, without abbreviations."""
    parts = (part for part in _SENTENCE.split(_undotted(text)) if part.strip() and not _NUMBERED.match(part))
    return [_in_full(part) for part in parts if not names.FIRST_ASIDE.match(part)]


def _undotted(text: str) -> str:
    """Leave out the dot of an abbreviation within a sentence: "cardiopulm. abnormality", "E. coli"."""
    text = re.sub(r"\b([A-Z])\.(?=\s+[a-z]{4})", r"\1", text)
    return re.sub(
        r"\b([A-Za-z]+)\.(?=\s+[a-z])", lambda match: match[1] if match[1].casefold() in _SHORT else match[0], text
    )


def _in_full(sentence: str) -> str:
    for sign, word in names.SIGNED:
        sentence = sign.sub(rf"\1 {word} ", sentence)
    folded = unicodedata.normalize("NFKD", sentence.casefold())
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    folded = folded.replace("?", " possible ")
    folded = names.TYPED.sub(r"\1\2", folded)
    folded = re.sub(r"\bnon[ -](?=[a-z]{4})", "non", folded)
    folded = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", folded)
    folded = _ABBREVIATION.sub(lambda match: names.ABBREVIATIONS[match[0]], " ".join(folded.split()))
    return _ABBREVIATION.sub(lambda match: names.ABBREVIATIONS[match[0]], folded)  # "sin" is "without", and so on


def _parts(sentence: str) -> list[tuple[str, str]]:
    """Return what a sentence tells, with its state; a denial and a doubt go on through a list."""
    pieces: list[tuple[str, str]] = []
    state = "stated"
    place = 0
    for sign in [*_PART.finditer(sentence), None]:
        part = sentence[place : sign.start() if sign else len(sentence)]
        behind = names.BEHIND.search(part)
        for index, piece in enumerate(each for joined in _JOINED.split(part) for each in _before_doubt(joined)):
            if index == 0 and _AFFIRMING.search(piece):
                state = "stated"
            if pieces and pieces[-1][1] == "stated" and _is_only_doubt(piece):
                pieces[-1] = (pieces[-1][0], _state(piece, state))  # "fracture, possible"
                continue
            state = "denied" if behind else _state(piece, state)
            if piece.strip():
                pieces.append((piece.strip(), state))
        if sign and sign[0] not in (",", "("):
            state = "stated"
        place = sign.end() if sign else place
    return pieces


def _before_doubt(piece: str) -> tuple[str, ...]:
    """Part a piece where a doubt begins that is of what follows: "lung mass | suspicious for malignancy"."""
    doubt = next(filter(None, (pattern.search(piece) for pattern, _state in _DOUBTS)), None)
    if doubt is None or names.BETWEEN_TWO.search(piece) or names.DENYING & set(piece.split()):
        return (piece,)
    before, after = piece[: doubt.start()], piece[doubt.start() :]
    return (before, after) if _findings(before)[0] and _findings(after)[0] else (piece,)


def _is_only_doubt(piece: str) -> bool:
    """Tell whether a piece says nothing but how sure it is."""
    rest, times = piece, 0
    for pattern, _state in _DOUBTS:
        rest, count = pattern.subn(" ", rest)
        times += count
    return bool(times) and not set(re.findall(r"[a-z]+", rest)) - names.FILLING


def _state(piece: str, before: str) -> str:
    denial = next((word.start() for word in re.finditer(r"[a-z]+", piece) if word[0] in names.DENYING), len(piece))
    for pattern, state in _DOUBTS:
        doubt = pattern.search(piece)
        if doubt and (doubt.start() <= denial or state == "unlikely"):
            return state
    if denial < len(piece):
        return "denied"
    return "stated" if _AFFIRMING.search(piece) else before


def _normal(part: str, state: str) -> str:
    """Return how far a part calls all normal: "all", "acute" (nothing acute), "part" (of the body); else nothing."""
    words = {word for word in re.findall(r"[a-z]+", part) if word not in names.FILLING}
    told = words - names.DENYING - names.ANATOMY - names.SIDES - set(names.COURSES)
    if state == "denied" and words & names.GENERIC and not _findings(part)[0]:
        return "acute" if words & set(names.COURSES) else "part" if words & names.ANATOMY else "all"
    if words & names.NORMAL and not told - names.NORMAL - names.GENERIC and state == "stated":
        return "part" if words & names.ANATOMY else "all"
    if words == {"negative"} or names.NOT_DETECTED.fullmatch(part.strip()):
        return "all"
    return ""


def _mentions(part: str, state: str, beside: str) -> Iterator[Mention]:
    """Yield the findings of a part; ``beside``: the parts of its sentence that name none, and tell more of it."""
    findings, text = _findings(part)
    places = names.PLACES.findall(part) or names.PLACES.findall(beside)
    parts = names.PARTS.findall(part) or names.PARTS.findall(beside)
    words = set(text.split())
    more = set(beside.split())
    wider = [names.IMPLIED[each] for each in findings if each in names.IMPLIED and state not in ABSENT]
    for finding in dict.fromkeys([*findings, *wider]):
        yield Mention(
            finding,
            state,
            one_or_both(names.SIDES & words or names.SIDES & more),
            frozenset(place.replace(" ", "") for place in places),
            _meanings(names.DEGREES, words) or _meanings(names.DEGREES, more),
            _meanings(names.COURSES, words) or _meanings(names.COURSES, more),
            _body_parts(" ".join(parts)),
        )


def _body_parts(text: str) -> frozenset[str]:
    return frozenset(names.PART_NAMES.get(name, name)[:_ROOT] for name in names.PARTS.findall(text))


_ROOT = 4  # letters: "ovary" and "ovarian"


def _findings(part: str) -> tuple[list[str], str]:
    """Return the findings that a part names, and its other words."""
    findings = []
    for pattern, finding in names.FINDINGS:
        part, times = pattern.subn(" ", part)
        findings += [finding] if times else []
    findings += ["abnormal"] if names.POSITIVE.fullmatch(part.strip()) else []
    findings += [singular(word) for word in names.OF_ITSELF.findall(part)]
    return findings, names.OF_ITSELF.sub(" ", part)


def _meanings(table: Mapping[str, str], words: AbstractSet[str]) -> frozenset[str]:
    return frozenset(table[word] for word in words if word in table)


def _of_the_body(part: str) -> set[str]:
    """Return the words of a part that say what is affected."""
    return _others(part).union(names.ANATOMY & set(part.split()))


def one_or_both(sides: AbstractSet[str]) -> frozenset[str]:
    """Return the sides as one value: two of them are both."""
    return frozenset({"both"}) if len(sides) > 1 else frozenset(sides)


_UNDERSTOOD = frozenset().union(
    *(names.FILLING, names.GENERIC, names.ANATOMY, names.NORMAL, names.SIDES, names.DENYING),
    *(names.DEGREES, names.COURSES, names.TRENDS),
)


def _others(part: str) -> set[str]:
    """Return the words of a part that none of the tables knows."""
    _, text = _findings(names.PLACES.sub(" ", SCALE.sub(" ", part)))
    for pattern, _state in _DOUBTS:
        text = pattern.sub(" ", text)
    words = {singular(word) for word in re.findall(r"[a-z]{2,}", text)}
    return words - _UNDERSTOOD
