"""How searches ended, one by one and together."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portal.domain.links import Outcome
from portal.domain.sections import Section


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """How one search, or one category of it, ended, for the sections it fills.

    ``whole``: everything was asked for, not only what changed since the last time, or the categories that we know.
    ``left_out`` counts by reason what came and could not be taken.
    """

    sections: tuple[Section, ...]
    outcome: Outcome
    reason: str | None = None
    whole: bool = True
    left_out: Mapping[str, int] = field(default_factory=dict)


def combined(parts: list[SearchOutcome]) -> tuple[Outcome, str | None]:
    """Combine several outcomes: what came counts, and what did not is named."""
    outcomes = {part.outcome for part in parts}
    came = outcomes & {Outcome.DONE, Outcome.PARTLY}
    if not came:
        for worst in (Outcome.FAILED, Outcome.REFUSED, Outcome.NOT_OFFERED):
            if worst in outcomes:
                return worst, _reason(parts, worst)
        return Outcome.NOT_OFFERED, None
    for lacking in (Outcome.FAILED, Outcome.REFUSED, Outcome.PARTLY):
        if lacking in outcomes:
            return Outcome.PARTLY, _reason(parts, lacking)
    return Outcome.DONE, _reason(parts, Outcome.DONE)


def is_good(part: SearchOutcome) -> bool:
    return part.outcome is Outcome.DONE and part.reason is None


def is_not_to_be_had(part: SearchOutcome) -> bool:
    """Tell whether a server does not give this at all, or not in the form in which it was asked for."""
    return part.outcome in (Outcome.REFUSED, Outcome.NOT_OFFERED) or part.reason in _NOT_IN_THIS_FORM


def judged(parts: list[SearchOutcome]) -> list[SearchOutcome]:
    """Return the parts of one search; a value that the server does not know, while it knows others, is not there."""
    came = any(part.outcome in (Outcome.DONE, Outcome.PARTLY) for part in parts)
    return [
        replace(part, outcome=Outcome.NOT_OFFERED) if came and part.reason in _NOT_IN_THIS_FORM else part
        for part in parts
    ]


_NOT_IN_THIS_FORM = frozenset({"http-400", "http-422"})


def _reason(parts: list[SearchOutcome], outcome: Outcome) -> str | None:
    return next((part.reason for part in parts if part.outcome is outcome and part.reason), None)
