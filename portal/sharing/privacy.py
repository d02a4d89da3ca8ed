"""Keeping something private: at once, for everybody but the person, wherever their record is read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from portal import audit
from portal.directory.suggestions import compute
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.normalise.ccda.home_documents import resources_of
from portal.normalise.device_uses import USE
from portal.services import Services
from portal.sharing.health_links import change
from portal.sharing.summary import SECTIONS
from portal.sharing.withheld import names_in
from portal.store import Tx
from portal.store.directory import suggestions
from portal.store.links import links
from portal.store.records import derived, privacy, resources, writing
from portal.store.records.grouping import lock_person, regroup_pending
from portal.store.records.privacy import PrivateChoice
from portal.store.records.resources import StoredResource
from portal.store.shares import shares
from portal.store.shares.shares import Share, ShareEventKind


def keep(services: Services, *, person_id: str, account_id: str, chosen: Sequence[PrivateChoice], private: bool) -> int:
    """Keep these private, or no longer; return how many links that were handed on ended by it.

    A link leads to a file as it was then, sealed with a key that only the link has: it cannot be changed, so what may
    show something that is private now ends, or something that names it. What was read out of a document goes with it.
    """
    naming: frozenset[Section] | None = None
    if private:
        with services.db.reading() as tx:  # all of a record is read for it, which no writer has to wait for
            naming = _naming(tx, person_id=person_id, chosen=chosen)
    with services.db.transaction() as tx:
        lock_person(tx, person_id=person_id)
        if private and naming is None:  # a link may have been made since
            naming = _naming(tx, person_id=person_id, chosen=chosen)
        sections = privacy.put(tx, person_id=person_id, chosen=chosen, private=private)
        for section in sorted(sections):
            regroup_pending(tx, person_id=person_id, section=section)
        if private and Section.DOCUMENTS in sections:
            sections |= take_back(tx, person_id=person_id)
        may_show = sections | (naming or frozenset())
        ended = end_shares(tx, person_id=person_id, account_id=account_id, sections=may_show) if private else 0
        # Nothing of what it is: the event is read by whoever may read the person's log.
        audit.record(
            tx,
            action=audit.Action.PRIVATE,
            actor=audit.Actor("account", account_id),
            person_id=person_id,
            change="private" if private else "open",
        )
        suggestions.forget_chart(tx, person_id=person_id)
    compute(services.db, person_id=person_id, home_name=services.settings.organization)
    return ended


def _naming(tx: Tx, *, person_id: str, chosen: Sequence[PrivateChoice]) -> frozenset[Section] | None:
    """Return the sections of what names something that falls under these choices; None where no link is handed on."""
    if not any(_handed_on(tx, person_id)):
        return None
    ids = privacy.falling_under(tx, person_id=person_id, chosen=chosen)
    names: dict[str, set[str]] = defaultdict(set)
    for stored in resources.by_ids(tx, ids=sorted(ids)).values():
        names[stored.source].add(f"{stored.type}/{stored.fhir_id}")
    naming, sections = set(), set()
    for stored in resources.everything(tx, person_id=person_id) if names else ():
        if (
            stored.id not in ids
            and stored.source in names
            and not names[stored.source].isdisjoint(names_in(stored.text))
        ):
            naming.add(stored.id)
            sections |= {Section.IMPLANTS} if stored.type == USE else set()  # told with its device
    return privacy.sections_of(tx, ids=naming) | sections


def take_back(tx: Tx, *, person_id: str) -> frozenset[Section]:
    """Remove the entries that were made of documents which are private now; return their sections.

    They have ids of their own, so that no choice but the document's reaches them.
    """
    taken: dict[tuple[str, Section], list[str]] = defaultdict(list)
    for source in dict.fromkeys((HOME, *(link.source for link in links.of_person(tx, person_id=person_id)))):
        entries = derived.entries_of(tx, person_id=person_id, source=source, sections=frozenset(Section))
        if any(each.derived for each in entries):
            documents = derived.documents(tx, person_id=person_id, source=source, private_only=True)
            home_ids = _home_ids(documents) if source == HOME else frozenset()
            for each in derived.made_of(tx, entries, documents, source=source, home_ids=home_ids):
                taken[source, each.section].append(each.id)
    for (source, section), removed in taken.items():
        writing.settle(tx, person_id=person_id, source=source, section=section, removed=removed)
    return frozenset(section for _source, section in taken)


def _home_ids(documents: Iterable[StoredResource]) -> frozenset[str]:
    return frozenset(
        resource["id"]
        for document in documents
        for resources in resources_of(document.body, document.fhir_id, "").values()
        for resource in resources
    )


def end_shares(tx: Tx, *, person_id: str, account_id: str, sections: Collection[Section]) -> int:
    """End the links handed on that may show something of these sections; return how many. ``account_id`` did it."""
    codes = {section.code for section in SECTIONS if section.section in sections}
    ended = 0
    for stored in _handed_on(tx, person_id):
        terms = stored.terms
        if not (codes.isdisjoint(terms.sections) and set(sections).isdisjoint(terms.more)):
            change(tx, stored=stored, kind=ShareEventKind.ENDED, account_id=account_id)
            ended += 1
    return ended


def _handed_on(tx: Tx, person_id: str) -> Iterator[Share]:
    """Yield the links of a person that may still be opened."""
    every = shares.of_person(tx, person_id=person_id)
    return (stored for stored in every if stored.ended_at is None and stored.ends_at > tx.now)
