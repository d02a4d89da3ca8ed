"""What the search asks the directory's index, once for SQLite (FTS5) and once for PostgreSQL (tsvector, pg_trgm).

Both answer the same questions with the same lines in the same order; what is best among them is decided in
``portal.directory``, once for both.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, bindparam, text

from portal.store.database import Tx


@dataclass(frozen=True, slots=True)
class Term:
    """A folded word ([a-z0-9]+), or the beginning of one."""

    word: str
    unfinished: bool = False


Group = tuple[Term, ...]
"""One of these terms."""

Query = tuple[Group, ...]
"""Each of these groups, somewhere in a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One name of an organization, and what else is known to tell it by. ``place`` has our marks zxNNN and sxST too."""

    organization_id: str
    name: str
    kind: str
    until: str
    words: str
    place: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Parts:
    """Words of ``shortest`` to ``longest`` letters that begin, end or go on in the middle with one of these."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    middles: tuple[str, ...]  # three letters or more each
    shortest: int
    longest: int


class Lookup(Protocol):
    """The questions. Nothing here is remembered from one to the next."""

    def uses(self, words: Collection[str]) -> dict[str, int]:
        """In how many lines these words are; unknown ones are left out."""

    def beginning_with(self, start: str) -> int:
        """In how many lines there is a word that begins so (a line with two such words counts twice)."""

    def words_with(self, parts: Parts) -> list[tuple[str, int]]:
        """Words of the vocabulary with one of these parts, and in how many lines each is."""

    def lines(self, queries: Sequence[Query], *, limit: int) -> list[Line]:
        """Lines that answer one of these queries, by their ids (the operator's first, then short names first)."""


_LINE = "n.organization_id, n.name, n.kind, n.until, n.words, n.place, n.latitude, n.longitude"
_USES = text("SELECT word, uses FROM search_word WHERE word IN :words").bindparams(bindparam("words", expanding=True))


class SqliteLookup:
    """Over FTS5: ``search_text`` (names), ``search_word_part`` (trigrams of the vocabulary)."""

    _LINES = text(
        f"SELECT {_LINE} FROM (SELECT rowid FROM search_text WHERE search_text MATCH :query"  # noqa: S608 -- constants
        " ORDER BY rowid LIMIT :limit) AS f JOIN search_name AS n ON n.id = f.rowid ORDER BY n.id"
    )
    _SUM = text("SELECT sum(uses) FROM search_word WHERE word >= :start AND word < :end")
    _START = "SELECT word, uses FROM search_word WHERE word >= :{0} AND word < :{0}_ AND length(word) BETWEEN :s AND :l"
    _END = (
        "SELECT word, uses FROM search_word WHERE backwards >= :{0} AND backwards < :{0}_"
        " AND length(word) BETWEEN :s AND :l"
    )
    _MIDDLE = (
        "SELECT word, uses FROM search_word WHERE id IN (SELECT rowid FROM search_word_part WHERE search_word_part"
        " MATCH :{0}) AND length(word) BETWEEN :s AND :l"
    )

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def uses(self, words: Collection[str]) -> dict[str, int]:
        return {row.word: row.uses for row in self._conn.execute(_USES, {"words": list(words)})} if words else {}

    def beginning_with(self, start: str) -> int:
        return self._conn.execute(self._SUM, {"start": start, "end": start + "\x7f"}).scalar() or 0

    def words_with(self, parts: Parts) -> list[tuple[str, int]]:
        statement, values = _parts(parts, start=self._START, end=self._END, middle=self._MIDDLE)
        values |= {f"m{i}": f'"{part}"' for i, part in enumerate(parts.middles)}
        return [(row.word, row.uses) for row in self._conn.execute(text(statement), values)]

    def lines(self, queries: Sequence[Query], *, limit: int) -> list[Line]:
        query = " OR ".join("(" + " AND ".join(_fts5(group) for group in query) + ")" for query in queries)
        return [Line(*row) for row in self._conn.execute(self._LINES, {"query": query, "limit": limit})]


class PostgresLookup:
    """Over a GIN index of tsvector, and pg_trgm for the vocabulary."""

    _LINES = text(
        f"SELECT {_LINE} FROM search_name AS n WHERE n.lexemes @@ CAST(:query AS tsquery) ORDER BY n.id LIMIT :limit"  # noqa: S608 -- constants
    )
    _SUM = text('SELECT sum(uses) FROM search_word WHERE word COLLATE "C" >= :start AND word COLLATE "C" < :end')
    _START = (
        'SELECT word, uses FROM search_word WHERE word COLLATE "C" >= :{0} AND word COLLATE "C" < :{0}_'
        " AND length(word) BETWEEN :s AND :l"
    )
    _END = (
        'SELECT word, uses FROM search_word WHERE backwards COLLATE "C" >= :{0} AND backwards COLLATE "C" < :{0}_'
        " AND length(word) BETWEEN :s AND :l"
    )
    _MIDDLE = "SELECT word, uses FROM search_word WHERE word LIKE :{0} AND length(word) BETWEEN :s AND :l"

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def uses(self, words: Collection[str]) -> dict[str, int]:
        return {row.word: row.uses for row in self._conn.execute(_USES, {"words": list(words)})} if words else {}

    def beginning_with(self, start: str) -> int:
        return int(self._conn.execute(self._SUM, {"start": start, "end": start + "\x7f"}).scalar() or 0)

    def words_with(self, parts: Parts) -> list[tuple[str, int]]:
        statement, values = _parts(parts, start=self._START, end=self._END, middle=self._MIDDLE)
        values |= {f"m{i}": f"%{part}%" for i, part in enumerate(parts.middles)}
        return [(row.word, row.uses) for row in self._conn.execute(text(statement), values)]

    def lines(self, queries: Sequence[Query], *, limit: int) -> list[Line]:
        query = " | ".join("(" + " & ".join(_tsquery(group) for group in query) + ")" for query in queries)
        return [Line(*row) for row in self._conn.execute(self._LINES, {"query": query, "limit": limit})]


def lookup(tx: Tx) -> Lookup:
    """The one for this database."""
    return SqliteLookup(tx.conn) if tx.conn.dialect.name == "sqlite" else PostgresLookup(tx.conn)


def _fts5(group: Group) -> str:
    return "(" + " OR ".join(f'"{term.word}"{" *" if term.unfinished else ""}' for term in group) + ")"


def _tsquery(group: Group) -> str:
    return "(" + " | ".join(f"'{term.word}'{':*' if term.unfinished else ''}" for term in group) + ")"


def _parts(parts: Parts, *, start: str, end: str, middle: str) -> tuple[str, dict[str, str | int]]:
    """One statement for all parts, and its values but those of the middles, which each database writes in its way."""
    selects: list[str] = []
    values: dict[str, str | int] = {"s": parts.shortest, "l": parts.longest}
    for kind, template, given in (("b", start, parts.starts), ("e", end, parts.ends)):
        for number, part in enumerate(given):
            edge = part if kind == "b" else part[::-1]
            selects.append(template.format(f"{kind}{number}"))
            values |= {f"{kind}{number}": edge, f"{kind}{number}_": edge + "\x7f"}
    selects += [middle.format(f"m{number}") for number in range(len(parts.middles))]
    return " UNION ".join(selects), values
