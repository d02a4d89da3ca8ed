"""Events folded into lines, and lines into days.

What one does oneself in a row is one line; so are, in a day, an app's reads and somebody's refused attempts, wherever
they stand: whoever tries often fills no page. Nothing is left out: the next page goes on where this one ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask_babel import to_user_timezone

from portal.audit import Action
from portal.domain.people import Role
from portal.extensions import current_services
from portal.store.audit.events import StoredEvent
from portal.store.directory.values import Mark
from portal.web import formats
from portal.web.activity import words
from portal.web.activity.names import EventNames
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.words import role_word

_LISTED = 8  # things that a line names


@dataclass(frozen=True, slots=True)
class Who:
    """``kind``: self, person, place, nobody; ``note`` is what to know of them."""

    name: str
    kind: str
    mark: Mark
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: an account, and whether the record is its own."""

    account_id: str
    is_own: bool


@dataclass(slots=True)
class FeedLine:
    """What one did in one go; ``steps`` are (time of day, what) of each part where there are several."""

    at: datetime
    who: Who
    text: str
    detail: str = ""
    steps: list[tuple[str, str]] = field(default_factory=list)
    alarm: bool = False


@dataclass(slots=True)
class Day:
    title: str
    lines: list[FeedLine]


def days(events: Iterable[StoredEvent], names: EventNames, *, reader: Reader, now: datetime) -> list[Day]:
    """Return the days of these events (newest first), each with its lines."""
    by_day: dict[date, dict[tuple[str, ...], list[StoredEvent]]] = {}
    runs = 0
    before: tuple[str, ...] = ()
    for event in events:
        groups = by_day.setdefault(to_user_timezone(event.at).date(), {})
        kind = _fold(event)
        key: tuple[str, ...] = (kind, event.actor_kind, event.actor_id or "")
        if kind in ("look", ""):
            runs += key != before or not kind
            before = key
            key = (*key, str(runs))
        groups.setdefault(key, []).append(event)
    today = to_user_timezone(now).date()
    return [
        Day(_title(day, today, group), [_line(run, names, reader) for run in group.values()])
        for day, group in by_day.items()
    ]


def _fold(event: StoredEvent) -> str:
    """Return which events fold with this one: looks in a row, other kinds over a day, those of no kind never."""
    if words.is_refusal(event):
        return f"refusal {event.action}"
    if event.action in {Action.API_READ, Action.TOKEN_ISSUE} and event.actor_kind == "client":
        return "api"
    return "look" if event.action in words.LOOKS else ""


def _title(day: date, today: date, group: dict[tuple[str, ...], list[StoredEvent]]) -> str:
    text = formats.whole_day(next(iter(group.values()))[0].at)
    if day == today:
        return _("Today, %(day)s", day=text)
    return _("Yesterday, %(day)s", day=text) if today - day == timedelta(days=1) else text[:1].upper() + text[1:]


def _line(run: list[StoredEvent], names: EventNames, reader: Reader) -> FeedLine:
    newest = run[0]
    line = FeedLine(newest.at, who(newest, names, reader), words.sentence(newest, names))
    kind = _fold(newest)
    if kind.startswith("refusal"):
        line.alarm = True
        if len(run) > 1:
            line.detail = ngettext("%(num)s time", "%(num)s times", len(run))
    elif kind == "api":
        line.text = str(words.sentence(next((e for e in run if e.action == Action.API_READ), newest), names))
        line.detail = _listed([words.read_type(event) for event in run])
    elif kind == "look" and len(run) > 1:
        things = list(dict.fromkeys(words.thing(event, names) for event in run))
        if len(things) > 1:
            line.text = ngettext("looked at %(num)s thing", "looked at %(num)s things", len(things))
            line.steps = _steps(run, names)
        if len(things) > 1 and line.who.kind != "self":
            line.detail = _listed(things)
    elif newest.detail.get("entry", "") in names.items:
        line.detail = words.section_of(newest)
    return line


def _steps(run: list[StoredEvent], names: EventNames) -> list[tuple[str, str]]:
    """Return the looks of a run; those at the same thing one after another are one."""
    steps: list[tuple[str, str]] = []
    for event in run:
        thing = words.thing(event, names)
        if not steps or steps[-1][1] != thing:
            steps.append((formats.clock(event.at), thing))
    return steps


def _listed(texts: list[str]) -> str:
    distinct = list(dict.fromkeys(filter(None, texts)))
    more = len(distinct) - _LISTED
    shown = ", ".join(distinct[:_LISTED])
    return _("%(list)s and %(num)s more", list=shown, num=more) if more > 0 else shown


def who(event: StoredEvent, names: EventNames, reader: Reader) -> Who:
    """Return who did it, as the reader may know them."""
    if event.actor_kind == "account":
        return _account(event, names, reader)
    if event.actor_kind == "client":
        name = names.app(event) or _("An app or another portal")
        return Who(name, "place", Mark.of(name))
    if event.actor_kind == "link":
        return Who(_("Somebody with a shared link"), "nobody", Mark.of(""))
    organization = names.organization(event)
    if event.action == Action.REFRESH:
        name = organization.name if organization else _("An organization")
        return Who(name, "place", organization.mark if organization else Mark.of(name))
    home = current_services().settings
    if event.action == Action.IMPORT:
        return Who(home.organization, "place", Mark.of(home.organization))
    name = _("Automatic update") if event.actor_kind == "job" else _("An operator of this portal")
    return Who(name, "place", Mark.of(home.name))


def _account(event: StoredEvent, names: EventNames, reader: Reader) -> Who:
    if words.is_failed_sign_in(event):
        return Who(_("Someone"), "nobody", Mark.of(""))
    if event.actor_id == reader.account_id:
        return Who(_("You"), "self", Mark.of(""))
    account = names.accounts.get(event.actor_id or "")
    if account is None:
        return Who(_("Somebody who could not be identified"), "nobody", Mark.of(""))
    note = ""
    if account.role is not Role.PATIENT:
        note = role_word(account.role)
    elif account.id in names.acting:
        note = _("who acts for you") if reader.is_own else _("who acts for this person")
    # To somebody else who acts for the person a name is told, not a user name: it may be an e-mail address.
    is_own = reader.is_own or account.role is not Role.PATIENT
    name = account.display or (account.username if is_own else _("Someone"))
    return Who(name, "person", Mark.of(name), note)
