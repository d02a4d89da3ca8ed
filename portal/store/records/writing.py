"""Storing resources and their entries. Everything is encoded and sealed by the caller, before the transaction."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, delete, func, select, text, update

from portal.access.authors import author_of
from portal.domain.ids import HOME
from portal.domain.result_timing import HOLDABLE
from portal.domain.sections import NOTICED, Section
from portal.merge import Bond
from portal.store.engine.bulk import insert_columns, insert_many
from portal.store.engine.database import Tx
from portal.store.engine.fhir_ids import id_place
from portal.store.messages import authors as message_authors
from portal.store.people import notices
from portal.store.records import holding, labelling, message_ties, privacy, tokens
from portal.store.records.grouping import lock_person, mark_ungrouped, regroup_pending, withdraw
from portal.store.records.members import NOTHING, AtHand, Keys
from portal.store.records.moved_visits import moved
from portal.store.records.resources import chunks
from portal.store.schema.records import entry, entry_key, entry_waits, resource


class EntryDraft(msgspec.Struct, frozen=True):
    """An entry ready to be stored: sealed, its keys hashed."""

    section: Section
    status: str
    sort_at: str
    confidential: bool
    facts: bytes | None
    keys: Keys  # hashed
    body: bytes
    thread: str | None = None  # keyed hash of the conversation that a message is in
    is_read: bool = False  # a message that the patient wrote, or has read elsewhere


class Draft(msgspec.Struct, frozen=True):
    """A resource ready to be stored: sealed, its tokens hashed. ``refusal`` says why it has no entry but should."""

    id: str
    type: str
    fhir_id: str
    content_hash: str
    date: str
    body: bytes
    tokens: Sequence[str]  # hashes
    refusal: str | None
    entry: EntryDraft | None
    confidential: bool = False
    chain: Sequence[str] = ()
    """Of a message, or a file that names one: what names it, then those that it answers (``…messages.authors``)."""
    ties: message_ties.Ties = frozenset()
    delivered: str | None = None  # digest of its bytes (``portal.fhir.delivered``)


class StoredState(msgspec.Struct, frozen=True):
    """What is stored under an id, as far as recognising a change needs it."""

    person_id: str | None
    content_hash: str
    deleted: bool
    refusal: str | None
    section: Section | None
    confidential: bool
    held: bool
    number: int
    delivered: str | None


_STATES = (
    select(
        *(resource.c[name] for name in ("id", "person_id", "content_hash", "refusal", "confidential", "number")),
        *(resource.c.delivered, resource.c.deleted_at.is_not(None), entry.c.section, entry.c.held),
    )
    .join_from(resource, entry, entry.c.id == resource.c.id, isouter=True)
    .where(resource.c.id.in_(bindparam("ids", expanding=True)))
)


def stored_states(tx: Tx, *, ids: Sequence[str]) -> dict[str, StoredState]:
    """Return what is stored already, by resource id."""
    states: dict[str, StoredState] = {}
    for batch in chunks(ids):
        for row in tx.conn.execute(_STATES, {"ids": batch}).all():
            own_id, person_id, content_hash, refusal, confidential, number, delivered, deleted, section, held = row
            shown_in = _SECTIONS[section] if section else None
            state = StoredState(
                person_id, content_hash, bool(deleted), refusal, shown_in, confidential, bool(held), number, delivered
            )
            states[own_id] = state
    return states


def delivered(tx: Tx, *, person_id: str, source: str) -> frozenset[str]:
    """Return the digests of what a source delivered of a person as it is stored."""
    c = resource.c
    query = select(c.delivered).where(c.person_id == person_id, c.source == source, c.delivered.is_not(None))
    return frozenset(tx.conn.execute(query.where(c.deleted_at.is_(None))).scalars())


def note_delivered(tx: Tx, *, digests: Mapping[str, str]) -> None:
    """Note the digests of resources, by id, that were delivered in other bytes and say the same."""
    statement = update(resource).where(resource.c.id == bindparam("of_id")).values(delivered=bindparam("digest"))
    tx.conn.execute(statement, [{"of_id": own_id, "digest": digest} for own_id, digest in digests.items()])


_BONDS = (Bond.MEET.value, Bond.SEEK.value)
_SECTIONS = {section.value: section for section in Section}


def put(
    tx: Tx,
    *,
    source: str,
    person_id: str | None,
    drafts: Sequence[Draft],
    noticed: frozenset[Section],
    renewed: bool = False,
) -> None:
    """Insert or replace resources and their entries, which wait to be grouped (``portal.store.records.grouping``).

    Entries of the sections in ``noticed`` count as new to the reader, those of other sections as known. ``renewed``:
    the resources are those that are stored, only what is derived from them was made again; their versions stay.
    """
    _lock_source(tx, source)
    if person_id is not None:
        lock_person(tx, person_id=person_id)
    stored = stored_states(tx, ids=[draft.id for draft in drafts])
    shared = {"source": source, "person_id": person_id}
    private = _private(tx, person_id, source, drafts)
    held = _held(tx, person_id, drafts, stored)
    of_messages = any(draft.chain or draft.ties for draft in drafts)
    writers = message_authors.all_writers(tx, person_id=person_id) if person_id and of_messages else {}
    authors = _authors(tx, drafts, writers)
    new_numbers = tokens.new_numbers(len(drafts))
    numbers = {each.id: stored[each.id].number if each.id in stored else next(new_numbers) for each in drafts}
    fresh = [draft for draft in drafts if draft.id not in stored]
    changed = [(draft.id, shared | _resource_values(tx, draft)) for draft in drafts if draft.id in stored]
    own: dict[str, Sequence[Any]] = {
        **{name: [getattr(draft, name) for draft in fresh] for name in ("id", "type", *_AS_DRAFTED)},
        **{name: [value] * len(fresh) for name, value in (shared | _arrived(tx) | {"version": 1}).items()},
        "number": [numbers[draft.id] for draft in fresh],
        "fhir_id": [tx.vault.seal_id(draft.fhir_id, place=id_place(draft.id)) for draft in fresh],
        "private": [draft.id in private for draft in fresh],
        "author": [authors.get(draft.id, "") for draft in fresh],
    }
    insert_columns(tx, resource, own)
    for resource_id, values in changed:
        values |= {"author": authors.get(resource_id, "")}
        derived = {key: values[key] for key in ("date", "refusal", "confidential", "author")}
        news = derived if renewed else values | {"version": resource.c.version + 1}
        tx.conn.execute(update(resource).where(resource.c.id == resource_id).values(news))
    for batch in chunks([resource_id for resource_id, _ in changed]):
        tokens.remove(tx, resource_ids=batch)
    numbered = [(numbers[draft.id], draft.date, draft.tokens) for draft in drafts]
    tokens.insert(tx, person_id=person_id, resources=numbered)
    if person_id is not None:
        _put_entries(tx, shared, drafts, stored, noticed, numbers=numbers, private=private, held=held, authors=authors)
    if person_id is not None and writers:
        ties = [each.ties for each in drafts if each.ties]
        message_ties.follow(tx, person_id=person_id, source=source, ties=ties, authors=authors)


def _private(tx: Tx, person_id: str | None, source: str, drafts: Sequence[Draft]) -> frozenset[str]:
    """Return which of the drafts fall under a topic that the person keeps private: at no moment is one open."""
    choices = privacy.choices(tx, person_id=person_id) if person_id else ()
    return frozenset(
        draft.id
        for draft in drafts
        if draft.entry is not None
        and any(each.section in ("", draft.entry.section) and each.holds(draft.id, source) for each in choices)
    )


def _held(tx: Tx, person_id: str | None, drafts: Sequence[Draft], stored: Mapping[str, StoredState]) -> frozenset[str]:
    """Return which of the drafts wait until it is decided whether they have to (``holding.decide``).

    What was shown once in any section does not.
    """
    candidates = {draft.id for draft in drafts if draft.entry is not None and draft.entry.section in HOLDABLE}
    held = {each for each in candidates if each in stored and stored[each].held}
    fresh = {each for each in candidates if each not in stored or stored[each].section is None}
    if fresh and person_id is not None and holding.choices(tx, person_id=person_id).hold:
        held |= fresh
    return frozenset(held)


def _authors(tx: Tx, drafts: Sequence[Draft], writers: Mapping[str, str]) -> Mapping[str, str]:
    """Return whose the messages among the drafts are, those that are somebody's. What was somebody's stays theirs."""
    if not writers:
        return {}
    names = {name for draft in drafts for name in draft.chain}
    writers = {**message_authors.of_resources(tx, ids=names), **writers}
    whose = {draft.id: author_of(draft.chain, writers) for draft in drafts}
    return {draft_id: author for draft_id, author in whose.items() if author}


def _resource_values(tx: Tx, draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in _AS_DRAFTED} | _arrived(tx)


_AS_DRAFTED = ("content_hash", "delivered", "date", "refusal", "confidential", "body")


def _arrived(tx: Tx) -> dict[str, Any]:
    return {"updated_at": tx.now, "deleted_at": None}


def _put_entries(
    tx: Tx,
    shared: Mapping[str, Any],
    drafts: Sequence[Draft],
    stored: Mapping[str, StoredState],
    noticed: frozenset[Section],
    *,
    numbers: Mapping[str, int],
    private: frozenset[str],
    held: frozenset[str],
    authors: Mapping[str, str],
) -> None:
    staying = _make_way(tx, shared["person_id"], drafts, stored)
    visits = {each.id: each.entry.body for each in drafts if each.entry and each.entry.section is Section.VISITS}
    ahead = {entry_id: body for entry_id, body in visits.items() if entry_id in staying}
    bodies = moved(tx, person_id=shared["person_id"], bodies=ahead)
    fresh: list[dict[str, Any]] = []
    keys: dict[str, list[str]] = {"entry_id": [], "hash": [], "bond": []}
    for draft in drafts:
        entry_draft = draft.entry
        if entry_draft is None:
            continue
        is_new = entry_draft.section in noticed and not entry_draft.is_read
        values: dict[str, Any] = {
            "status": entry_draft.status,
            "sort_at": entry_draft.sort_at,
            "confidential": entry_draft.confidential,
            "thread": entry_draft.thread or (draft.id if entry_draft.section is Section.MESSAGES else None),
            "facts": entry_draft.facts,
            "body": bodies.get(draft.id, entry_draft.body),
            "grouped": False,
            "author": authors.get(draft.id, ""),
        }
        if draft.id not in staying:
            arrival = {
                "id": draft.id,
                "number": numbers[draft.id],
                "section": entry_draft.section,
                "new_at": tx.now,
                "read_at": None if is_new else tx.now,
                "private": draft.id in private,
                "held": draft.id in held,
                "held_at": tx.now if draft.id in held else None,
                "held_until": None,
                "alone": False,
            }
            fresh.append({**values, **shared, **arrival})
        else:
            news: dict[str, Any] = {"new_at": tx.now, "read_at": None} if is_new else {}
            if entry_draft.is_read:
                news = {"read_at": func.coalesce(entry.c.read_at, tx.now)}
            tx.conn.execute(update(entry).where(entry.c.id == draft.id).values(values | news))
        keys["entry_id"] += [draft.id] * len(entry_draft.keys)
        keys["hash"] += [digest for _bond, digest in entry_draft.keys]
        keys["bond"] += [_BONDS[bond is Bond.SEEK] for bond, _digest in entry_draft.keys]
    if fresh:
        insert_many(tx, entry, fresh)
    insert_columns(tx, entry_key, keys)
    labelled = [each.id for each in drafts if each.id in staying and _is_labelled(each, authors)]
    if labelled:  # no process that ends before they are grouped leaves their rows open
        labelling.keep_back(tx, person_id=shared["person_id"], entry_ids=labelled)


def _is_labelled(draft: Draft, authors: Mapping[str, str]) -> bool:
    return draft.id in authors or (draft.entry is not None and draft.entry.confidential)


def _make_way(tx: Tx, person_id: str, drafts: Sequence[Draft], stored: Mapping[str, StoredState]) -> frozenset[str]:
    """Take out what the drafts replace; return the ids whose entries stay in their section and are updated."""
    leaving: dict[Section, list[str]] = defaultdict(list)
    staying: list[str] = []
    for draft in drafts:
        before = stored[draft.id].section if draft.id in stored else None
        if before is not None and draft.entry is not None and draft.entry.section is before:
            staying.append(draft.id)
        elif before is not None:
            leaving[before].append(draft.id)
    for section, ids in leaving.items():
        _remove_entries(tx, person_id, section, ids)
    mark_ungrouped(tx, entry_ids=staying)
    for batch in chunks(staying):
        tx.conn.execute(delete(entry_key).where(entry_key.c.entry_id.in_(batch)))
    return frozenset(staying)


def _remove_entries(tx: Tx, person_id: str, section: Section, ids: Sequence[str]) -> None:
    withdraw(tx, entry_ids=ids)
    for batch in chunks(ids):
        tx.conn.execute(delete(entry).where(entry.c.id.in_(batch)))
    regroup_pending(tx, person_id=person_id, section=section, recount=True)


def entry_ids(tx: Tx, *, person_id: str, source: str, section: Section) -> frozenset[str]:
    """Return ids of all entries of one section from one source."""
    return frozenset(ids_by_section(tx, person_id=person_id, source=source, sections=[section]).get(section, ()))


def ids_by_section(tx: Tx, *, person_id: str, source: str, sections: Collection[Section]) -> dict[Section, set[str]]:
    """Return ids of all entries of one source in these sections, by section; those without any are absent."""
    by_section: dict[Section, set[str]] = {}
    query = select(entry.c.section, entry.c.id).where(_of(person_id, source, sections))
    for section, entry_id in tx.conn.execute(query):
        by_section.setdefault(Section(section), set()).add(entry_id)
    return by_section


def sections_with_entries(tx: Tx, *, person_id: str, source: str, sections: Collection[Section]) -> frozenset[Section]:
    """Return those of these sections for which a source has brought anything before."""
    query = select(entry.c.section).where(_of(person_id, source, sections)).distinct()
    return frozenset(Section(section) for section in tx.conn.execute(query).scalars())


def _of(person_id: str, source: str, sections: Collection[Section]) -> ColumnElement[bool]:
    named = [section.value for section in sections]
    return and_(entry.c.person_id == person_id, entry.c.source == source, entry.c.section.in_(named))


def settle(
    tx: Tx, *, person_id: str, source: str, section: Section, removed: Sequence[str], at_hand: AtHand = NOTHING
) -> None:
    """Make what was stored visible, and what is no longer there invisible, in one step for the whole section.

    A removed resource of the home chart stays as a tombstone (its reader is answered 410); a link's is deleted.
    """
    lock_person(tx, person_id=person_id)
    if removed:
        withdraw(tx, entry_ids=removed)
        for batch in chunks(removed):
            if source == HOME:
                tx.conn.execute(delete(entry).where(entry.c.id.in_(batch)))
                tokens.remove(tx, resource_ids=batch)
                tx.conn.execute(
                    update(resource)
                    .where(resource.c.id.in_(batch))
                    .values(deleted_at=tx.now, updated_at=tx.now, body=b"", content_hash="")
                )
            else:
                tx.conn.execute(delete(resource).where(resource.c.id.in_(batch)))
    holding.decide(tx, person_id=person_id, section=section)
    news_of = _news_of(tx, person_id, section) if section in NOTICED else frozenset()
    regroup_pending(tx, person_id=person_id, section=section, recount=bool(removed), at_hand=at_hand)
    if section is Section.MESSAGES:  # one of them may be what a result waits for
        for other in sorted(holding.holding_sections(tx, person_id=person_id)):
            regroup_pending(tx, person_id=person_id, section=other)
    if news_of:
        notices.plan(tx, person_id=person_id, kind=section, authors=news_of)


def _news_of(tx: Tx, person_id: str, section: Section) -> frozenset[str]:
    """Return whose the news are that wait to be grouped; empty where there are none."""
    query = select(entry.c.author).where(
        entry.c.person_id == person_id,
        entry.c.section == section,
        entry_waits,
        entry.c.read_at.is_(None),
        entry.c.held.is_(False),
    )
    return frozenset(tx.conn.execute(query.distinct()).scalars())


def waiting_sections(tx: Tx, *, person_id: str) -> frozenset[Section]:
    """Return sections with entries that are stored and not yet grouped (also what a stopped process left behind)."""
    query = select(entry.c.section).where(entry.c.person_id == person_id, entry_waits).distinct()
    return frozenset(Section(section) for section in tx.conn.execute(query).scalars())


def left_waiting(tx: Tx, *, before: datetime) -> tuple[tuple[str, Section], ...]:
    """Return the persons and sections with entries that came before then and are not grouped yet."""
    query = (
        select(entry.c.person_id, entry.c.section)
        .where(entry_waits, entry.c.new_at < before)
        .distinct()
        .order_by(entry.c.person_id, entry.c.section)
    )
    return tuple((person_id, Section(section)) for person_id, section in tx.conn.execute(query))


def _lock_source(tx: Tx, source: str) -> None:
    """Make two deliveries of one source at the same time take turns (on SQLite every writer is alone anyway)."""
    if tx.conn.dialect.name == "postgresql":
        tx.conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:source, 0))"), {"source": source})
