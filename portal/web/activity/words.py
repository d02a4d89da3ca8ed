"""Audit events as sentences without subjects: "looked at test results". Unknown actions are named by their code."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from portal.audit import Action
from portal.audit.events import RECEIVED
from portal.domain.sections import Section
from portal.linking.states import Move
from portal.provider.types import WORDS as TYPE_WORDS
from portal.store.audit.events import StoredEvent
from portal.web.activity.names import EventNames
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext, put_in
from portal.web.words import section_word

_SECTIONS = frozenset(Section)
_PAGES: Mapping[str, LazyString] = {
    "home": lazy_gettext("the home page"),
    "summary": lazy_gettext("the summary"),
    "search": lazy_gettext("the search"),
    "new": lazy_gettext("what is new"),
    "topic": lazy_gettext("everything on one topic"),
    "receipt": lazy_gettext("what came from an organization"),
    RECEIVED: lazy_gettext("what was handed over at the front desk"),
}
"""Pages that are no section."""

_MOVES: Mapping[str, LazyString] = {
    Move.AUTHORIZED: lazy_gettext("linked %(organization)s"),
    Move.RENEWED: lazy_gettext("signed in at %(organization)s again"),
    Move.CONFIRMED: lazy_gettext("confirmed the account at %(organization)s"),
    Move.NOT_ME: lazy_gettext("said that the account at %(organization)s is somebody else’s"),
    Move.UNLINKED: lazy_gettext("unlinked %(organization)s"),
    Move.SWITCHED_OFF: lazy_gettext("stopped asking %(organization)s"),
    Move.SWITCHED_ON: lazy_gettext("asked %(organization)s again"),
    "hidden": lazy_gettext("hid %(organization)s on the home page"),
    "shown": lazy_gettext("put %(organization)s back on the home page"),
    "suggestion-dismissed": lazy_gettext("answered a suggestion"),
}
"""What happened to a link; the other moves are steps between."""

_ASSISTS: Mapping[str, LazyString] = {
    "found": lazy_gettext("found the name at the front desk, with two details"),
    "asked": lazy_gettext("asked whether the front desk may help"),
    "agreed": lazy_gettext("agreed that the front desk may help"),
    "agreed-code": lazy_gettext("was told the code that says yes to help from the front desk"),
    "agreed-document": lazy_gettext("compared an identity document at the front desk"),
    "refused": lazy_gettext("refused help from the front desk"),
    "links": lazy_gettext("looked at which organizations are linked, without health information"),
    "activation-code": lazy_gettext("handed out an activation code"),
    "handed-over": lazy_gettext("handed over a code to link %(organization)s"),
    "opened": lazy_gettext("opened the code from the front desk to link %(organization)s"),
    "decided": lazy_gettext("compared an identity document for the account at %(organization)s"),
    "proxy-invited": lazy_gettext("made a code at the front desk for somebody who may act for this person"),
    "proxy-own-yes": lazy_gettext("set up at the front desk who may act for this person, as they wish"),
    "proxy-parent": lazy_gettext("set up a parent’s access at the front desk, with papers"),
    "proxy-court": lazy_gettext("set up access at the front desk, with a power of attorney or court order"),
    "papers-checked": lazy_gettext("checked the papers of who may act for this person, as a second member of staff"),
    "papers-refused": lazy_gettext("refused the papers of who was to act for this person"),
    "proxy-stopped": lazy_gettext("stopped somebody’s access with the link in our e-mail"),
    "factor-reset": lazy_gettext("started to remove a lost second step; it takes 24 hours"),
    "factor-kept": lazy_gettext("stopped the removal of the second step"),
    "factor-removed": lazy_gettext("removed the lost second step"),
    "print-released": lazy_gettext("released the summary to be printed once"),
    "printed": lazy_gettext("printed the summary, with the code for one print"),
    "visit-link": lazy_gettext("handed out a link to the record of the visit, without seeing it"),
    "received": lazy_gettext("took a summary that was shared by a link, at the front desk"),
    "received-filed": lazy_gettext("filed the shared summary for the care team"),
    "received-other": lazy_gettext("refused a shared summary that is somebody else’s"),
    "queued": lazy_gettext("put the name on the waiting list of the front desk"),
    "finished": lazy_gettext("finished helping at the front desk"),
    "idle": lazy_gettext("stopped helping at the front desk: five minutes without use"),
    "wrong-person": lazy_gettext("had picked the wrong name at the front desk; what was started is undone"),
}
"""Steps of help at the front desk."""

_ACTIONS: Mapping[Action, LazyString] = {
    Action.SIGN_IN: lazy_gettext("signed in"),
    Action.SIGN_OUT: lazy_gettext("signed out"),
    Action.CONFIRM: lazy_gettext("confirmed who it was"),
    Action.VIEW_SECTION: lazy_gettext("looked at %(thing)s"),
    Action.VIEW_ENTRY: lazy_gettext("looked at %(thing)s"),
    Action.VIEW_MESSAGES: lazy_gettext("looked at %(thing)s"),
    Action.VIEW_LINKS: lazy_gettext("looked at %(thing)s"),
    Action.VIEW_ACTIVITY: lazy_gettext("looked at %(thing)s"),
    Action.LINK_START: lazy_gettext("began to link %(organization)s"),
    Action.LINK_CHANGE: lazy_gettext("changed the link to %(organization)s"),
    Action.REFRESH: lazy_gettext("sent an update"),
    Action.UPDATE_REQUEST: lazy_gettext("asked %(organization)s for an update"),
    Action.CONSENT: lazy_gettext("agreed that %(app)s may read the record"),
    Action.CONSENT_END: lazy_gettext("ended what %(app)s may read"),
    Action.TOKEN_ISSUE: lazy_gettext("got access, as agreed"),
    Action.API_READ: lazy_gettext("read the record"),
    Action.MATCH: lazy_gettext("asked whether this person is a patient here"),
    Action.SETTINGS_CHANGE: lazy_gettext("changed settings"),
    Action.IMPORT: lazy_gettext("added records"),
    Action.READING: lazy_gettext("added, changed or removed a reading from home"),
    Action.DIRECTORY_CHANGE: lazy_gettext("changed the directory of organizations"),
    Action.MESSAGE: lazy_gettext("wrote a message"),
    Action.CARE_TEAM_VIEW: lazy_gettext("read messages, as the care team"),
    Action.CORRECTION: lazy_gettext("asked for a correction"),
    Action.CORRECTION_ANSWER: lazy_gettext("answered a request for a correction"),
    Action.SHARE: lazy_gettext("made a link to share from the record"),
    Action.HEALTH_CARD: lazy_gettext("made a signed card of vaccines"),
    Action.SHARE_CHANGE: lazy_gettext("paused, resumed or ended a shared link"),
    Action.SHARE_OPEN: lazy_gettext("opened what was shared by a link"),
    Action.CALENDAR_FEED: lazy_gettext("made an address for a calendar"),
    Action.CALENDAR_FEED_END: lazy_gettext("ended the address of a calendar"),
    Action.CALENDAR_READ: lazy_gettext("read when the appointments are, for a calendar"),
    Action.PROXY_INVITE: lazy_gettext("invited somebody to act for this person"),
    Action.PROXY_ANSWER: lazy_gettext("answered an invitation"),
    Action.PROXY_BEGIN: lazy_gettext("let somebody act for this person"),
    Action.PROXY_CHANGE: lazy_gettext("changed what somebody who acts for this person may do"),
    Action.PROXY_END: lazy_gettext("ended somebody’s access to this record"),
    Action.PRIVATE: lazy_gettext("changed what is kept private"),
    Action.RESULTS_SHOW: lazy_gettext("asked to see results that waited"),
    Action.ASSIST: lazy_gettext("helped at the front desk"),
    Action.ACCOUNT_VIEW: lazy_gettext("looked at this person’s account, without health information"),
    Action.AUDIT_SEARCH: lazy_gettext("looked at who had looked at this record"),
    Action.ERASURE: lazy_gettext("asked to erase this record, or called it off"),
    Action.CLOSING: lazy_gettext("closed this record after a death, asked for it, or called it off"),
    Action.MERGE: lazy_gettext("made two records of the same person one, asked for it, or called it off"),
    Action.EXPORT: lazy_gettext("downloaded everything that is kept"),
    Action.DOWNLOAD: lazy_gettext("downloaded %(thing)s as a file"),
    Action.DENIED: lazy_gettext("tried to open this record without the right to"),
}

LOOKS = frozenset(
    {Action.VIEW_SECTION, Action.VIEW_ENTRY, Action.VIEW_MESSAGES, Action.VIEW_LINKS, Action.VIEW_ACTIVITY}
)

GROUPS: Mapping[str, tuple[LazyString, tuple[Action, ...]]] = {
    "looks": (lazy_gettext("Looks"), (*sorted(LOOKS), Action.CARE_TEAM_VIEW, Action.API_READ, Action.MATCH)),
    "changes": (
        lazy_gettext("Changes"),
        (
            Action.LINK_START,
            Action.LINK_CHANGE,
            Action.REFRESH,
            Action.UPDATE_REQUEST,
            Action.SETTINGS_CHANGE,
            Action.RESULTS_SHOW,
            Action.ERASURE,
            Action.CLOSING,
            Action.MERGE,
            Action.IMPORT,
            Action.READING,
            Action.DIRECTORY_CHANGE,
            Action.MESSAGE,
            Action.CORRECTION,
            Action.CORRECTION_ANSWER,
        ),
    ),
    "sharing": (
        lazy_gettext("Sharing"),
        (
            Action.CONSENT,
            Action.CONSENT_END,
            Action.TOKEN_ISSUE,
            Action.SHARE,
            Action.HEALTH_CARD,
            Action.SHARE_CHANGE,
            Action.SHARE_OPEN,
            Action.CALENDAR_FEED,
            Action.CALENDAR_FEED_END,
            Action.CALENDAR_READ,
            Action.PROXY_INVITE,
            Action.PROXY_ANSWER,
            Action.PROXY_BEGIN,
            Action.PROXY_CHANGE,
            Action.PROXY_END,
            Action.PRIVATE,
            Action.EXPORT,
            Action.DOWNLOAD,
        ),
    ),
    "access": (
        lazy_gettext("Sign-ins and refusals"),
        (
            Action.SIGN_IN,
            Action.SIGN_OUT,
            Action.CONFIRM,
            Action.ASSIST,
            Action.ACCOUNT_VIEW,
            Action.AUDIT_SEARCH,
            Action.DENIED,
        ),
    ),
}
"""What one can ask for: its name, and the actions in it."""


def is_failed_sign_in(event: StoredEvent) -> bool:
    return event.action == Action.SIGN_IN and event.outcome == "denied"


def is_refusal(event: StoredEvent) -> bool:
    return event.action == Action.DENIED or event.outcome == "denied"


def sentence(event: StoredEvent, names: EventNames) -> str:
    """Return what was done, without who did it."""
    if is_failed_sign_in(event):
        return _("tried to sign in, with a wrong password")
    if event.action == Action.SHARE_OPEN and event.outcome != "success":
        return _("tried to open a shared link")
    if event.action == Action.REFRESH and event.outcome != "success":
        return _("could not send an update")
    try:
        text = _ACTIONS[Action(event.action)]
    except (KeyError, ValueError):
        return event.action
    if event.action == Action.LINK_CHANGE:
        text = _MOVES.get(event.detail.get("move", ""), text)
    if event.action == Action.ASSIST:
        text = _ASSISTS.get(event.detail.get("step", ""), text)
    if event.action == Action.CARE_TEAM_VIEW and event.detail.get("section") == RECEIVED:
        text = lazy_gettext("looked at what was handed over at the front desk, as the care team")
    if event.action == Action.EXPORT and event.detail.get("step") == "prepared":
        text = lazy_gettext("put everything we keep into a file, for this person alone")
    organization = names.organization(event)
    values = {
        "thing": thing(event, names),
        "organization": organization.name if organization else _("an organization"),
        "app": names.app(event) or _("an app or another portal"),
    }
    return put_in(str(text), values)


def thing(event: StoredEvent, names: EventNames) -> str:
    """Return what was looked at: an item by its title, a section, an organization, a page."""
    if title := names.items.get(event.detail.get("entry", "")):
        return title
    if section := section_of(event):
        return section[:1].lower() + section[1:]
    if event.action == Action.VIEW_MESSAGES:
        return _("the messages")
    if event.action == Action.VIEW_LINKS:
        organization = names.organization(event)
        return organization.name if organization else _("the linked organizations")
    if event.action == Action.VIEW_ACTIVITY:
        return _("this page")
    return str(_PAGES.get(event.detail.get("section", ""), _("the record")))


def section_of(event: StoredEvent) -> str:
    """Return the heading of the section that an event is about; empty where it is about none."""
    section = event.detail.get("section", "")
    return section_word(section) if section in _SECTIONS else ""


def read_type(event: StoredEvent) -> str:
    """Return what an app read, in a person's words; empty where it has none."""
    return str(TYPE_WORDS.get(event.detail.get("type", ""), ""))
