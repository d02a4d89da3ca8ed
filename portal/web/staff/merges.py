"""``/staff/merges``: two records that are said to be one person's, and what waits for a second person's word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel.speaklater import LazyString
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal import audit, mail
from portal.access import Duty
from portal.assist.assists import addresses
from portal.authentication.desk_proxies import same_human
from portal.domain.errors import ConflictError, NotFoundError
from portal.endpoints import confirm_first, for_duty
from portal.extensions import current_services
from portal.identity.comparison import Verdict, compare
from portal.persons import merging as persons_merging
from portal.persons import merging_proxies
from portal.store import Tx
from portal.store.people import accounts, finding, merging, people
from portal.store.people.merging import MergeProposal
from portal.store.people.people import StoredPerson
from portal.web import words
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext

_VERDICTS = {
    Verdict.SAME: lazy_gettext("Name, birth date and sex agree."),
    Verdict.NEAR: lazy_gettext("Nearly the same: compare with care."),
    Verdict.CANNOT_TELL: lazy_gettext("Too little is known to tell. Compare with papers."),
    Verdict.DIFFERENT: lazy_gettext("These look like two different people."),
}


_REFUSED = {
    "same-person": lazy_gettext("Both are the same record already."),
    "second-person": lazy_gettext("Somebody else has to confirm it."),
    "own-record": lazy_gettext("One of the two is your own, or of somebody you act for. Ask a colleague."),
    "change-waits": lazy_gettext("One of the two waits to be erased or closed. Decide that first."),
}


def _number(label: LazyString) -> StringField:
    return StringField(label, [DataRequired(lazy_gettext("Enter the number.")), Length(max=60)])


def _birth_date(label: LazyString) -> StringField:
    return StringField(label, [DataRequired(lazy_gettext("Enter the birth date.")), Length(max=10)])


class MergeForm(FlaskForm):  # type: ignore[misc]
    number = _number(lazy_gettext("Record number that stays"))
    birth_date = _birth_date(lazy_gettext("Its birth date"))
    other_number = _number(lazy_gettext("Record number that goes into it"))
    other_birth_date = _birth_date(lazy_gettext("Its birth date"))


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records: who it says they are, and how much there is. Nothing of it is shown."""

    name: str
    birth_date: str
    sex: str
    numbers: tuple[str, ...]
    lives: str
    signs_in: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MergeLine:
    """What waits. ``twice``: to how many organizations both are linked; one link of each pair ends. ``acts_for_both``,
    ``acts_for_one``: how many people go on acting for the patient, and how many do not.
    """

    id: str
    sides: tuple[Side, Side]
    verdict: str
    different: bool
    twice: int
    acts_for_both: int
    acts_for_one: int
    requested_by: str
    at: datetime
    may_confirm: bool


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/merges", view_func=merges)
    blueprint.add_url_rule("/merges", view_func=propose_merge, methods=["POST"])
    blueprint.add_url_rule("/merges/<merge>", view_func=decide_merge, methods=["POST"])


@for_duty(Duty.MERGE_PERSONS)
def merges() -> ResponseReturnValue:
    """Show what waits for a second person, both records side by side."""
    return _page(MergeForm())


@for_duty(Duty.MERGE_PERSONS)
@confirm_first(back="staff.merges")
def propose_merge() -> ResponseReturnValue:
    """Say that two records are one person's; nothing changes yet."""
    form = MergeForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    with current_services().db.reading() as tx:
        stays = _find(tx, form.number.data, form.birth_date.data)
        goes = _find(tx, form.other_number.data, form.other_birth_date.data)
    _record_look(stays, goes)
    if stays is None or goes is None:
        form.form_errors.append(_("No record matches both details of one of the two."))
        return _page(form, status=422)
    sides, teen_age = {"person_id": stays.id, "other_id": goes.id}, current_services().settings.teen_age
    try:
        with current_services().db.transaction() as tx:
            persons_merging.propose(tx, **sides, by=current_user.account, teen_age=teen_age)
    except ConflictError as error:
        form.form_errors.append(str(_REFUSED.get(error.code, _REFUSED["second-person"])))
        return _page(form, status=422)
    flash(_("It waits for a second person. Nothing has changed yet."))
    return redirect(url_for("staff.merges"), 303)


@for_duty(Duty.MERGE_PERSONS)
@confirm_first(back="staff.merges")
def decide_merge(merge: str) -> ResponseReturnValue:
    """Make two records one, which cannot be undone, or call it off."""
    services = current_services()
    try:
        if request.form.get("step") == "confirm":
            with services.db.reading() as tx:
                told = _addresses(tx, merge)
            person_id = persons_merging.confirm(services, merge_id=merge, by=current_user.account)
            _tell(person_id, told)
            flash(
                _("The two records are one now. The patient is told by e-mail.")
                if told
                else _("The two records are one now. We have no e-mail address for the patient: please tell them.")
            )
        else:
            with services.db.transaction() as tx:
                persons_merging.cancel(tx, merge_id=merge, by=current_user.account)
            flash(_("Called off. Nothing changed."))
    except ConflictError as error:
        flash(str(_REFUSED.get(error.code, _REFUSED["second-person"])))
    except NotFoundError:
        flash(_("This was confirmed or called off already."))
    return redirect(url_for("staff.merges"), 303)


def _find(tx: Tx, number: str, birth_date: str) -> StoredPerson | None:
    matches = finding.find(tx, birth_date=finding.read_birth_date(birth_date), number=number)
    return matches[0] if len(matches) == 1 else None


def _record_look(*sides: StoredPerson | None) -> None:
    """Record that two people were looked for, also where no record matched. What was typed is not kept."""
    persons = [side.id for side in sides if side]
    outcome = "success" if len(persons) == len(sides) else "none"
    action, actor = audit.Action.ACCOUNT_VIEW, audit_actor()
    with current_services().db.transaction() as tx:
        for person_id in persons if outcome == "success" else [None]:
            audit.record(tx, action=action, actor=actor, person_id=person_id, outcome=outcome)


def _addresses(tx: Tx, merge_id: str) -> tuple[str, ...]:
    """Return where either of the two reads e-mails: one of the accounts is about to go."""
    proposal = merging.by_id(tx, merge_id=merge_id)
    if proposal is None:
        return ()
    both = (addresses(tx, person_id=each) for each in (proposal.person_id, proposal.other_id))
    return tuple(dict.fromkeys(address for each in both for address in each))


def _tell(person_id: str, told: tuple[str, ...]) -> None:
    services, settings = current_services(), current_services().settings
    with services.db.transaction() as tx:
        account = accounts.own_account(tx, person_id=person_id)
        with force_locale((account.locale if account else "") or "en"):
            text = _(
                "%(organization)s had two records of you and has made them one. Look through it, and at who acts for "
                "you and where you are linked: %(address)s\n\nIf it is not all yours, call us. %(support)s",
                organization=settings.organization,
                address=f"{settings.base_url}/",
                support=settings.support,
            )
            if account is not None:
                text += "\n\n" + _("Your user name: %(username)s", username=account.username)
            subject = _("%(portal)s: your two records are one now", portal=settings.name)
        for address in told:
            mail.post(tx, recipient=address, subject=subject, text=text.strip() + "\n")
    mail.ask(services)


def _page(form: MergeForm, *, status: int = 200) -> ResponseReturnValue:
    with current_services().db.reading() as tx:
        lines = [line for proposal in merging.everything(tx) if (line := _line(tx, proposal)) is not None]
    return render("staff/merges.html", form=form, lines=lines, status=status)


def _line(tx: Tx, proposal: MergeProposal) -> MergeLine | None:
    stays, goes = (people.by_id(tx, person_id=each) for each in (proposal.person_id, proposal.other_id))
    if stays is None or goes is None:
        return None
    asker = accounts.by_id(tx, account_id=proposal.account_id, disabled=True)
    verdict = compare(stays.demographics, goes.demographics).verdict
    acting_for = merging_proxies.acting(tx, proposal, teen_age=current_services().settings.teen_age)
    return MergeLine(
        proposal.id,
        (_side(tx, stays), _side(tx, goes)),
        str(_VERDICTS[verdict]),
        verdict is Verdict.DIFFERENT,
        len(persons_merging.twice(tx, proposal)),
        len(acting_for.both),
        len(acting_for.one),
        asker.display if asker else "",
        proposal.created_at,
        asker is not None and not same_human(asker, current_user.account),
    )


def _side(tx: Tx, stored: StoredPerson) -> Side:
    who = stored.demographics
    address = who.addresses[0] if who.addresses else None
    return Side(
        who.display,
        who.birth_date,
        words.sex(who.sex),
        finding.record_numbers(who),
        ", ".join(filter(None, (*address.line, address.city))) if address else "",
        accounts.own_account(tx, person_id=stored.id) is not None,
        merging.counts(tx, person_id=stored.id),
    )
