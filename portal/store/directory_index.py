"""The directory's search index: one line per name, kept up to date by whoever writes organizations."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from portal.domain.words import fold
from portal.store.schema.directory import organization, organization_name, search_name


def create(conn: Connection) -> None:
    """Make what the schema's tables cannot say; called by the first migration."""
    del conn


def reindex(conn: Connection, ids: Collection[str]) -> None:
    """Write the lines of these organizations and of those they own, again."""
    wanted = set(ids)
    wanted.update(conn.execute(select(organization.c.id).where(organization.c.owner_id.in_(ids))).scalars())
    conn.execute(delete(search_name).where(search_name.c.organization_id.in_(wanted)))
    owner = organization.alias("owner")
    rows = conn.execute(
        select(organization, owner.c.name.label("owner_name"))
        .join_from(organization, owner, organization.c.owner_id == owner.c.id, isouter=True)
        .where(organization.c.id.in_(wanted))
    ).all()
    lines = []
    for row in rows:
        place = " ".join(
            fold(
                " ".join(
                    filter(
                        None,
                        (
                            row.owner_name,
                            row.city,
                            row.state,
                            row.postal_code,
                            row.domain,
                            row.npi,
                        ),
                    )
                )
            )
        )
        lines.append((row.id, row.name, "name", "", place))
        for name in conn.execute(select(organization_name).where(organization_name.c.organization_id == row.id)):
            lines.append((row.id, name.name, name.kind, name.until or "", place))
    if lines:
        conn.execute(
            insert(search_name),
            [
                {
                    "organization_id": i,
                    "name": n,
                    "kind": k,
                    "until": u,
                    "words": " ".join(fold(n)),
                    "place": p,
                }
                for i, n, k, u, p in lines
            ],
        )


def simple(conn: Connection, words: list[str]) -> list[tuple[str, str, str, str, str]]:
    """(organization id, name, kind, until, words) of the lines that have a word beginning with each of these."""
    query = select(search_name)
    for word in words:
        query = query.where(
            search_name.c.words.startswith(word, autoescape=True)
            | search_name.c.words.contains(" " + word, autoescape=True)
            | search_name.c.place.startswith(word, autoescape=True)
            | search_name.c.place.contains(" " + word, autoescape=True)
        )
    rows = conn.execute(query.order_by(search_name.c.id).limit(500))
    return [(row.organization_id, row.name, row.kind, row.until, row.words) for row in rows]
