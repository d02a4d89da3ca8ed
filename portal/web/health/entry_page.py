"""One item's page: who says what, in what they differ, which results belong to it, the original text."""

from datetime import datetime
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from portal import audit
from portal.domain import entry as e
from portal.domain.entry import Entry
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.merge import SourcedEntry, disagreements
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.records import resources, rows
from portal.store.records.resources import StoredResource
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.guards import audit_actor, sees_confidential
from portal.web.health import calendar, facts, files, lines
from portal.web.health.models import Belonging, Card, Difference, EntryPage, Source
from portal.web.health.section_page import Origins
from portal.web.health.trend import has_trend
from portal.web.linked import linked
from portal.web.narrative import narratives
from portal.web.words import phrase

_MOST = 100  # results of one report
_DOCUMENTS = 200  # of one organization, to look through for those of a visit
_MAP = "https://www.openstreetmap.org/search?"


def entry_page(person_id: str, section: Section, entry_id: str) -> EntryPage:
    """Everything that is known of one item.

    Raises:
        NotFoundError: there is none of this person in this section.
    """
    with current_services().db.transaction() as tx:
        row = rows.by_entry(
            tx, person_id=person_id, section=section, entry_id=entry_id, confidential=sees_confidential()
        )
        if row is None:
            raise NotFoundError
        known = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[one.link.id for one in known])
        if row.new:
            rows.mark_read(tx, person_id=person_id, confidential=sees_confidential(), entry_ids=tuple(row.new))
        audit.record(
            tx,
            action=audit.Action.VIEW_ENTRY,
            actor=audit_actor(),
            person_id=person_id,
            section=section.value,
            entry=entry_id,
        )
        leads = {source: _lead(row, source) for source in row.sources}
        kept = {source: resources.by_id(tx, resource_id=lead.id) for source, lead in leads.items()}
        documents = {source: _documents(tx, person_id, one) for source, one in kept.items()}
        now = tx.now
        belonging = {source: _belonging(tx, person_id, lead) for source, lead in leads.items()}
    origins = Origins(known, states, current_services().settings.organization)
    return EntryPage(
        id=row.primary_id,
        section=section,
        title=(line := origins.line(row.primary.entry, row.sources)).title,
        line=line,
        outside=not row.home,
        origins=tuple(origins.of(source, section) for source in row.sources),
        differences=_differences(row, origins),
        trend=has_trend(row.primary.entry),
        sources=tuple(
            _source(
                row,
                source,
                origins,
                belonging=belonging[source],
                documents=documents[source],
                kept=kept[source],
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
        row = rows.by_entry(
            tx, person_id=person_id, section=section, entry_id=entry_id, confidential=sees_confidential()
        )
        known = linked(tx, person_id=person_id)
    one = next((one for one in row.entries if one.id == entry_id), None) if row else None
    if one is None:
        raise NotFoundError
    return one.entry, Origins(known, {}, current_services().settings.organization).of(one.source, section).name


def _lead(row: RecordRow, source: str) -> SourcedEntry:
    return next(one for one in row.entries if one.source == source)


def _documents(tx: Tx, person_id: str, kept: StoredResource | None) -> tuple[Belonging, ...]:
    """The documents that say they were written at this visit, among the newest of its organization."""
    if kept is None or kept.type != "Encounter":
        return ()
    found = rows.page(
        tx,
        person_id=person_id,
        section=Section.DOCUMENTS,
        confidential=sees_confidential(),
        source=kept.source,
        limit=_DOCUMENTS,
    )
    here = f"Encounter/{kept.fhir_id}"
    return tuple(
        Belonging(url_for("health.entry", section=Section.DOCUMENTS.value, entry=one.id), lines.line(one.entry))
        for row in found.rows
        for one in row.entries
        if one.source == kept.source
        and isinstance(one.entry.detail, e.Document)
        and f"/{one.entry.detail.visit}".endswith(f"/{here}")
    )


def _belonging(tx: Tx, person_id: str, lead: SourcedEntry) -> tuple[Belonging, ...]:
    """The results of a report or a panel, in its order, those that were delivered."""
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
    found = rows.entries(tx, person_id=person_id, ids=ids, confidential=sees_confidential())
    return tuple(
        Belonging(
            url_for("health.entry", section=found[one].section.value, entry=one),
            lines.line(found[one]),
        )
        for one in ids
        if one in found
    )


def _differences(row: RecordRow, origins: Origins) -> tuple[Difference, ...]:
    labels = {
        "strength": _("Strength"),
        "dose": _("Dose"),
        "instructions": _("How to take it"),
        "status": _("Status"),
        "severity": _("Severity"),
        "criticality": _("Risk of a serious reaction"),
        "plan": _("Plan"),
        "start": _("Began"),
        "end": _("Ended"),
    }
    return tuple(
        Difference(
            labels.get(one.field, one.field),
            tuple(
                (
                    ", ".join(origins.of(source, row.section).name for source in said.sources),
                    _value(one.field, said.value),
                )
                for said in sorted(one.values, key=lambda said: HOME not in said.sources)
            ),
        )
        for one in disagreements(row.entries)
    )


def _value(field: str, value: str) -> str:
    if field in ("start", "end"):
        return facts.date_or_text(value)
    if field == "status":
        return {"active": _("Current"), "past": _("Past"), "upcoming": _("Planned")}.get(value, value)
    return value


def _source(
    row: RecordRow,
    source: str,
    origins: Origins,
    *,
    belonging: tuple[Belonging, ...],
    documents: tuple[Belonging, ...],
    kept: StoredResource | None,
    now: datetime,
) -> Source:
    mine = [one.entry for one in row.entries if one.source == source]
    newest, *before = mine
    origin = origins.of(source, row.section)
    link = origins.link(source)
    organization = link.organization if link else None
    return Source(
        name=origin.name,
        home=origin.home,
        as_of=origin.as_of,
        title=phrase(newest.title),
        facts=facts.facts(newest),
        parts=facts.parts(newest),
        recorded=facts.recorded(newest),
        codes=facts.codes(newest),
        earlier=facts.earlier(before),
        belonging=belonging,
        documents=documents,
        files=files.listed(kept.body) if kept else (),
        texts=tuple(narratives(kept.body)) if kept else (),
        entry=_lead(row, source).id,
        calendar=calendar.fits(newest, now),
        map_url=_map(newest),
        card=_card(newest),
        address=organization.address if organization else "",
        phone=organization.phone if organization else "",
        portal_url=(organization.portal_url or "") if organization else "",
    )


def _map(entry: Entry) -> str:
    """Where a visit is, on a map of others: they get the address when the reader goes there, and nothing before."""
    detail = entry.detail
    if not isinstance(detail, e.Visit) or not detail.address:
        return ""
    return _MAP + urlencode({"query": detail.address})


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
