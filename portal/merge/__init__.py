"""Which items are the same, who says so, and in what they disagree. Pure: no store, no network, no clock."""

from portal.merge.disagreements import Disagreement, SourcedEntry, disagreements
from portal.merge.grouping import RANKS, Bond, Member, Row, Voice, rows
from portal.merge.keys import Marks, marks, sameness_keys

__all__ = [
    "RANKS",
    "Bond",
    "Disagreement",
    "Marks",
    "Member",
    "Row",
    "SourcedEntry",
    "Voice",
    "disagreements",
    "marks",
    "rows",
    "sameness_keys",
]
