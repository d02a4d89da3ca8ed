"""Reading a record into the content of a summary: what the reader may see, with who says it and how complete it is."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.access.visibility import Sight
from portal.domain.entry import Entry, Status
from portal.domain.ids import HOME, OWN
from portal.domain.links import Outcome
from portal.domain.listing import documents_absence, listed_as
from portal.domain.people import Person
from portal.merge import RANKS, SourcedEntry
from portal.normalise.confidential import is_confidential
from portal.sharing import withheld
from portal.sharing.fitting import reference_name
from portal.sharing.summary import (
    SECTIONS,
    FilledSection,
    SourcedResource,
    SummaryContent,
    SummaryMark,
    SummarySection,
    SummarySource,
)
from portal.sharing.withheld import Reread, Waiting
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.links import links, refreshes
from portal.store.links.refreshes import SectionState
from portal.store.people import people
from portal.store.records import left_out, privacy, resources, rows
from portal.store.records.resources import StoredResource

_PAGE = 100
_WITH_PAST = frozenset(section.section for section in SECTIONS if Status.PAST in section.statuses)
SUPPORTING = frozenset({"Medication", "Practitioner", "PractitionerRole", "Organization", "Location", "Specimen"})

See = Callable[[StoredResource], StoredResource | None]
"""Return a resource as the reader may see it; None when they may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryScope:
    """For whom a summary is read.

    ``sight``: what may be in it. ``shared``: LOINC codes of the sections to fill; None for all. ``merged``: with what
    linked organizations sent, else the home organization's own only. ``see`` narrows it resource by resource;
    ``limited`` are the sections of which it may hide some, so that none of them is complete. ``without``: ids of
    entries whose rows the person left out; ``since``: the day before which nothing of a dated section goes along.
    ``waiting`` tells what is not named, either, as it is not released yet.
    """

    sight: Sight
    shared: Collection[str] | None = None
    merged: bool = True
    see: See | None = None
    limited: Collection[str] = ()
    without: Collection[str] = ()
    since: str = ""
    waiting: Waiting | None = None


def gather(tx: Tx, *, person_id: str, organization: str, chart_base: str, scope: SummaryScope) -> SummaryContent:
    """Return what a summary of this person's record holds. ``organization`` is our own, as it is called."""
    person = people.by_id(tx, person_id=person_id)
    gathering = _Gathering(tx, person_id, chart_base, scope)
    sections = gathering.without_withheld({section.code: gathering.section(section) for section in SECTIONS})
    statements = [statement for content in sections.values() for row in content.rows for statement in row]
    entries = {statement.id: statement.entry for statement in statements}
    sections = {code: replace(content, marks=_within(content.marks, entries)) for code, content in sections.items()}
    told = {statement.source for statement in statements} | {
        absence.source for content in sections.values() for absence in content.absences
    }
    sources = {HOME: SummarySource(organization, gathering.home_as_of), **gathering.linked}
    return SummaryContent(
        person=person.demographics if person else Person(),
        organization=organization,
        moment=tx.now,
        sources={key: source for key, source in sources.items() if key in told or key == HOME},
        sections=sections,
        supporting=gathering.supporting(statements),
        left_out=gathering.left_out,
        held=gathering.held,
        open_references=scope.sight.confidential and scope.see is None,
    )


def _within(
    marks: Mapping[str, tuple[SummaryMark, ...]], entries: Mapping[str, Entry]
) -> dict[str, tuple[SummaryMark, ...]]:
    """Return the marks that name what is in the summary, too, as it is there: of what is not, nothing is told."""
    return {
        row: tuple(replace(mark, entry=entries[mark.id]) for mark in listed if mark.id in entries)
        for row, listed in marks.items()
    }


def _reread(content: FilledSection, again: Mapping[str, Reread]) -> FilledSection:
    rows: list[tuple[SourcedResource, ...]] = []
    marks: dict[str, tuple[SummaryMark, ...]] = {}
    for row in content.rows:
        if statements := reread_statements(row, again):
            rows.append(statements)
            marks[statements[0].id] = content.marks.get(row[0].id, ())
    return replace(content, rows=tuple(rows), absences=reread_statements(content.absences, again), marks=marks)


def reread_statements(
    statements: Iterable[SourcedResource], again: Mapping[str, Reread]
) -> tuple[SourcedResource, ...]:
    """Return the statements as they were read again, without those that say nothing then."""
    seen: list[SourcedResource] = []
    for statement in statements:
        read = again.get(statement.id)
        if read is None:
            seen.append(statement)
        elif read.entry is not None:
            resource = withheld.without(statement.resource, read.names)
            seen.append(replace(statement, entry=read.entry, resource=resource))
    return tuple(seen)


def linked_sources(tx: Tx, *, person_id: str, sight: Sight) -> dict[str, SummarySource]:
    """Return the linked organizations of a person that somebody with this sight may know of, by their key."""
    persons_links = links.of_person(tx, person_id=person_id)
    by_id = organizations.by_ids(tx, ids={link.organization_id for link in persons_links})
    hidden = frozenset() if sight.private else privacy.places(tx, person_id=person_id)
    return {
        link.id: SummarySource(by_id[link.organization_id].name, link.refreshed_at)
        for link in persons_links
        if link.id not in hidden
        and link.organization_id in by_id
        and (sight.confidential or not by_id[link.organization_id].sensitive)
    }


class _Gathering:
    def __init__(self, tx: Tx, person_id: str, chart_base: str, scope: SummaryScope) -> None:
        self._tx = tx
        self._person_id = person_id
        self._scope = scope
        self.linked = linked_sources(tx, person_id=person_id, sight=scope.sight) if scope.merged else {}
        home = links.to_home(tx, person_id=person_id) if chart_base else None
        self._stored: dict[str, StoredResource] = {}
        self.home_as_of = home.refreshed_at if home else None
        asked_links = [*self.linked, *([home.id] if home else [])]
        self._states: Mapping[str, Mapping[Any, SectionState]] = refreshes.states(tx, link_ids=asked_links)
        self._left_out = [
            group
            for group in left_out.counts(tx, person_id=person_id, sight=scope.sight)
            if group.source == HOME or group.source in self.linked
        ]

    @property
    def left_out(self) -> int:
        return sum(group.total for group in self._left_out)

    @property
    def held(self) -> int:
        return sum(group.held for group in self._left_out)

    def section(self, section: SummarySection) -> FilledSection:
        scope = self._scope
        if scope.shared is not None and section.code not in scope.shared:
            return FilledSection(shared=False)
        listed: list[tuple[SourcedResource, ...]] = []
        absences: list[SourcedResource] = []
        more, past, own = 0, 0, 0
        is_whole = True
        marks: dict[str, tuple[SummaryMark, ...]] = {}
        for status, entries, row_marks in self._rows(section):
            if self._is_left_out(section, entries):
                is_whole = False
                continue
            if scope.see is None and all(each.source == OWN for each in entries):
                own += 1
                continue
            statements = tuple(self._statements(section, entries))
            if not statements:
                continue
            if status is Status.ABSENT:
                absences += statements
            elif status in section.statuses:
                more += len(listed) >= section.most
                marks[statements[0].id] = row_marks
                listed += [statements] if len(listed) < section.most else []
            elif status is Status.PAST and section.section not in _WITH_PAST:
                past += 1
        return FilledSection(
            rows=tuple(listed),
            # "No known allergies" without the allergy that contradicts it would mislead.
            absences=tuple(absences) if section.required and is_whole else (),
            complete=is_whole and self._complete(section),
            more=more,
            past=past,
            own=own,
            marks=marks,
        )

    def _is_left_out(self, section: SummarySection, entries: Iterable[SourcedEntry]) -> bool:
        """Tell whether the person left this row out, by itself or as older than the day they chose."""
        days = [each.entry.when or "" for each in entries]
        is_old = section.dated and bool(self._scope.since) and any(days) and max(days)[:10] < self._scope.since
        return is_old or any(each.id in self._scope.without for each in entries)

    def _rows(self, section: SummarySection) -> Iterator[tuple[Status, list[SourcedEntry], tuple[SummaryMark, ...]]]:
        """Yield the rows of a section with the statements of the sources that are read, newest first, and marks."""
        source = None if self._scope.merged else HOME
        after = None
        while True:
            page = rows.page(
                self._tx,
                person_id=self._person_id,
                section=section.section,
                sight=self._scope.sight,
                source=source,
                after=after,
                limit=_PAGE,
            )
            for row in page.rows:
                entries = [each for each in row.entries if source is None or each.source == source]
                marks = tuple(SummaryMark(each.entry_id, each.source, each.entry, each.fields) for each in row.marks)
                yield max((listed_as(each.entry) for each in entries), key=RANKS.__getitem__), entries, marks
            after = page.next
            if after is None:
                return

    def _statements(self, section: SummarySection, entries: Iterable[SourcedEntry]) -> Iterator[SourcedResource]:
        for each in entries:
            if each.source != HOME and each.source not in self.linked:
                continue  # linked after the links were read
            whole = resources.by_id(self._tx, resource_id=each.id)
            stored = self._seen(whole)
            if whole is None or stored is None:
                continue
            if stored.type not in section.kinds and not documents_absence(each.entry):
                continue
            self._stored[each.id] = whole
            body = {"resourceType": stored.type, "id": stored.fhir_id, **stored.body}
            yield SourcedResource(each.id, each.source, each.entry, body)

    def without_withheld(self, sections: Mapping[str, FilledSection]) -> Mapping[str, FilledSection]:
        """Return the sections without the names of what may not be seen, and without what says nothing else."""
        scope, stored = self._scope, self._stored.values()
        again = withheld.reread(
            self._tx, person_id=self._person_id, sight=scope.sight, stored=stored, waiting=scope.waiting
        )
        return {code: _reread(content, again) for code, content in sections.items()} if again else sections

    def _seen(self, stored: StoredResource | None) -> StoredResource | None:
        if stored is None or stored.deleted:
            return None
        return self._scope.see(stored) if self._scope.see is not None else stored

    def _complete(self, section: SummarySection) -> bool:
        """Tell whether every source answered the section completely and all that it sent is shown."""
        answered = all(
            section.section in states and states[section.section].outcome is Outcome.DONE
            for states in self._states.values()
        )
        hidden = any(group.section is section.section for group in self._left_out)
        return answered and not hidden and section.code not in self._scope.limited

    def supporting(
        self, statements: Iterable[SourcedResource]
    ) -> Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]:
        scope = self._scope
        return supporting(self._tx, statements, person_id=self._person_id, sight=scope.sight, see=self._seen)


def supporting(
    tx: Tx, statements: Iterable[SourcedResource], *, person_id: str, sight: Sight, see: See | None = None
) -> Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]:
    """Return the medicines, clinicians and places that a person's statements refer to, as far as they may be seen."""
    by_source: dict[str, set[str]] = {}
    for statement in statements:
        names = {name for name in _names(statement.resource) if name.partition("/")[0] in SUPPORTING}
        by_source.setdefault(statement.source, set()).update(names)
    together: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for source, names in by_source.items():
        seen = [
            shown
            for stored in resources.many(tx, references=names, source=source)
            if stored.person_id in (None, person_id)
            and (shown := see(stored) if see is not None else stored) is not None
            and (sight.confidential or not is_confidential(shown.body))
        ]
        unseen = withheld.hidden(tx, source=source, sight=sight, stored=seen)
        for shown in seen:
            body = {"resourceType": shown.type, **withheld.without(shown.body, unseen)}
            together[source, f"{shown.type}/{shown.fhir_id}"] = (shown.id, body)
    return together


def _names(part: Any) -> Iterator[str]:
    """Yield the "Type/id" of every reference within."""
    if isinstance(part, dict):
        if isinstance(part.get("reference"), str) and (name := reference_name(part)):
            yield name
        part = list(part.values())
    if isinstance(part, list | tuple):
        for inner in part:
            yield from _names(inner)
