"""Everything derived, made again from the raw resources that were kept: after the rules of reading or merging changed.

Raw resources, their versions and what was read stay as they are; entries, search tokens, keys and rows are made anew.
It may be stopped and started again at any time: each batch leaves a state that pages can show.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.domain.sections import Section
from portal.refresh.ingest import Drafting, Item
from portal.refresh.own_references import server_of
from portal.store import Database
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.records import batches, grouping, writing
from portal.store.records.writing import Draft

_BATCH = 400


@dataclass(slots=True)
class RenewalReport:
    """What differs from before, per section: entries that read differently, that are new, that are gone.

    ``regrouped`` counts people whose rows changed, ``refused`` the resources that give no entry, by reason.
    """

    resources: int = 0
    changed: Counter[Section] = field(default_factory=Counter)
    added: Counter[Section] = field(default_factory=Counter)
    removed: Counter[Section] = field(default_factory=Counter)
    regrouped: Counter[Section] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


def renormalise(database: Database) -> RenewalReport:
    """Make every entry again, then group every section of every person again."""
    report = RenewalReport()
    with database.reading() as tx:
        owners = batches.owners(tx)
        sections = set(batches.sections(tx))
    for person_id, source in owners:
        _renew(database, person_id, source, report)
    with database.reading() as tx:
        sections.update(batches.sections(tx))
    for person_id, section in sorted(sections):
        with database.transaction() as tx:
            report.regrouped[section] += grouping.regroup_all(tx, person_id=person_id, section=section)
    return report


def _renew(database: Database, person_id: str | None, source: str, report: RenewalReport) -> None:
    with database.reading() as tx:
        link = links.by_id(tx, link_id=source)
        organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
        server = server_of(tx, organization)
    is_sensitive = organization is not None and organization.sensitive
    drafting = Drafting(database, person_id, source, {}, confidential=is_sensitive, server=server)
    after = ""
    while True:
        with database.reading() as tx:
            packed = batches.resources(tx, person_id=person_id, source=source, after=after, limit=_BATCH)
            before = batches.entries(tx, ids=[resource.id for resource in packed])
        if not packed:
            return
        after = packed[-1].id
        drafts = [drafting.draft(Item(r.id, r.type, r.fhir_id, r.content_hash, r.packed)) for r in packed]
        _compare(database, before, drafts, report)
        with database.transaction() as tx:
            writing.put(tx, source=source, person_id=person_id, drafts=drafts, noticed=frozenset(), renewed=True)
        report.resources += len(drafts)


def _compare(
    database: Database, before: dict[str, tuple[Section, bytes]], drafts: Sequence[Draft], report: RenewalReport
) -> None:
    with database.reading() as tx:
        for draft in drafts:
            old, new = before.get(draft.id), draft.entry
            if draft.refusal is not None:
                report.refused[draft.refusal] += 1
            if new is None:
                if old is not None:
                    report.removed[old[0]] += 1
            elif old is None:
                report.added[new.section] += 1
            elif old != (new.section, tx.open(new.body, row=f"entry.body:{draft.id}")):
                report.changed[new.section] += 1
