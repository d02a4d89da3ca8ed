"""``/care-team/settings``: how messages are taken, by the organization and by each clinician."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import audit
from portal.access import Duty
from portal.domain.errors import NotFoundError
from portal.endpoints import for_duty
from portal.extensions import current_services
from portal.store.messages import policies
from portal.web.care_team import forms, models
from portal.web.care_team.forms import OrganizationForm, PolicyForm
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _

blueprint = Blueprint("care_team_settings", __name__, url_prefix="/care-team/settings")


@blueprint.get("")
@for_duty(Duty.ANSWER_MESSAGES)
def page() -> Response:
    return _page(None, None)


@blueprint.post("")
@for_duty(Duty.ANSWER_MESSAGES)
def change() -> ResponseReturnValue:
    """Set how messages are taken, by the organization or by one clinician (``clinician`` in the address)."""
    clinician = request.args.get("clinician", policies.ORGANIZATION)
    form = PolicyForm(prefix=clinician) if clinician else OrganizationForm()
    if not form.validate_on_submit():
        return _page(clinician, form, status=422)
    with current_services().db.transaction() as tx:
        listed = {fhir_id: policy for fhir_id, _name, policy in models.clinicians(tx)}
        before = listed.get(clinician) if clinician else policies.all_policies(tx)[clinician]
        if before is None:
            raise NotFoundError
        policies.put(tx, practitioner=clinician, policy=form.policy(before))
        audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=audit_actor(), what="messages")
    flash(_("Saved."))
    return redirect(url_for("care_team_settings.page"), 303)


def _page(sent_by: str | None, sent: PolicyForm | None, *, status: int = 200) -> Response:
    with current_services().db.reading() as tx:
        whole = policies.all_policies(tx)[policies.ORGANIZATION]
        clinicians = models.clinicians(tx)
    own = [
        (
            fhir_id,
            name,
            sent
            if sent is not None and sent_by == fhir_id
            else PolicyForm(formdata=None, prefix=fhir_id, data=forms.of_clinician(policy)),
        )
        for fhir_id, name, policy in clinicians
    ]
    organization = sent if sent is not None and sent_by == policies.ORGANIZATION else None
    organization = organization or OrganizationForm(formdata=None, data=forms.of_organization(whole))
    return render("care_team/settings.html", organization=organization, clinicians=own, status=status)
