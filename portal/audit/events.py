"""What is recorded: who, for whom, what, when, with which outcome. Never clinical content, never a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog

from portal.store import Tx
from portal.store.audit import events as rows

MOST_REFUSALS = 60
"""Refusals of the same actor about the same person that are written down within an hour; the log counts the others."""
_HOUR = timedelta(hours=1)

_log = structlog.get_logger()


class Action(StrEnum):
    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    CONFIRM = "confirm"
    VIEW_SECTION = "view-section"
    VIEW_ENTRY = "view-entry"
    VIEW_MESSAGES = "view-messages"
    VIEW_LINKS = "view-links"
    VIEW_ACTIVITY = "view-activity"
    LINK_START = "link-start"
    LINK_CHANGE = "link-change"
    REFRESH = "refresh"
    UPDATE_REQUEST = "update-request"
    CONSENT = "consent"
    CONSENT_END = "consent-end"
    TOKEN_ISSUE = "token-issue"  # noqa: S105 - the name of an event, not a secret
    API_READ = "api-read"
    MATCH = "match"
    SETTINGS_CHANGE = "settings-change"
    IMPORT = "import"
    READING = "reading"
    DIRECTORY_CHANGE = "directory-change"
    MESSAGE = "message"
    CARE_TEAM_VIEW = "care-team-view"
    CORRECTION = "correction"
    CORRECTION_ANSWER = "correction-answer"
    SHARE = "share"
    SHARE_CHANGE = "share-change"
    SHARE_OPEN = "share-open"
    HEALTH_CARD = "health-card"
    CALENDAR_FEED = "calendar-feed"
    CALENDAR_FEED_END = "calendar-feed-end"
    CALENDAR_READ = "calendar-read"
    PROXY_INVITE = "proxy-invite"
    PROXY_ANSWER = "proxy-answer"
    PROXY_BEGIN = "proxy-begin"
    PROXY_CHANGE = "proxy-change"
    PROXY_END = "proxy-end"
    PRIVATE = "private"
    RESULTS_SHOW = "results-show"
    ASSIST = "assist"
    ACCOUNT_VIEW = "account-view"
    AUDIT_SEARCH = "audit-search"
    ERASURE = "erasure"
    CLOSING = "closing"
    MERGE = "merge"
    EXPORT = "export"
    DOWNLOAD = "download"
    DENIED = "denied"


RECEIVED = "received"
"""What events of a summary that was handed over at the desk name as their section, or begin their step with."""
RECEIVED_FILE = "summary-file"
"""What was imported, where it is a summary of others that came as a file."""


def is_of_received(action: str, detail: Mapping[str, str]) -> bool:
    """Tell whether an event tells of a summary from outside: only who may read those may know of it."""
    step = detail.get("step", "") if action == Action.ASSIST else ""
    by_file = action == Action.IMPORT and detail.get("what") == RECEIVED_FILE
    return by_file or detail.get("section") == RECEIVED or step.startswith(RECEIVED)


def of_author(account_id: str | None) -> dict[str, str]:
    """Return what an event about messages that are somebody's (``portal.access.authors``) says beside."""
    return {"author": account_id} if account_id else {}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. ``kind``: account (a person signed in), client (an app with a token), link (somebody who has one that
    was shared), job, operator."""

    kind: str
    id: str | None = None


def record(
    tx: Tx,
    *,
    action: Action,
    actor: Actor,
    person_id: str | None = None,
    outcome: str = "success",
    **detail: str,
) -> None:
    """Append one event. ``detail`` holds ids and words of our own (section=…, link=…, reason=…).

    Refusals (``outcome`` denied) are bounded: whoever is let in nowhere could fill the database with them.
    """
    if outcome == "denied":
        recent = rows.refusals_since(
            tx,
            since=tx.now - _HOUR,
            action=action.value,
            actor_kind=actor.kind,
            actor_id=actor.id,
            person_id=person_id,
        )
        if recent >= MOST_REFUSALS:
            _log.warning("audit.refusals", action=action.value, actor=actor.kind)
            return
    rows.append(
        tx,
        action=action.value,
        outcome=outcome,
        actor_kind=actor.kind,
        actor_id=actor.id,
        person_id=person_id,
        detail=detail,
    )
