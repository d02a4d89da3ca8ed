"""``/admin/retention``: how long what is kept, from the table that the nightly job goes by. Nobody's data."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from portal.access import Duty
from portal.endpoints import for_duty
from portal.extensions import current_services
from portal.store import retention, scheduled_runs
from portal.web.htmx import render


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """One table. ``due``: rows past their bound, of those that the nightly job deletes; None where not counted."""

    table: str
    why: str
    until: str
    due: int | None


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/retention", view_func=retention_page)


@for_duty(Duty.SEARCH_AUDIT)
def retention_page() -> Response:
    """List every table with how long its rows stay; ``count`` counts those that are due, which reads large tables."""
    counting = "count" in request.args
    with current_services().db.reading() as tx:
        ended_at = scheduled_runs.last_end(tx, job="retention")
        due = retention.due(tx) if counting else {}
    nightly: list[RetentionLine] = []
    others: list[RetentionLine] = []
    for name, each in retention.TABLES.items():
        lines = nightly if each.bounds else others
        lines.append(RetentionLine(name, each.why, retention.kept_until(each), due.get(name)))
    return render(
        "admin/retention.html",
        nightly=nightly,
        others=others,
        ended_at=ended_at,
        counting=counting,
        most=retention.MOST_COUNTED,
    )
