"""The directory's search index: made here, and kept up to date by whoever writes organizations.

One line of ``search_name`` for each name, with its words folded by ``portal.domain.words``; a full-text index over it
(FTS5, or a GIN index of tsvector); the vocabulary ``search_word`` with a trigram index. Words are folded before they
come here (accents too), so both databases index the same bytes and need no dictionary or unaccent of their own.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Integer, Row, String, bindparam, delete, exists, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.ids import HOME
from portal.domain.places import state_words
from portal.domain.words import fold, initials, split
from portal.store.schema.directory import organization, organization_name, search_name, search_word

_SQLITE = (
    """CREATE VIRTUAL TABLE search_text USING fts5(words, place, content='search_name', content_rowid='id',
       tokenize='ascii', prefix='2 3', detail=none, columnsize=0)""",
    """CREATE TRIGGER search_name_added AFTER INSERT ON search_name BEGIN
       INSERT INTO search_text(rowid, words, place) VALUES (new.id, new.words, new.place); END""",
    """CREATE TRIGGER search_name_gone AFTER DELETE ON search_name BEGIN
       INSERT INTO search_text(search_text, rowid, words, place)
       VALUES ('delete', old.id, old.words, old.place); END""",
    """CREATE VIRTUAL TABLE search_word_part USING fts5(word, content='search_word', content_rowid='id',
       tokenize='trigram')""",
    """CREATE TRIGGER search_word_added AFTER INSERT ON search_word BEGIN
       INSERT INTO search_word_part(rowid, word) VALUES (new.id, new.word); END""",
    """CREATE TRIGGER search_word_gone AFTER DELETE ON search_word BEGIN
       INSERT INTO search_word_part(search_word_part, rowid, word) VALUES ('delete', old.id, old.word); END""",
)
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """ALTER TABLE search_name ADD COLUMN lexemes tsvector GENERATED ALWAYS AS (
       array_to_tsvector(array_remove(string_to_array(words || ' ' || place, ' '), ''))) STORED""",
    "CREATE INDEX ix_search_name_lexemes ON search_name USING gin (lexemes) WITH (fastupdate = off)",
    # Byte order, so that a beginning is a range: the database's own collation may be any.
    'CREATE INDEX ix_search_word_start ON search_word (word COLLATE "C")',
    'CREATE INDEX ix_search_word_end ON search_word (backwards COLLATE "C")',
    "CREATE INDEX ix_search_word_part ON search_word USING gin (word gin_trgm_ops)",
)


_NOT_A_WORD = re.compile(r"[0-9]+|zx[0-9]{3}|sx[a-z]{2}|[ad]x.*|ox")  # numbers, and our own marks


def create(conn: Connection) -> None:
    """Make what the schema's tables cannot say; called by the first migration.

    On PostgreSQL the role needs CREATE on the database for the (trusted) extension pg_trgm, unless it is there already.
    """
    for statement in _SQLITE if conn.dialect.name == "sqlite" else _POSTGRESQL:
        conn.exec_driver_sql(statement)


def reindex(conn: Connection, ids: Collection[str], *, new: Collection[str] = ()) -> None:
    """Write the lines of these organizations and of those they own, again; ``new`` ones have none and own none yet."""
    uses: Counter[str] = Counter()
    before = set(ids) - set(new)
    if before:
        owned = select(organization.c.id).where(organization.c.owner_id.in_(before))
        before.update(conn.execute(owned).scalars())
        uses = _dropped(conn, before)
    lines = list(_lines(conn, before.union(new)))
    for line in lines:
        uses.update(_vocabulary(line["words"], line["place"]))
    if lines:
        conn.execute(insert(search_name), lines)
    _count(conn, uses)


def forget(conn: Connection, ids: Collection[str]) -> None:
    """Take the lines of organizations out that are about to be deleted."""
    _count(conn, _dropped(conn, ids))


def _dropped(conn: Connection, ids: Collection[str]) -> Counter[str]:
    """Delete the lines; return what that takes from the vocabulary's counts."""
    uses: Counter[str] = Counter()
    of_these = search_name.c.organization_id.in_(ids)
    for row in conn.execute(select(search_name.c.words, search_name.c.place).where(of_these)):
        uses.subtract(_vocabulary(row.words, row.place))
    conn.execute(delete(search_name).where(of_these))
    return uses


def _lines(conn: Connection, ids: Collection[str]) -> Iterable[dict[str, Any]]:
    owner, part = organization.alias("owner"), organization.alias("part")
    is_owner = exists().where(part.c.owner_id == organization.c.id)
    rows = conn.execute(
        select(organization, owner.c.name.label("owner_name"), is_owner.label("is_owner"))
        .join_from(organization, owner, organization.c.owner_id == owner.c.id, isouter=True)
        .where(organization.c.id.in_(ids), organization.c.id != HOME, organization.c.retired_at.is_(None))
    ).all()
    names: dict[str, dict[str, tuple[str, str]]] = {row.id: {row.name: ("name", "")} for row in rows}
    for other in conn.execute(select(organization_name).where(organization_name.c.organization_id.in_(names))):
        names[other.organization_id].setdefault(other.name, (other.kind, other.until or ""))
    for row in rows:
        for name, (kind, until) in names[row.id].items():
            words = fold(name)
            yield {
                "id": _line_id(row, name, words),
                "organization_id": row.id,
                "name": name,
                "kind": kind,
                "until": until,
                "words": " ".join(words),
                "place": _place(row, name),
                "latitude": row.latitude,
                "longitude": row.longitude,
            }


def _line_id(row: Row[Any], name: str, words: list[str]) -> int:
    """Return a line's id; lines are read in the order of ids: the operator's first, then short names."""
    first = 0 if row.added_by == "operator" else 1 + min(len(" ".join(words)), 254)
    digest = blake2b(f"{row.id}\x00{name}".encode(), digest_size=5).digest()
    return first << 40 | int.from_bytes(digest)


def _place(row: Row[Any], name: str) -> str:
    """Return what else a patient may type to tell this organization from others, and marks that only we use.

    Marks: ``ax`` initials, ``dx`` the web domain in one word, ``sx`` state, ``zx`` three digits of the postal code,
    ``ox`` other organizations are part of it.
    """
    words = [*fold(row.owner_name or ""), *fold(row.city), *state_words(row.state)]
    words += [f"ax{short}" for short in initials(name)]
    if row.is_owner:
        words.append("ox")
    if row.postal_code[:5].isdigit():
        words += [row.postal_code[:5], f"zx{row.postal_code[:3]}"]
    for other in row.more_places or ():
        city, _, rest = other.partition(", ")
        words += [*fold(city), *state_words(rest[:2]), *([f"zx{rest[3:6]}", rest[3:8]] if rest[3:8].isdigit() else [])]
    if row.domain:
        words += [*split(row.domain), f"dx{''.join(split(row.domain.replace('-', '')))}"]
    if row.npi:
        words.append(row.npi)
    return " ".join(dict.fromkeys(words))


def _vocabulary(words: str, place: str) -> set[str]:
    return {word for word in f"{words} {place}".split() if len(word) <= 60 and not _NOT_A_WORD.fullmatch(word)}


def _count(conn: Connection, counted: Counter[str]) -> None:
    changes = {word: change for word, change in counted.items() if change}
    if not changes:
        return
    # In one order for everyone, so that two writers on PostgreSQL wait for each other instead of dead-locking.
    words = sorted(changes)
    if conn.dialect.name == "sqlite":
        rows = [{"word": word, "backwards": word[::-1], "uses": changes[word]} for word in words]
        conn.execute(_adding(sqlite.insert(search_word)), rows)
    else:
        parts = {"words": words, "backwards": [word[::-1] for word in words], "uses": [changes[word] for word in words]}
        conn.execute(_ADD_TOGETHER, parts)
    fewer = [word for word, change in changes.items() if change < 0]
    if fewer:
        conn.execute(
            delete(search_word).where(search_word.c.uses <= 0, search_word.c.word == bindparam("gone")),
            [{"gone": word} for word in fewer],
        )


def _adding(upsert: Any) -> Any:
    """Return the insert with what it does for a word that is there."""
    uses = search_word.c.uses + upsert.excluded.uses
    return upsert.on_conflict_do_update(index_elements=["word"], set_={"uses": uses})


def _together() -> Any:
    """Return one statement for all words at once; one for each takes PostgreSQL many times as long."""
    lines = (
        func.unnest(
            bindparam("words", type_=postgresql.ARRAY(String)),
            bindparam("backwards", type_=postgresql.ARRAY(String)),
            bindparam("uses", type_=postgresql.ARRAY(Integer)),
        )
        .table_valued("word", "backwards", "uses", name="line")
        .render_derived()
    )
    columns = ["word", "backwards", "uses"]
    return _adding(postgresql.insert(search_word).from_select(columns, select(*lines.c)))


_ADD_TOGETHER = _together()
