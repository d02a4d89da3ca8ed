"""What a patient summary holds, before it has a form: sections, rows with each source's statement, and what is not in.

The sections are those of the International Patient Summary 2.0.0 that a record can fill (profile Composition-uv-ips,
https://hl7.org/fhir/uv/ips/STU2/). Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.domain.entry import Entry, Status
from portal.domain.people import Person
from portal.domain.sections import Section

_HOLDS_NOW = frozenset({Status.ACTIVE, Status.UPCOMING, Status.UNKNOWN, Status.UNSAFE})
_ALL = _HOLDS_NOW | {Status.PAST}


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySection:
    """One section: LOINC ``code`` with its ``title``, filled from ``section`` with resources of ``kinds``.

    ``statuses`` are those of the rows that belong to it, ``most`` how many of them, the newest. ``dated``: it holds
    what happened on a day, so that a day can be chosen before which nothing goes along.
    """

    title: str
    code: str
    section: Section
    kinds: frozenset[str]
    required: bool = False
    statuses: frozenset[Status] = _ALL
    most: int = 200
    dated: bool = False


SECTIONS: Sequence[SummarySection] = (
    SummarySection(
        title="Allergies and intolerances",
        code="48765-2",
        section=Section.ALLERGIES,
        kinds=frozenset({"AllergyIntolerance"}),
        required=True,
    ),
    SummarySection(
        title="Problems",
        code="11450-4",
        section=Section.HEALTH_ISSUES,
        kinds=frozenset({"Condition"}),
        required=True,
        statuses=_HOLDS_NOW,
    ),
    SummarySection(
        title="Medications",
        code="10160-0",
        section=Section.MEDICATIONS,
        kinds=frozenset({"MedicationRequest", "MedicationStatement", "MedicationDispense"}),
        required=True,
        statuses=_HOLDS_NOW,
    ),
    SummarySection(
        title="Immunizations",
        code="11369-6",
        section=Section.IMMUNIZATIONS,
        kinds=frozenset({"Immunization"}),
        dated=True,
    ),
    SummarySection(
        title="Results",
        code="30954-2",
        section=Section.TEST_RESULTS,
        kinds=frozenset({"Observation", "DiagnosticReport"}),
        most=60,
        dated=True,
    ),
    SummarySection(
        title="History of procedures",
        code="47519-4",
        section=Section.PROCEDURES,
        kinds=frozenset({"Procedure"}),
        dated=True,
    ),
    SummarySection(title="Medical devices", code="46264-8", section=Section.IMPLANTS, kinds=frozenset({"Device"})),
    SummarySection(
        title="History of past problems",
        code="11348-0",
        section=Section.HEALTH_ISSUES,
        kinds=frozenset({"Condition"}),
        statuses=frozenset({Status.PAST}),
    ),
    SummarySection(
        title="Vital signs",
        code="8716-3",
        section=Section.VITAL_SIGNS,
        kinds=frozenset({"Observation"}),
        most=30,
        dated=True,
    ),
    SummarySection(
        title="Plan of care",
        code="18776-5",
        section=Section.PLANS,
        kinds=frozenset({"CarePlan"}),
        statuses=_HOLDS_NOW,
    ),
)


@dataclass(frozen=True, slots=True)
class SourcedResource:
    """What one source says: the entry as it is shown, and the resource as it came. ``id`` is the entry's, 32 hex."""

    id: str
    source: str
    entry: Entry
    resource: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SummaryMark:
    """Another row of the summary that may be the same thing: who says it, and in which fields it differs."""

    id: str
    source: str
    entry: Entry
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledSection:
    """What one section holds.

    ``rows``: each with what every source says of one thing; ``marks``: by the id of a row's first statement, the rows
    that may be the same. ``absences``: who documents that there is nothing. ``complete``: all sources answered the
    section completely, and all that they sent is shown. ``more``: rows that belong to it and are beyond its bound.
    ``past``: rows that are over, of which no section of a summary is made; ``own``: readings of the patient's own,
    which no organization says. ``shared``: the person chose to share it.
    """

    rows: tuple[tuple[SourcedResource, ...], ...] = ()
    absences: tuple[SourcedResource, ...] = ()
    complete: bool = False
    more: int = 0
    past: int = 0
    own: int = 0
    marks: Mapping[str, tuple[SummaryMark, ...]] = field(default_factory=dict)
    shared: bool = True


@dataclass(frozen=True, slots=True)
class SummarySource:
    """An organization that the summary draws from. ``as_of``: when it was last asked; None for our own."""

    name: str
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryContent:
    """A whole summary. ``sources`` by their key; ``supporting``: by (source, "Type/id") what the entries refer to.

    ``organization`` assembles and keeps it, at ``moment``. ``left_out`` items were received and cannot be shown.
    ``held`` results the patient has not looked at yet.
    ``open_references``: whether the text of a reference to something that is not in the summary may stay.
    """

    person: Person
    organization: str
    moment: datetime
    sources: Mapping[str, SummarySource]
    sections: Mapping[str, FilledSection]
    supporting: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]
    left_out: int
    held: int = 0
    open_references: bool

    @property
    def entry_ids(self) -> frozenset[str]:
        """The ids of all statements in it."""
        return frozenset(
            statement.id
            for filled in self.sections.values()
            for statements in (*filled.rows, filled.absences)
            for statement in statements
        )

    @property
    def told(self) -> tuple[SummarySection, ...]:
        """The sections that a reader gets: those that hold something, and those that say why they do not."""
        return tuple(section for section in SECTIONS if section.required or self.sections[section.code].rows)
