"""Audit events as FHIR R4 AuditEvent resources (http://hl7.org/fhir/R4/auditevent.html). Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from portal.audit.events import Action

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_REST = {
    "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
    "code": "rest",
    "display": "RESTful Operation",
}
_SIGN_IN = {"system": _DICOM, "code": "110114", "display": "User Authentication"}
_RECORD = {"system": _DICOM, "code": "110110", "display": "Patient Record"}
_ACTIVITY = {"system": _DICOM, "code": "110100", "display": "Application Activity"}
_ALERT = {"system": _DICOM, "code": "110113", "display": "Security Alert"}

_KINDS: Mapping[Action, tuple[Mapping[str, str], str]] = {
    Action.SIGN_IN: (_SIGN_IN, "E"),
    Action.SIGN_OUT: (_SIGN_IN, "E"),
    Action.CONFIRM: (_SIGN_IN, "E"),
    Action.VIEW_SECTION: (_RECORD, "R"),
    Action.VIEW_ENTRY: (_RECORD, "R"),
    Action.VIEW_MESSAGES: (_RECORD, "R"),
    Action.VIEW_LINKS: (_RECORD, "R"),
    Action.VIEW_ACTIVITY: (_RECORD, "R"),
    Action.LINK_START: (_RECORD, "C"),
    Action.LINK_CHANGE: (_RECORD, "U"),
    Action.REFRESH: (_RECORD, "U"),
    Action.UPDATE_REQUEST: (_RECORD, "E"),
    Action.CONSENT: (_ACTIVITY, "C"),
    Action.CONSENT_END: (_ACTIVITY, "D"),
    Action.TOKEN_ISSUE: (_ACTIVITY, "C"),
    Action.API_READ: (_REST, "R"),
    Action.MATCH: (_REST, "E"),
    Action.SETTINGS_CHANGE: (_ACTIVITY, "U"),
    Action.IMPORT: (_RECORD, "C"),
    Action.READING: (_RECORD, "U"),
    Action.DIRECTORY_CHANGE: (_ACTIVITY, "U"),
    Action.MESSAGE: (_RECORD, "C"),
    Action.CARE_TEAM_VIEW: (_RECORD, "R"),
    Action.CORRECTION: (_RECORD, "U"),
    Action.CORRECTION_ANSWER: (_RECORD, "U"),
    Action.SHARE: (_ACTIVITY, "C"),
    Action.SHARE_CHANGE: (_ACTIVITY, "U"),
    Action.SHARE_OPEN: (_RECORD, "R"),
    Action.HEALTH_CARD: (_RECORD, "R"),
    Action.CALENDAR_FEED: (_ACTIVITY, "C"),
    Action.CALENDAR_FEED_END: (_ACTIVITY, "D"),
    Action.CALENDAR_READ: (_RECORD, "R"),
    Action.PROXY_INVITE: (_ACTIVITY, "C"),
    Action.PROXY_ANSWER: (_ACTIVITY, "U"),
    Action.PROXY_BEGIN: (_ACTIVITY, "C"),
    Action.PROXY_CHANGE: (_ACTIVITY, "U"),
    Action.PROXY_END: (_ACTIVITY, "D"),
    Action.PRIVATE: (_ACTIVITY, "U"),
    Action.RESULTS_SHOW: (_ACTIVITY, "R"),
    Action.ASSIST: (_ACTIVITY, "E"),
    Action.ACCOUNT_VIEW: (_ACTIVITY, "R"),
    Action.AUDIT_SEARCH: (_RECORD, "R"),
    Action.ERASURE: (_RECORD, "D"),
    Action.CLOSING: (_RECORD, "U"),
    Action.MERGE: (_RECORD, "U"),
    Action.EXPORT: (_RECORD, "R"),
    Action.DOWNLOAD: (_RECORD, "R"),
    Action.DENIED: (_ALERT, "E"),
}
"""AuditEvent.type and AuditEvent.action (C, R, U, D, E)."""
_SUCCESS, _FAILURE = "0", "4"  # AuditEvent.outcome


class Event(Protocol):
    """The fields of a stored event that are shown."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def action(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> str | None: ...


def resource(
    event: Event,
    *,
    detail: Mapping[str, str],
    observer: str,
    patient: str | None = None,
    actor: str = "",
    identified: bool = True,
) -> dict[str, Any]:
    """Return the AuditEvent. ``patient`` is a FHIR id, ``actor`` and ``observer`` are names.

    Without ``identified`` only the kind of who did it is told.
    """
    try:
        kind, action = _KINDS[Action(event.action)]
    except (KeyError, ValueError):
        kind, action = _ACTIVITY, "E"
    who = {"identifier": {"value": event.actor_id}} if event.actor_id and identified else {}
    entity: dict[str, Any] = {"what": {"reference": f"Patient/{patient}"}} if patient else {"name": event.action}
    if detail:
        entity["detail"] = [{"type": name, "valueString": text} for name, text in sorted(detail.items()) if text]
    return {
        "resourceType": "AuditEvent",
        "id": str(event.seq),
        "type": dict(kind),
        "subtype": [{"code": event.action}],
        "action": action,
        "recorded": event.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "outcome": _SUCCESS if event.outcome in ("success", "none") else _FAILURE,
        "outcomeDesc": event.outcome,
        "agent": [
            {"type": {"text": event.actor_kind}, "who": who | {"display": actor or event.actor_kind}, "requestor": True}
        ],
        "source": {"observer": {"display": observer}},
        "entity": [entity],
    }
