"""When a person wants to see new results: a choice for each kind of result. Pure."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from portal.domain.sections import Section


class ResultKind(StrEnum):
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    PATHOLOGY = "pathology"
    GENETICS = "genetics"
    OTHER = "other"


class ResultTiming(StrEnum):
    """Of several the last one holds, which is the strictest."""

    AT_ONCE = "at-once"
    COMMENTED = "commented"  # when a clinician has written about it, or after some days
    ASKED = "asked"  # when the person asks for it


DAYS = (3, 7, 14, 30)
"""How long what nobody comments may wait at most, to choose from."""

HOLDABLE = frozenset({Section.TEST_RESULTS, Section.DOCUMENTS})
"""Sections that may hold what a person wants to wait for."""


class TimingChoices(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one person chose. ``days``: after so many what nobody commented is shown."""

    laboratory: ResultTiming = ResultTiming.AT_ONCE
    imaging: ResultTiming = ResultTiming.AT_ONCE
    pathology: ResultTiming = ResultTiming.AT_ONCE
    genetics: ResultTiming = ResultTiming.AT_ONCE
    other: ResultTiming = ResultTiming.AT_ONCE
    days: int = 7

    def of(self, kind: ResultKind) -> ResultTiming:
        by_kind: Mapping[ResultKind, ResultTiming] = {
            ResultKind.LABORATORY: self.laboratory,
            ResultKind.IMAGING: self.imaging,
            ResultKind.PATHOLOGY: self.pathology,
            ResultKind.GENETICS: self.genetics,
            ResultKind.OTHER: self.other,
        }
        return by_kind[kind]

    @property
    def hold(self) -> bool:
        """Whether anything may wait at all."""
        return any(self.of(kind) is not ResultTiming.AT_ONCE for kind in ResultKind)
