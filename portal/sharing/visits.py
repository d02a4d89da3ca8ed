"""The record of a visit, handed back at the front desk as a Health Link whose passcode the patient alone knows.

It is what the organization itself wrote down of the visit, documents included, as its release policy lets it go.
Nothing that is sensitive or kept private is in it, nor a result that still waits for the patient.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from portal import audit
from portal.access import Sight
from portal.access.passwords import hash_password
from portal.config import Settings
from portal.domain.dates import as_instant, parse_when
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.ids import HOME, new_id, new_secret
from portal.domain.sections import Section
from portal.normalise.elements import items, obj
from portal.services import Services
from portal.sharing import files, fitting, shlink, withheld
from portal.sharing.contents import Contents, Resource, instant
from portal.sharing.gathering import SUPPORTING, SummaryScope, gather
from portal.sharing.making import PASSCODE_DIGITS, PATH
from portal.sharing.summary import SECTIONS
from portal.store import Tx
from portal.store.desk import assists
from portal.store.desk.assists import Assist
from portal.store.provider import release
from portal.store.records import packing, privacy, resources, rows
from portal.store.records.grouping import lock_person
from portal.store.records.resources import StoredResource
from portal.store.shares import shares
from portal.store.shares.shares import ShareTerms

RECENT = timedelta(days=14)
LASTING = timedelta(days=30)
_SIGHT = Sight(confidential=False, private=False, held=False, sections=frozenset(Section), account="")
_RESULTS = frozenset({"Observation", "DiagnosticReport"})
_MOST_FILES = 8 * 1024 * 1024
"""Characters of all documents together, as base64."""


@dataclass(frozen=True, slots=True)
class RecentVisit:
    """``day`` is when it began; ``stored`` the Encounter."""

    day: datetime
    stored: StoredResource

    @property
    def reference(self) -> str:
        return f"Encounter/{self.stored.fhir_id}"


def latest(tx: Tx, *, person_id: str, settings: Settings, without: frozenset[str] = frozenset()) -> RecentVisit | None:
    """Return the newest visit here of the last two weeks; None where there is none that may be released.

    ``without``: ids of entries that count for nothing.
    """
    if "Encounter" in release.effective(tx, settings).withheld:
        return None
    page = rows.page(tx, person_id=person_id, section=Section.VISITS, sight=_SIGHT, source=HOME, limit=100)
    for row in page.rows:
        for each in row.entries:
            when = parse_when(each.entry.start or each.entry.when)
            is_ours = each.source == HOME and each.id not in without
            stored = resources.by_id(tx, resource_id=each.id) if is_ours else None
            if when is None or stored is None or stored.type != "Encounter":
                continue
            day = as_instant(when)
            if tx.now - RECENT <= day <= tx.now:
                return RecentVisit(day, stored)
    return None


def choose_passcode() -> tuple[str, str]:
    """Return a new passcode, for the patient alone, with which a visit's record may be handed out; and its hash."""
    passcode = "".join(secrets.choice("0123456789") for _digit in range(PASSCODE_DIGITS))
    return passcode, hash_password(passcode)


def hand_out(services: Services, assist: Assist) -> str:
    """Make the link to the newest visit's record, and return it, once.

    Raises:
        NotFoundError: there is no visit of late.
        ConflictError: ``visit-passcode``: the patient did not say yes to that on a device of their own.
    """
    key, token, share_id = secrets.token_bytes(shlink.KEY_BYTES), new_secret(), new_id()
    without: frozenset[str] = frozenset()
    while True:
        with services.db.reading() as tx:
            record = _record(tx, assist.person_id, services.settings, without)
        content = files.encrypt(packing.encode(record.bundle), key, deflate=True)
        with services.db.transaction() as tx:
            # What is kept private meanwhile either is noticed here, or finds this link and ends it.
            lock_person(tx, person_id=assist.person_id)
            ids = record.ids
            unseen = ids - privacy.still_seen(tx, person_id=assist.person_id, ids=ids, sight=_SIGHT)
            if unseen or record.policy != release.effective(tx, services.settings):
                without |= unseen
                continue
            label = f"{services.settings.organization}: {record.visit.day.date().isoformat()}"[: shlink.LONGEST_LABEL]
            terms = ShareTerms(label, record.codes, more=(Section.VISITS, Section.DOCUMENTS), assist=assist.id)
            ends_at = _hand_out(tx, assist, terms, share_id=share_id, token=token, content=content)
        url = f"{services.settings.base_url}{PATH}/{token}"
        return shlink.write(url=url, key=key, expires=ends_at, flag="P", label=label)


def _hand_out(tx: Tx, assist: Assist, terms: ShareTerms, *, share_id: str, token: str, content: bytes) -> datetime:
    """Store the link, for which the passcode is taken, and return when it ends. Raises as ``hand_out``."""
    chosen = assists.take_passcode(tx, assist_id=assist.id)
    if chosen is None:
        raise ConflictError("visit-passcode")
    account_id, passcode_hash = chosen
    shares.add(
        tx,
        share_id=share_id,
        token=token,
        person_id=assist.person_id,
        account_id=account_id,
        flags="P",
        terms=terms,
        passcode_hash=passcode_hash,
        ends_at=tx.now + LASTING,
        content=content,
    )
    for action, actor, detail in (
        (audit.Action.SHARE, account_id, {"share": share_id}),
        (audit.Action.ASSIST, assist.account_id, {"step": "visit-link"}),
    ):
        who = audit.Actor("account", actor)
        audit.record(tx, action=action, actor=who, person_id=assist.person_id, **detail)
    return tx.now + LASTING


@dataclass(frozen=True, slots=True)
class _VisitRecord:
    """``codes`` are those of the sections that something in ``bundle`` belongs to, ``ids`` all entries in it."""

    visit: RecentVisit
    bundle: Resource
    codes: tuple[str, ...]
    ids: frozenset[str]
    policy: Settings


def _record(tx: Tx, person_id: str, settings: Settings, without: frozenset[str]) -> _VisitRecord:
    """Return what is handed out of the newest visit.

    Raises:
        NotFoundError: there is no visit of late.
    """
    visit = latest(tx, person_id=person_id, settings=settings, without=without)
    if visit is None:
        raise NotFoundError
    policy = release.effective(tx, settings)
    since = tx.now - timedelta(days=policy.results_delay_days)

    def see(stored: StoredResource) -> StoredResource | None:
        waits = stored.type in _RESULTS and policy.results_delay_days and stored.updated_at > since
        is_of_it = stored.type in SUPPORTING or visit.reference in _encounters(stored.body)
        may_go = not waits and stored.type not in policy.withheld and stored.id not in without
        return stored if is_of_it and may_go else None

    content = gather(
        tx,
        person_id=person_id,
        organization=policy.organization,
        chart_base=policy.chart_base,
        scope=SummaryScope(sight=_SIGHT, merged=False, see=see),
    )
    contents = Contents(content, uuid4())
    contents.assembler = contents.own("organization:")
    documents = _documents(tx, person_id, see)
    own = (visit.stored, *documents)
    unseen = withheld.hidden(tx, source=HOME, sight=_SIGHT, stored=own)
    extra = [
        contents.entry(each.id, {"resourceType": each.type, **withheld.without(each.body, unseen)}) for each in own
    ]
    _put_files_back(extra[1:], documents)
    entries = [
        (contents.patient, contents.person()),
        *extra,
        *contents.stated(),
        *contents.supporting(),
        *contents.organizations(),
        *contents.provenances(),
    ]
    bundle = {
        "resourceType": "Bundle",
        "id": str(contents.id),
        "type": "collection",
        "timestamp": instant(content.moment),
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
    }
    codes = tuple(section.code for section in SECTIONS if content.sections[section.code].rows)
    ids = content.entry_ids.union((visit.stored.id, *(document.id for document in documents)))
    return _VisitRecord(visit, bundle, codes, ids, policy)


def _documents(tx: Tx, person_id: str, see: Any) -> list[StoredResource]:
    page = rows.page(tx, person_id=person_id, section=Section.DOCUMENTS, sight=_SIGHT, source=HOME, limit=100)
    stored = (
        resources.by_id(tx, resource_id=each.id) for row in page.rows for each in row.entries if each.source == HOME
    )
    return [each for each in stored if each is not None and not each.deleted and see(each) is not None]


def _put_files_back(entries: list[tuple[str, Resource]], documents: list[StoredResource]) -> None:
    """Let the documents keep the files that are in them, as many as fit; a summary has none."""
    room = _MOST_FILES
    for (_address, resource), stored in zip(entries, documents, strict=True):
        for copied, original in zip(items(resource.get("content")), items(stored.body.get("content")), strict=True):
            data = obj(original.get("attachment")).get("data")
            if isinstance(data, str) and len(data) <= room:
                room -= len(data)
                copied["attachment"]["data"] = data


def _encounters(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the visits that a resource names, as "Type/id"."""
    context = body.get("context")
    named = [body.get("encounter"), context, *items(obj(context).get("encounter"))]
    yield from (name for each in named if isinstance(each, Mapping) and (name := fitting.reference_name(each)))
