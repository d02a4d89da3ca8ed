""" "Tell us": organizations that patients did not find, for the administrator's list."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update

from portal.domain.errors import InvalidInputError
from portal.domain.ids import new_id
from portal.store.directory.suggestions import suggest
from portal.store.engine.database import Tx
from portal.store.schema.directory import missing_report

_OPEN_PER_PERSON = 20


class ReportState(StrEnum):
    OPEN = "open"
    ADDED = "added"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingReport:
    """What a patient told us. Sealed: where somebody has been seen is health information."""

    id: str
    person_id: str | None
    name: str
    place: str
    note: str
    state: ReportState
    organization_id: str | None
    created_at: datetime
    closed_at: datetime | None


def report(tx: Tx, *, person_id: str | None, name: str, place: str = "", note: str = "") -> str | None:
    """Keep a report; the same name from the same person is kept once. Return its id, none beyond 20 open ones.

    Raises:
        InvalidInputError: no name.
    """
    name, place, note = (" ".join(text.split())[:300] for text in (name, place, note))
    if not name:
        raise InvalidInputError("missing-name", hint="a report needs the organization's name")
    for report in _list(tx, missing_report.c.person_id == person_id, missing_report.c.state == ReportState.OPEN):
        if person_id is not None and (report.name.casefold(), report.place) == (name.casefold(), place):
            return report.id
    is_open = (missing_report.c.person_id == person_id) & (missing_report.c.state == ReportState.OPEN)
    if tx.conn.execute(select(func.count()).where(is_open)).scalar_one() >= _OPEN_PER_PERSON:
        return None
    report_id = new_id()
    tx.conn.execute(
        insert(missing_report).values(
            id=report_id,
            person_id=person_id,
            data=tx.seal({"name": name, "place": place, "note": note}, row=f"missing_report.data:{report_id}"),
            state=ReportState.OPEN,
            created_at=tx.now,
        )
    )
    return report_id


def reports(tx: Tx, *, state: ReportState = ReportState.OPEN, limit: int = 200) -> list[MissingReport]:
    """Return the reports for the administrator, newest first."""
    return _list(tx, missing_report.c.state == state, limit=limit)


def of_person(tx: Tx, *, person_id: str) -> list[MissingReport]:
    """Return what a person told us, newest first, answered or not."""
    return _list(tx, missing_report.c.person_id == person_id)


def close(tx: Tx, *, report_id: str, state: ReportState, organization_id: str | None = None) -> bool:
    """Answer an open report: the organization is there now (which one), or cannot be. False: it is not open.

    Which one is suggested to who missed it; as something confidential, since nobody else knew that they look for it.
    """
    closed = tx.conn.execute(
        update(missing_report)
        .where(missing_report.c.id == report_id, missing_report.c.state == ReportState.OPEN)
        .values(state=state, organization_id=organization_id, closed_at=tx.now)
        .returning(missing_report.c.person_id)
    ).first()
    if closed is None:
        return False
    if closed.person_id is not None and organization_id is not None:
        suggest(tx, person_id=closed.person_id, organization_id=organization_id, reason="told", sensitive=True)
    return True


def _list(tx: Tx, *conditions: object, limit: int = 200) -> list[MissingReport]:
    query = select(missing_report).where(*conditions)  # type: ignore[arg-type]
    rows = tx.conn.execute(query.order_by(missing_report.c.created_at.desc(), missing_report.c.id).limit(limit))
    reports_ = []
    for row in rows:
        content = tx.unseal(row.data, dict[str, str], row=f"missing_report.data:{row.id}")
        reports_.append(
            MissingReport(
                id=row.id,
                person_id=row.person_id,
                name=content["name"],
                place=content["place"],
                note=content["note"],
                state=ReportState(row.state),
                organization_id=row.organization_id,
                created_at=row.created_at,
                closed_at=row.closed_at,
            )
        )
    return reports_
