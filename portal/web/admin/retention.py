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
    """One table. ``due``: rows past their bound; None where nothing was counted, or the nightly job deletes none."""

    table: str
    why: str
    until: str
    nightly: bool
    due: int | None


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/retention", view_func=kept)


@for_duty(Duty.SEARCH_AUDIT)
def kept() -> Response:
    """List every table with how long its rows stay; ``count`` counts those that are due, which reads large tables."""
    counting = "count" in request.args
    with current_services().db.reading() as tx:
        ended_at = scheduled_runs.last_end(tx, job="retention")
        due = retention.due(tx) if counting else {}
    lines = [
        RetentionLine(name, each.why, retention.kept_until(each), bool(each.bounds), due.get(name))
        for name, each in retention.TABLES.items()
    ]
    return render(
        "admin/retention.html", lines=lines, ended_at=ended_at, counting=counting, most=retention.MOST_COUNTED
    )
