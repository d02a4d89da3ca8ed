"""One item's page: who says what, in what they differ, which results belong to it, the original text."""

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from portal import audit
from portal.domain import entry as e
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import services
from portal.merge import SourcedEntry, disagreements
from portal.store import Tx, records, refreshes, rows
from portal.store.rows import RecordRow
from portal.web.guards import audit_actor, sees_confidential
from portal.web.health import details, present
from portal.web.health.models import Belonging, Difference, EntryPage, Source
from portal.web.health.pages import Origins
from portal.web.health.trend import has_trend
from portal.web.linked import linked
from portal.web.narrative import narratives
from portal.web.words import phrase

_MOST = 100  # results of one report


def entry_page(person_id: str, section: Section, entry_id: str) -> EntryPage:
    """Everything that is known of one item.

    Raises:
        NotFoundError: there is none of this person in this section.
    """
    with services().db.transaction() as tx:
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
        texts = {source: _texts(tx, lead.id) for source, lead in leads.items()}
        belonging = {source: _belonging(tx, person_id, lead) for source, lead in leads.items()}
    origins = Origins(known, states, services().settings.organization)
    return EntryPage(
        id=row.primary_id,
        section=section,
        title=phrase(row.primary.entry.title),
        line=present.line(row.primary.entry),
        outside=not row.home,
        origins=tuple(origins.of(source, section) for source in row.sources),
        differences=_differences(row, origins),
        trend=has_trend(row.primary.entry),
        sources=tuple(
            _source(row, source, origins, belonging=belonging[source], texts=texts[source]) for source in row.sources
        ),
    )


def _lead(row: RecordRow, source: str) -> SourcedEntry:
    return next(one for one in row.entries if one.source == source)


def _texts(tx: Tx, entry_id: str) -> tuple[Markup, ...]:
    """The original text, from the resource as it was delivered."""
    found = records.by_id(tx, resource_id=entry_id)
    return tuple(narratives(found.body)) if found else ()


def _belonging(tx: Tx, person_id: str, lead: SourcedEntry) -> tuple[Belonging, ...]:
    """The results of a report or a panel, in its order, those that were delivered."""
    detail = lead.entry.detail
    references: tuple[str, ...] = ()
    if isinstance(detail, e.Report):
        references = detail.results
    elif isinstance(detail, e.Result):
        references = detail.members
    ids = [
        records.resource_id(tx.vault, source=lead.source, type=kind, fhir_id=fhir_id)
        for kind, _slash, fhir_id in (reference.partition("/") for reference in references[:_MOST])
        if fhir_id and "/" not in fhir_id
    ]
    found = rows.entries(tx, person_id=person_id, ids=ids, confidential=sees_confidential())
    return tuple(
        Belonging(
            url_for("health.entry", section=found[one].section.value, entry=one),
            present.line(found[one]),
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
        return details.date_or_text(value)
    if field == "status":
        return {"active": _("Current"), "past": _("Past"), "upcoming": _("Planned")}.get(value, value)
    return value


def _source(
    row: RecordRow,
    source: str,
    origins: Origins,
    *,
    belonging: tuple[Belonging, ...],
    texts: tuple[Markup, ...],
) -> Source:
    mine = [one.entry for one in row.entries if one.source == source]
    now, *before = mine
    origin = origins.of(source, row.section)
    link = origins.link(source)
    organization = link.organization if link else None
    return Source(
        name=origin.name,
        home=origin.home,
        as_of=origin.as_of,
        title=phrase(now.title),
        facts=details.facts(now),
        parts=details.parts(now),
        recorded=details.recorded(now),
        codes=details.codes(now),
        earlier=details.earlier(before),
        belonging=belonging,
        texts=texts,
        address=organization.address if organization else "",
        phone=organization.phone if organization else "",
        portal_url=(organization.portal_url or "") if organization else "",
    )
