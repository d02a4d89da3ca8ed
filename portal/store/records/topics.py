"""What a record says about one thing (diabetes, the heart), of all sections: by code, and by the words of the search.

It helps to find and decides nothing. A topic names phrases of ``search_synonyms`` whose words are looked for in titles;
elsewhere in an item only a phrase itself counts, so that a note on something else does not bring everything here.
Medicines are found by what is in them, whatever the brand and the language.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.access.visibility import Sight
from portal.domain import code_systems
from portal.domain.entry import Component, Entry, Report, Result
from portal.domain.sections import Section
from portal.domain.titles import Telling, told_in_title
from portal.merge.medications.read_medications import product_of
from portal.merge.words.text import plain
from portal.store.engine.database import Tx
from portal.store.records import rows, search_query, text_search
from portal.store.records.entry_bodies import opened
from portal.store.records.health_topics import TOPICS, HealthTopic
from portal.store.records.rows import RecordRow
from portal.store.records.search_query import TextQuery
from portal.store.records.search_synonyms import SYNONYMS

_TYPED, _SECTION = 3, 10  # of ``TextTerm.score``: the phrase itself somewhere; only the section is called so
_ACRONYM = 3  # letters; what is as short is a whole word
_MOST_WORDS = 4  # of a medicine's name


def of_entry(item: Entry) -> tuple[str, ...]:
    """Return the topics, by key, that an item is about."""
    return tuple(key for key in TOPICS if _fits(key, item, plain(item.title), ""))


def of_words(text: str) -> tuple[str, ...]:
    """Return the topics that somebody who typed these words may mean."""
    typed = plain(text)
    if not typed:
        return ()
    concept = SYNONYMS.get(typed)
    return tuple(
        key
        for key, topic in TOPICS.items()
        if typed in topic.phrases
        or (concept is not None and concept in [SYNONYMS.get(phrase) for phrase in topic.phrases])
    )


@dataclass(frozen=True, slots=True)
class TopicRows:
    """``rows`` newest first. ``more``: older ones are about it too. ``until``: what is older was not looked at."""

    rows: tuple[RecordRow, ...]
    more: bool
    until: str


def about(
    tx: Tx,
    *,
    person_id: str,
    topic: str,
    words_of: Callable[[Entry], str],
    sections: Sequence[Section],
    sight: Sight,
    limit: int = 200,
    scan: int = text_search.SCAN,
) -> TopicRows:
    """Return the rows of which some source's words or codes are about a topic (a key of ``TOPICS``)."""
    row_ids: dict[str, None] = {}
    until = ""
    for looked_at, candidate in enumerate(
        tx.conn.execute(text_search.candidates(person_id, sections, None, None, scan, sight=sight))
    ):
        if looked_at == scan:
            until = candidate.sort_at
            break
        if candidate.id in row_ids:
            continue
        stored = opened(tx, entry_id=candidate.entry_id, section=candidate.section, body=candidate.body)
        if not stored.unsafe and _fits(topic, stored, plain(stored.title), plain(words_of(stored))):
            row_ids[candidate.id] = None
            if len(row_ids) > limit:
                break
    return TopicRows(rows.by_ids(tx, row_ids=list(row_ids)[:limit]), len(row_ids) > limit, until)


@lru_cache
def _queries(key: str) -> tuple[TextQuery, ...]:
    return tuple(map(search_query.parse, TOPICS[key].phrases))


@lru_cache
def _stems(key: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(map(drug_stem, medicine.split())) for medicine in TOPICS[key].medicines)


_NOT_THEIRS = frozenset({Telling.RELATIVE, Telling.RULED_OUT})
"""What a title tells of an illness that this person does not have."""


def _fits(key: str, item: Entry, title: str, text: str) -> bool:
    topic = TOPICS[key]
    padded = f" {title} "
    if item.section is Section.HEALTH_ISSUES and told_in_title(item.title) in _NOT_THEIRS:
        return False
    if any(f" {word}" in padded for word in topic.never):
        return False
    if any(_is_code(topic, code.system, code.code) for part in _coded(item) for code in part.codes):
        return True
    if any((f" {word}" if len(word) > _ACRONYM else f" {word} ") in padded for word in topic.words):
        return True
    if item.section is Section.MEDICATIONS:
        return _has_medicine(key, item)
    return any(
        query.terms and all(_TYPED <= score < _SECTION for score in query.scores(title, text))
        for query in _queries(key)
    )


def _has_medicine(key: str, item: Entry) -> bool:
    """Tell whether a medicine of the topic is in it: its ingredients, or words of its title in either language."""
    stems = _stems(key)
    names = [*product_of(item).ingredients, plain(item.title)]
    return any(
        tuple(words[at : at + size]) in stems
        for words in ([drug_stem(word) for word in plain(name).split()] for name in names)
        for at in range(len(words))
        for size in range(1, _MOST_WORDS + 1)
    )


_SPANISH = (("ph", "f"), ("th", "t"), ("ch", "c"), ("y", "i"), ("qu", "c"), ("k", "c"))


@lru_cache(maxsize=4096)
def drug_stem(word: str) -> str:
    """Return what the English and the Spanish nonproprietary name of a medicine have in common.

    "levothyroxine" and "levotiroxina" are one, as are "spironolactone" and "espironolactona". Source: the spelling
    rules of the INN in both languages (WHO, 2017: Guidance on the use of INNs).
    """
    for english, spanish in _SPANISH:
        word = word.replace(english, spanish)
    word = _DOUBLE.sub(r"\1", word)
    word = _LEADING.sub(r"\1", word)
    return word.rstrip("aeo") if len(word) > _ACRONYM + 1 else word


_DOUBLE = re.compile(r"(.)\1")
_LEADING = re.compile(r"^e(s[^aeiou])")


def _coded(item: Entry) -> tuple[Entry | Component, ...]:
    """Return what has codes: an item, and what was measured in it."""
    return (item, *item.detail.components) if isinstance(item.detail, Result | Report) else (item,)


def _is_code(topic: HealthTopic, system: str, code: str) -> bool:
    if system in (code_systems.ICD10_CM, code_systems.ICD10):
        return bool(topic.icd) and code.upper().startswith(topic.icd)
    return code in topic.codes and system in (code_systems.SNOMED, code_systems.LOINC)
