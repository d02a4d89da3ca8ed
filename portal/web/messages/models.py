"""The inbox and a conversation, computed from the store; templates only print them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from portal.access import Permission, can
from portal.domain import entry as e
from portal.domain.entry import Status
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.messages import outgoing
from portal.store.messages.outgoing import OutgoingMessage, OutgoingState
from portal.store.records import news, numbers, resources, text_search, threads
from portal.store.records.rows import RecordRow
from portal.store.records.threads import Thread
from portal.web import formats
from portal.web.guards import current_actor, current_person_id, current_sight
from portal.web.health import file_page, files, home_chart, section_page, sources
from portal.web.health.files import File
from portal.web.health.home_chart import Notice
from portal.web.health.models import Neighbour, Place, Reason, Strip
from portal.web.health.neighbours import neighbours
from portal.web.health.record_rows import Origins
from portal.web.health.search_text import readable
from portal.web.linked import Linked, address_of, entry_address, linked, places
from portal.web.messages import whom
from portal.web.messages.whom import ClinicianChoice, WritingPlace
from portal.web.phrases import counted
from portal.web.phrases import gettext as _
from portal.web.sent import sent
from portal.web.whose import open_person
from portal.web.words import phrase

PAGE = 25
_SNIPPET = 140
_OF_ONE = 50  # messages of a conversation on its page


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxThread:
    """A conversation as a line: its newest message. ``new`` counts what was not read."""

    id: str
    href: str
    subject: str
    sender: str
    organization: str
    outside: bool
    when: str
    snippet: str
    messages: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A message that its organization does not have yet. ``problem`` says why it could not be sent."""

    id: str
    to: str
    subject: str
    at: str
    state: OutgoingState
    problem: str
    own: bool
    body: str = ""


@dataclass(frozen=True, slots=True)
class InboxChip:
    text: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    threads: tuple[InboxThread, ...]
    unsent: tuple[Unsent, ...]
    chips: tuple[InboxChip, ...]
    places: tuple[Place, ...]
    strip: Strip | None
    reasons: tuple[Reason, ...]
    first: str | None
    next: str | None
    total: int
    new: int
    q: str
    more: bool
    may_write: bool
    home_chart: Notice | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    id: str
    sender: str
    own: bool
    when: str
    body: str
    new: bool
    files: tuple[tuple[File, str], ...]  # with its address, empty where it cannot be had
    href: str
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """A conversation. ``answer_to`` is whom an answer goes to; None: ``place`` says why there is none."""

    id: str
    subject: str
    organization: str
    outside: bool
    messages: tuple[InboxMessage, ...]
    older: str | None
    unsent: tuple[Unsent, ...]
    place: WritingPlace | None
    answer_to: ClinicianChoice | None
    last_reference: str
    last_sender: str
    new_ids: frozenset[str]


def inbox(
    tx: Tx, *, person_id: str, q: str = "", source: str = "", only_new: bool = False, after: str | None = None
) -> Inbox:
    """Return a page of conversations, newest first.

    Raises:
        NotFoundError: ``source`` is none of this person's.
        InvalidInputError: "cursor".
    """
    actor, sight = current_actor(), current_sight()
    sees_links = can(actor, Permission.VIEW_LINKS, person_id)
    counted = numbers.numbers(tx, person_id=person_id, sight=sight, section=Section.MESSAGES, new=(Section.MESSAGES,))
    counts = {
        each: sum(number for status, number in by_status.items() if status is not Status.ABSENT)
        for each, by_status in counted.of(Section.MESSAGES).items()
    }
    linked_at = places(tx, person_id=person_id)
    # Who may read messages only learns who wrote, not where else the person has been seen.
    senders = tuple(each for each in linked_at.linked if sees_links or counts.get(each.link.id))
    if source and source != HOME and source not in {each.link.id for each in senders}:
        raise NotFoundError
    all_states = refreshes.of_person(tx, person_id=person_id, section=Section.MESSAGES)
    states = {each.link.id: all_states.get(each.link.id, {}) for each in senders}
    origins = Origins(senders, states, current_services().settings.organization)
    more = False
    if q:
        matches = text_search.matching(
            tx,
            person_id=person_id,
            text=q,
            words_of=_looked_through,
            sections=(Section.MESSAGES,),
            sight=sight,
            source=source or None,
        )
        lines = tuple(_of_row(row, origins) for row in matches.rows)
        following, more = None, matches.more or bool(matches.until)
    else:
        page = threads.page(
            tx,
            person_id=person_id,
            sight=sight,
            counted=origins.counted,
            source=source or None,
            only_new=only_new,
            after=after,
            limit=PAGE,
        )
        lines, following = tuple(_line(thread, origins) for thread in page.threads), page.next
    new = counted.new
    since = sources.since_now(tx.now)
    chosen = {"source": source or None, "new": "1" if only_new else None}
    shown_places = tuple(
        sources.place(
            sender,
            Section.MESSAGES,
            count=counts.get(sender.link.id, 0),
            state=states[sender.link.id].get(Section.MESSAGES),
            since=since,
        )
        for sender in senders
    )
    at_home = home_chart.notice(linked_at.home, all_states, section=Section.MESSAGES)
    reasons = section_page.reasons(Section.MESSAGES, senders, states, counts, 0)
    return Inbox(
        threads=lines,
        unsent=_unsent(tx, person_id, ""),
        chips=_chips(senders, counts, new.total, source=source, only_new=only_new),
        places=shown_places,
        strip=sources.strip(
            shown_places, current_services().settings.organization, home_is_wrong=bool(at_home and at_home.wrong)
        ),
        reasons=reasons,
        first=_inbox_address(**chosen) if after else None,
        next=_inbox_address(after=following, **chosen) if following else None,
        total=counts.get("", 0),
        new=new.total,
        q=q,
        more=more,
        may_write=can(actor, Permission.WRITE_MESSAGES, person_id),
        home_chart=at_home,
    )


def _inbox_address(**values: str | None) -> str:
    parameters: dict[str, Any] = values
    return url_for("messages.inbox", **parameters)


def _looked_through(entry: e.Entry) -> str:
    detail = entry.detail if isinstance(entry.detail, e.Message) else e.Message()
    return " ".join((readable(entry), detail.body, detail.sender, *detail.recipients))


def _chips(
    senders: tuple[Linked, ...], counts: Mapping[str, int], new: int, *, source: str, only_new: bool
) -> tuple[InboxChip, ...]:
    def chip(text: str, number: int, **values: str | None) -> InboxChip:
        current = (values.get("source") or "") == source and bool(values.get("new")) is only_new
        return InboxChip(f"{text} ({counted(number)})", _inbox_address(**values), current)

    home = current_services().settings.organization
    places = [(HOME, home), *((sender.link.id, sender.name) for sender in senders)]
    return (
        chip(_("All messages"), counts.get("", 0)),
        *([chip(_("New"), new, new="1")] if new or only_new else []),
        *(chip(name, counts[key], source=key) for key, name in places if counts.get(key)),
    )


def _line(thread: Thread, origins: Origins) -> InboxThread:
    return replace(_of_row(thread.newest, origins), messages=thread.messages, new=thread.new)


def _of_row(row: RecordRow, origins: Origins) -> InboxThread:
    entry, detail = _message_of(row)
    body = detail.body.replace("\n", " ")
    text = body if len(body) <= _SNIPPET else body[: _SNIPPET - 2].rstrip() + " …"
    return InboxThread(
        id=row.primary_id,
        href=address_of("messages.thread", "entry", row.primary_id),
        subject=sent(phrase(entry.title), entry),
        sender=_with(detail),
        organization=formats.listing([origins.of(source, Section.MESSAGES).name for source in row.sources]),
        outside=not row.home,
        when=formats.day(entry.when) if entry.when else "",
        snippet=_("You: %(text)s", text=text) if detail.own and text else sent(text, entry),
        messages=1,
        new=int(news.is_new(row, origins.counted)),
    )


def _message_of(row: RecordRow) -> tuple[e.Entry, e.Message]:
    entry = row.primary.entry
    return entry, entry.detail if isinstance(entry.detail, e.Message) else e.Message()


def _with(detail: e.Message) -> str:
    """Return with whom it is: who wrote it, or to whom the person wrote."""
    return formats.listing(detail.recipients) if detail.own and detail.recipients else detail.sender


def thread(tx: Tx, *, person_id: str, entry_id: str, before: str | None = None) -> ThreadView:
    """Return the conversation that a message is in.

    Raises:
        NotFoundError: there is no such message, or the reader may not see it.
        InvalidInputError: "cursor".
    """
    sight = current_sight()
    key = threads.thread_of(tx, person_id=person_id, entry_id=entry_id, sight=sight)
    if key is None:
        raise NotFoundError
    listed, older = threads.messages(tx, person_id=person_id, thread=key, sight=sight, before=before, limit=_OF_ONE)
    if not listed:
        raise NotFoundError
    connections = linked(tx, person_id=person_id)
    origins = Origins(connections, {}, current_services().settings.organization)
    last = listed[-1]
    source = last.primary.source
    places = whom.places(tx, connections) if can(current_actor(), Permission.WRITE_MESSAGES, person_id) else ()
    place = next((place for place in places if place.source == source), None)
    shown = tuple(_shown(tx, row, origins) for row in listed)
    partner = next((detail for row in reversed(listed) if (detail := _message_of(row)[1]).reply_to), e.Message())
    answer_to = whom.choice((place,), f"{source}|{partner.reply_to}") if place else None
    return ThreadView(
        id=entry_id,
        subject=phrase(listed[0].primary.entry.title),
        organization=origins.of(source, Section.MESSAGES).name,
        outside=source != HOME,
        messages=shown,
        older=url_for("messages.thread", entry=entry_id, before=older) if older else None,
        unsent=_unsent(tx, person_id, source, answers={_reference(tx, row) for row in listed}),
        place=place,
        answer_to=answer_to,
        last_reference=_reference(tx, last),
        last_sender=_with(partner) or _with(_message_of(last)[1]),
        new_ids=frozenset(entry_id for row in listed for entry_id in row.new),
    )


def _shown(tx: Tx, row: RecordRow, origins: Origins) -> InboxMessage:
    entry, detail = _message_of(row)
    stored = resources.by_id(tx, resource_id=row.primary_id)
    link = origins.link(row.primary.source)
    base = link.organization.fhir_base if link else None
    opens_record = can(current_actor(), Permission.VIEW_RECORD, current_person_id())
    return InboxMessage(
        id=row.primary_id,
        sender=detail.sender or (_own_name() if detail.own else phrase(entry.title)),
        own=detail.own,
        when=formats.date_text(entry.when) if entry.when else "",
        body=sent(detail.body, entry),
        new=news.is_new(row, origins.counted),
        files=tuple(
            (file, _file_address(row.primary_id, file))
            for file in (files.listed(stored.body, base, home=row.primary.source == HOME) if stored else ())
        ),
        href=entry_address(Section.MESSAGES, row.primary_id) if opens_record else "",
        neighbours=tuple(neighbours(row, lambda source: origins.of(source, Section.MESSAGES).name)),
    )


def _file_address(entry_id: str, file: File) -> str:
    save = None if file.opens else 1
    return file_page.address(Section.MESSAGES, entry_id, file.number, save=save) if file.saves else ""


def _own_name() -> str:
    """Return how the open person is called where they wrote themselves."""
    person = open_person()
    return str(person["name"]) if person and person["other"] else _("You")


def _reference(tx: Tx, row: RecordRow) -> str:
    stored = resources.by_id(tx, resource_id=row.primary_id)
    return f"Communication/{stored.fhir_id}" if stored else ""


def _unsent(tx: Tx, person_id: str, source: str, *, answers: set[str] | None = None) -> tuple[Unsent, ...]:
    """Return what waits, failed or is a draft: of everything, or of a conversation."""
    listed = outgoing.unsent(tx, person_id=person_id, account_id=current_actor().account_id)
    if answers is not None:
        listed = tuple(each for each in listed if each.source == source and each.content.reply_to in answers)
    return tuple(unsent(each) for each in listed)


def unsent(message: OutgoingMessage) -> Unsent:
    content = message.content
    return Unsent(
        id=message.id,
        to=content.recipient_name,
        subject=content.subject or content.about_title,
        at=formats.moment_text(message.updated_at),
        state=message.state,
        problem=problem(message.reason, content.recipient_name) if message.reason else "",
        own=message.account_id == current_actor().account_id,
        body=content.body,
    )


def problem(reason: str, name: str) -> str:
    """Return why a message was not sent, in a sentence."""
    sentences = {
        "unreachable": _("Their portal did not answer. Your message is saved."),
        "needs-verification": _("You need to sign in there again first. Your message is saved."),
        "no-permission": _("You have not agreed there that we send messages for you. Your message is saved."),
        "not-offered": _("Their portal takes no messages from here. Your message is saved."),
        "switched-off": _("They have switched messages off. Your message is saved."),
        "not-accepted": _("%(name)s takes no messages now. Your message is saved.", name=name),
        "unlinked": _("You are no longer linked with them."),
    }
    return sentences.get(reason) or _("Their portal did not accept it. Your message is saved.")


def person_is_own() -> bool:
    """Tell whether who is signed in writes in their own record."""
    return current_actor().own_person_id == current_person_id()
