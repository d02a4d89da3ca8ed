"""Everything derived, made again from the raw resources that were kept: after the rules of reading or merging changed.

Raw resources, their versions and what was read stay as they are; entries, search tokens, keys and rows are made anew.
It may be stopped at any time, and goes on where it was (``portal.store.records.renewals``): each batch leaves a state
that pages can show.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portal.domain.sections import Section
from portal.refresh.drafting import Drafting
from portal.refresh.own_references import SourceAddress, server_of
from portal.refresh.recognition import Item
from portal.store import Database, Tx
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.records import batches, grouping, packing, renewals, writing
from portal.store.records.renewals import Renewal
from portal.store.records.writing import Draft

_BATCH = 400


@dataclass(slots=True)
class RenewalReport:
    """What differs from before, per section: entries that read differently, that are new, that are gone.

    ``regrouped`` counts people whose rows changed, ``refused`` the resources that give no entry, by reason; ``resumed``
    the owners (a person's resources of one source) that an earlier run, which was stopped, had done.
    """

    resources: int = 0
    changed: Counter[Section] = field(default_factory=Counter)
    added: Counter[Section] = field(default_factory=Counter)
    removed: Counter[Section] = field(default_factory=Counter)
    regrouped: Counter[Section] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    resumed: int = 0


def renormalise(database: Database) -> RenewalReport:
    """Make every entry again, then group every section of every person again; go on where a run was stopped."""
    with database.transaction() as tx:
        _waiting, done = renewals.begin(tx)
    while True:
        with database.reading() as tx:
            owner = renewals.next_of(tx)
        if owner is None:
            break
        _renew(database, owner)
        _regroup(database, owner)
    with database.transaction() as tx:
        return _report(renewals.end(tx), done)


def renew_person(database: Database, *, person_id: str) -> None:
    """Do the same for one person, whose sources wait (``renewals.add_person``); what is stopped, the next run ends."""
    while True:
        with database.reading() as tx:
            owner = renewals.next_of(tx, person_id=person_id)
        if owner is None:
            break
        _renew(database, owner)
        _regroup(database, owner)
    with database.transaction() as tx:
        renewals.forget_done(tx, person_id=person_id)


def renew_waiting(database: Database, *, seconds: float) -> bool:
    """Do the same for whoever waits, one after the other, for so long; return whether nobody waits any more."""
    ends = time.monotonic() + seconds
    while True:
        with database.reading() as tx:
            owner = renewals.next_of(tx)
        if owner is None:
            return True
        if owner.person_id is None or time.monotonic() > ends:
            return False
        renew_person(database, person_id=owner.person_id)


def lines(report: RenewalReport) -> Iterator[str]:
    """Yield a report in words for an operator."""
    yield f"{report.resources} resources read again"
    if report.resumed:
        yield f"  of them those of {report.resumed} owners before this run, which goes on where one was stopped"
    changed, added, gone, regrouped = report.changed, report.added, report.removed, report.regrouped
    for name, count in {"changed": changed, "added": added, "gone": gone, "regrouped": regrouped}.items():
        yield from (f"  {name:<10} {section.value:<14} {number:>7}" for section, number in sorted((+count).items()))
    yield from (f"  refused    {reason:<14} {number:>7}" for reason, number in sorted(report.refused.items()))


def _report(counts: Mapping[str, Mapping[str, int]], done: int) -> RenewalReport:
    def by_section(name: str) -> Counter[Section]:
        return Counter({Section(section): number for section, number in counts.get(name, {}).items()})

    return RenewalReport(
        resources=counts.get("resources", {}).get("", 0),
        changed=by_section("changed"),
        added=by_section("added"),
        removed=by_section("removed"),
        regrouped=by_section("regrouped"),
        refused=Counter(counts.get("refused", {})),
        resumed=done,
    )


def _renew(database: Database, owner: Renewal) -> None:
    is_sensitive, server = _source(database, owner.source)
    drafting = Drafting(database, owner.person_id, owner.source, {}, confidential=is_sensitive, server=server)
    after = owner.after
    while True:
        with database.reading() as tx:
            packed = batches.resources(tx, person_id=owner.person_id, source=owner.source, after=after, limit=_BATCH)
            before = batches.entries(tx, ids=[resource.id for resource in packed])
        if not packed:
            return
        after = packed[-1].id
        drafts = drafting.drafts([Item(r.id, r.type, r.fhir_id, r.content_hash, r.packed) for r in packed])
        counts = _compared(database, before, drafts)
        with database.transaction() as tx:
            writing.put(
                tx, source=owner.source, person_id=owner.person_id, drafts=drafts, noticed=frozenset(), renewed=True
            )
            renewals.note(tx, owner, counts, after=after)


def _regroup(database: Database, owner: Renewal) -> None:
    """Group a person's sections again after the last of their sources; then this source is done."""
    with database.reading() as tx:
        last = owner.person_id is not None and renewals.is_last(tx, owner)
        sections = batches.sections(tx, person_id=owner.person_id) if last and owner.person_id else ()
    for section in sections:
        with database.transaction() as tx:
            renewals.note(tx, owner, {"regrouped": {section: _grouped(tx, owner.person_id or "", section)}})
    with database.transaction() as tx:
        renewals.note(tx, owner, {}, done=True)


def _grouped(tx: Tx, person_id: str, section: Section) -> int:
    return int(grouping.regroup_all(tx, person_id=person_id, section=section))


def _source(database: Database, source: str) -> tuple[bool, SourceAddress]:
    """Tell whether all of a source is confidential, and return where its references lead."""
    with database.reading() as tx:
        link = links.by_id(tx, link_id=source)
        organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
        return organization is not None and organization.sensitive, server_of(tx, organization)


def _compared(
    database: Database, before: Mapping[str, tuple[Section, bytes]], drafts: Sequence[Draft]
) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {"resources": Counter({"": len(drafts)})}

    def count(name: str, key: str) -> None:
        counts.setdefault(name, Counter())[key] += 1

    with database.reading() as tx:
        for draft in drafts:
            old, new = before.get(draft.id), draft.entry
            if draft.refusal is not None:
                count("refused", draft.refusal)
            if new is None:
                if old is not None:
                    count("removed", old[0])
            elif old is None:
                count("added", new.section)
            elif old != (new.section, packing.unpack(tx.open(new.body, row=f"entry.body:{draft.id}"))):
                count("changed", new.section)
    return counts
