"""A person's links with their organizations: what nearly every page begins with, in as few statements as can be."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from portal.domain.links import Tier
from portal.store.directory import values
from portal.store.directory.values import Organization
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.links import links
from portal.store.links.links import Link
from portal.store.schema.directory import organization
from portal.store.schema.links import link, refresh


@dataclass(frozen=True, slots=True)
class Connection:
    """``updating``: a refresh of the link is open."""

    link: Link
    organization: Organization
    updating: bool


def of_person(tx: Tx, *, person_id: str, live: bool | None = True) -> tuple[Connection, ...]:
    """Return a person's links to others, oldest first; ``live`` None: ended ones too."""
    return with_home(tx, person_id=person_id, live=live)[0]


def with_home(tx: Tx, *, person_id: str, live: bool | None = True) -> tuple[tuple[Connection, ...], Link | None]:
    """Return the same, and the live link that the home chart is read by (``links.to_home``)."""
    rows = tx.conn.execute(_query(live=live), {"person_id": person_id}).mappings().all()
    organizations = values.from_rows(rows)
    read = [
        Connection(
            links.from_columns({name: row[label] for name, label in _LABELS.items()}),
            organizations[row["id"]],
            bool(row["updating"]),
        )
        for row in rows
    ]
    home = (each.link for each in read if each.link.tier is Tier.HOME and each.link.live)
    return tuple(each for each in read if each.link.tier is not Tier.HOME), next(home, None)


_LABELS = {column.name: f"link_{column.name}" for column in link.c}


@cache
def _query(*, live: bool | None) -> Select[Any]:
    is_open = select(refresh.c.id).where(refresh.c.link_id == link.c.id, refresh.c.ended_at.is_(None)).exists()
    of_link = (column.label(_LABELS[column.name]) for column in link.c)
    query = (
        values.SELECT.add_columns(*of_link, is_open.label("updating"))
        .join(link, link.c.organization_id == organization.c.id)
        .where(link.c.person_id == bindparam("person_id"))
        .order_by(link.c.created_at, link.c.id)
    )
    return with_constants(query if live is None else query.where(link.c.live.is_(live)))
