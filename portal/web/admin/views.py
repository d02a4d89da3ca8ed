"""``/admin``: how the links to other organizations are doing."""

from flask import Blueprint, Response

from portal import mail
from portal.access import Duty
from portal.endpoints import for_duty
from portal.extensions import current_services
from portal.mail import alerts
from portal.store.links import refresh_report
from portal.store.links.refresh_report import OrganizationHealth
from portal.store.records import left_out
from portal.store.records.left_out import OrganizationGaps
from portal.web.admin import (
    directory,
    erasure,
    organization_rules,
    oversight,
    patient_accounts,
    release,
    reports,
    retention,
    staff_accounts,
)
from portal.web.htmx import render
from portal.web.links.failures import failure

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
directory.register(blueprint)
reports.register(blueprint)
oversight.register(blueprint)
erasure.register(blueprint)
release.register(blueprint)
organization_rules.register(blueprint)
patient_accounts.register(blueprint)
staff_accounts.register(blueprint)
retention.register(blueprint)


@blueprint.get("/")
@for_duty(Duty.MANAGE_DIRECTORY)
def overview() -> Response:
    """Each linked organization: links, success rate, last error, mean duration, what is missing; alerts."""
    services = current_services()
    with services.db.reading() as tx:
        health = refresh_report.organizations(tx)
        wrong_persons = refresh_report.wrong_persons(tx)
        gaps = left_out.by_organization(tx)
        told = [account.display or account.username for account in alerts.told(tx)] if mail.is_on(services) else []
    return render(
        "admin/overview.html",
        organizations=health,
        alerts=wrong_persons,
        told=told,
        gaps={one.organization_id: gaps.get(one.organization_id, OrganizationGaps()) for one in health},
        queue_answers=services.queue.answers(),
        in_words=_in_words,
    )


def _in_words(health: OrganizationHealth) -> str:
    """Return what the last failure was, in a sentence."""
    return failure(health.last_reason, health.name)
