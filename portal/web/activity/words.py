"""Audit events as sentences. Unknown actions are named by their code rather than hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.audit import Action
from portal.store.audit.events import StoredEvent

_WORDS = {
    Action.SIGN_IN: lazy_gettext("Signed in"),
    Action.SIGN_OUT: lazy_gettext("Signed out"),
    Action.VIEW_SECTION: lazy_gettext("Looked at a section of the record"),
    Action.VIEW_ENTRY: lazy_gettext("Looked at one item of the record"),
    Action.VIEW_MESSAGES: lazy_gettext("Looked at messages"),
    Action.VIEW_LINKS: lazy_gettext("Looked at the linked organizations"),
    Action.VIEW_ACTIVITY: lazy_gettext("Looked at this page"),
    Action.LINK_START: lazy_gettext("Started to link an organization"),
    Action.LINK_CHANGE: lazy_gettext("A link to an organization changed"),
    Action.REFRESH: lazy_gettext("Records were brought from a linked organization"),
    Action.UPDATE_REQUEST: lazy_gettext("Asked for an update from a linked organization"),
    Action.CONSENT: lazy_gettext("Agreed that an app or another portal may read the record"),
    Action.CONSENT_END: lazy_gettext("Ended what an app or another portal may read"),
    Action.TOKEN_ISSUE: lazy_gettext("An app or another portal got access, as agreed"),
    Action.API_READ: lazy_gettext("An app or another portal read the record"),
    Action.MATCH: lazy_gettext("A partner organization asked whether it knows you"),
    Action.SETTINGS_CHANGE: lazy_gettext("Settings were changed"),
    Action.IMPORT: lazy_gettext("Records of this organization were brought in"),
    Action.DIRECTORY_CHANGE: lazy_gettext("Changed the directory of organizations"),
    Action.CORRECTION: lazy_gettext("Asked for a correction"),
    Action.CORRECTION_ANSWER: lazy_gettext("Answered a request for a correction"),
    Action.DENIED: lazy_gettext("Tried to open this record without the right to"),
}


@dataclass(frozen=True, slots=True)
class ActivityLine:
    at: datetime
    who: str
    action_text: str
    refused: bool


def line(event: StoredEvent, *, names: Mapping[str, str], reader: str) -> ActivityLine:
    """One event for a reader; ``names`` are the display names of the accounts by id."""
    try:
        text = str(_WORDS[Action(event.action)])
    except (KeyError, ValueError):
        text = event.action
    return ActivityLine(event.at, _who(event, names, reader), text, event.outcome != "success")


def _who(event: StoredEvent, names: Mapping[str, str], reader: str) -> str:
    if event.actor_kind == "account":
        if event.actor_id == reader:
            return _("You")
        return names.get(event.actor_id or "", _("Somebody who could not be identified"))
    if event.actor_kind == "client":
        return _("An app or another portal")
    if event.actor_kind == "job":
        return _("This portal, by itself")
    return _("An operator of this portal")
