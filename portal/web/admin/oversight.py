"""``/admin/reach`` and ``/admin/audit``: whom somebody reached, who looked at somebody, and the stop switch.

Who, which section and when; never an item, never clinical text. Each search has a reason and is an event itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from portal import audit
from portal.access import Duty
from portal.domain.addresses import canonical
from portal.domain.errors import NotFoundError
from portal.domain.links import LinkPolicy
from portal.endpoints import for_duty
from portal.extensions import current_services
from portal.linking.link_policy import set_policy
from portal.provider.oauth import operator
from portal.store import Tx
from portal.store.audit import events
from portal.store.audit.events import StoredEvent
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.people import accounts, finding, people
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.web.activity import words as activity_words
from portal.web.activity.names import EventNames
from portal.web.admin import words
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext
from portal.web.words import role_word

_MOST = 5000  # events that one search reads
_SHOWN = 200
_NOBODY = EventNames({}, frozenset(), {}, {}, {}, {})
_REASON = SelectField(
    lazy_gettext("Why you look"), choices=[SelectChoice(key, word) for key, word in words.REASONS.items()]
)


class ReachForm(FlaskForm):  # type: ignore[misc]
    kind = SelectField(
        lazy_gettext("Whose reach"), choices=[SelectChoice(key, word) for key, word in words.REACHING.items()]
    )
    name = StringField(
        lazy_gettext("User name, or id of the app or organization"),
        [DataRequired(lazy_gettext("Enter who it is.")), Length(max=200)],
    )
    reason = _REASON


class AuditForm(FlaskForm):  # type: ignore[misc]
    number = StringField(
        lazy_gettext("Record number (MRN)"), [DataRequired(lazy_gettext("Enter the number.")), Length(max=60)]
    )
    birth_date = StringField(
        lazy_gettext("Birth date"), [DataRequired(lazy_gettext("Enter the birth date.")), Length(max=10)]
    )
    reason = _REASON


@dataclass(frozen=True, slots=True)
class Target:
    """Whose reach is asked for: "account", "client" or "organization"."""

    kind: str
    id: str
    name: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """One person whom somebody reached, in which sections, how often and when last."""

    name: str
    number: str
    sections: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Look:
    at: datetime
    who: str
    what: str


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/reach", view_func=reach, methods=["GET", "POST"])
    blueprint.add_url_rule("/audit", view_func=audit_search, methods=["GET", "POST"])
    blueprint.add_url_rule("/stop", view_func=stop, methods=["POST"])


@for_duty(Duty.SEARCH_AUDIT)
def reach() -> Response:
    """Show whom a clerk, an app or an organization reached in the last 90 days."""
    form = ReachForm()
    target: Target | None = None
    lines: tuple[Reached, ...] = ()
    if form.validate_on_submit():
        with current_services().db.reading() as tx:
            target = _target(tx, form.kind.data, form.name.data.strip())
            lines = _reached(tx, target) if target else ()
        if target is None:
            form.name.errors = [_("Nobody has this name or id.")]
            _record(outcome="none", reason=form.reason.data, kind=form.kind.data)
        else:
            _record(reason=form.reason.data, kind=target.kind, subject=target.id)
    status = 422 if form.is_submitted() and target is None else 200
    return render("admin/reach.html", form=form, target=target, lines=lines, status=status)


def _target(tx: Tx, kind: str, name: str) -> Target | None:
    if kind == "account":
        account = accounts.by_username(tx, username=name)
        if account is None:
            return None
        return Target(kind, account.id, account.display or account.username, stopped=account.disabled)
    if kind == "client":
        client = clients.client_by_id(tx, client_id=name[:200], disabled=True)
        active = clients.client_by_id(tx, client_id=name[:200]) is not None
        return Target(kind, client.client_id, client.name, stopped=not active) if client else None
    organization = organizations.by_id(tx, organization_id=name[:40])
    if organization is None:
        return None
    return Target(kind, organization.id, organization.name, stopped=organization.policy is LinkPolicy.OFF)


def _reached(tx: Tx, target: Target) -> tuple[Reached, ...]:
    """Return whom an account or an app reached; of an organization who is linked, and whom its portal reached here."""
    readers = [target.id]
    linked: dict[str, datetime] = {}
    if target.kind == "organization":
        readers = [client.client_id for client in _portals_of(tx, target.id)]
        linked = {link.person_id: link.updated_at for link in links.of_organization(tx, organization_id=target.id)}
    by_person: dict[str, list[StoredEvent]] = {person_id: [] for person_id in linked}
    for reader in readers:
        for event in events.of_actor(tx, actor_id=reader, limit=_MOST, since=tx.now - timedelta(days=90)):
            if event.person_id:
                by_person.setdefault(event.person_id, []).append(event)
    return tuple(
        _person(tx, person_id, by_them, max((each.at for each in by_them), default=linked.get(person_id, tx.now)))
        for person_id, by_them in by_person.items()
    )


def _portals_of(tx: Tx, organization_id: str) -> list[OAuthClient]:
    """Return the clients by which an organization's own portal reads here."""
    organization = organizations.by_id(tx, organization_id=organization_id)
    base = canonical(organization.fhir_base or "") if organization else ""
    return [client for client in clients.clients(tx) if base and canonical(client.portal_fhir_base or "") == base]


def _person(tx: Tx, person_id: str, person_events: list[StoredEvent], last: datetime) -> Reached:
    stored = people.by_id(tx, person_id=person_id)
    numbers = finding.record_numbers(stored.demographics) if stored else ()
    return Reached(
        stored.demographics.display if stored else _("Erased"),
        ", ".join(numbers),
        ", ".join(_sections(person_events)),
        len(person_events),
        last,
    )


def _sections(person_events: Iterable[StoredEvent]) -> list[str]:
    sections = (activity_words.section_of(event) or activity_words.read_type(event) for event in person_events)
    return list(dict.fromkeys(filter(None, sections)))


@for_duty(Duty.SEARCH_AUDIT)
def audit_search() -> Response:
    """Show who looked at somebody's record: who, which section, when."""
    form = AuditForm()
    name = ""
    lines: tuple[Look, ...] = ()
    if form.validate_on_submit():
        born = finding.read_birth_date(form.birth_date.data)
        with current_services().db.reading() as tx:
            matches = finding.find(tx, birth_date=born, number=form.number.data)
            if len(matches) == 1:
                name = matches[0].demographics.display
                lines = _looks(tx, matches[0].id)
        if name:
            _record(reason=form.reason.data, person_id=matches[0].id)
        else:
            form.form_errors.append(_("Nothing matches both."))
            _record(outcome="none", reason=form.reason.data)
    status = 422 if form.is_submitted() and not name else 200
    return render("admin/audit.html", form=form, name=name, lines=lines, status=status)


def _looks(tx: Tx, person_id: str) -> tuple[Look, ...]:
    shown = events.of_person(tx, person_id=person_id, limit=_SHOWN)
    ids = {event.actor_id for event in shown if event.actor_kind == "account" and event.actor_id}
    by_account = {account_id: accounts.by_id(tx, account_id=account_id, disabled=True) for account_id in ids}
    apps = clients.names(tx, actors={event.actor_id or "" for event in shown if event.actor_kind == "client"})
    return tuple(
        Look(event.at, _who(event, by_account, apps), activity_words.sentence(event, _NOBODY)) for event in shown
    )


def _who(event: StoredEvent, by_account: dict[str, accounts.Account | None], apps: dict[str, str]) -> str:
    account = by_account.get(event.actor_id or "")
    if account is not None:
        return f"{account.display or account.username} ({role_word(account.role)})"
    if event.actor_kind == "client":
        return apps.get(event.actor_id or "", _("An app or another portal"))
    return str(words.ACTORS.get(event.actor_kind, event.actor_kind))


@for_duty(Duty.STOP_ACCESS)
def stop() -> ResponseReturnValue:
    """Stop a clerk, an app or an organization at once; sent twice, it has the effect of once."""
    kind, name = request.form.get("kind", ""), request.form.get("id", "")[:200]
    with current_services().db.transaction() as tx:
        if kind == "account":
            accounts.disable(tx, account_id=name)
            audit.record(
                tx, action=audit.Action.SETTINGS_CHANGE, actor=audit_actor(), account=name[:40], change="disabled"
            )
        elif kind == "client":
            if clients.client_by_id(tx, client_id=name) is not None:
                operator.disable(tx, name, actor=audit_actor())
        elif kind == "organization":
            set_policy(tx, organization_id=name, policy=LinkPolicy.OFF)
            for client in _portals_of(tx, name):
                operator.disable(tx, client.client_id, actor=audit_actor())
            audit.record(
                tx, action=audit.Action.DIRECTORY_CHANGE, actor=audit_actor(), organization=name, what="policy"
            )
        else:
            raise NotFoundError
    flash(_("Stopped. Open sessions and tokens have ended."))
    return redirect(url_for("admin.reach"), 303)


def _record(*, person_id: str | None = None, outcome: str = "success", **detail: str) -> None:
    action = audit.Action.AUDIT_SEARCH
    with current_services().db.transaction() as tx:
        audit.record(tx, action=action, actor=audit_actor(), person_id=person_id, outcome=outcome, **detail)
