"""``/messages``: one inbox across organizations; a thread is marked with the organization it comes from."""

from dataclasses import dataclass, replace

from flask import Blueprint, Response, request, url_for

from portal import audit
from portal.access import Permission, can
from portal.domain import entry as e
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.store.links import refreshes
from portal.store.records import rows
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.guards import current_actor, current_person_id, current_sight, person_route
from portal.web.health import home_chart, section_page, sources
from portal.web.health.home_chart import Notice
from portal.web.health.models import Place, Reason
from portal.web.health.record_rows import Origins
from portal.web.htmx import render
from portal.web.linked import linked
from portal.web.viewed import viewed
from portal.web.words import phrase

blueprint = Blueprint("messages", __name__)
PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """One message as a line of the inbox. ``body`` is text; ``organization`` is where it was written."""

    id: str
    subject: str
    sender: str
    recipients: str
    organization: str
    outside: bool
    when: str
    body: str
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    letters: tuple[InboxMessage, ...]
    places: tuple[Place, ...]
    reasons: tuple[Reason, ...]
    first: str | None
    next: str | None
    total: int
    home_chart: Notice | None


@person_route(blueprint, "/messages")
@for_person(Permission.VIEW_MESSAGES)
def inbox() -> Response:
    """Newest first; ``after`` goes on. What is shown is read."""
    return render("messages/inbox.html", fragment="list", inbox=_inbox(current_person_id(), request.args.get("after")))


def _inbox(person_id: str, after: str | None) -> Inbox:
    sees_links = can(current_actor(), Permission.VIEW_LINKS, person_id)
    with current_services().db.reading() as tx:
        counts = rows.counts(tx, person_id=person_id, sight=current_sight()).get(Section.MESSAGES, {})
        # Who may read messages only learns who wrote, not where else the person has been seen.
        senders = tuple(
            source for source in linked(tx, person_id=person_id) if sees_links or counts.get(source.link.id)
        )
        states = refreshes.states(tx, link_ids=[source.link.id for source in senders])
        page = rows.page(
            tx, person_id=person_id, section=Section.MESSAGES, sight=current_sight(), after=after, limit=PAGE
        )
        since = sources.since_now(tx.now)
        at_home = home_chart.notice(tx, person_id=person_id, section=Section.MESSAGES)
    new = [entry_id for row in page.rows for entry_id in row.new]
    viewed(person_id, audit.Action.VIEW_MESSAGES, new=new, of=Section.MESSAGES)
    origins = Origins(senders, states, current_services().settings.organization)
    reasons = section_page.reasons(Section.MESSAGES, senders, states, counts, 0)
    return Inbox(
        letters=tuple(_letter(row, origins) for row in page.rows),
        places=tuple(
            replace(
                sources.place(
                    sender,
                    Section.MESSAGES,
                    count=counts.get(sender.link.id, 0),
                    state=states[sender.link.id].get(Section.MESSAGES),
                    since=since,
                ),
                link_href=sender.href if sees_links else "",
            )
            for sender in senders
        ),
        reasons=reasons if sees_links else tuple(replace(reason, href="", action="") for reason in reasons),
        first=url_for("messages.inbox") if after else None,
        next=url_for("messages.inbox", after=page.next) if page.next else None,
        total=page.total,
        home_chart=at_home,
    )


def _letter(row: RecordRow, origins: Origins) -> InboxMessage:
    entry = row.primary.entry
    detail = entry.detail if isinstance(entry.detail, e.Message) else e.Message()
    return InboxMessage(
        id=row.primary_id,
        subject=phrase(entry.title),
        sender=detail.sender,
        recipients=formats.listing(detail.recipients) if detail.recipients else "",
        organization=formats.listing([origins.of(source, Section.MESSAGES).name for source in row.sources]),
        outside=HOME not in row.sources,
        when=formats.date_text(entry.when) if entry.when else "",
        body=detail.body,
        new=bool(row.new),
    )
