"""Finding organizations by what patients type.

What was typed is read into words; the database's index gives lines that could be meant, first those with all the words
as typed, then with other spellings, then with a word missing; ``ranking`` puts them in order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from portal.directory import ranking
from portal.directory.geography import areas_near, of_text
from portal.directory.ranking import Coordinates, QueryWord
from portal.directory.readings import TOGETHER, OtherQuery, parts, readings, run_together
from portal.directory.spelling import spellings
from portal.domain.links import LinkPolicy, OrganizationKind
from portal.domain.places import STATES
from portal.domain.words import COMMON, STOP, fold_word, split
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.lookup import Group, NameLine, NameLookup, Query, Term, lookup
from portal.store.directory.organizations import Organization

_LINES = 120  # so many lines are ranked for one question to the index
_ENOUGH = 5  # with so many good answers, other spellings are not tried
_GOOD = 0.8
_SURE = 0.92  # all that was typed, and most of a name: no other spelling was meant
_WORST = 0.45  # what answers less than this is noise
_EVERYWHERE = 2500  # lines: words in more are never asked for alone
_AREA = 45.0  # miles around the person in which common names are looked for first
_LONGEST = 120  # letters that are read of what was typed
_MOST = 10  # words that are read
_SEVERAL = 8  # letters of a word that may be several
_RARE = 5  # names and sites: a word in more is one word

_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?:[:/]\S*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Which name was found. ``kind`` is name, alias or former; ``until`` a FHIR date or empty, for former names."""

    name: str
    kind: str
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One line of an answer, best first. ``organization`` has everything else that a card shows.

    ``miles`` is how far away it is, where both places are known.
    """

    id: str
    name: str
    owner: str
    city: str
    state: str
    matched: Matched
    kind: OrganizationKind
    policy: LinkPolicy
    organization: Organization
    miles: float | None = None


@dataclass(slots=True)
class _Word:
    """One word as typed, folded, and what the index knows of it. ``also`` are our marks that it may stand for."""

    typed: str
    folded: str
    last: bool
    also: tuple[str, ...] = ()
    uses: int = 0
    others: dict[str, float] | None = None

    def group(self) -> Group:
        """Return the terms that this word is looked for by."""
        terms = [Term(word) for word in (self.folded, *self.also)]
        if self.beginning:
            terms.append(Term(self.typed, unfinished=True))
        terms += [Term(other) for other in self.others or () if other != self.folded]
        return tuple(terms)

    @property
    def beginning(self) -> str:
        """What words may begin with to be meant; numbers only while they are typed."""
        if self.typed.isdigit():
            return self.typed if self.last and len(self.typed) >= 3 else ""
        if self.last:
            return self.typed if len(self.typed) >= 2 else ""
        # A word that is followed by another one is finished, unless nobody is called so.
        return self.typed if len(self.typed) >= 3 and not self.uses else ""

    def query_word(self) -> QueryWord:
        return QueryWord(
            typed=self.typed,
            words={**(self.others or {}), self.folded: 1.0, **dict.fromkeys(self.also, 1.0)},
            beginning=self.beginning,
            weight=ranking.weight(self.folded, self.uses),
            last=self.last,
        )


def search(tx: Tx, *, text: str, near: str | None = None, limit: int = 20) -> list[Match]:
    """Organizations for what was typed, best first.

    Args:
        text: name, clinic, former name, owner, city, postal code, domain or NPI, in any order, also unfinished.
        near: the person's postal code, or a place as "city, state"; nearer ones come first among equals.
        limit: at most so many.
    """
    if not _read(text):
        return []
    place = of_text(near) if near else None
    point = Coordinates(place.latitude, place.longitude, place.state) if place else None
    index, best = lookup(tx), _Best(point)
    _find(index, text, best, point)
    for reading in (*_separated(index, text), *readings(text)):
        if not (reading.last and best.good()):
            _find(index, reading.text, best, point, factor=reading.factor)
    order = best.order(limit)
    organizations_by_id = organizations.by_ids(tx, ids=[line.organization_id for line in order])
    return [_match(organizations_by_id[line.organization_id], line, point) for line in order]


def _separated(index: NameLookup, text: str) -> Iterator[OtherQuery]:
    """Yield the query with each long word that hardly a name has as the words that it is written of."""
    words = split(text[:_LONGEST])[:_MOST]
    long_words = [word for word in words if len(word) >= _SEVERAL and word.isalpha() and "." not in text]
    uses = index.uses({fold_word(word) for word in long_words}) if long_words else {}
    unused = [word for word in long_words if uses.get(fold_word(word), 0) <= _RARE]
    part_uses = index.uses({part for word in unused for part in parts(word)}) if unused else {}
    for word in unused:
        for separated in run_together(word, part_uses):
            yield OtherQuery(" ".join(separated if other == word else other for other in words), TOGETHER)


def _find(index: NameLookup, text: str, best: "_Best", near: Coordinates | None, *, factor: float = 1.0) -> None:
    """Look for a text; what it answers counts by ``factor``."""
    words = _read(text)
    pairs = [fold_word(left.typed + right.typed) for left, right in pairwise(words)]
    uses = index.uses({*(word.folded for word in words), *pairs})
    for word in words:
        word.uses = uses.get(word.folded, 0)
    own = _Best(near, factor) if factor < 1 else best
    for queries in _questions(index, words, {pair for pair in pairs if pair in uses}, near, own):
        if queries:
            own.add(index.lines(queries, limit=_LINES), [word.query_word() for word in words])
    best.join(own)


class _Best:
    """The best line of each organization so far."""

    def __init__(self, near: Coordinates | None, factor: float = 1.0) -> None:
        self._near, self._factor = near, factor
        self._scores: dict[str, tuple[float, NameLine]] = {}

    def add(self, lines: list[NameLine], query_words: list[QueryWord]) -> None:
        for line in lines:
            score = ranking.score(line, query_words, self._near)
            if score > self._scores.get(line.organization_id, (_WORST, line))[0]:
                self._scores[line.organization_id] = (score, line)

    def join(self, other: "_Best") -> None:
        """Take over what another reading of the query found."""
        if other is self:
            return
        for organization_id, (score, line) in other.weighed():
            if score > self._scores.get(organization_id, (_WORST, line))[0]:
                self._scores[organization_id] = (score, line)

    def weighed(self) -> Iterator[tuple[str, tuple[float, NameLine]]]:
        """Yield each organization's best line with its score, weighed by how likely this reading is."""
        for organization_id, (score, line) in self._scores.items():
            yield organization_id, (score * self._factor, line)

    def good(self) -> int:
        return sum(score >= _GOOD for score, _ in self._scores.values())

    def top(self) -> float:
        return max((score for score, _ in self._scores.values()), default=0.0)

    def __len__(self) -> int:
        return len(self._scores)

    def order(self, limit: int) -> list[NameLine]:
        ranked = sorted(
            self._scores.values(), key=lambda pair: (-round(pair[0], 6), pair[1].name, pair[1].organization_id)
        )
        return [line for _, line in ranked[:limit]]


def _read(text: str) -> list[_Word]:
    """Return what was typed, as words; the last one may be unfinished."""
    text = text[:_LONGEST].strip()
    domain = _DOMAIN.match(text)
    if domain:
        labels = split(domain[1].replace("-", ""))
        # Its own site or one of that site's: my.riverbend.example is known by riverbend.example too.
        marks = tuple(f"dx{''.join(labels[at:])}" for at in range(len(labels) - 1))
        return [_Word(typed=labels[-2], folded=fold_word(labels[-2]), last=True, also=marks)]
    typed = split(text)[:_MOST]
    significant = [word for word in typed if word not in STOP] or typed
    words = []
    for at, word in enumerate(significant):
        also = [f"ax{word}"] if 3 <= len(word) <= 8 and word.isalpha() else []
        if word.upper() in STATES:
            also.append(f"sx{word}")
        words.append(_Word(typed=word, folded=fold_word(word), last=at == len(significant) - 1, also=tuple(also)))
    return words


def _questions(
    index: NameLookup, words: list[_Word], pairs: set[str], near: Coordinates | None, best: _Best
) -> Iterator[list[Query]]:
    """One question after the other, each only if what came before did not find enough."""
    sites = [Term(mark) for word in words for mark in word.also if mark.startswith("dx")]
    if sites:
        yield [(tuple(sites),)]
        if len(best):
            return
    every = tuple(word.group() for word in words)
    first: list[Query] = [every]
    if near is not None:
        areas = tuple(Term(f"zx{area}") for area in areas_near(near.latitude, near.longitude, _AREA)[:12])
        if areas:
            yield [(*every, areas)]
    first += _joined(words, pairs)
    yield first
    if best.good() >= _ENOUGH or best.top() >= _SURE:
        return
    # Plurals are indexed without their s; an abbreviation is compared as it was typed.
    doubtful = [word for word in words if word.folded not in COMMON]
    typed = [(word.folded if word.typed.startswith(word.folded) else word.typed, word.last) for word in doubtful]
    for word, close in zip(doubtful, spellings(index, typed), strict=True):
        word.others = {**{o: ranking.spelling_quality(n) for o, n in close.items()}, **(word.others or {})}
    split_words = _split(index, words)
    respelled = tuple(word.group() for word in words)
    yield [respelled, *split_words] if respelled != every or split_words else []
    if len(words) > 1 and best.good() == 0:
        yield _without_one(words)
    if len(words) > 2 and not len(best):
        yield [(word.group(),) for word in words if 0 < word.uses <= _EVERYWHERE and word.folded not in COMMON]


def _joined(words: list[_Word], used_words: set[str]) -> list[Query]:
    """ "River bend" for Riverbend: two neighbours as one word, where the vocabulary has it."""
    queries: list[Query] = []
    for at, (left, right) in enumerate(pairwise(words)):
        joined = fold_word(left.typed + right.typed)
        if joined in used_words:
            for half in (left, right):
                half.others = {**(half.others or {}), joined: 0.95}
            rest = [word.group() for word in words[:at] + words[at + 2 :]]
            queries.append(((Term(joined),), *rest))
    return queries


def _split(index: NameLookup, words: list[_Word]) -> list[Query]:
    """ "Healthpartners" for Health Partners: one word as two, where the vocabulary has both."""
    cuts: dict[int, list[tuple[str, str]]] = {}
    for at, word in enumerate(words):
        if len(word.typed) >= 6 and not word.typed.isdigit() and word.folded not in COMMON:
            halves = ((word.typed[:cut], word.typed[cut:]) for cut in range(3, len(word.typed) - 2))
            cuts[at] = [(fold_word(left), fold_word(right)) for left, right in halves]
    used_words = index.uses({half for pairs in cuts.values() for pair in pairs for half in pair})
    queries: list[Query] = []
    for at, all_pairs in cuts.items():
        pairs = [pair for pair in all_pairs if pair[0] in used_words and pair[1] in used_words]
        rest = [other.group() for other in words[:at] + words[at + 1 :]]
        for left, right in sorted(pairs, key=lambda pair: min(used_words[pair[0]], used_words[pair[1]]))[-2:]:
            words[at].others = {**(words[at].others or {}), left: 0.8, right: 0.8}
            queries.append(((Term(left),), (Term(right),), *rest))
    return queries


def _without_one(words: list[_Word]) -> list[Query]:
    """Any one word may be wrong or too much, as long as what remains tells something."""
    queries: list[Query] = []
    for left_out in words:
        rest = [word for word in words if word is not left_out]
        telling = [word for word in rest if word.folded not in COMMON and word.uses <= _EVERYWHERE]
        if telling:
            queries.append(tuple(word.group() for word in rest))
    return queries


def _match(value: Organization, line: NameLine, near: Coordinates | None) -> Match:
    return Match(
        id=value.id,
        name=value.name,
        owner=value.owner_name,
        city=value.city,
        state=value.state,
        matched=Matched(name=line.name, kind=line.kind, until=line.until),
        kind=value.kind,
        policy=value.policy,
        organization=value,
        miles=ranking.miles_away(line, near),
    )
