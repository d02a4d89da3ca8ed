"""Items as drafts of what is stored of them: references looked up, normalised, read by merge, packed and sealed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import msgspec

from portal.domain.dates import day_key
from portal.domain.entry import Entry, Message
from portal.domain.errors import NormaliseError
from portal.domain.ids import HOME, OWN
from portal.domain.listing import listed_as
from portal.domain.sections import Section
from portal.merge import Facts, Reading, read
from portal.normalise import carries_entry, clinical_date, stamped, to_entry
from portal.normalise.confidential import is_confidential_here
from portal.normalise.context import written_references
from portal.normalise.device_uses import USE, device_of, with_uses
from portal.normalise.safety import is_plain
from portal.normalise.search_tokens import codes, indexed, tokens
from portal.refresh import message_chain, naming
from portal.refresh.changers import Changers
from portal.refresh.device_uses import DeviceUses
from portal.refresh.own_references import NOWHERE, SourceAddress
from portal.refresh.recognition import Item, is_shown_or_serves
from portal.store import Database, Tx
from portal.store.engine.person_keys import Sealer
from portal.store.provider import release
from portal.store.records import packing, writing
from portal.store.records import resources as stored_resources
from portal.store.records.members import Keys
from portal.store.records.message_ties import FILES, MESSAGE, Ties
from portal.store.records.resources import StoredResource
from portal.store.records.tokens import token_hash

_LABELS = ("resourceType", "id", "meta", "category")  # of what is somebody else's: only whether it is confidential
_MOST_AT_HAND = 1000  # entries; their facts and keys take some 4 kB each


class _ItemInWork(msgspec.Struct):
    """An item as it was packed, decoded, and every reference in it, each once; and what is made of it, step by step."""

    item: Item
    data: bytes
    resource: Mapping[str, Any]
    references: tuple[str, ...]
    confidential: bool = False  # the resource
    hidden: bool = False  # its entry
    entry: Entry | None = None
    refusal: str | None = None
    chain: Sequence[str] = ()
    reading: Reading | None = None
    tokens: Sequence[str] = ()
    ties: Ties = frozenset()


class Drafting:
    """Turns items into drafts, resolving references among the delivery first, then in the store."""

    def __init__(
        self,
        database: Database,
        person_id: str | None,
        source: str,
        items: Mapping[str, Item],
        *,
        confidential: bool = False,
        server: SourceAddress = NOWHERE,
        without: Collection[str] = (),
    ) -> None:
        self._database, self._person_id, self._source, self._items = database, person_id, source, items
        self._confidential = confidential
        self._server = server
        self._resolved: dict[tuple[str, str], Mapping[str, Any] | None] = {}
        self._ahead: dict[str, StoredResource | None] = {}
        self._hashes: dict[tuple[str, str], str] = {}
        self._locals: dict[str, tuple[str, str] | None] = {}  # relative references: theirs hang on no resource
        self._kinds: frozenset[str] | None = None
        self._uses = DeviceUses(person_id, source, items, server, without=without)
        self.unsafe = 0  # entries that are no facts, so far
        self.at_hand: dict[bytes, tuple[Keys, Facts]] = {}  # of the first entries, for grouping them

    @cached_property
    def _changers(self) -> Changers:
        return Changers([item.packed for item in self._items.values() if item.type == "Provenance" and item.packed])

    def _kinds_of(self, tx: Tx) -> frozenset[str]:
        """Return what the organization keeps confidential whatever its label."""
        if self._kinds is None:
            self._kinds = frozenset(release.in_force(tx).confidential)
        return self._kinds

    @cached_property
    def _sealer(self) -> Sealer:
        return self._database.sealer(self._person_id)

    def drafts(self, items: Iterable[Item]) -> list[writing.Draft]:
        """Return the drafts of a batch; what they refer to and is stored is read in one snapshot.

        Each step is done for all, type by type, before the next one: done in turns, one loses what the other had in the
        processor's caches.
        """
        sealer = self._sealer  # a transaction of its own makes the person's key where there is none yet
        batch = [_ItemInWork(item, *item.read(), ()) for item in items]
        by_type = sorted(batch, key=lambda work: work.item.type)
        for work in by_type:
            work.references = tuple(written_references(work.data))
        with self._database.reading() as tx:
            self._look_ahead(tx, by_type)
            for work in by_type:
                self._normalise(tx, work)
        for work in by_type:
            if work.entry is not None:
                work.reading = self._reading(work.entry)
        for work in by_type:
            if self._person_id is not None:
                work.ties = message_chain.ties(work.resource, server=self._server)
            pairs = self._found_by(work.resource, work.references) | work.ties
            work.tokens = sorted({self._token(param, value) for param, value in pairs})
        drafts = _sealed(sealer, [self._draft(work) for work in batch])
        for work, draft in zip(batch[: _MOST_AT_HAND - len(self.at_hand)], drafts, strict=False):
            if work.reading is not None and draft.entry is not None and draft.entry.facts is not None:
                self.at_hand[draft.entry.facts] = draft.entry.keys, work.reading.facts
        return drafts

    def _look_ahead(self, tx: Tx, batch: Iterable[_ItemInWork]) -> None:
        """Read at once what these refer to and is stored."""
        own: dict[str, str] = {}
        for work in batch:
            for reference in work.references:
                key = self._local(work.resource, reference) if reference not in own else None
                if key is not None and key not in self._resolved:
                    own[reference] = self._id_of(*key)
        ids = sorted({own_id for own_id in own.values() if not self._is_delivered(own_id)})
        self._ahead = dict.fromkeys(ids) | stored_resources.by_ids(tx, ids=ids)

    def _normalise(self, tx: Tx, work: _ItemInWork) -> None:
        """Read an item as an entry, where it is one, and what it is labelled as."""
        item, resource = work.item, work.resource
        lookup = partial(self._lookup, tx, resource)
        work.confidential = self._confidential or naming.is_hidden(resource, lookup, self._kinds_of(tx))
        if self._person_id is not None and not is_shown_or_serves(item.type):
            work.refusal = "unsupported-type"
        elif self._person_id is not None and carries_entry(item.type):
            try:
                referred = naming.Referred(lookup, self._kinds_of(tx))
                uses = self._uses.of(tx, resource)
                whole = with_uses(resource, uses)
                entry = to_entry(whole, referred, plain=not uses and is_plain(work.data))
                work.entry = self._changers.named(stamped(entry, whole))
                of_uses = any(is_confidential_here(use, self._kinds_of(tx)) for use in uses)
                work.hidden = work.confidential or referred.confidential or of_uses
                self.unsafe += bool(entry.unsafe)
            except NormaliseError as error:
                work.refusal = error.code
        elif item.type == USE and self._lookup(tx, resource, device_of(resource)) is None:
            work.refusal = "unsupported-type"  # no device of which it could say anything
        work.chain = self._chain(tx, item, resource)

    def _draft(self, work: _ItemInWork) -> writing.Draft:
        """Return a draft of which nothing is packed but its resource, and nothing sealed."""
        item = work.item
        return writing.Draft(
            id=item.id,
            type=item.type,
            fhir_id=item.fhir_id,
            content_hash=item.content_hash,
            date=clinical_date(work.resource)[:20],
            body=item.packed,
            tokens=work.tokens,
            refusal=work.refusal,
            confidential=work.confidential,
            entry=None if work.entry is None else self._entry_draft(work.entry, work),
            chain=work.chain,
            ties=work.ties,
            delivered=item.delivered,
        )

    def _chain(self, tx: Tx, item: Item, resource: Mapping[str, Any]) -> Sequence[str]:
        """Return what tells whose a message is, or a file that says of which it is."""
        about: dict[str, Any] = {"source": self._source, "server": self._server, "find": partial(self._find, tx)}
        if item.type == MESSAGE:
            return message_chain.names(tx.vault, f"{item.type}/{item.fhir_id}", resource, **about)
        return message_chain.names_of_file(tx.vault, resource, **about) if item.type in FILES else ()

    def _reading(self, entry: Entry) -> Reading | None:
        """Return what tells an entry from others and joins it with them.

        What is no fact (``Entry.unsafe``) has no key: it is the same as nothing. What a person measured at home has
        none either: it stays apart from what an organization says.
        """
        measured_at_home = self._source == OWN and entry.section is Section.VITAL_SIGNS
        return None if entry.unsafe or measured_at_home else read(entry, source=self._source)

    def _entry_draft(self, entry: Entry, work: _ItemInWork) -> writing.EntryDraft:
        """Return an entry and its facts as JSON, and its keys hashed.

        What is confidential shares no key with what is not: a row is one or the other as a whole, so that leaving out
        confidential rows leaves no trace of them in others.
        """
        whose = f"{self._person_id}|confidential" if work.hidden else self._person_id
        hashed = self._database.vault.hash
        facts, keys = (msgspec.json.encode(work.reading.facts), work.reading.keys) if work.reading else (None, ())
        return writing.EntryDraft(
            section=entry.section,
            status=listed_as(entry).value,
            sort_at=day_key(entry.when)[:20],
            confidential=work.hidden,
            facts=facts,
            keys=tuple([(bond, hashed("same", f"{whose}|{key}")) for bond, key in keys]),
            body=msgspec.json.encode(entry),
            thread=self._thread(entry.detail, work.item) if isinstance(entry.detail, Message) else None,
            is_read=isinstance(entry.detail, Message) and (entry.detail.own or bool(entry.detail.received)),
        )

    def _thread(self, message: Message, item: Item) -> str:
        """Return which conversation a message is in."""
        first = message.thread or f"{item.type}/{item.fhir_id}"
        key = "/".join(first.split("/")[-2:])  # absolute and relative references name the same message
        return self._database.vault.hash("thread", f"{self._person_id}|{self._source}|{key}")

    def _found_by(self, resource: Mapping[str, Any], references: Iterable[str]) -> frozenset[tuple[str, str]]:
        """Return the tokens it is found by: the FHIR API searches what is ours and the person's, a trend all codes."""
        if not is_shown_or_serves(str(resource.get("resourceType"))):
            return frozenset()
        return indexed(tokens(resource, references)) if self._source in (HOME, OWN) else codes(resource)

    def _token(self, param: str, value: str) -> str:
        # Categories and statuses repeat a thousand times in a delivery.
        hashed = self._hashes.get((param, value))
        if hashed is None:
            hashed = self._hashes[param, value] = token_hash(self._database.vault, param=param, value=value)
        return hashed

    def _lookup(self, tx: Tx, resource: Mapping[str, Any], reference: str, /) -> Mapping[str, Any] | None:
        """Return what ``resource`` refers to."""
        key = self._local(resource, reference)
        if key is None:
            return None
        if key not in self._resolved:
            if len(self._resolved) > 2000:
                self._resolved.clear()
            self._resolved[key] = self._find(tx, *key)
        return self._resolved[key]

    def _local(self, resource: Mapping[str, Any], reference: str) -> tuple[str, str] | None:
        if "://" in reference:
            return self._server.local(reference, resource)
        if reference not in self._locals:
            self._locals[reference] = self._server.local(reference, resource)
        return self._locals[reference]

    def _find(self, tx: Tx, kind: str, fhir_id: str) -> Mapping[str, Any] | None:
        own_id = self._id_of(kind, fhir_id)
        if self._is_delivered(own_id):
            return self._items[own_id].read()[1]
        stored = self._ahead.get(own_id) if own_id in self._ahead else stored_resources.by_id(tx, resource_id=own_id)
        if stored is None or stored.deleted:
            return None
        is_theirs = stored.person_id in (None, self._person_id) or kind == "Patient"  # who is somebody, by their name
        return stored.body if is_theirs else {name: stored.body[name] for name in _LABELS if name in stored.body}

    def _id_of(self, kind: str, fhir_id: str) -> str:
        return stored_resources.resource_id(self._database.vault, source=self._source, type=kind, fhir_id=fhir_id)

    def _is_delivered(self, own_id: str) -> bool:
        item = self._items.get(own_id)
        return item is not None and bool(item.packed)


def _sealed(sealer: Sealer, drafts: Sequence[writing.Draft]) -> list[writing.Draft]:
    """Return drafts ready to be stored: their entries packed, and all of them sealed for their places."""
    pack, replace = packing.pack, msgspec.structs.replace
    packed = [
        replace(draft.entry, body=pack(draft.entry.body), facts=draft.entry.facts and pack(draft.entry.facts))
        if draft.entry is not None
        else None
        for draft in drafts
    ]
    sealed = [
        replace(
            entry,
            body=sealer.seal(entry.body, row=f"entry.body:{draft.id}"),
            facts=entry.facts and sealer.seal(entry.facts, row=f"entry.facts:{draft.id}"),
        )
        if entry is not None
        else None
        for draft, entry in zip(drafts, packed, strict=True)
    ]
    return [
        replace(draft, body=sealer.seal(draft.body, row=f"resource.body:{draft.id}"), entry=entry)
        for draft, entry in zip(drafts, sealed, strict=True)
    ]
