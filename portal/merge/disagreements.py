"""In what the organizations of one row disagree: every value with its source and date, never resolved silently.

Whole statements are compared, from words and structure alike (``portal.merge.medications.dosing``): equal things
written in two ways do not disagree. A source that is silent does not disagree, nor does a less precise date that covers
the other.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from portal.domain.dates import parse_when, sort_key
from portal.domain.entry import Entry, Insurance, Medication, Report, Result, Status
from portal.domain.ids import HOME
from portal.domain.listing import listed_as
from portal.domain.plans import Dispense
from portal.merge.grouping import RANKS
from portal.merge.reading import read
from portal.merge.relation import Fold, fold
from portal.merge.statements import statements
from portal.merge.stating import Statement
from portal.merge.versions import replaced_entries


class SourcedEntry(msgspec.Struct, frozen=True):
    """An entry with where it comes from. ``id`` is the stored entry's id."""

    id: str
    source: str
    entry: Entry


class Opinion(msgspec.Struct, frozen=True):
    """One value, as written, the sources that say it, and the newest date with which one of them says it."""

    value: str
    sources: tuple[str, ...]
    when: str = ""


class Disagreement(msgspec.Struct, frozen=True):
    """``field`` is a name of ``portal.merge.rules`` (``Rules.disagree``); the newest value comes first."""

    field: str
    values: tuple[Opinion, ...]


def disagreements(entries: Sequence[SourcedEntry]) -> tuple[Disagreement, ...]:
    """Return what the sources of one row say differently.

    Of each source only what holds now counts (its most active, then newest entry): a source's own history is no
    disagreement (``changes`` tells it).
    """
    if len(entries) < 2:
        return ()
    return _compared([*leads(entries).values()], Statement.agrees)


def wordings(entries: Sequence[SourcedEntry]) -> tuple[Disagreement, ...]:
    """Return what the sources of one row say in words that neither contradict each other nor are known to be the same.

    A page shows the words of each; it is no disagreement. Such are conclusions of reports, names of insurers, and what
    instructions say beyond amount and frequency, or a time of day that one leaves unsaid; and the times of a result of
    which one place gives the day and another a minute, where they say something else of it.
    """
    if len(entries) < 2:
        return ()
    worded = [
        lead
        for lead in leads(entries).values()
        if isinstance(lead.entry.detail, Report | Insurance | Medication | Dispense | Result)
    ]
    differing = {difference.field for difference in _compared(worded, Statement.agrees)}
    return tuple(
        difference for difference in _compared(worded, Statement.says_the_same) if difference.field not in differing
    )


def leads(entries: Sequence[SourcedEntry]) -> dict[str, SourcedEntry]:
    """Return by source the entry that holds now: none that another of its replaces, then the most active and newest."""
    by_source: dict[str, SourcedEntry] = {}
    for sourced in newest_first(entries):
        if sourced.entry.status is not Status.ENTERED_IN_ERROR:
            by_source.setdefault(sourced.source, sourced)
    return {source: by_source[source] for source in sorted(by_source, key=lambda source: (source != HOME, source))}


def newest_first(entries: Sequence[SourcedEntry]) -> list[SourcedEntry]:
    """Return a row's entries in the order in which they hold: what another one replaces comes last."""
    replaced = replaced_entries({(sourced.source, sourced.id): sourced.entry for sourced in entries})
    return sorted(
        entries,
        key=lambda sourced: (
            (sourced.source, sourced.id) not in replaced,
            RANKS.get(listed_as(sourced.entry), 0),
            sort_key(parse_when(sourced.entry.when)),
            sourced.id,
        ),
        reverse=True,
    )


def changes(entries: Sequence[SourcedEntry]) -> tuple[Disagreement, ...]:
    """Return in what one organization's own entries of a row differ: earlier versions, past orders, newest first.

    Orders with the same instructions, repeats and diagnoses of several visits have changed nothing.
    """
    newest = newest_first(entries)
    if len(newest) < 2:
        return ()
    facts = {
        sourced.id: reading.facts
        for sourced in newest
        if (reading := read(sourced.entry, source=sourced.source, with_code_names=False)) is not None
    }
    told = [
        sourced
        for sourced in newest[1:]
        if sourced.id in facts
        and newest[0].id in facts
        and fold(facts[newest[0].id], facts[sourced.id]) in (Fold.VERSION, Fold.PAST_ORDERS)
    ]
    return _compared([newest[0], *told], Statement.agrees)


def _compared(
    voices: Sequence[SourcedEntry], agree: Callable[[Statement, Statement], bool]
) -> tuple[Disagreement, ...]:
    """Return the fields whose statements ``agree`` parts; none of a single voice."""
    if len(voices) < 2:
        return ()
    told = [(voice, statements(voice.entry)) for voice in voices]
    fields = dict.fromkeys(name for _voice, stated in told for name in stated)
    differing = []
    for name in fields:
        groups: list[list[SourcedEntry]] = []
        keys: list[Statement] = []
        for voice, stated in told:
            if name not in stated:
                continue
            statement = stated[name]
            place = next((index for index, key in enumerate(keys) if agree(statement, key)), None)
            if place is None:
                groups.append([])
                keys.append(statement)
                place = len(groups) - 1
            groups[place].append(voice)
        if len(groups) > 1:
            shown = {voice.id: stated[name].shown for voice, stated in told if name in stated}
            differing.append(Disagreement(name, _opinions(groups, shown)))
    return tuple(differing)


def _opinions(groups: Sequence[Sequence[SourcedEntry]], shown: Mapping[str, str]) -> tuple[Opinion, ...]:
    opinions = [
        Opinion(
            shown[group[0].id],
            tuple(dict.fromkeys(voice.source for voice in group)),
            max((voice.entry.when or "" for voice in group), default=""),
        )
        for group in groups
    ]
    return tuple(sorted(opinions, key=lambda opinion: sort_key(opinion.when or None), reverse=True))
