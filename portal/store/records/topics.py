"""What a record says about one thing (diabetes, the heart), of all sections: by code, and by the words of the search.

It helps to find and decides nothing. A topic names phrases of ``search_synonyms`` whose words are looked for in titles;
elsewhere in an item only a phrase itself counts, so that a note on something else does not bring everything here.
Source of the codes: ICD-10-CM, SNOMED CT, LOINC.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from portal.access.visibility import Sight
from portal.domain import code_systems
from portal.domain.entry import Component, Entry, Report, Result
from portal.domain.phrases import N_
from portal.domain.sections import Section
from portal.merge.text import plain
from portal.store.engine.database import Tx
from portal.store.records import rows, search_query, text_search
from portal.store.records.entry_bodies import opened
from portal.store.records.rows import RecordRow
from portal.store.records.search_query import TextQuery
from portal.store.records.search_synonyms import SYNONYMS

_TYPED, _SECTION = 3, 10  # of ``TextTerm.score``: the phrase itself somewhere; only the section is called so


@dataclass(frozen=True, slots=True)
class HealthTopic:
    """``title`` of its page; ``phrases`` of the search in both languages; ``icd``: beginnings of ICD-10-CM codes.

    ``codes`` are those of SNOMED CT and LOINC.
    """

    title: str
    phrases: tuple[str, ...]
    icd: tuple[str, ...] = ()
    codes: frozenset[str] = field(default_factory=frozenset)


def _topic(title: str, phrases: str, icd: str = "", codes: str = "") -> HealthTopic:
    return HealthTopic(title, tuple(phrases.split("; ")), tuple(icd.split()), frozenset(codes.split()))


TOPICS: Mapping[str, HealthTopic] = {
    "diabetes": _topic(
        N_("About diabetes"),
        "diabetes; blood sugar; a1c; insulin; diabetes medicine; low sugar; azucar en la sangre",
        "E08 E09 E10 E11 E13 O24 R73 Z79.4",
        "44054006 46635009 73211009 15777000 4548-4 2345-7 2339-0 41653-7 1558-6 14749-6 97507-8",
    ),
    "blood-pressure": _topic(
        N_("About blood pressure"),
        "blood pressure; high blood pressure; low blood pressure; blood pressure medicine; presion arterial",
        "I10 I11 I12 I13 I15 I16 I95 R03",
        "38341003 59621000 45007003 85354-9 8480-6 8462-4 55284-4",
    ),
    "cholesterol": _topic(
        N_("About cholesterol"),
        "cholesterol; high cholesterol; cholesterol medicine; triglycerides; colesterol",
        "E78",
        "13644009 55822004 2093-3 13457-7 18262-6 2089-1 2085-9 2571-8 57698-3 24331-1",
    ),
    "heart": _topic(
        N_("About the heart"),
        "heart; heart attack; heart failure; irregular heartbeat; heart test; heart doctor; pacemaker; stent; "
        "chest pain; corazon",
        "I05 I06 I07 I08 I09 I2 I3 I4 I5 Z95",
        "53741008 49436004 84114007 22298006 42343007 8867-4 11524-6",
    ),
    "kidneys": _topic(
        N_("About the kidneys"),
        "kidney; kidney test; kidney stone; kidney doctor; dialysis; rinon",
        "N00 N01 N02 N03 N04 N05 N06 N07 N08 N1 N2 Z94.0 Z99.2",
        "709044004 431855005 433144002 90708001 2160-0 3094-0 33914-3 48642-3 48643-1 62238-1 98979-8 9318-7 14959-1",
    ),
    "asthma": _topic(
        N_("About asthma"),
        "asthma; inhaler; breathing test; asma",
        "J45",
        "195967001 304527002 19868-9 20150-9 33452-4",
    ),
    "thyroid": _topic(
        N_("About the thyroid"),
        "thyroid; thyroid medicine; tiroides",
        "E00 E01 E02 E03 E04 E05 E06 E07",
        "3016-3 3024-7",
    ),
    "pregnancy": _topic(
        N_("About pregnancy"), "pregnancy; embarazo", "O Z33 Z34 Z36 Z37 Z39 Z3A", "77386006 2106-3 2118-8 21198-7"
    ),
    "cancer-screening": _topic(
        N_("About cancer screening"),
        "mammogram; colonoscopy; pap smear; psa; cancer screening",
        "Z12",
        "24606-6 24605-8 10524-7 2857-1 58453-2 77353-1 73761001 71651007",
    ),
}


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


def _fits(key: str, item: Entry, title: str, text: str) -> bool:
    topic = TOPICS[key]
    if any(_is_code(topic, code.system, code.code) for part in _coded(item) for code in part.codes):
        return True
    return any(
        query.terms and all(_TYPED <= score < _SECTION for score in query.scores(title, text))
        for query in _queries(key)
    )


def _coded(item: Entry) -> tuple[Entry | Component, ...]:
    """Return what has codes: an item, and what was measured in it."""
    return (item, *item.detail.components) if isinstance(item.detail, Result | Report) else (item,)


def _is_code(topic: HealthTopic, system: str, code: str) -> bool:
    if system in (code_systems.ICD10_CM, code_systems.ICD10):
        return bool(topic.icd) and code.upper().startswith(topic.icd)
    return code in topic.codes and system in (code_systems.SNOMED, code_systems.LOINC)
