"""One item's page: who says what, in what they differ, which results belong to it, the original text."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import url_for
from markupsafe import Markup

from portal import audit
from portal.access import Permission, can
from portal.domain import entry as e
from portal.domain.entry import Entry
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME, OWN
from portal.domain.plans import Dispense
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.merge import SourcedEntry, leads
from portal.store import Tx
from portal.store.directory.organizations import Organization
from portal.store.links import refreshes
from portal.store.records import resources, rows
from portal.store.records.resources import StoredResource
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.guards import current_actor, current_sight
from portal.web.health import calendar, facts, files, record_rows
from portal.web.health.models import Belonging, Card, EntryPage, Source
from portal.web.health.original import guarded, safe_line
from portal.web.health.record_rows import Origins
from portal.web.health.trend import has_trend
from portal.web.linked import linked
from portal.web.narrative import narratives
from portal.web.phrases import gettext as _
from portal.web.viewed import viewed
from portal.web.words import phrase

Part = TypeVar("Part")
_MOST = 100  # results of one report
_OF_VISIT = 200  # of one organization and section, to look through for those of a visit
_MAP = "https://www.openstreetmap.org/search?"


def entry_page(person_id: str, section: Section, entry_id: str) -> EntryPage:
    """Everything that is known of one item.

    Raises:
        NotFoundError: there is none of this person in this section.
    """
    with current_services().db.reading() as tx:
        row = rows.by_entry(tx, person_id=person_id, section=section, entry_id=entry_id, sight=current_sight())
        if row is None:
            raise NotFoundError
        row = record_rows.by_clock(row, tx)
        connections = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[connection.link.id for connection in connections])
        of_sources = {source: _lead(row, source) for source in row.sources}
        originals = {source: resources.by_id(tx, resource_id=lead.id) for source, lead in of_sources.items()}
        documents, findings = (
            {source: _of_visit(tx, person_id, original, kind) for source, original in originals.items()}
            for kind in (Section.DOCUMENTS, Section.EXAM_FINDINGS)
        )
        now = tx.now
        handed_out = {source: _handed_out(tx, person_id, original) for source, original in originals.items()}
        belonging = {source: _belonging(tx, person_id, lead) for source, lead in of_sources.items()}
    viewed(person_id, audit.Action.VIEW_ENTRY, new=row.new, section=section.value, entry=entry_id)
    origins = Origins(connections, states, current_services().settings.organization)
    return EntryPage(
        id=row.primary_id,
        section=section,
        title=(item := record_rows.item(row, origins)).line.title,
        line=item.line,
        outside=item.outside,
        own=row.sources == (OWN,),
        change=url_for("health.reading", entry=row.primary_id)
        if row.sources == (OWN,)
        and section is Section.VITAL_SIGNS
        and can(current_actor(), Permission.ADD_READINGS, person_id)
        else "",
        origins=tuple(origins.of(source, section) for source in row.sources),
        item=item,
        trend=has_trend(row.primary.entry),
        private=row.private if current_sight().private else None,
        may_write=row.sources != (OWN,)
        and section is not Section.MESSAGES
        and can(current_actor(), Permission.WRITE_MESSAGES, person_id),
        sources=tuple(
            _source(
                row,
                source,
                origins,
                belonging=belonging[source],
                documents=documents[source],
                findings=findings[source],
                handed_out=handed_out[source],
                resource=originals[source],
                now=now,
            )
            for source in row.sources
        ),
    )


def speaking(person_id: str, section: Section, entry_id: str) -> tuple[Entry, str]:
    """One entry as its source gave it, and that organization's name.

    Raises:
        NotFoundError: there is none of this person in this section.
    """
    with current_services().db.reading() as tx:
        row = rows.by_entry(tx, person_id=person_id, section=section, entry_id=entry_id, sight=current_sight())
        connections = linked(tx, person_id=person_id)
    sourced = next((candidate for candidate in row.entries if candidate.id == entry_id), None) if row else None
    if sourced is None:
        raise NotFoundError
    return sourced.entry, Origins(connections, {}, current_services().settings.organization).of(
        sourced.source, section
    ).name


def _lead(row: RecordRow, source: str) -> SourcedEntry:
    """Return what a source says now: its most active entry, then its newest."""
    entries = [sourced for sourced in row.entries if sourced.source == source]
    return leads(entries).get(source, entries[0])


def _of_visit(tx: Tx, person_id: str, resource: StoredResource | None, section: Section) -> tuple[Belonging, ...]:
    """Return what says that it was written at this visit, among the newest of its organization in a section."""
    if resource is None or resource.type != "Encounter":
        return ()
    encounter = f"/Encounter/{resource.fhir_id}"
    return _newest(tx, person_id, resource.source, section, lambda entry: f"/{_visit_of(entry)}".endswith(encounter))


def _handed_out(tx: Tx, person_id: str, resource: StoredResource | None) -> tuple[Belonging, ...]:
    """Return what a pharmacy handed out for this order, among the newest of its organization."""
    if resource is None or resource.type != "MedicationRequest":
        return ()
    order = f"/MedicationRequest/{resource.fhir_id}"

    def is_of_order(entry: Entry) -> bool:
        detail = entry.detail
        return isinstance(detail, Dispense) and any(f"/{name}".endswith(order) for name in detail.orders)

    return _newest(tx, person_id, resource.source, Section.MEDICATIONS, is_of_order)


def _newest(
    tx: Tx, person_id: str, source: str, section: Section, fits: Callable[[Entry], bool]
) -> tuple[Belonging, ...]:
    """Return what fits among the newest rows of one organization in a section."""
    page = rows.page(tx, person_id=person_id, section=section, sight=current_sight(), source=source, limit=_OF_VISIT)
    return tuple(
        Belonging(url_for("health.entry", section=section.value, entry=sourced.id), safe_line(sourced.entry))
        for row in page.rows
        for sourced in row.entries
        if sourced.source == source and fits(sourced.entry)
    )


def _visit_of(entry: Entry) -> str:
    """Return the reference of the visit at which something was written, as its resource has it."""
    return entry.visit or getattr(entry.detail, "visit", "")


def _belonging(tx: Tx, person_id: str, lead: SourcedEntry) -> tuple[Belonging, ...]:
    """Return the results of a report or a panel, in its order, those that were delivered."""
    detail = lead.entry.detail
    references: tuple[str, ...] = ()
    if isinstance(detail, e.Report):
        references = detail.results
    elif isinstance(detail, e.Result):
        references = detail.members
    ids = [
        resources.resource_id(tx.vault, source=lead.source, type=kind, fhir_id=fhir_id)
        for kind, _slash, fhir_id in (reference.partition("/") for reference in references[:_MOST])
        if fhir_id and "/" not in fhir_id
    ]
    entries = rows.entries(tx, person_id=person_id, ids=ids, sight=current_sight())
    return tuple(
        Belonging(
            url_for("health.entry", section=entries[entry_id].section.value, entry=entry_id),
            safe_line(entries[entry_id]),
        )
        for entry_id in ids
        if entry_id in entries
    )


def _source(
    row: RecordRow,
    source: str,
    origins: Origins,
    *,
    belonging: tuple[Belonging, ...],
    documents: tuple[Belonging, ...],
    findings: tuple[Belonging, ...],
    handed_out: tuple[Belonging, ...],
    resource: StoredResource | None,
    now: datetime,
) -> Source:
    lead = _lead(row, source).entry
    before = [sourced.entry for sourced in row.entries if sourced.source == source and sourced.entry is not lead]
    origin = origins.of(source, row.section)
    link = origins.link(source)
    organization = link.organization if link else None
    drawn = partial(_drawn, f"item:{row.section}")
    told = not lead.unsafe  # what is not understood is no fact: only its original text is shown
    return Source(
        name=origin.name,
        home=origin.home,
        as_of=origin.as_of,
        title=phrase(lead.title),
        facts=guarded(lambda: facts.facts(lead), lambda: facts.original(lead), place=f"item:{row.section}")
        if told
        else (),
        parts=drawn(facts.parts, lead) if told else (),
        recorded=drawn(facts.recorded, lead),
        codes=drawn(facts.codes, lead),
        earlier=drawn(facts.earlier, before),
        belonging=belonging,
        documents=documents,
        findings=findings,
        handed_out=handed_out,
        files=drawn(_listing(origins, source), resource.body) if resource else (),
        texts=drawn(_texts, resource.body) if resource else (),
        entry=_lead(row, source).id,
        calendar=calendar.fits(lead, now, record_rows.zone()),
        map_url=_map(lead) if told else "",
        booking=_booking(lead, organization, now) if told and organization else "",
        card=_card(lead) if told else None,
        orders=row.section is Section.MEDICATIONS,
        address=organization.address if organization else "",
        phone=organization.phone if organization else "",
        portal_url=(organization.portal_url or "") if organization else "",
    )


def _listing(origins: Origins, source: str) -> Callable[[Mapping[str, Any]], tuple[files.File, ...]]:
    return partial(files.listed, base=_fhir_base(origins, source), home=source == HOME)


def _fhir_base(origins: Origins, source: str) -> str | None:
    if source == HOME:
        return current_services().settings.chart_base
    link = origins.link(source)
    return link.organization.fhir_base if link else None


def _drawn(place: str, draw: Callable[[Any], tuple[Part, ...]], subject: Any) -> tuple[Part, ...]:
    """Return a part of the page, or nothing of it where it cannot be drawn: the original text is there anyway."""
    return guarded(lambda: draw(subject), tuple, place=place)


def _texts(body: Mapping[str, Any]) -> tuple[Markup, ...]:
    return tuple(narratives(body))


def _map(entry: Entry) -> str:
    """Where a visit is, on a map of others: they get the address when the reader goes there, and nothing before."""
    detail = entry.detail
    if not isinstance(detail, e.Visit) or not detail.address:
        return ""
    return _MAP + urlencode({"query": detail.address})


def _booking(entry: Entry, organization: Organization, now: datetime) -> str:
    """Return where an appointment to come can be changed: at its organization's own site, and nowhere else."""
    detail, domain = entry.detail, organization.domain
    if not isinstance(detail, e.Visit) or not domain or not calendar.is_to_come(entry, now, record_rows.zone()):
        return ""
    try:
        host = urlsplit(detail.booking).hostname or ""
    except ValueError:
        return ""
    return detail.booking if f".{host}".endswith(f".{domain}") else ""


def _card(entry: Entry) -> Card | None:
    detail = entry.detail
    if not isinstance(detail, e.Insurance) or not (detail.member_id or detail.plan_number or detail.group_number):
        return None
    numbers = (
        (_("Member number"), detail.member_id),
        (_("Group number"), detail.group_number),
        (_("Plan number"), detail.plan_number),
    )
    return Card(
        payer=detail.payer,
        plan=detail.plan,
        member=detail.subscriber,
        numbers=tuple((label, number) for label, number in numbers if number),
        phone=detail.phone,
        valid=formats.date_text(entry.end) if entry.end else "",
    )
