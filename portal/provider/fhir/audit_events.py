"""What happened with a person's record, as FHIR AuditEvents: for an app that the person agreed to for just that.

Searched by ``patient`` and ``date``, newest first. Who may not see what is confidential reads no names of apps, no ids
of organizations and items, and not how many somebody else read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portal.audit import Action, fhir_events
from portal.audit.events import is_of_received
from portal.config import Settings
from portal.provider.fhir import bundles, dates
from portal.provider.fhir.access import Caller
from portal.provider.fhir.bundles import PageLink
from portal.provider.fhir.outcomes import forbidden, invalid, not_found
from portal.provider.fhir.query import LONGEST_PAGE, PAGE
from portal.store import Tx
from portal.store.audit import events
from portal.store.audit.events import Filter, StoredEvent
from portal.store.people import accounts
from portal.store.provider import clients
from portal.store.records import privacy

_KIND = "AuditEvent"
_OPEN = frozenset({"section", "type", "move", "reason", "scopes", "permission", "change", "what"})
"""Details that name no place, app or item, and count nothing."""
_UNTOLD = (Action.PRIVATE.value,)
"""That something is kept private is told to nobody but who does it."""
_RESULT = frozenset({"_format", "_pretty", "_total"})


@dataclass(slots=True)
class _Search:
    only: Filter = field(default_factory=Filter)
    count: int = PAGE
    used: list[tuple[str, str]] = field(default_factory=list)


def read(tx: Tx, caller: Caller, fhir_id: str, *, observer: str) -> dict[str, Any]:
    """Return one event.

    Raises:
        FhirError: 403 without the scope, 404 where it is not this person's.
    """
    caller.reach(_KIND, "r")
    if not (fhir_id.isascii() and fhir_id.isdigit() and len(fhir_id) < 18) or caller.person_id is None:
        raise not_found()
    stored = events.of_person(tx, person_id=caller.person_id, limit=1, only=Filter(seq=int(fhir_id), without=_UNTOLD))
    stored = _open(tx, caller, stored)
    if not stored:
        raise not_found()
    return _resources(tx, caller, stored, observer=observer)[0]


def search(
    tx: Tx, caller: Caller, pairs: Sequence[tuple[str, str]], *, settings: Settings, strict: bool
) -> tuple[dict[str, Any], int]:
    """Return a searchset, and how many events are in it.

    Raises:
        FhirError: 403 without the scope or for another patient, 400 for a parameter that is not understood.
    """
    caller.reach(_KIND, "s")
    person_id, base = caller.person_id or "", settings.fhir_base
    page = dict(pairs).get("_page")
    link = bundles.open_page_link(tx, page) if page else None
    if link is not None and (link.kind != _KIND or link.person_id != person_id):
        raise invalid("The page link is not one of this server")
    query = _read(link.pairs if link else pairs, patient=caller.patient or "", base=base, strict=strict)
    before = int(link.after) if link else None
    only = replace(query.only, without=_UNTOLD)
    stored = events.of_person(tx, person_id=person_id, limit=query.count + 1, before=before, only=only)
    shown = stored[: query.count]
    links = [{"relation": "self", "url": f"{base}/{_KIND}"}]
    if len(stored) > query.count:
        following = PageLink(_KIND, person_id, tuple(query.used), str(shown[-1].seq))
        links.append(bundles.next_link(tx, following, base=base))
    listed = _open(tx, caller, shown)
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if link is None and len(stored) <= query.count:
        bundle["total"] = len(listed)
    resources = _resources(tx, caller, listed, observer=settings.organization)
    if resources:
        bundle["entry"] = [
            {"fullUrl": f"{base}/{_KIND}/{resource['id']}", "resource": resource, "search": {"mode": "match"}}
            for resource in resources
        ]
    return bundle, len(resources)


def _open(tx: Tx, caller: Caller, stored: tuple[StoredEvent, ...]) -> tuple[StoredEvent, ...]:
    """Return the events without looks at what the person keeps private, without messages of others who act for the
    person, and without what tells of summaries from outside: no app may read those, and ``/activity`` tells of them
    only to who may."""
    stored = tuple(
        event
        for event in stored
        if not is_of_received(event.action, event.detail) and caller.sight.reads(event.detail.get("author", ""))
    )
    hidden = privacy.hidden(tx, ids=(event.detail.get("entry", "") for event in stored))
    return tuple(event for event in stored if event.detail.get("entry") not in hidden)


def _read(pairs: Iterable[tuple[str, str]], *, patient: str, base: str, strict: bool) -> _Search:
    query = _Search()
    for name, value in pairs:
        if name in ("patient", "patient:Patient"):
            if value.removeprefix(f"{base}/").removeprefix("Patient/") != patient:
                raise forbidden("The token is not for this patient")
        elif name == "date":
            query.only = _narrowed(query.only, value)
        elif name == "_count":
            if not (value.isascii() and value.isdigit()):
                raise invalid("_count must be a whole number")
            query.count = min(max(int(value[:9]), 1), LONGEST_PAGE)
        elif name not in _RESULT:
            if strict:
                raise invalid("A search parameter is not supported for this type", "not-supported")
            continue
        query.used.append((name, value))
    return query


def _narrowed(only: Filter, value: str) -> Filter:
    test = dates.parse(value)
    if test.prefix == "ne":
        raise invalid("This prefix is not supported for date")
    since, until = test.earliest, test.latest
    if test.prefix == "gt":
        since = test.span.after
    elif test.prefix == "le":
        until = test.span.after
    bounds = [bound for bound in (only.since, since) if bound is not None]
    ends = [bound for bound in (only.until, until) if bound is not None]
    return replace(only, since=max(bounds, default=None), until=min(ends, default=None))


def _resources(tx: Tx, caller: Caller, stored: Iterable[StoredEvent], *, observer: str) -> list[dict[str, Any]]:
    stored = tuple(stored)
    ids = {event.actor_id for event in stored if event.actor_kind == "account" and event.actor_id}
    people = {account_id: accounts.by_id(tx, account_id=account_id, disabled=True) for account_id in ids}
    names = {account_id: account.display for account_id, account in people.items() if account is not None}
    if caller.confidential:
        names |= clients.names(tx, actors={event.actor_id or "" for event in stored if event.actor_kind == "client"})
    return [
        fhir_events.resource(
            event,
            detail={name: text for name, text in event.detail.items() if caller.confidential or name in _OPEN},
            observer=observer,
            patient=caller.patient,
            actor=names.get(event.actor_id or "", ""),
            identified=caller.confidential or event.actor_kind != "client",
        )
        for event in stored
    ]
