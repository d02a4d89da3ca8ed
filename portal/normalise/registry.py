"""From a resource to its Entry: which file reads which resource type, and the guard around all of them."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.domain.entry import Entry
from portal.domain.errors import NormaliseError
from portal.normalise.allergies import allergy
from portal.normalise.care_teams import care_team
from portal.normalise.context import Context, Lookup
from portal.normalise.documents import document
from portal.normalise.elements import word
from portal.normalise.health_issues import health_issue
from portal.normalise.immunizations import immunization
from portal.normalise.implants import implant
from portal.normalise.insurance import coverage
from portal.normalise.medications import order, statement
from portal.normalise.messages import message
from portal.normalise.procedures import procedure
from portal.normalise.reports import report
from portal.normalise.results import observation
from portal.normalise.sections import carries_entry
from portal.normalise.visits import appointment, encounter

REASONS = {
    "malformed": "not a FHIR resource, or its parts are of the wrong kind",
    "unsupported-type": "a resource type that is shown in no section",
    "no-code": "says neither in words nor by a code what it is about",
    "social-history": "an observation about habits or circumstances, shown in no section",
    "survey": "an answer to a questionnaire, shown in no section",
    "activity": "an activity measurement, shown in no section",
    "not-a-result": "an observation without a value, or of a kind shown in no section",
    "not-an-implant": "a device that stays outside the body",
    "do-not-perform": "an order not to give or do something",
    "not-done": "something that was not done",
    "draft": "not finished by its author",
}
"""Every code a NormaliseError can have here, with its meaning for an operator."""

_READERS: dict[str, Callable[[Context], Entry]] = {
    "AllergyIntolerance": allergy,
    "Appointment": appointment,
    "CareTeam": care_team,
    "Communication": message,
    "Condition": health_issue,
    "Coverage": coverage,
    "Device": implant,
    "DiagnosticReport": report,
    "DocumentReference": document,
    "Encounter": encounter,
    "Immunization": immunization,
    "MedicationRequest": order,
    "MedicationStatement": statement,
    "Observation": observation,
    "Procedure": procedure,
}


def to_entry(resource: Mapping[str, Any], lookup: Lookup) -> Entry:
    """The Entry of one resource.

    ``resource`` is decoded JSON, ``lookup`` resolves references to other resources of the same organization (contained
    ones are found here). Raises NormaliseError with a code of ``REASONS``, and nothing else.
    """
    try:
        return read(resource, lookup)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # The readers are tested never to come here; one odd resource must still not stop a whole refresh.
        raise NormaliseError("malformed") from error


def read(resource: object, lookup: Lookup) -> Entry:
    """``to_entry`` without its last guard: tests use it to see that the guard is never needed."""
    if not isinstance(resource, Mapping):
        raise NormaliseError("malformed")
    kind = word(resource.get("resourceType"))
    if not kind:
        raise NormaliseError("malformed")
    if not carries_entry(kind) or kind not in _READERS:
        raise NormaliseError("unsupported-type")
    return _READERS[kind](Context(resource, lookup))
