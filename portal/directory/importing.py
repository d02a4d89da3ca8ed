"""Bringing published lists into the directory.

A file is read and understood completely before anything is written, so that a broken one changes nothing. Then the
organizations that differ from what is stored are written in short transactions; running it again finishes what was
interrupted and otherwise changes nothing. What an operator added or corrected by hand is never overwritten: an entry
that means it only leaves its provenance there.
"""

import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from portal.directory import geography
from portal.directory.formats import Parsed, read
from portal.directory.listing import Endpoint, Listed, host_of, name_key, registrable
from portal.directory.merging import Merged, best_endpoint, compose, identity_keys, merge, vendor_domains
from portal.store import Database, Tx
from portal.store.directory import entries as directory_entries
from portal.store.directory.entries import Imported, OrganizationSummary, SourceEntry
from portal.store.directory.values import domain_of

_AT_ONCE = 150
"""Organizations for one transaction: well under 300 ms of writing."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz012345"


@dataclass(slots=True)
class ListReport:
    """What an import did. ``read`` entries are ``refused`` by reason, or belong to an organization.

    ``merged`` entries are those beyond the first of their organization. ``seconds`` and ``megabytes`` (the process's
    largest size) are as measured.
    """

    source: str
    read: int = 0
    organizations: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    merged: int = 0
    left: int = 0
    forgotten: int = 0
    kept_for_links: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    megabytes: int = 0


@dataclass(slots=True)
class _PlannedOrganization:
    """One organization of the list, and the one in the directory that it is (or will be)."""

    id: str
    new: bool
    merged: Merged
    others: tuple[str, ...] = ()  # ids that turn out to be the same


def import_file(database: Database, path: Path, *, source: str = "") -> ListReport:
    """Import one file; ``source`` names the list it is an edition of (default: the file's name).

    Raises:
        InvalidInputError: "directory-file"; nothing was changed, the hint says where the file is broken.
    """
    return import_entries(database, read(path), source=source or path.name)


def import_entries(database: Database, parsed: Iterable[Parsed], *, source: str) -> ListReport:
    """Import the entries of one edition of the list ``source``; those that are not in it any more leave."""
    start = time.perf_counter()
    report = ListReport(source=source)
    listed, refused = _taken(parsed, report)
    groups = []
    for group in merge(listed):
        if group.refusal:
            refused[group.refusal] += len(group.entries)
        else:
            groups.append(group)
    report.organizations = len(groups)
    report.merged = sum(len(group.entries) - 1 for group in groups)
    report.refused = dict(sorted(refused.items()))
    with database.reading() as tx:
        before = directory_entries.hashes(tx, source=source)
        organizations = directory_entries.summaries(tx)
    vendors = vendor_domains(chain((group.entries[0] for group in groups), map(_as_listed, organizations)))
    planned = _plan(groups, before, organizations, vendors, source)
    hashes = {_entry_id(entry): _said_hash(entry) for group in groups for entry in group.entries}
    differing = [plan for plan in planned if plan.new or plan.others or _differs(plan, before, hashes)]
    report.unchanged = len(planned) - len(differing)
    # Short names first is also the index's order, so that its pages fill in order.
    batches = _batches(sorted(differing, key=lambda plan: len(plan.merged.entries[0].name)), _AT_ONCE)
    for number, batch in enumerate(batches, start=1):
        with database.transaction() as tx:
            _write(tx, batch, hashes, vendors, report)
            if number & (number - 1) == 0:  # 1, 2, 4, …: when there is twice as much
                directory_entries.look_anew(tx)
    ids = {_entry_id(entry): plan.id for plan in planned for entry in plan.merged.entries}
    _connect(database, planned, ids)
    _leave(database, source, {entry: where[1] for entry, where in before.items() if entry not in ids}, report)
    report.seconds = round(time.perf_counter() - start, 2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report.megabytes = peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
    with database.transaction() as tx:
        directory_entries.record_import(tx, source=source, report=asdict(report))
    return report


def _taken(parsed: Iterable[Parsed], report: ListReport) -> tuple[list[Listed], Counter[str]]:
    listed: dict[str, Listed] = {}
    refused: Counter[str] = Counter()
    for item in parsed:
        report.read += 1
        if isinstance(item, str):
            refused[item] += 1
        elif item.entry in listed:
            refused["repeated"] += 1
        else:
            listed[item.entry] = item
    return list(listed.values()), refused


def _plan(
    groups: Sequence[Merged],
    before: dict[str, tuple[str, str]],
    organizations: Sequence[OrganizationSummary],
    vendors: frozenset[str],
    source: str,
) -> list[_PlannedOrganization]:
    """Which organization each group is: by its entries, else by identity, else a new one."""
    operators = {organization.id for organization in organizations if organization.by_operator}
    by_key: dict[Any, str] = {}
    for organization in sorted(organizations, key=lambda k: not k.by_operator):
        for key in identity_keys(_as_listed(organization), vendors):
            by_key.setdefault(key, organization.id)
    taken: set[str] = set()
    planned = []
    for group in groups:
        own = [before[entry][1] for e in group.entries if (entry := _entry_id(e)) in before]
        same = [by_key[key] for e in group.entries if e.name for key in identity_keys(e, vendors) if key in by_key]
        candidates = list(dict.fromkeys([*(i for i in same if i in operators), *own, *same]))
        free = [i for i in candidates if i not in taken or i in operators]
        if free:
            taken.update(free)
            mergeable = tuple(i for i in free[1:] if i in own and i not in operators)
            planned.append(_PlannedOrganization(free[0], new=False, merged=group, others=mergeable))
        else:
            new_id = _organization_id(source, min(_entry_id(entry) for entry in group.entries))
            planned.append(_PlannedOrganization(new_id, new=True, merged=group))
    return planned


def _as_listed(organization: OrganizationSummary) -> Listed:
    return Listed(
        entry=organization.id,
        name=organization.name,
        endpoints=(Endpoint(organization.fhir_base),) if organization.fhir_base else (),
        npi=organization.npi,
        state=organization.state,
        postal_code=organization.postal_code,
    )


def _differs(plan: _PlannedOrganization, before: dict[str, tuple[str, str]], hashes: dict[str, str]) -> bool:
    return any(before.get(_entry_id(e)) != (hashes[_entry_id(e)], plan.id) for e in plan.merged.entries)


def _write(
    tx: Tx, batch: Sequence[_PlannedOrganization], hashes: dict[str, str], vendors: frozenset[str], report: ListReport
) -> None:
    source = report.source
    current = {k.id: k for k in directory_entries.summaries(tx, ids=[plan.id for plan in batch])}
    said_elsewhere = directory_entries.entries_of(tx, organization_ids=list(current))
    values: list[Imported] = []
    entries: list[SourceEntry] = []
    new: set[str] = set()
    for plan in batch:
        for other in plan.others:
            directory_entries.move(tx, old_id=other, organization_id=plan.id)
        entries += [_entry(source, plan.id, entry, hashes) for entry in plan.merged.entries]
        previous = current.get(plan.id)
        if previous is not None and previous.by_operator:
            report.unchanged += 1
            continue
        ours = {_entry_id(entry) for entry in plan.merged.entries}
        others = [
            msgspec.convert(entry.content, Listed)
            for entry in said_elsewhere.get(plan.id, ())
            if entry.source != source and entry.entry not in ours
        ]
        values.append(_imported(plan.id, compose([*plan.merged.entries, *others]), vendors))
        if previous is None:
            new.add(plan.id)
            report.added += 1
        else:
            report.changed += 1
    directory_entries.put_organizations(tx, values, new=new)
    directory_entries.put_entries(tx, entries)


def _imported(organization_id: str, listed: Listed, vendors: frozenset[str]) -> Imported:
    endpoint = best_endpoint(listed.endpoints)
    where = geography.of_postal_code(listed.postal_code) if listed.postal_code else None
    if where is None and listed.city and listed.state:
        where = geography.of_text(f"{listed.city}, {listed.state}")
    domain = domain_of(listed.website) or domain_of(listed.portal_url)
    if not domain and endpoint is not None:
        own = registrable(host_of(endpoint.address))
        domain = "" if own in vendors else own
    return Imported(
        id=organization_id,
        values={
            "name": listed.name,
            "kind": listed.kind,
            "fhir_base": endpoint.address if endpoint else None,
            "portal_url": listed.portal_url or listed.website or None,
            "domain": domain,
            "vendor": listed.vendor,
            "phone": listed.phone,
            "npi": listed.npi,
            "line": listed.line,
            "city": listed.city or (where.city if where else ""),
            "state": listed.state or (where.state if where else ""),
            "postal_code": listed.postal_code,
            "latitude": where.latitude if where else None,
            "longitude": where.longitude if where else None,
            "more_places": list(listed.more_places) or None,
            "logo_url": listed.logo_url or None,
            "added_by": "import",
        },
        names=tuple(
            {
                **{name: (name, "alias", "", "") for name in listed.aliases if name_key(name)},
                **{old.name: (old.name, "former", old.since, old.until) for old in listed.former},
            }.values()
        ),
        endpoints=tuple({e.address: (e.address, e.version, e.status) for e in listed.endpoints}.values()),
    )


def _connect(database: Database, planned: Sequence[_PlannedOrganization], ids: dict[str, str]) -> None:
    """Clinics to their owners, once all are there."""
    owners = {}
    for plan in planned:
        part_of = next((entry.part_of for entry in plan.merged.entries if entry.part_of), "")
        if part_of and (owner := ids.get(_hash(part_of))):
            owners[plan.id] = owner
    for batch in _batches(sorted(owners.items()), _AT_ONCE):
        with database.transaction() as tx:
            directory_entries.set_owners(tx, dict(batch))


def _leave(database: Database, source: str, withdrawn: dict[str, str], report: ListReport) -> None:
    report.left = len(withdrawn)
    for batch in _batches(sorted(withdrawn.items()), _AT_ONCE):
        with database.transaction() as tx:
            directory_entries.drop_entries(tx, source=source, entries=[entry for entry, _ in batch])
            forgotten, remaining = directory_entries.retire(tx, organization_ids={owner for _, owner in batch})
            report.forgotten += forgotten
            report.kept_for_links += remaining


def _entry(source: str, organization_id: str, entry: Listed, hashes: dict[str, str]) -> SourceEntry:
    key = _entry_id(entry)
    return SourceEntry(
        source=source,
        entry=key,
        organization_id=organization_id,
        content_hash=hashes[key],
        content=msgspec.to_builtins(entry),
    )


def _entry_id(entry: Listed) -> str:
    return _hash(entry.entry)


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _said_hash(entry: Listed) -> str:
    return blake2b(msgspec.json.encode(entry), digest_size=16).hexdigest()


def _organization_id(source: str, entry: str) -> str:
    """Return an id that the same list gives in every database; 100 bits, in the letters of ``domain.ids``."""
    number = int.from_bytes(blake2b(f"{source}\x00{entry}".encode(), digest_size=13).digest())
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(0, 100, 5))


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
