"""What a table's retention says: the bound that the nightly job holds, and when a row is past it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_

from portal.store.schema.directory import directory_import, organization, organization_client
from portal.store.schema.links import link, link_attempt, refresh, refresh_section
from portal.store.schema.provider import oauth_grant

DAY, MONTH, YEAR, SIX_YEARS = (timedelta(days=days) for days in (1, 30, 365, 6 * 365 + 2))


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound that the nightly job holds: rows for which ``expired`` is true of a moment ``after`` ago are deleted."""

    until: str  # in words, for the page
    after: timedelta
    expired: Callable[[datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Retention:
    """What holds for one table. ``ends`` says what deletes the rows that no bound does."""

    why: str
    ends: str = ""
    bounds: tuple[Bound, ...] = ()


def organization_in_use() -> ColumnElement[bool]:
    clinic = organization.alias()
    return or_(
        exists().where(link.c.organization_id == organization.c.id),
        exists().where(link_attempt.c.organization_id == organization.c.id),
        exists().where(organization_client.c.organization_id == organization.c.id),
        exists().where(clinic.c.owner_id == organization.c.id),
    )


def newer_import() -> ColumnElement[bool]:
    newer = directory_import.alias()
    return exists().where(newer.c.source == directory_import.c.source, newer.c.at > directory_import.c.at)


def newer_refresh() -> ColumnElement[bool]:
    newer = refresh.alias()
    return exists().where(newer.c.link_id == refresh.c.link_id, newer.c.requested_at > refresh.c.requested_at)


def older_sections() -> ColumnElement[bool]:
    """Sections of a refresh after which the same link was asked again: nobody is shown them."""
    newer = refresh.alias()
    again = and_(newer.c.link_id == refresh.c.link_id, newer.c.requested_at > refresh.c.requested_at)
    return exists().where(refresh.c.id == refresh_section.c.refresh_id, again)


def of_ended_link(link_id: ColumnElement[str], before: datetime) -> ColumnElement[bool]:
    return exists().where(link.c.id == link_id, link.c.live.is_(False), link.c.updated_at < before)


def ended_grant(before: datetime) -> ColumnElement[bool]:
    return or_(oauth_grant.c.ended_at < before, oauth_grant.c.ends_at < before)
