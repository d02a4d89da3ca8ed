"""What a person typed, as what to look for in the words of a record: a patient's words, both languages, misspellings.

Pure. Every word (or phrase of ``search_synonyms``) of a query is a term; an item is found by all of them, each as the
beginning of a word, itself or what records write for it. What the title says weighs more than what stands elsewhere.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from portal.merge.words.text import plain, word_set
from portal.store.records.search_synonyms import MOST_WORDS, SYNONYMS

_WEAK = word_set("""
    a an and any at by did do does for from had has have i in is it last latest list me my of on or our recent show tell
    that the their they this to was were what when where which who with you your
    al como con cual cuando de del donde el en es esta este fue la las lo los me mi mis muestrame o para por que se son
    su sus tengo tuve ultima ultimas ultimo ultimos un una y
""")
"""Words that are left out where others remain."""
_KINDS = word_set("""
    drug drugs medicine medicines medication medications med meds pill pills tablet tablets
    medicina medicinas medicamento medicamentos pastilla pastillas droga drogas
""")
"""Words that say of the others only that they are medicines."""
_LONG = 8  # letters of a word that may be written with one of them wrong
_SHORT = 4  # letters; a shorter beginning of a word must be the whole word where it is not what was typed
_SECTION, _TITLE, _TITLE_SYNONYM, _TEXT, _TEXT_SYNONYM = 10, 9, 8, 3, 1  # of synonyms in a title the first weighs most


@dataclass(frozen=True, slots=True)
class TextTerm:
    """One thing to be found. ``typed`` and ``synonyms`` begin with a space: they are beginnings of words."""

    typed: str
    synonyms: tuple[str, ...]

    def score(self, title: str, text: str) -> int:
        """Return how well an item fits, 0 for not at all. Both begin and end with a space; a text with its section."""
        if any(text.startswith(word) for word in (self.typed, *self.synonyms)):
            return _SECTION
        if self.typed in title:
            return _TITLE
        place = next((at for at, word in enumerate(self.synonyms) if word in title), None)
        if place is not None:
            return _TITLE_SYNONYM - min(place, _TITLE_SYNONYM - _TEXT - 1)
        if self.typed in text:
            return _TEXT
        return _TEXT_SYNONYM if any(word in text for word in self.synonyms) else 0


@dataclass(frozen=True, slots=True)
class TextQuery:
    terms: tuple[TextTerm, ...]

    def scores(self, title: str, text: str) -> tuple[int, ...]:
        """Return how well each term fits an item, whose title and other words are ``plain``."""
        title, text = f" {title} ", f" {text} "
        return tuple(term.score(title, text) for term in self.terms)


def parse(text: str, vocabulary: Collection[str] = ()) -> TextQuery:
    """Return what to look for; no terms where there are no words.

    ``vocabulary``: words of the record that are looked for where they are nearly what records write ("Simvistatin").
    """
    months, text = _months(plain(text))
    words = text.split()
    if months and not words:
        return TextQuery(months)
    strong = [word for word in words if word not in _WEAK]
    if not _is_phrase(words):
        words = strong or words
    terms: list[TextTerm] = []
    start = 0
    while start < len(words):
        length = next(
            (
                length
                for length in range(min(MOST_WORDS, len(words) - start), 1, -1)
                if " ".join(words[start : start + length]) in SYNONYMS
            ),
            1,
        )
        phrase = " ".join(words[start : start + length])
        synonyms = SYNONYMS.get(phrase) or _singular(phrase)
        terms.append(TextTerm(f" {phrase}", tuple(map(_beginning, (*synonyms, *_near(synonyms, vocabulary))))))
        start += length
    telling = [term for term in terms if term.typed.strip() not in _KINDS]
    terms = telling or terms
    return TextQuery((*terms, *months))


_MONTH_NAMES = (
    "jan january ene enero|feb february febrero|mar march marzo|apr april abr abril|may mayo|jun june junio"
    "|jul july julio|aug august ago agosto|sep sept september septiembre|oct october octubre|nov november noviembre"
    "|dec december dic diciembre"
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES.split("|"), 1) for name in names.split()}
_MONTH_OF_YEAR = re.compile(rf"\b({'|'.join(_MONTHS)}) (?:of |de |del )?((?:19|20)\d\d)\b")


def _months(text: str) -> tuple[tuple[TextTerm, ...], str]:
    """Return each "march 2021" of a plain text as a term that finds the month as dates are written, and the rest."""
    months = tuple(TextTerm(f" {match[2]} {_MONTHS[match[1]]:02d}", ()) for match in _MONTH_OF_YEAR.finditer(text))
    return months, " ".join(_MONTH_OF_YEAR.sub(" ", text).split())


def _near(words: Iterable[str], vocabulary: Collection[str]) -> Iterator[str]:
    """Yield the words of a record that differ by one letter from long ones that are looked for."""
    for word in words:
        if len(word) >= _LONG and vocabulary:
            near = process.extract(word, vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=None)
            yield from (match[0] for match in near)


def respelled(text: str, vocabulary: Collection[str]) -> str:
    """Return the query with each word that nothing begins with replaced by the nearest one, if one is near.

    ``vocabulary``: the words of the record, plain.
    """
    right = {word for phrase in SYNONYMS for word in phrase.split()} | set(vocabulary)
    return " ".join(_nearest(word, right) for word in plain(text).split())


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of plain texts that can be meant by a misspelt one."""
    return {word for text in texts for word in text.split() if len(word) >= _SHORT and word.isalpha()}


def _is_phrase(words: list[str]) -> bool:
    return " ".join(words) in SYNONYMS


def _singular(word: str) -> tuple[str, ...]:
    """Return what a plural is looked for by, too."""
    single = word.removesuffix("s")
    return (*SYNONYMS.get(single, ()), single) if len(single) >= _SHORT and single != word else ()


def _beginning(word: str) -> str:
    return f" {word}" if len(word) >= _SHORT else f" {word} "


def _nearest(word: str, right: set[str]) -> str:
    if len(word) < _SHORT or not word.isalpha() or word in _WEAK or any(other.startswith(word) for other in right):
        return word
    most = 1 if len(word) < 6 else 2
    near = process.extract(word, right, scorer=DamerauLevenshtein.distance, score_cutoff=most, limit=None)
    if not near:
        return word
    return min(near, key=lambda match: (match[1], match[0][0] != word[0], abs(len(match[0]) - len(word)), match[0]))[0]
