"""``/staff/patient/proxies``: who acts for the patient; letting somebody act, with documents; ending it."""

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, Length

from portal.access import Duty
from portal.assist import family
from portal.domain.assists import Consent, ProxyDocument
from portal.endpoints import confirm_first, for_duty, public
from portal.extensions import current_services
from portal.store.desk.assists import Assist
from portal.store.people import accounts, proxies
from portal.store.people.proxies import Invitation
from portal.web import formats
from portal.web.desk import letters, models, words
from portal.web.desk.current import current_assist
from portal.web.errors import error_page
from portal.web.family import words as family_words
from portal.web.family.forms import ChoicesForm
from portal.web.family.models import last_day
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext
from portal.web.qr import qr_picture


class DeskProxyForm(ChoicesForm):
    name = StringField(lazy_gettext("Their name"), [DataRequired(lazy_gettext("Enter their name")), Length(max=100)])
    owner_is = StringField(lazy_gettext("Who are they to the patient?"), [Length(max=60)])
    document = RadioField(
        lazy_gettext("What you saw"),
        choices=[SelectChoice(key, word) for key, (word, _hint) in words.DOCUMENTS.items()],
        validators=[DataRequired(lazy_gettext("Choose what you saw."))],
    )


def register(blueprint: Blueprint) -> None:
    for rule, view, method in (
        ("proxies", proxies_page, "GET"),
        ("proxies", add_proxy, "POST"),
        ("proxies/<grant>/end", end_proxy, "POST"),
    ):
        blueprint.add_url_rule(
            f"/staff/patient/{rule}", view_func=for_duty(Duty.ASSIST_PATIENTS)(view), methods=[method]
        )
    blueprint.add_url_rule("/staff/papers", view_func=papers)
    blueprint.add_url_rule("/staff/papers/<string(length=20):invitation>", view_func=check_papers, methods=["POST"])
    blueprint.add_url_rule("/invited/stop/<secret>", view_func=stop_proxy, methods=["GET", "POST"])


@for_duty(Duty.ASSIST_PATIENTS)
def papers() -> ResponseReturnValue:
    """Show the papers that a second member of staff has to see."""
    lines = family.waiting_papers(current_services(), current_user.account)
    return render("staff/papers.html", lines=lines, documents=words.DOCUMENTS)


@for_duty(Duty.ASSIST_PATIENTS)
@confirm_first(back="desk.papers")
def check_papers(invitation: str) -> ResponseReturnValue:
    """Say that the papers fit, or that they do not."""
    fit = request.form.get("step") == "confirm"
    if not family.check_papers(current_services(), current_user.account, invitation, fit=fit):
        flash(_("Nothing changed. Somebody else has to check these papers, or has done so."))
    else:
        flash(_("Checked. Their access begins with their code.") if fit else _("Refused. The code is worth nothing."))
    return redirect(url_for("desk.papers"), 303)


@public
def stop_proxy(secret: str) -> ResponseReturnValue:
    """Where the link in the notice leads: end what the desk set up."""
    services = current_services()
    if request.method == "POST" and family.stop(services, secret):
        return render("staff/stopped.html", stopped=True, secret=secret)
    if not family.stops(services, secret):
        text = _("It was stopped already, or the link is too old. Call us if somebody should not see a record.")
        return error_page(404, _("This link does not work any more"), text)
    return render("staff/stopped.html", stopped=False, secret=secret)


def proxies_page() -> ResponseReturnValue:
    """Show who acts for the patient, and the form to let somebody."""
    assist, form = family.require_agreed(current_assist()), DeskProxyForm()
    is_child = family.is_child(current_services(), assist)
    form.fill(family_words.USUAL, None)
    by_document = assist.consent is Consent.DOCUMENT
    usual = ProxyDocument.PARENT if is_child and by_document else None if by_document else ProxyDocument.OWN_YES
    form.document.data = usual.value if usual else None
    return _page(assist, form)


@confirm_first(back="desk.proxies_page")
def add_proxy() -> ResponseReturnValue:
    """Make the code for who will act; it is shown and printed from this answer only."""
    assist, form = family.require_agreed(current_assist()), DeskProxyForm()
    if not form.validate_on_submit():
        return _page(assist, form, status=422)
    invitation = family.invite(
        current_services(),
        assist,
        document=None if form.document.data == words.ABSENT else ProxyDocument(form.document.data),
        choices=form.chosen,
        name=form.name.data.strip(),
        owner_is=(form.owner_is.data or "").strip(),
        ends_at=form.ends_at,
    )
    with current_services().db.reading() as tx:
        band = models.band(tx, assist)
    address = f"{current_services().settings.base_url}{url_for('family.answer')}"
    language = letters.language_of(band.language)
    with force_locale(language):
        title = _("Acting for %(name)s", name=band.name)
        sheet = tuple(_sheet(invitation, address))
    return render(
        "staff/proxy_code.html",
        band=band,
        code=invitation.invited.code,
        language=language,
        title=title,
        sheet=sheet,
        picture=qr_picture(f"{address}?code={invitation.invited.code}"),
    )


def _sheet(invitation: Invitation, address: str) -> Iterator[str]:
    """Yield what is printed for who will act."""
    yield _("For %(name)s", name=invitation.invited.name)
    yield _("Scan the picture with your phone, or open %(address)s and type this code:", address=address)
    yield invitation.invited.code
    yield _("Sign in, or make a sign-in of your own. For that you need the birth date of the patient.")
    desk = invitation.invited.desk
    if not (desk and desk.document):
        yield _("Your access begins when the patient confirms that it is you.")
    elif desk.awaits_second:
        yield _("Your access begins when a second member of our staff has checked your papers.")
    yield _("The code works once, until %(day)s.", day=formats.whole_day(invitation.expires_at))
    yield _("Keep it to yourself. The patient sees what you look at, and can end it.")


def end_proxy(grant: str) -> ResponseReturnValue:
    """End somebody's access now."""
    family.end(current_services(), current_assist(), grant)
    flash(_("Ended. Pages that were open close with their next step."))
    return redirect(url_for("desk.proxies_page"), 303)


def _page(assist: Assist, form: DeskProxyForm, *, status: int = 200) -> ResponseReturnValue:
    services = current_services()
    with services.db.reading() as tx:
        band = models.band(tx, assist)
        current = proxies.in_force(tx, teen_age=services.settings.teen_age, person_id=assist.person_id)
        stored = [(grant, accounts.by_id(tx, account_id=grant.account_id, disabled=True)) for grant in current]
    lines = [
        (grant.id, account.display or account.username, grant.starts_at, last_day(grant.ends_at))
        for grant, account in stored
        if account
    ]
    return render(
        "staff/proxies.html",
        band=band,
        form=form,
        lines=lines,
        documents=words.DOCUMENTS,
        labels=family_words.LABELS,
        sees=family_words.SEES,
        does=family_words.DOES,
        status=status,
    )
