"""Which items are the same, who says so, and in what they disagree. Pure: no store, no network, no clock."""

from portal.merge.disagreements import Disagreement, Opinion, SourcedEntry, changes, disagreements, leads, wordings
from portal.merge.facts import Bond, Facts, Member, Reading
from portal.merge.grouping import RANKS, Lookalike, Row, RowSource, rows
from portal.merge.medications.order_statements import taken_differently
from portal.merge.medications.order_status import not_taken
from portal.merge.reading import read, ruled_out, side_of
from portal.merge.things.thing_statements import unfinished

__all__ = [
    "RANKS",
    "Bond",
    "Disagreement",
    "Facts",
    "Lookalike",
    "Member",
    "Opinion",
    "Reading",
    "Row",
    "RowSource",
    "SourcedEntry",
    "changes",
    "disagreements",
    "leads",
    "not_taken",
    "read",
    "rows",
    "ruled_out",
    "side_of",
    "taken_differently",
    "unfinished",
    "wordings",
]
