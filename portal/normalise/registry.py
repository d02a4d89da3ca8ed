"""From a resource to its Entry: which file reads which resource type, and the guard around all of them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from msgspec.structs import replace

from portal.domain.entry import Absence, Entry, Fact, Status
from portal.domain.errors import NormaliseError
from portal.normalise import languages, phrases, provenance
from portal.normalise.allergies import allergy
from portal.normalise.care_teams import care_team
from portal.normalise.context import Context, Lookup
from portal.normalise.dispenses import dispense
from portal.normalise.documents import document, picture
from portal.normalise.elements import line, narrative, obj, word
from portal.normalise.health_issues import health_issue
from portal.normalise.immunizations import immunization
from portal.normalise.implants import implant
from portal.normalise.insurance import coverage
from portal.normalise.medications import order, statement
from portal.normalise.messages import message
from portal.normalise.plans import care_plan, goal
from portal.normalise.plans import order as service_request
from portal.normalise.procedures import procedure
from portal.normalise.questionnaires import answers
from portal.normalise.reports import report
from portal.normalise.results import observation
from portal.normalise.safety import not_understood, original_text
from portal.normalise.sections import carries_entry
from portal.normalise.visits import appointment, encounter

REASONS = {
    "malformed": "not a FHIR resource, or its parts are of the wrong kind",
    "unsupported-type": "a resource type that is shown in no section",
    "no-code": "says neither in words nor by a code nor in its narrative what it is about",
    "not-an-implant": "a device that stays outside the body",
    "not-done": "a message that was not sent",
    "draft": "a message that is not finished by its author",
}
"""Every code a NormaliseError can have here, with its meaning for an operator."""

UNREADABLE = frozenset({"malformed", "no-code"})
"""Could not be read. ``NOT_SHOWN`` is of a kind that this portal does not show; all else is policy, and not counted."""
NOT_SHOWN = frozenset({"unsupported-type", "not-an-implant"})

_READERS: dict[str, Callable[[Context], Entry]] = {
    "AllergyIntolerance": allergy,
    "Appointment": appointment,
    "CarePlan": care_plan,
    "CareTeam": care_team,
    "Communication": message,
    "Condition": health_issue,
    "Coverage": coverage,
    "Device": implant,
    "DiagnosticReport": report,
    "DocumentReference": document,
    "Encounter": encounter,
    "Goal": goal,
    "Immunization": immunization,
    "Media": picture,
    "MedicationDispense": dispense,
    "MedicationRequest": order,
    "MedicationStatement": statement,
    "Observation": observation,
    "Procedure": procedure,
    "QuestionnaireResponse": answers,
    "ServiceRequest": service_request,
}


def to_entry(resource: Mapping[str, Any], lookup: Lookup, *, plain: bool = False) -> Entry:
    """Return the Entry of one resource.

    ``resource`` is decoded JSON, ``lookup`` resolves references to other resources of the same organization (contained
    ones are read here). Raises NormaliseError with a code of ``REASONS``, and nothing else.

    A resource whose meaning is changed by what is not understood gives an entry that is no fact (``Entry.unsafe``).
    ``plain``: nothing in it might (``portal.normalise.safety.is_plain``).
    """
    try:
        return read(resource, lookup, plain=plain)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # The readers are tested never to come here; one odd resource must still not stop a whole refresh.
        raise NormaliseError("malformed") from error


def read(resource: object, lookup: Lookup, *, plain: bool = False) -> Entry:
    """Return ``to_entry`` without its last guard: tests use it to see that the guard is never needed."""
    if type(resource) is not dict and not isinstance(resource, Mapping):
        raise NormaliseError("malformed")
    kind = word(resource.get("resourceType"))
    if not kind:
        raise NormaliseError("malformed")
    if not carries_entry(kind) or kind not in _READERS:
        raise NormaliseError("unsupported-type")
    unsafe = not_understood(resource, plain=plain)
    try:
        entry = _READERS[kind](Context(resource, lookup))
    except NormaliseError as refusal:
        if refusal.code != "no-code":
            raise
        entry = _from_narrative(resource, kind, lookup)
    if entry.absence in (Absence.NOT_ASKED, Absence.UNKNOWN) and _says_more(resource):
        entry = _from_narrative(resource, kind, lookup)
    entry = replace(
        entry,
        reference=provenance.own_reference(resource),
        identifiers=provenance.identifiers(resource),
        replaces=provenance.replaces(resource),
        language=languages.language(resource.get("language")),
    )
    if translations := languages.of_title(resource, entry.title):
        entry = replace(entry, translations=translations)
    if origins := provenance.origins(resource):
        entry = _from_document(entry, origins)
    return _set_apart(resource, entry, unsafe) if unsafe else entry


def _from_document(entry: Entry, origins: Collection[str]) -> Entry:
    """Return the entry with what it was made from."""
    for origin, phrase in _DOCUMENTS:
        if origin in origins:
            return replace(entry, facts=(*entry.facts, Fact(phrases.ORIGIN, phrase)))
    return entry


_DOCUMENTS = (
    (provenance.FROM_DOCUMENT[1], phrases.FROM_DOCUMENT),
    (provenance.FROM_SENT_DOCUMENT[1], phrases.FROM_SENT_DOCUMENT),
)


def _says_more(resource: Mapping[str, Any]) -> bool:
    """Tell whether the narrative holds what the elements do not (FHIR R4 narrative-status); no code says what it is."""
    return word(obj(resource.get("text")).get("status")) == "additional" and bool(narrative(resource))


def _from_narrative(resource: Mapping[str, Any], kind: str, lookup: Lookup) -> Entry:
    """Return the entry with the narrative as its title and, where it is longer than a title, as a note.

    Raises NormaliseError "no-code" where there is none.
    """
    text = narrative(resource)
    title = line(text.replace("\n", " "), _TITLE_LENGTH)
    if not title:
        raise NormaliseError("no-code")
    entry = _READERS[kind](Context({**resource, _NAMED_BY[kind]: {"text": title}}, lookup))
    return replace(entry, notes=entry.notes if title == text else (text, *entry.notes))


_TITLE_LENGTH = 160
_NAMED_BY = {
    "AllergyIntolerance": "code",
    "Condition": "code",
    "Device": "type",
    "DiagnosticReport": "code",
    "Goal": "description",
    "Immunization": "vaccineCode",
    "MedicationDispense": "medicationCodeableConcept",
    "MedicationRequest": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "Observation": "code",
    "Procedure": "code",
    "ServiceRequest": "code",
}
"""The element that names what a resource is about, of the types that can be refused as "no-code"."""


def _set_apart(resource: Mapping[str, Any], entry: Entry, unsafe: tuple[str, ...]) -> Entry:
    """Return an entry that is no fact: its title, its date and its original text; nothing that could be compared."""
    return Entry(
        section=entry.section,
        title=entry.title,
        detail=type(entry.detail)(),
        status=Status.ENTERED_IN_ERROR if entry.status is Status.ENTERED_IN_ERROR else Status.UNKNOWN,
        start=entry.start,
        recorded=entry.recorded,
        recorder=entry.recorder,
        notes=original_text(resource),
        qualifiers=(phrases.UNSAFE,),
        unsafe=unsafe,
        reference=entry.reference,
        visit=entry.visit,
    )
