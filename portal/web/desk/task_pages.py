"""What the desk does for a patient who said yes: codes, links, updates, a near match, a lost second step."""

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from portal.access import Duty
from portal.assist import assists, tasks
from portal.assist.tasks import Activation
from portal.directory.search import search
from portal.domain.errors import NotFoundError
from portal.domain.links import LinkPolicy, LinkState
from portal.endpoints import confirm_first, for_duty
from portal.extensions import current_services
from portal.identity.comparison import Finding
from portal.linking import proxies
from portal.sharing import visits
from portal.store import Tx
from portal.store.desk import assists as assist_rows
from portal.store.desk import handovers
from portal.store.desk.assists import Assist
from portal.store.links import links, refreshes
from portal.web import formats
from portal.web.desk import letters, models, words
from portal.web.desk.current import current_assist
from portal.web.desk.models import Step
from portal.web.htmx import render
from portal.web.links import words as link_words
from portal.web.phrases import gettext as _
from portal.web.qr import qr_picture

_LONGEST = 100  # characters of a query
_MOST = 8  # organizations that a search shows


def register(blueprint: Blueprint) -> None:
    for rule, view, method in (
        ("document", document, "POST"),
        ("activation", activation, "POST"),
        ("factor", factor, "POST"),
        ("visit", visit, "POST"),
        ("search", find_organization, "GET"),
        ("start/<organization>", hand_over, "POST"),
        ("start/<organization>", handed_over, "GET"),
        ("links/<link>/update", update, "POST"),
        ("links/<link>/decide", decision, "GET"),
        ("links/<link>/decide", decide, "POST"),
    ):
        blueprint.add_url_rule(
            f"/staff/patient/{rule}", view_func=for_duty(Duty.ASSIST_PATIENTS)(view), methods=[method]
        )


def page(assist: Assist) -> ResponseReturnValue:
    """Return the page of a patient who said yes: links and their states where they agreed to that, and the tasks."""
    with current_services().db.reading() as tx:
        band = models.band(tx, assist)
        desk_links = models.desk_links(tx, assist) if models.sees_links(assist) else ()
    with current_services().db.transaction() as tx:
        if models.sees_links(assist):
            assists.note(tx, assist.account_id, assist.person_id, "links")
    return render("staff/patient.html", band=band, links=desk_links, sees_links=models.sees_links(assist), q="")


def document() -> ResponseReturnValue:
    """Note that the clerk compared a photo ID."""
    assist = assists.require(current_assist())
    with current_services().db.transaction() as tx:
        assist_rows.check_document(tx, assist_id=assist.id)
    return redirect(url_for("desk.patient"), 303)


@confirm_first(back="desk.patient")
def activation() -> ResponseReturnValue:
    """Make an activation code; it is shown and printed from this answer only."""
    assist = current_assist()
    activation = tasks.activation_code(current_services(), assist)
    with current_services().db.reading() as tx:
        band = models.band(tx, assist)
    address = f"{current_services().settings.base_url}{url_for('account.activate')}"
    language = letters.language_of(activation.language)
    with force_locale(language):
        title, sheet = _("Your first sign-in"), tuple(_sheet(activation, address, band.name))
    return render(
        "staff/activation.html",
        band=band,
        activation=activation,
        language=language,
        title=title,
        sheet=sheet,
        picture=qr_picture(f"{address}?code={activation.code}"),
    )


def _sheet(activation: Activation, address: str, name: str) -> Iterator[str]:
    """Yield what is printed for the patient, in their language."""
    yield _("For %(name)s", name=name)
    yield _("Scan the picture with your phone, or open %(address)s and type this code:", address=address)
    yield activation.code
    yield _("You also need your birth date. Then choose a password.")
    yield _("Your user name is %(name)s.", name=activation.username)
    yield _("The code works once, until %(day)s. Five wrong tries end it.", day=formats.whole_day(activation.until))
    yield _("Keep it to yourself. Nobody here will ask you for it or for your password.")


@confirm_first(back="desk.patient")
def factor() -> ResponseReturnValue:
    """Begin to remove a lost second factor; the patient has a day to stop it."""
    due_at = tasks.reset_factor(current_services(), current_assist(), letters.factor_reset)
    flash(
        _(
            "The second step is removed on %(moment)s, unless the patient stops it. We told all their addresses.",
            moment=formats.moment_text(due_at),
        )
    )
    return redirect(url_for("desk.patient"), 303)


def visit() -> ResponseReturnValue:
    """Hand out a link to the record of the visit, shown and printed from this answer only: no word of what is in it."""
    assist = assists.require(current_assist())
    try:
        link = visits.hand_out(current_services(), assist)
    except NotFoundError:
        flash(words.problem("visit-none"))
        return redirect(url_for("desk.patient"), 303)
    with current_services().db.reading() as tx:
        band = models.band(tx, assist)
    viewer = f"{current_services().settings.base_url}{url_for('viewing.page')}"
    language = letters.language_of(band.language)
    with force_locale(language):
        title, sheet = _("The record of your visit"), tuple(_visit_sheet(band.name))
    return render(
        "staff/visit_link.html",
        band=band,
        language=language,
        title=title,
        sheet=sheet,
        picture=qr_picture(f"{viewer}#{link}", "m"),
    )


def _visit_sheet(name: str) -> Iterator[str]:
    """Yield what is printed for the patient, in their language."""
    yield _("For %(name)s", name=name)
    yield _("Scan it with your phone, and type the passcode that you saw on your own phone.")
    yield _("It opens for 30 days. Under Everything you share you see who opened it, and can end it.")
    yield _("Another clinic can scan it, too. Tell the passcode only to who may read it.")


def find_organization() -> ResponseReturnValue:
    """Find an organization to start a link with; confidential ones are never named here."""
    assist, text = assists.require(current_assist()), request.args.get("q", "").strip()[:_LONGEST]
    with current_services().db.reading() as tx:
        band, desk_links = models.band(tx, assist), models.desk_links(tx, assist)
        matches = search(tx, text=text, limit=_MOST) if text else ()
    linked = {link.organization.id for link in desk_links}
    results = [
        match
        for match in matches
        if not match.organization.sensitive and match.id not in linked and match.policy is not LinkPolicy.OFF
    ]
    return render("staff/patient.html", band=band, links=desk_links, sees_links=True, q=text, results=results)


def hand_over(organization: str) -> ResponseReturnValue:
    """Make a code with which the patient finishes a link on a device of their own."""
    tasks.hand_over(current_services(), current_assist(), organization)
    return redirect(url_for("desk.handed_over", organization=organization), 303)


def handed_over(organization: str) -> ResponseReturnValue:
    """Show the code to hand over, and how far the patient is."""
    assist = current_assist()
    with current_services().db.reading() as tx:
        target = tasks.organization_to_link(tx, assist, organization)
        handover = handovers.of_assist(tx, assist_id=assist.id, organization_id=target.id)
        band = models.band(tx, assist)
        steps = _steps(tx, assist, target.id) if handover else ()
        now = tx.now
    address = f"{current_services().settings.base_url}{url_for('desk.go_form')}"
    return render(
        "staff/handover.html",
        band=band,
        organization=target,
        handover=handover,
        address=address,
        picture=qr_picture(f"{address}/{handover.code}") if handover else "",
        steps=steps,
        checked_at=now,
    )


def _steps(tx: Tx, assist: Assist, organization_id: str) -> tuple[Step, ...]:
    """Return how far a patient is with a link that the desk started; sections are counted, never named."""
    handover = handovers.of_assist(tx, assist_id=assist.id, organization_id=organization_id)
    opened_at = handover.opened_at if handover else None
    link = proxies.link_seen_by(
        tx, account_id=assist.account_id, person_id=assist.person_id, organization_id=organization_id
    )
    begun = link is not None and opened_at is not None and link.updated_at >= opened_at
    latest = refreshes.latest(tx, link_id=link.id) if link and begun else None
    loading = models.progress(latest) or _("Getting records")
    is_active = bool(link and begun and link.state is LinkState.ACTIVE and latest and latest.ended_at)
    texts = (
        (_("Code made"), True, handover.created_at if handover else None),
        (_("Opened on the patient’s device"), opened_at is not None, opened_at),
        (_("Signed in there"), begun, link.updated_at if link and begun else None),
        (loading, is_active, None),
        (_("Linked"), is_active, None),
    )
    first_open = next((number for number, (_text, done, _at) in enumerate(texts) if not done), len(texts))
    return tuple(
        Step(text, "done" if done else "now" if number == first_open else "later", at)
        for number, (text, done, at) in enumerate(texts)
    )


def update(link: str) -> ResponseReturnValue:
    """Ask for an update."""
    if tasks.refresh(current_services(), current_assist(), link):
        flash(_("The update is on its way. Press Check again to see how it goes."))
    else:
        flash(_("Not now: it was updated a moment ago, or the patient has to sign in there. Use Hand over."))
    return redirect(url_for("desk.patient"), 303)


def decision(link: str) -> ResponseReturnValue:
    """Show what differs between the two places, to be compared with a photo ID."""
    assist = current_assist()
    with current_services().db.reading() as tx:
        stored, organization = tasks.link_of(tx, assist, link)
        compared = links.finding_of(tx, stored, Finding)
        band = models.band(tx, assist)
    differences = [
        (
            link_words.difference(difference),
            link_words.side(difference.aspect, difference.ours, is_theirs=False),
            link_words.side(difference.aspect, difference.theirs, is_theirs=True),
        )
        for difference in (compared.differences if compared else ())
    ]
    return render("staff/decide.html", band=band, link=stored, organization=organization, differences=differences)


def decide(link: str) -> ResponseReturnValue:
    """Decide a near match: the same person, or somebody else."""
    assist = current_assist()
    if "id_checked" in request.form:
        with current_services().db.transaction() as tx:
            assist_rows.check_document(tx, assist_id=assists.require(assist).id)
        assist = current_assist()
    is_same = request.form.get("answer") == "same"
    tasks.decide(current_services(), assist, link, is_same=is_same)
    flash(_("Linked. The records are on their way.") if is_same else _("Not linked, and nothing of it is kept."))
    return redirect(url_for("desk.patient"), 303)
