"""``/admin/imports`` and ``/admin/missing``: how imports went, and which organizations patients did not find."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import audit
from portal.access import Duty
from portal.domain.errors import InvalidInputError, NotFoundError
from portal.endpoints import for_duty
from portal.extensions import current_services
from portal.store import Tx
from portal.store.directory import entries, missing_reports, organizations
from portal.store.directory.missing_reports import ReportState
from portal.web.admin import words
from portal.web.guards import audit_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _

_SHOWN = 20  # imports


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import: what was read, and what became of it; ``refused`` as reason and count."""

    source: str
    at: datetime
    counts: dict[str, Any]
    refused: tuple[tuple[str, int], ...]

    @property
    def refused_count(self) -> int:
        return sum(count for _, count in self.refused)


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/imports", view_func=imports)
    blueprint.add_url_rule("/missing", view_func=missing_organizations)
    blueprint.add_url_rule("/missing/<report>", view_func=answer, methods=["POST"])


@for_duty(Duty.MANAGE_DIRECTORY)
def imports() -> Response:
    """Show the lists that are read every night, and the last imports, newest first."""
    with current_services().db.reading() as tx:
        recent_imports = entries.imports(tx, limit=_SHOWN)
        sources = entries.sources(tx)
    lines = [
        ImportLine(
            source,
            at,
            report,
            tuple((str(words.REFUSALS.get(why, why)), count) for why, count in report.get("refused", {}).items()),
        )
        for source, at, report in recent_imports
    ]
    return render("admin/imports.html", imports=lines, sources=sources, outcomes=words.OUTCOMES)


@for_duty(Duty.MANAGE_DIRECTORY)
def missing_organizations() -> Response:
    """Return what patients told us they did not find; not who they are."""
    with current_services().db.reading() as tx:
        reports = missing_reports.reports(tx)
    return render("admin/missing.html", reports=reports)


@for_duty(Duty.MANAGE_DIRECTORY)
def answer(report: str) -> ResponseReturnValue:
    """Take a report off the list: the organization can be found now, or cannot be linked."""
    new_state = request.form.get("state")
    if new_state not in (ReportState.ADDED, ReportState.DECLINED):
        raise InvalidInputError("missing-state")
    with current_services().db.transaction() as tx:
        organization_id = _named(tx, request.form.get("organization", "").strip()) if new_state == "added" else None
        if not missing_reports.close(
            tx, report_id=report, state=ReportState(new_state), organization_id=organization_id
        ):
            raise NotFoundError
        audit.record(
            tx,
            action=audit.Action.DIRECTORY_CHANGE,
            actor=audit_actor(),
            what="missing-answered",
            report=report,
            state=new_state,
        )
    flash(_("The report is answered."))
    return redirect(url_for("admin.missing_organizations"), 303)


def _named(tx: Tx, organization_id: str) -> str | None:
    if not organization_id:
        return None
    organization = organizations.by_id(tx, organization_id=organization_id)
    if organization is None:
        raise InvalidInputError("missing-organization", hint="no entry has this id")
    return organization.id
