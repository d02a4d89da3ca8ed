"""By which names ICD-10-CM calls what a code stands for: its title, and those inclusion terms that say the same.

"The terms may be synonyms of the code title, or, in the case of 'other specified' codes, the terms are a list of the
various conditions assigned to that code" (Official Guidelines for Coding and Reporting, I.A.11). Which of the two they
are is decided by the code's title and structure:

- A residual code ("other", "not elsewhere classified", one that ends in 8) has no names, nor has a title of several
  things ("and", "or"). Symptoms, injuries, births, pregnancies, neoplasms and Z codes have none: their terms are kinds
  and places of what the title says.
- Of a title that names one thing a single inclusion term is another name. Several are a list of what is counted there;
  of them, and under "unspecified", only what is "not otherwise specified" (NOS), at most two, is a name.
- A term that adds to the title's words, is of another type, stage or course, or names a place or a cause that the title
  does not, is a kind of it. Letters alone may mean something else elsewhere.
- What stands in brackets may be left out: in square ones another wording, in round ones what the code does not need.
  What of it tells things apart ("malignant", "acute") must be equal.
- Where ICD counts "… NOS" under a title "without …", what the title denies goes without saying between two that have
  the code. An entry without it must not say less than the one that has: "asthma" is not "asthma, uncomplicated".

What these rules get wrong is in ``portal.merge.issues.icd_exceptions``. Nothing but a name under the *same* code makes
two entries one (``named``), and what keeps apart wins (``portal.merge.rules``).
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

import msgspec

from portal.domain.entry import Code
from portal.merge.facts import Facts
from portal.merge.issues.icd_exceptions import ANOTHER_THING, ONE_ILLNESS, OTHER_TERMS
from portal.merge.words.concepts import Concept, read_concept
from portal.merge.words.places import is_place
from portal.merge.words.text import plain, word_set


class Name(msgspec.Struct, frozen=True):
    """The words of one name: those that it needs, those that may be left out, and of these those that tell apart.

    ``parts`` are its types, stages and courses.
    """

    needed: frozenset[str]
    free: frozenset[str]
    telling: frozenset[str]
    parts: frozenset[str]

    def fits(self, words: Collection[str]) -> bool:
        """Tell whether words say this name."""
        return self.needed <= set(words) <= self.needed | self.free | self.telling

    def written(self) -> str:
        return "|".join(" ".join(sorted(part)) for part in (self.needed, self.free, self.telling, self.parts))


class CodeNames(msgspec.Struct, frozen=True):
    """What a code is called. ``names`` begin with the title; ``denied`` is what its title denies without need.

    ``words`` are those of all its terms: an infection that one term calls so comes and goes by any name.
    """

    title: Concept
    names: tuple[Name, ...]
    denied: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def icd_10_cm(codes: Iterable[Code]) -> str:
    """Return the one code of ICD-10-CM without its point; empty where there is none, or several."""
    values = {code.code.strip().upper().replace(".", "") for code in codes if code.system in _SYSTEMS and code.code}
    return next(iter(values)) if len(values) == 1 else ""


_SYSTEMS = frozenset({"http://hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.90"})


@lru_cache(maxsize=4096)
def code_names(code: str) -> CodeNames | None:
    """Return what a code is called; None for one that the table does not have."""
    texts = _texts(code)
    if not texts:
        return None
    title, terms = texts[0], texts[1:]
    read = read_concept(title)
    unsaid = tuple(part for part in read.types if part.startswith("without") and any(map(_NOS.search, terms)))
    names = [_name(title, unsaid)]
    if _names_one_thing(code, title):
        names += [_name(term, unsaid) for term in _synonyms(code, title, terms, unsaid)]
    words = {word for text in texts for word in read_concept(text).words}
    return CodeNames(read, tuple(dict.fromkeys(names)), unsaid, tuple(sorted(words)))


_NOS = re.compile(r"\bNOS\b")
_LIST = re.compile(r"\b(?:and|or|any|other|elsewhere|NEC)\b|/", re.IGNORECASE)
_MORE = re.compile(r"\b(?:with|due to|in|following|after|associated)\b", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Z]{2,5}\d?")
_ROUND = re.compile(r"\([^)]*\)")
_SQUARE = re.compile(r"\[[^\]]*\]")
_BRACKETS = re.compile(rf"{_ROUND.pattern}|{_SQUARE.pattern}")
_MOST_NAMES = 2
_CHAPTERS = frozenset("ABDEFGHIJKLMN")
_NEOPLASMS = ("D0", "D1", "D2", "D3", "D4")


def _names_one_thing(code: str, title: str) -> bool:
    """Tell whether a code stands for one illness, by its chapter, its place in the category, and its title."""
    if code[0] not in _CHAPTERS or code.startswith(_NEOPLASMS) or code in ANOTHER_THING:
        return False
    return not (
        _LIST.search(_ROUND.sub("", title)) or (len(code) > len("A00") and code.endswith("8")) or _divided(code)
    )


def _synonyms(code: str, title: str, terms: Iterable[str], unsaid: Collection[str]) -> list[str]:
    """Return the inclusion terms that are other names of the title."""
    named = _unbracketed(title)
    names = [term for term in terms if not _LIST.search(_ROUND.sub("", term))]
    if code not in ONE_ILLNESS:
        other = {term: words for term in terms if (words := _unbracketed(term).words) != named.words}
        unspecified = {words for term, words in other.items() if _NOS.search(term)}
        several = len(set(other.values())) > 1 or "unspecified" in title.casefold()
        possible = (unspecified if len(unspecified) <= _MOST_NAMES else set()) if several else set(other.values())
        names = [
            term for term in names if term not in other or (other[term] in possible and _adds_nothing(term, named))
        ]
        names = [term for term in names if plain(term) != OTHER_TERMS.get(code)]
    return [term for term in names if _kind(_unbracketed(term)) == _kind(named, unsaid)]


def _unbracketed(text: str) -> Concept:
    bare = read_concept(_BRACKETS.sub(" ", text))
    return bare if bare.words else read_concept(text)


def _kind(concept: Concept, unsaid: Collection[str] = ()) -> tuple[object, ...]:
    types = tuple(part for part in concept.types if part not in unsaid)
    return (types, concept.stages, concept.courses, concept.contexts, concept.side, concept.assertion)


def _adds_nothing(term: str, named: Concept) -> bool:
    """Tell whether a term has words of its own, and none that makes a kind, a place or a cause of the title."""
    words = set(_unbracketed(term).words)
    added = words - set(named.words)
    telling = any(word in _DISTINGUISHING or is_place(word) for word in added)
    bare = _ROUND.sub("", term)
    more = words > set(named.words) or telling or _LIST.search(bare) or _MORE.search(bare)
    return bool(words) and not (more or _LETTERS.fullmatch(term))


_DISTINGUISHING = word_set("""
congenital acquired familial hereditary idiopathic primary secondary juvenile childhood infantile neonatal senile adult
postpartum drug induced traumatic nontraumatic late early onset child pregnancy newborn alcoholic toxic allergic viral
bacterial tuberculous syphilitic gonococcal malignant benign old healed past history postprocedural postoperative
radiation autoimmune rheumatic diabetic nodular diffuse focal multiple solitary simple complex mixed seasonal
occupational psychogenic nervous with without following during from in infective infectious noninfectious suppurative
purulent hemorrhagic gangrenous perforated ruptured incomplete complete partial total epidemic endemic nonvenereal
""")


def _name(text: str, unsaid: Collection[str]) -> Name:
    """Read a name: what is in brackets may be left out."""
    whole, bare = read_concept(text), _unbracketed(text)
    needed = frozenset(bare.words)
    # The whole text may be shorthand of its own: "Essential (primary) hypertension" is "essential hypertension".
    between = (frozenset(whole.words) | _between(text, _ROUND) | _between(text, _SQUARE)) - needed
    free = between & (_FREE - ({"primary"} if "secondary" in between else set()) | _between(text, _SQUARE))
    parts = {*bare.types, *bare.stages, *bare.courses} - set(unsaid)
    return Name(needed, free, between - free, frozenset(parts))


def _between(text: str, brackets: re.Pattern[str]) -> frozenset[str]:
    """Return the words that stand in brackets; square ones enclose another wording."""
    return frozenset(word for part in brackets.findall(text) for word in read_concept(part.strip("()[]")).words)


_FREE = word_set("""
arterial benign essential primary systemic pure nontraumatic nonpuerperal nonspecific spontaneous valve vein infection
disease syndrome fever gland
""")
"""Words in brackets that two entries of one code may say or not."""


def named(left: Facts, right: Facts) -> bool:
    """Tell whether one has a code by whose names both are called. Symmetric."""
    if "names" not in left.says and "names" not in right.says:
        return False
    if ("episode" in left.says) != ("episode" in right.says):
        return False
    common = set(left.says.get("codes", ())).intersection(right.says.get("codes", ()))
    one_code = any(code.startswith("icd10|") for code in common)
    return _calls(left, right, one_code=one_code) or _calls(right, left, one_code=one_code)


def _calls(coded: Facts, other: Facts, *, one_code: bool) -> bool:
    """Tell whether the names of a code call the other, too: where it has not that code, it must not say less."""
    words = other.says.get("words", ())
    more = set(coded.says.get("words", ())) - set(words)
    if not words or not (one_code or more <= _FREE or set(words) - set(coded.says.get("words", ()))):
        return False
    parts = {part for kind in ("type", "stage", "course") for part in other.says.get(kind, ())}
    telling = set(coded.says.get("telling", ()))
    names = map(_read, coded.says.get("names", ()))
    return any(
        name.fits(words) and name.parts <= parts and telling == name.telling.intersection(words) for name in names
    )


@lru_cache(maxsize=4096)
def _read(written: str) -> Name:
    return Name(*(word_set(part) for part in written.split("|")))


def _texts(code: str) -> list[str]:
    lines = _lines(code[:_PART])
    place = bisect_left(lines, f"{code}\t")
    return lines[place].split("\t")[1:] if place < len(lines) and lines[place].startswith(f"{code}\t") else []


def _divided(code: str) -> bool:
    """Tell whether a code is a category: its inclusion terms are its parts."""
    lines = _lines(code[:_PART])
    following = bisect_left(lines, f"{code}\t") + 1
    return following < len(lines) and lines[following].startswith(code)


_PART = 2  # letters of a code by which the table is divided: unpacking all of it takes longer than reading a record


@cache
def _table() -> ZipFile:
    return ZipFile(BytesIO(files("portal.data").joinpath("icd-10-cm.zip").read_bytes()))


@lru_cache(maxsize=256)
def _lines(part: str) -> list[str]:
    """Return the part of the table that holds the codes which begin so; empty where there are none."""
    try:
        return _table().read(part).decode().splitlines()
    except KeyError:
        return []
