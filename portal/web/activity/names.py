"""Who and what the events of a page are about: names, as far as who reads may know them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.audit.events import is_of_received
from portal.domain.people import Role
from portal.extensions import current_services
from portal.store import Tx
from portal.store.audit.events import StoredEvent
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.people import accounts
from portal.store.people.accounts import Account
from portal.store.provider import clients
from portal.store.records import privacy, rows
from portal.web.guards import current_sight, sees_confidential
from portal.web.linked import may_know
from portal.web.whole_record import sees_whole_record
from portal.web.words import phrase


@dataclass(frozen=True, slots=True)
class EventNames:
    """Accounts, apps, organizations and items by the ids that events carry. What is missing may not be named."""

    accounts: Mapping[str, Account]
    acting: frozenset[str]  # accounts that act for the person now
    apps: Mapping[str, str]
    organizations: Mapping[str, Organization]
    of_link: Mapping[str, str]
    items: Mapping[str, str]

    def organization(self, event: StoredEvent) -> Organization | None:
        """Return the organization that an event is about."""
        of_link = self.of_link.get(event.detail.get("link", ""), "")
        return self.organizations.get(event.detail.get("organization", "") or of_link)

    def app(self, event: StoredEvent) -> str:
        """Return the name of the app that an event is by, or about; empty where it may not be named."""
        client = event.actor_id if event.actor_kind == "client" else event.detail.get("client")
        return self.apps.get((client or "")[:40], "")


def seen(tx: Tx, events: Iterable[StoredEvent]) -> tuple[StoredEvent, ...]:
    """Return the events that who is signed in may know of: without looks at what the person keeps private, without
    messages of others who act for the person, and without what tells of summaries that they may not read."""
    events = tuple(event for event in events if current_sight().reads(event.detail.get("author", "")))
    if not sees_whole_record(tx):
        events = tuple(event for event in events if not is_of_received(event.action, event.detail))
    if current_sight().private:
        return events
    hidden = privacy.hidden(tx, ids=(event.detail.get("entry", "") for event in events))
    return tuple(event for event in events if event.detail.get("entry") not in hidden)


def names(tx: Tx, events: Iterable[StoredEvent], *, person_id: str) -> EventNames:
    """Read the names for these events about a person's record.

    Apps are named only to who may see what is confidential: a name may tell what they are for.
    """
    events = tuple(events)
    actors = {event.actor_id for event in events if event.actor_kind == "account" and event.actor_id}
    stored = (accounts.by_id(tx, account_id=actor, disabled=True) for actor in actors)
    by_id = {account.id: account for account in stored if account is not None}
    teen_age = current_services().settings.teen_age
    acting = frozenset(
        account.id
        for account in by_id.values()
        if account.role is Role.PATIENT
        and any(
            grant.person_id == person_id for grant in accounts.grants_of(tx, account_id=account.id, teen_age=teen_age)
        )
    )
    of_link = {link.id: link.organization_id for link in links.of_person(tx, person_id=person_id, live=None)}
    ids = {event.detail["organization"] for event in events if event.detail.get("organization")}
    ids |= {of_link[event.detail["link"]] for event in events if event.detail.get("link") in of_link}
    apps = {(event.actor_id or "")[:40] for event in events if event.actor_kind == "client"}
    apps |= {event.detail["client"][:40] for event in events if event.detail.get("client")}
    items = {event.detail["entry"] for event in events if event.detail.get("entry")}
    entries = rows.entries(tx, person_id=person_id, ids=sorted(items), sight=current_sight())
    return EventNames(
        by_id,
        acting,
        clients.names(tx, actors=apps) if sees_confidential() else {},
        {key: value for key, value in organizations.by_ids(tx, ids=ids).items() if may_know(value)},
        of_link,
        {key: phrase(entry.title) for key, entry in entries.items()},
    )
