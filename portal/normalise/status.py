"""The statuses of FHIR resources as the five words of ``portal.domain.entry.Status``."""

from collections.abc import Iterable, Mapping

from portal.domain.entry import Status
from portal.normalise.coding import code_in, codings, words_of
from portal.normalise.elements import word

_A, _U, _P, _E = Status.ACTIVE, Status.UPCOMING, Status.PAST, Status.ENTERED_IN_ERROR
ERROR = "entered-in-error"

CLINICAL: Mapping[str, Status] = {
    "active": _A, "recurrence": _A, "relapse": _A,
    "inactive": _P, "remission": _P, "resolved": _P,
}  # fmt: skip
MEDICATION: Mapping[str, Status] = {
    "active": _A, "on-hold": _A, "intended": _U,
    "completed": _P, "stopped": _P, "cancelled": _P, "ended": _P, "not-taken": _P,
}  # fmt: skip
EVENT: Mapping[str, Status] = {
    "preparation": _U, "in-progress": _A, "on-hold": _A, "suspended": _A,
    "completed": _P, "stopped": _P, "aborted": _P, "not-done": _P,
}  # fmt: skip
RESULT: Mapping[str, Status] = {
    "registered": _A, "preliminary": _A, "partial": _A,
    "modified": _P,
    "final": _P, "amended": _P, "corrected": _P, "appended": _P, "cancelled": _P,
}  # fmt: skip
ENCOUNTER: Mapping[str, Status] = {
    "planned": _U, "arrived": _A, "triaged": _A, "in-progress": _A, "onleave": _A, "on-hold": _A,
    "finished": _P, "completed": _P, "discharged": _P, "cancelled": _P, "discontinued": _P,
}  # fmt: skip
APPOINTMENT: Mapping[str, Status] = {
    "proposed": _U, "pending": _U, "booked": _U, "waitlist": _U, "arrived": _A, "checked-in": _A,
    "fulfilled": _P, "cancelled": _P, "noshow": _P,
}  # fmt: skip
REQUEST: Mapping[str, Status] = {
    "draft": _U, "active": _A, "on-hold": _A, "proposed": _U, "suspended": _A,
    "revoked": _P, "completed": _P, "ended": _P, "cancelled": _P,
}  # fmt: skip
"""Care plans and orders."""
GOAL: Mapping[str, Status] = {
    "proposed": _U, "planned": _U, "accepted": _A, "active": _A, "on-hold": _A, "in-progress": _A, "achieved": _P,
    "completed": _P, "cancelled": _P, "rejected": _P,
}  # fmt: skip
DISPENSE: Mapping[str, Status] = {
    "preparation": _U, "in-progress": _U, "on-hold": _U,
    "completed": _P, "cancelled": _P, "stopped": _P, "declined": _P,
}  # fmt: skip
"""What is not handed out yet is planned; what was handed out says nothing of what is taken now."""
DEVICE_USE: Mapping[str, Status] = {
    "intended": _U, "active": _A, "on-hold": _A,
    "completed": _P, "stopped": _P,
}  # fmt: skip
LASTING: Mapping[str, Status] = {
    "active": _A, "current": _A, "proposed": _U,
    "inactive": _P, "suspended": _P, "cancelled": _P, "superseded": _P,
}  # fmt: skip
"""Care teams, coverages, devices, documents: what holds until it is replaced."""


def status_of(value: object, table: Mapping[str, Status]) -> Status:
    """Return the word for a FHIR status code; entered-in-error in every type; UNKNOWN when absent or not listed."""
    if isinstance(value, str) and value in table:  # most
        return table[value]
    code = word(value).lower()
    return _E if code == ERROR else table.get(code, Status.UNKNOWN)


_VERIFICATION = frozenset(
    ["unconfirmed", "presumed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"]
)
_WORDS_FOR = {
    word: code
    for code, words in {
        "active": "current ongoing present activo activa actual",
        "inactive": "inactivo inactiva past historical historic not-active",
        "resolved": "resuelto resuelta cured curado curada healed outgrown superado superada no-longer-present",
        "remission": "in-remission in-full-remission in-partial-remission en-remisión remisión en-remision",
        "recurrence": "recurrent recurring recurrente recidiva",
        "confirmed": "confirmado confirmada confirmed-present known-present verified definite",
        "unconfirmed": "suspected probable possible sospechado sospechada no-confirmado no-confirmada sin-confirmar"
        " not-confirmed unverified questionable posible probably-present",
        "provisional": "working-diagnosis working presumptive",
        "differential": "differential-diagnosis",
        "refuted": "ruled-out disproven descartado descartada known-absent not-present definitely-not-present",
        ERROR: "canceled cancelled error entered-in-error",
    }.items()
    for word in words.split()
}
"""Words of charts' own lists for the codes of FHIR, as ``_code`` writes them."""


def _code(concept: object, codes: Iterable[str]) -> str:
    """Return the code; of a chart's own list, or without one, the code that its words are ("Active", "Ruled out")."""
    code = code_in(concept).lower()
    if code in codes:
        return code
    for text in dict.fromkeys((words_of(concept), *(word(part.get("display")) for part in codings(concept)))):
        name = "-".join(text.lower().split())
        name = _WORDS_FOR.get(name, name)
        if name in codes:
            return name
    return code or "-".join(words_of(concept).lower().split())


def clinical_status(clinical: object, verification: object) -> tuple[Status, str, str]:
    """Return the status with the clinical and the verification code of an allergy or a condition.

    A refuted one was looked into and ruled out: past, and told apart by its verification code.
    Both elements are CodeableConcepts in R4 and plain codes in earlier versions.
    """
    clinical_code = _code(clinical, {*CLINICAL, ERROR})
    verification_code = _code(verification, _VERIFICATION)
    if ERROR in (verification_code, clinical_code):
        return _E, clinical_code, verification_code
    if verification_code == "refuted":
        return _P, clinical_code, verification_code
    return CLINICAL.get(clinical_code, Status.UNKNOWN), clinical_code, verification_code
