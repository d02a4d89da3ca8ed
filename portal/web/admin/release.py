"""``/admin/release``: what apps and other portals get. One administrator proposes it, another confirms."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange

from portal.access import Duty
from portal.access.policy import MOST_DELAY_DAYS, ReleasePolicy
from portal.domain.errors import ConflictError, NotFoundError
from portal.endpoints import confirm_first, for_duty
from portal.extensions import current_services
from portal.provider import proposals
from portal.provider.types import ASKED_BY_NAME, CATEGORIES
from portal.refresh.renormalise import renew_waiting
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.people import accounts
from portal.store.provider import clients
from portal.store.provider import proposals as stored_proposals
from portal.store.provider import release as release_rows
from portal.store.provider.proposals import ORGANIZATION, PARTNER, PARTNER_KEYS, RELEASE, Proposal
from portal.web.admin import organization_rules
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext, ngettext

_WORDS = organization_rules.KINDS_RELEASED
_KINDS = {
    **{kind: words for kind, words in _WORDS.items() if kind not in ASKED_BY_NAME},
    **{f"{kind}|{code}": words for kind, codes in CATEGORIES.items() for code, words in codes.items()},
}
"""What can be confidential as a whole: a type of resource, or one of its categories."""
_LABELLING = 20.0  # seconds that an answer may take; what is left waits for the night (``jobs.house``)
_HISTORY = 20


class ReleaseForm(FlaskForm):  # type: ignore[misc]
    released = SelectMultipleField(
        lazy_gettext("What is released"), choices=[SelectChoice(kind, words) for kind, words in _WORDS.items()]
    )
    results_delay_days = IntegerField(
        lazy_gettext("Days until apps read a new result"),
        [InputRequired(lazy_gettext("Enter a number of days, 0 to 60.")), NumberRange(0, MOST_DELAY_DAYS)],
    )
    confidential = SelectMultipleField(
        lazy_gettext("What is confidential, whatever its label says"),
        choices=[SelectChoice(kind, words) for kind, words in _KINDS.items()],
    )
    lasting_authorization = BooleanField(lazy_gettext("Other portals may update without the patient"))
    reverse_links = BooleanField(lazy_gettext("Links back are offered"))

    def policy(self) -> ReleasePolicy:
        released = set(self.released.data or ())
        return ReleasePolicy(
            tuple(kind for kind in _WORDS if kind not in released),
            self.results_delay_days.data,
            self.lasting_authorization.data,
            self.reverse_links.data,
            tuple(kind for kind in _KINDS if kind in set(self.confidential.data or ())),
        )


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One proposal in words. ``outcome`` is empty while it waits."""

    id: str
    title: str
    details: tuple[str, ...]
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    outcome: str
    may_confirm: bool


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/release", view_func=release)
    blueprint.add_url_rule("/release", view_func=propose, methods=["POST"])
    blueprint.add_url_rule("/proposals/<proposal>", view_func=decide, methods=["POST"])


@for_duty(Duty.MANAGE_RELEASE)
def release() -> ResponseReturnValue:
    """Show the policy in force, what waits, and what was decided before."""
    with current_services().db.reading() as tx:
        policy = release_rows.in_force(tx)
    form = ReleaseForm(
        released=[kind for kind in _WORDS if kind not in policy.withheld],
        results_delay_days=policy.results_delay_days,
        lasting_authorization=policy.lasting_authorization,
        reverse_links=policy.reverse_links,
        confidential=list(policy.confidential),
    )
    return _page(form)


@for_duty(Duty.MANAGE_RELEASE)
@confirm_first(back="admin.release")
def propose() -> ResponseReturnValue:
    """Propose another policy; nothing changes yet."""
    form = ReleaseForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    with current_services().db.transaction() as tx:
        if form.policy() == release_rows.in_force(tx):
            flash(_("That is what holds already."))
        else:
            proposals.propose_release(tx, form.policy(), by=current_user.account)
            flash(_("It waits for a second administrator. Nothing has changed yet."))
    return redirect(url_for("admin.release"), 303)


@for_duty(Duty.MANAGE_RELEASE)
@confirm_first(back="admin.release")
def decide(proposal: str) -> ResponseReturnValue:
    """Confirm a proposal of somebody else, or call one off."""
    decided: Proposal | None = None
    try:
        with current_services().db.transaction() as tx:
            take = proposals.confirm if request.form.get("step") == "confirm" else proposals.call_off
            decided = take(tx, proposal_id=proposal, by=current_user.account)
        flash(_("Confirmed: it holds from now on.") if take is proposals.confirm else _("Called off. Nothing changed."))
    except ConflictError:
        flash(_("A second administrator has to confirm it."))
    except NotFoundError:
        flash(_("This was confirmed or called off already."))
    if decided is not None and decided.confirmed and decided.kind in {RELEASE, ORGANIZATION}:
        _label_waiting()
    if decided is not None and decided.kind == ORGANIZATION:
        return redirect(url_for("admin.entry", organization=decided.subject), 303)
    of_apps = decided is not None and decided.kind != RELEASE
    return redirect(url_for("registered.apps" if of_apps else "admin.release"), 303)


def _label_waiting() -> None:
    """Label what waits for it anew, for a while; what is left waits for the night, and is told."""
    if not renew_waiting(current_services().db, seconds=_LABELLING):
        flash(_("Not all stored records have their new labels yet. The rest follows tonight."))


def waiting(tx: Tx, *kinds: str, subject: str | None = None) -> tuple[ProposalLine, ...]:
    """Return what waits for a second administrator; of one ``subject``, or of all."""
    everything = stored_proposals.waiting(tx)
    return tuple(_line(tx, each) for each in everything if each.kind in kinds and subject in (None, each.subject))


def _page(form: ReleaseForm, *, status: int = 200) -> ResponseReturnValue:
    settings = current_services().settings
    with current_services().db.reading() as tx:
        lines = waiting(tx, RELEASE, ORGANIZATION)
        history = [_line(tx, each) for each in stored_proposals.decided(tx, kind=RELEASE, limit=_HISTORY)]
    by_settings = [str(_WORDS[kind]) for kind in _WORDS if kind in settings.withheld]
    return render(
        "admin/release.html", form=form, waiting=lines, history=history, by_settings=by_settings, status=status
    )


def _line(tx: Tx, proposal: Proposal) -> ProposalLine:
    def name(account_id: str | None) -> str:
        account = accounts.by_id(tx, account_id=account_id, disabled=True) if account_id else None
        return (account.display or account.username) if account else ""

    title, *details = _in_words(tx, proposal)
    outcome = "" if proposal.decided_at is None else _("Confirmed") if proposal.confirmed else _("Called off")
    return ProposalLine(
        proposal.id,
        title,
        tuple(details),
        name(proposal.proposed_by),
        proposal.proposed_at,
        name(proposal.decided_by),
        proposal.decided_at,
        outcome,
        proposal.proposed_by != current_user.account.id,
    )


def _in_words(tx: Tx, proposal: Proposal) -> Iterator[str]:
    """Yield what a proposal is about, then its details."""
    if proposal.kind == PARTNER:
        partner = proposals.partner_of(proposal)
        yield _("New partner: %(name)s", name=partner.name)
        yield _("Its keys: %(address)s", address=partner.jwks_uri)
        for address in partner.redirect_uris:
            yield _("It comes back to: %(address)s", address=address)
    elif proposal.kind == PARTNER_KEYS:
        client = clients.client_by_id(tx, client_id=proposal.subject, disabled=True)
        yield _("New keys of %(name)s", name=client.name if client else proposal.subject)
        yield _("Its keys: %(address)s", address=proposal.data["jwks_uri"])
        yield _("Until now: %(address)s", address=(client.jwks_uri if client else "") or _("keys that were given"))
    elif proposal.kind == ORGANIZATION:
        organization = organizations.by_id(tx, organization_id=proposal.subject)
        yield _("Rules for %(name)s", name=organization.name if organization else proposal.subject)
        yield from organization_rules.in_words(proposals.rules_of(proposal))
    else:
        yield _("What apps and other portals get")
        yield from _policy_in_words(proposals.policy_of(proposal))


def _policy_in_words(policy: ReleasePolicy) -> Iterator[str]:
    withheld = [str(_WORDS[kind]) for kind in policy.withheld if kind in _WORDS]
    yield _("Not released: %(kinds)s", kinds=", ".join(withheld)) if withheld else _("Everything is released")
    days = policy.results_delay_days
    yield ngettext("Results: after %(num)s day", "Results: after %(num)s days", days) if days else _("Results: at once")
    yield (
        _("Other portals update without the patient")
        if policy.lasting_authorization
        else _("Other portals may update only when the patient has signed in")
    )
    confidential = [str(_KINDS[kind]) for kind in policy.confidential if kind in _KINDS]
    if confidential:
        yield _("Confidential: %(kinds)s", kinds=", ".join(confidential))
    yield _("Links back are offered") if policy.reverse_links else _("Links back are not offered")
