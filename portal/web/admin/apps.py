"""``/admin/apps``: the apps and partner organizations that may ask for records, for the administrator."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.access import Duty
from portal.domain.errors import InvalidInputError, NotFoundError
from portal.domain.ids import is_id, new_id
from portal.endpoints import confirm_first, for_duty
from portal.extensions import current_services
from portal.provider import proposals
from portal.provider.oauth import operator
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.store.provider.proposals import PARTNER, PARTNER_KEYS
from portal.web.admin.release import waiting
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext

blueprint = Blueprint("registered", __name__, url_prefix="/admin/apps")

METHODS = {
    "none": lazy_gettext("It keeps no secret (an app on a phone or in a browser)"),
    "client_secret_basic": lazy_gettext("With a secret"),
    "private_key_jwt": lazy_gettext("With a key of its own"),
}
_FIELDS = {"redirect-uri": "redirect_uris", "jwks": "jwks_uri", "homepage": "homepage", "logo": "logo"}


@dataclass(frozen=True, slots=True)
class AppLine:
    """One app or partner. ``people``: whose records it may read now."""

    client: OAuthClient
    method: str
    people: int


class AppForm(FlaskForm):  # type: ignore[misc]
    client_id = HiddenField()  # chosen when the form is made, so that sending it twice registers one
    name = StringField(
        lazy_gettext("Name"), [DataRequired(lazy_gettext("Enter the name that patients read.")), Length(max=200)]
    )
    kind = SelectField(
        lazy_gettext("What it is"),
        choices=[
            SelectChoice("app", lazy_gettext("An app that asks patients")),
            SelectChoice("partner", lazy_gettext("A partner organization, which may also look for its own patients")),
        ],
    )
    redirect_uris = TextAreaField(lazy_gettext("Addresses that it comes back to"), [Length(max=4000)])
    method = SelectField(
        lazy_gettext("How it shows that it is itself"), choices=[SelectChoice(*choice) for choice in METHODS.items()]
    )
    jwks_uri = StringField(lazy_gettext("Where its public keys are"), [Length(max=500)])
    homepage = StringField(lazy_gettext("Its web site"), [Length(max=500)])
    owner = StringField(lazy_gettext("Who runs it"), [Length(max=200)])
    logo = FileField(lazy_gettext("Its logo"))

    def client(self) -> OAuthClient:
        """Build the client; raise InvalidInputError as ``portal.provider.oauth.operator.app``."""
        values: dict[str, Any] = {
            "name": " ".join((self.name.data or "").split()),
            "redirect_uris": [uri.strip() for uri in (self.redirect_uris.data or "").splitlines() if uri.strip()],
            "jwks_uri": (self.jwks_uri.data or "").strip(),
            "homepage": (self.homepage.data or "").strip(),
            "owner": " ".join((self.owner.data or "").split()),
            "client_id": self.client_id.data if is_id(self.client_id.data or "") else new_id(),
        }
        if self.kind.data == "partner":
            return operator.partner(**values)
        return operator.app(method=self.method.data, **values)


@blueprint.get("")
@for_duty(Duty.MANAGE_APPS)
def apps() -> Response:
    """All that are registered, and the form for another one."""
    return _page(AppForm(client_id=new_id()))


@blueprint.post("")
@for_duty(Duty.MANAGE_APPS)
@confirm_first(back="registered.apps")
def add() -> ResponseReturnValue:
    """Register one; its id, and its secret where it has one, are shown on this answer only."""
    form = AppForm()
    if not form.validate_on_submit():
        return _page(form, status=400)
    try:
        client = form.client()
        data = form.logo.data.read() if form.logo.data else b""
        logo = operator.picture(data) if data else b""
    except InvalidInputError as error:
        form[_FIELDS.get(error.code, "name")].errors = [_word(error.code)]
        return _page(form, status=400)
    client, secret = operator.with_secret(client)
    with current_services().db.transaction() as tx:
        if clients.client_by_id(tx, client_id=client.client_id, disabled=True) is not None:
            return redirect(url_for("registered.apps"), 303)  # sent a second time
        if client.partner:
            proposals.propose_partner(tx, client, by=current_user.account, logo=logo)
        else:
            operator.add(tx, client, actor=audit_actor(), logo=logo)
    if client.partner:
        flash(_("It waits for a second administrator. Nothing has changed yet."))
        return redirect(url_for("registered.apps"), 303)
    return _page(AppForm(formdata=None, client_id=new_id()), registered=client, secret=secret)


@blueprint.post("/keys")
@for_duty(Duty.MANAGE_APPS)
@confirm_first(back="registered.apps")
def keys() -> ResponseReturnValue:
    """Propose another address of a partner's keys."""
    try:
        with current_services().db.transaction() as tx:
            proposals.propose_keys(
                tx,
                client_id=request.form.get("client", "")[:200],
                jwks_uri=request.form.get("jwks_uri", "").strip()[:500],
                by=current_user.account,
            )
        flash(_("It waits for a second administrator. Nothing has changed yet."))
    except InvalidInputError as error:
        flash(_word(error.code))
    return redirect(url_for("registered.apps"), 303)


@blueprint.post("/end")
@for_duty(Duty.MANAGE_APPS)
def end() -> ResponseReturnValue:
    """Shut one out. Of one that is shut out already it says the same."""
    with current_services().db.transaction() as tx:
        try:
            disabled = operator.disable(tx, request.form.get("client", "")[:200], actor=audit_actor())
        except NotFoundError:
            disabled = None
    if disabled is not None:
        flash(_("%(name)s is blocked. All that patients allowed it has ended.", name=disabled.name))
    return redirect(url_for("registered.apps"), 303)


def _page(form: AppForm, *, registered: OAuthClient | None = None, secret: str = "", status: int = 200) -> Response:
    with current_services().db.reading() as tx:
        counts = clients.granted_counts(tx)
        lines = [
            AppLine(
                client,
                str(METHODS.get(client.auth_method, METHODS["client_secret_basic"])),
                counts.get(client.client_id, 0),
            )
            for client in clients.clients(tx)
        ]
        waits = waiting(tx, PARTNER, PARTNER_KEYS)
    return render(
        "admin/apps.html", form=form, apps=lines, waiting=waits, made=registered, secret=secret, status=status
    )


def _word(code: str) -> str:
    return {
        "redirect-uri": _(
            "Enter at least one full address with https://, one a line, without a part after #. A phone app may use "
            "an address of its own kind."
        ),
        "jwks": _("Enter the web address of its public keys; only with “a key of its own” and for partners."),
        "homepage": _("Enter an address with https://"),
        "logo": _("Choose a picture: PNG, JPEG, GIF or WebP."),
    }.get(code, _("This cannot be registered."))
