"""How easy a text is to read: Flesch-Kincaid's grade for English, Fernández-Huerta's ease for Spanish.

Kincaid et al. 1975: ``0.39 words/sentence + 11.8 syllables/word - 15.59``, in years of school. Fernández-Huerta 1959,
as corrected by Gwillim Law 2011: ``206.84 - 60 syllables/word - 1.02 words/sentence``; 70 to 80 is what somebody
reads after six years of school.

English syllables are counted by rules; of the words of our own phrases that the CMU Pronouncing Dictionary lists, 99 in
100 have the same number there. (textstat looks them up in that dictionary, which it must load from the net.) Spanish
syllables are regular: one for each vowel, diphthong or triphthong.

What is put in (``%(name)s``), a number, a word in capitals and an excused term count as one syllable: none of them can
be said more simply. Parts of a sentence after a colon or semicolon are not sentences.
"""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

EXCUSED: dict[str, frozenset[str]] = {
    language: frozenset(text.split())
    for language, text in tomllib.loads(Path(__file__).with_name("excused_terms.toml").read_text()).items()
}

_PUT_IN = re.compile(r"%\(\w+\)s|%s")
_TAG = re.compile(r"</?[a-z][^>]*>")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”’\"')]*\s+|\n+")
_WORD = re.compile(r"[^\W\d_][\w’']*|\d[\d.,:]*")
_ENGLISH = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?:[^aeiouylr]|[aeiouy][lr])e$"  # code, here, while; not: table, acre
    r"|(?:[^aeiouytdl]|[aeiouy]l)ed$"  # opened, mailed; not: wanted, enabled
    r"|(?:[^aeiouyscxzghl]|[aeiouy]l)es$"  # names, files; not: boxes, tables
    r"|(?<=[aeiouy][tf])e(?=ly$|ment$|ty$)"  # completely, safety
)
_APART = re.compile(r"ia(?!l|n\b|ge)|(?<![cstgx])io|eo(?!u|p)|iu|[^gq]ua|iet|[yeio]ing|creat|rea[lc]t")
_ONE_LESS = re.compile(r"^(?:some|every)(?=one|body|thing|where|time)|^else(?=where)")
_SPANISH = re.compile(r"[iuüy]*[aeoáéóíú][iuüy]?|[iuüy]+")


def sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence of a phrase."""
    bare = _TAG.sub(" ", _PUT_IN.sub("X", text))
    words = [_WORD.findall(sentence) for sentence in _SENTENCE_END.split(bare)]
    return [sentence for sentence in words if sentence]


def grade(*texts: str) -> float:
    """Return the years of school that a reader of these English texts needs."""
    per_sentence, per_word = _rates(texts, "english", english_syllables)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def ease(*texts: str) -> float:
    """Return how easy Spanish texts are: 100 is very easy."""
    per_sentence, per_word = _rates(texts, "spanish", spanish_syllables)
    return 206.84 - 60 * per_word - 1.02 * per_sentence


def english_syllables(word: str) -> int:
    """Return the number of syllables of a word in lower case."""
    bare = re.sub(r"[^a-z]", "", re.sub(r"['’](?:s|t|re|ve|ll|d|m)?$", "", word))
    count = len(_ENGLISH.findall(bare)) - len(_SILENT.findall(bare)) + len(_APART.findall(bare))
    return max(1, count - len(_ONE_LESS.findall(bare)))


def spanish_syllables(word: str) -> int:
    """Return the number of syllables of a word in lower case."""
    bare = re.sub(r"(?<=[gq])u(?=[eiéí])|h", "", word)
    return max(1, len(_SPANISH.findall(bare)))


def _rates(texts: tuple[str, ...], language: str, syllables: Callable[[str], int]) -> tuple[float, float]:
    """Return words per sentence, and syllables per word."""
    parts = [sentence for text in texts for sentence in sentences(text)]
    words = [word for sentence in parts for word in sentence]
    excused = EXCUSED[language]
    count = sum(1 if _plain(word, excused) else syllables(word.lower()) for word in words)
    return len(words) / len(parts), count / len(words)


def _plain(word: str, excused: frozenset[str]) -> bool:
    return word[0].isdigit() or word.isupper() or re.sub(r"['’]s?$", "", word.lower()) in excused
