"""What the FHIR search finds a resource by: its token parameters, US Core 6.1.0's and the common ones. Pure.

A token is written "system|code", "|code" for a code without a system, and "code" for any system
(https://hl7.org/fhir/R4/search.html#token). References are tokens too: "Type/id".
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import msgspec

from portal.domain.dates import parse_when, sort_key
from portal.domain.resource_types import TYPES
from portal.normalise import subject_reference
from portal.normalise.context import written_references

_SHARED = frozenset(name for name, resource_type in TYPES.items() if resource_type.shared)
_COMMON: Mapping[str, tuple[str, ...]] = {"identifier": ("identifier",)}

TOKEN_PARAMETERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    name: resource_type.tokens for name, resource_type in TYPES.items() if resource_type.tokens
}
"""Token and reference parameters by resource type, with the paths that feed them (``identifier`` is on all)."""


def tokens(resource: Mapping[str, Any], references: Iterable[str] | None = None) -> frozenset[tuple[str, str]]:
    """(parameter, token) pairs of a resource of any type; ``references`` are all in it, where they are at hand."""
    kind = resource.get("resourceType")
    pairs: set[tuple[str, str]] = set()
    for param, steps in _paths(kind if isinstance(kind, str) else ""):
        if steps[0] in resource:  # most are not
            pairs.update([(param, token) for value in _at(resource, steps) for token in _forms(value)])
    subject = subject_reference(resource) or ""
    named = written_references(msgspec.json.encode(resource)) if references is None else references
    pairs.update([("_ref", f"{subject}|{target}") for target in named if _is_shared(target)])
    if isinstance(kind, str) and _is_long(kind, resource):
        pairs.add(("_long", kind))
    return frozenset(pairs)


INDEXED_UNDER: Mapping[str, tuple[str, ...]] = {"combo-code": ("combo-code", "code")}
"""The parameters under which to look for one whose values are mostly another's, too."""


def indexed(pairs: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return the tokens that an index needs: each once, and not "|code" beside "code", which is rarely asked for."""
    return frozenset(
        [
            pair
            for pair in pairs
            if pair[0].startswith("_")
            or not (pair[1].startswith("|") or (pair[0] in INDEXED_UNDER and _is_under_another(*pair, pairs)))
        ]
    )


def _is_under_another(param: str, token: str, pairs: frozenset[tuple[str, str]]) -> bool:
    return any((other, token) in pairs for other in INDEXED_UNDER[param] if other != param)


def codes(resource: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """("code", "system|code") of what a resource is about: all that what came from elsewhere is searched by."""
    kind = resource.get("resourceType")
    paths = TOKEN_PARAMETERS.get(kind, {}).get("code", ()) if isinstance(kind, str) else ()
    values = (value for path in paths for value in _at(resource, _steps(path)))
    return frozenset(("code", token) for value in values for token in _forms(value) if "|" in token)


_PERIODS = {
    "CareTeam": "period",
    "DiagnosticReport": "effectivePeriod",
    "Encounter": "period",
    "Observation": "effectivePeriod",
    "Procedure": "performedPeriod",
}
_POINTS = {
    "DiagnosticReport": "effectiveDateTime",
    "Immunization": "occurrenceDateTime",
    "MedicationRequest": "authoredOn",
    "Observation": "effectiveDateTime",
    "Procedure": "performedDateTime",
}


def _is_long(kind: str, resource: Mapping[str, Any]) -> bool:
    """Tell whether its date reaches beyond the day under which it is kept: a longer period, or a year or month alone.

    A search for what happened since some day must look at these beside the ones that are kept under later days.
    """
    period = resource.get(_PERIODS.get(kind, ""))
    if period is not None and (type(period) is dict or isinstance(period, Mapping)):
        start, end = parse_when(period.get("start")), parse_when(period.get("end"))
        return start is None or end is None or len(end) < 10 or sort_key(end)[:10] > sort_key(start)[:10]
    point = parse_when(resource.get(_POINTS.get(kind, "")))
    return point is not None and len(point) < 10


def _is_shared(reference: str) -> bool:
    """Tell whether it leads to what is nobody's own: the provider side serves that to whose record leads to it."""
    return reference.partition("/")[0] in _SHARED and reference.count("/") == 1


def _at(value: Any, steps: tuple[str, ...]) -> list[Any]:
    for place, step in enumerate(steps):
        if type(value) is list:
            return [each for part in value for each in _at(part, steps[place:])]
        if type(value) is not dict:
            return []
        value = value.get(step)
    if type(value) is not list:
        return [value]
    return value if all(type(part) is dict for part in value) else [each for part in value for each in _at(part, ())]


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


_NO_PATHS: Mapping[str, tuple[str, ...]] = {}


@lru_cache(maxsize=256)  # a type may be anything that somebody wrote
def _paths(kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the parameters of a type, each with the steps to where it is written; one may be there several times."""
    parameters = (*TOKEN_PARAMETERS.get(kind, _NO_PATHS).items(), *_COMMON.items())
    return tuple((param, _steps(path)) for param, paths in parameters for path in paths)


def _forms(value: Any) -> Iterable[str]:
    """Return the tokens of a code, a Coding, a CodeableConcept, an Identifier or a Reference."""
    if type(value) is str:
        return (value, f"|{value}") if value else ()
    if type(value) is bool:
        return ("true",) if value else ("false",)
    if type(value) is not dict:
        return ()
    codings = value.get("coding")
    if type(codings) is list:
        return _forms(codings[0]) if len(codings) == 1 else [form for coding in codings for form in _forms(coding)]
    reference = value.get("reference")
    if isinstance(reference, str):
        return (reference,)
    code = value.get("code", value.get("value"))
    if not isinstance(code, str) or not code:
        return ()
    system = value.get("system")
    return (code, f"{system}|{code}" if isinstance(system, str) else f"|{code}")
