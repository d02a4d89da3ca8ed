"""What came of a delivery, counted by section and by reason."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from portal.domain.entry import Status
from portal.domain.sections import Section
from portal.store.records.writing import Draft, StoredState


@dataclass(slots=True)
class SectionCount:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(slots=True)
class IngestReport:
    """What a delivery brought. ``refused`` counts reasons (``portal.normalise.REASONS`` and the ones below).

    ``malformed``: not a resource with a type and a valid id. ``unsupported-type``: a type that is shown nowhere; of a
    person it is kept, so that its owner can be told of it. ``other-person``: stored already, for somebody else.
    ``repeated`` counts resources that the same delivery had again, later: the last one is kept. ``unsafe`` counts the
    entries of the sections that are no facts (``Entry.unsafe``). ``lost`` are the reasons of what left no trace in the
    store, which a reader can only be told of now.
    """

    sections: dict[Section, SectionCount] = field(default_factory=lambda: defaultdict(SectionCount))
    refused: Counter[str] = field(default_factory=Counter)
    supporting: SectionCount = field(default_factory=SectionCount)
    repeated: int = 0
    unsafe: int = 0
    lost: Counter[str] = field(default_factory=Counter)

    def add(self, other: "IngestReport") -> None:
        """Count another delivery into this one."""
        for section, count in other.sections.items():
            own = self.sections[section]
            _add(own, count)
        self.refused.update(other.refused)
        self.lost.update(other.lost)
        self.repeated += other.repeated
        self.unsafe += other.unsafe
        _add(self.supporting, other.supporting)


def _add(total: SectionCount, other: SectionCount) -> None:
    total.new += other.new
    total.changed += other.changed
    total.unchanged += other.unchanged
    total.removed += other.removed


def count_unchanged(report: IngestReport, stored: StoredState) -> None:
    if stored.section is not None:
        report.sections[stored.section].unchanged += 1
    elif stored.refusal is not None:
        report.refused[stored.refusal] += 1
    else:
        report.supporting.unchanged += 1


def count_changed(report: IngestReport, draft: Draft, stored: StoredState | None) -> None:
    if draft.refusal is not None:
        report.refused[draft.refusal] += 1
        return
    if draft.entry is None:
        count = report.supporting
    else:
        count = report.sections[draft.entry.section]
        if draft.entry.status == Status.ENTERED_IN_ERROR.value:
            report.refused["entered-in-error"] += 1
    if stored is None or stored.deleted:
        count.new += 1
    else:
        count.changed += 1
