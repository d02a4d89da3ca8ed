"""What the search asks the directory's index, once for SQLite (FTS5) and once for PostgreSQL (tsvector, pg_trgm).

Both answer the same questions with the same lines in the same order; what is best among them is decided in
``portal.directory``, once for both.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, TextClause, bindparam, text

from portal.store.engine.database import Tx


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
class NameLine:
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
class WordParts:
    """Words of ``shortest`` to ``longest`` letters that begin, end or go on in the middle with one of these."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    middles: tuple[str, ...]  # three letters or more each
    shortest: int
    longest: int


class NameLookup(Protocol):
    """The questions of one search."""

    def uses(self, words: Collection[str]) -> dict[str, int]:
        """Count the lines of each of these words; unknown ones are left out."""

    def words_with(self, parts: Sequence[WordParts]) -> list[tuple[str, int]]:
        """Return the words of the vocabulary that any of these describes, and in how many lines each is."""

    def lines(self, queries: Sequence[Query], *, limit: int) -> list[NameLine]:
        """Return the lines that answer one of these queries, by id: the operator's first, then short names."""


_LINE = "n.organization_id, n.name, n.kind, n.until, n.words, n.place, n.latitude, n.longitude"
_SPELLED_OUT = 16
"""So many words of the vocabulary stand for a beginning; beginnings of more are asked for as such."""
_RARE = 3000  # lines: so many are read and sorted faster than those before the first of them
_INDEXED = 3  # letters: shorter beginnings have an index of their own (FTS5's prefix)
_USES = text("SELECT word, uses FROM search_word WHERE word IN :words").bindparams(bindparam("words", expanding=True))


class SqliteLookup:
    """Over FTS5: ``search_text`` (names), ``search_word_part`` (trigrams of the vocabulary)."""

    _LINES = text(
        f"SELECT {_LINE} FROM (SELECT rowid FROM search_text WHERE search_text MATCH :query"  # noqa: S608 -- constants
        " ORDER BY rowid LIMIT :limit) AS f JOIN search_name AS n ON n.id = f.rowid ORDER BY n.id"
    )
    _START = (
        "SELECT word, uses FROM search_word WHERE word >= :p{0} AND word < :p{0}_"
        " AND length(word) BETWEEN :s{0} AND :l{0}"
    )
    _END = (
        "SELECT word, uses FROM search_word WHERE backwards >= :p{0} AND backwards < :p{0}_"
        " AND length(word) BETWEEN :s{0} AND :l{0}"
    )
    _MIDDLE = (
        "SELECT word, uses FROM search_word WHERE id IN (SELECT rowid FROM search_word_part WHERE search_word_part"
        " MATCH :p{0}) AND length(word) BETWEEN :s{0} AND :l{0}"
    )

    _BEGINNING = text("SELECT word, uses FROM search_word WHERE word >= :start AND word < :end LIMIT :most")

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._beginnings = _Beginnings(conn, self._BEGINNING)

    def uses(self, words: Collection[str]) -> dict[str, int]:
        return _uses(self._conn, words)

    def words_with(self, parts: Sequence[WordParts]) -> list[tuple[str, int]]:
        return _words_with(self._conn, parts, (self._START, self._END, self._MIDDLE), '"{}"')

    def lines(self, queries: Sequence[Query], *, limit: int) -> list[NameLine]:
        spelled = self._beginnings.spelled_out(queries)
        query = " OR ".join("(" + " AND ".join(_fts5(group) for group in query) + ")" for query in spelled)
        return [NameLine(*row) for row in self._conn.execute(self._LINES, {"query": query, "limit": limit}).all()]


class PostgresLookup:
    """Over a GIN index of tsvector, and pg_trgm for the vocabulary."""

    # With a plain ORDER BY id the planner likes to read the table in that order until it has enough lines, which is
    # right for words that are everywhere and reads all of it for others. It does not know how rare they are; we do.
    _LINES, _RARE_LINES = (
        text(
            f"SELECT {_LINE} FROM search_name AS n WHERE n.lexemes @@ CAST(:query AS tsquery) "  # noqa: S608 -- constants
            f"ORDER BY {order} LIMIT :limit"
        )
        for order in ("n.id", "n.id + 0")
    )
    _START = (
        'SELECT word, uses FROM search_word WHERE word COLLATE "C" >= :p{0} AND word COLLATE "C" < :p{0}_'
        " AND length(word) BETWEEN :s{0} AND :l{0}"
    )
    _END = (
        'SELECT word, uses FROM search_word WHERE backwards COLLATE "C" >= :p{0} AND backwards COLLATE "C" < :p{0}_'
        " AND length(word) BETWEEN :s{0} AND :l{0}"
    )
    _MIDDLE = "SELECT word, uses FROM search_word WHERE word LIKE :p{0} AND length(word) BETWEEN :s{0} AND :l{0}"

    _BEGINNING = text(
        'SELECT word, uses FROM search_word WHERE word COLLATE "C" >= :start AND word COLLATE "C" < :end LIMIT :most'
    )

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._beginnings = _Beginnings(conn, self._BEGINNING)
        self._uses: dict[str, int] = {}  # of the words that were asked for so far

    def uses(self, words: Collection[str]) -> dict[str, int]:
        counts = _uses(self._conn, words)
        self._uses |= {word: counts.get(word, 0) for word in words}
        return counts

    def words_with(self, parts: Sequence[WordParts]) -> list[tuple[str, int]]:
        matches = _words_with(self._conn, parts, (self._START, self._END, self._MIDDLE), "%{}%")
        self._uses.update(matches)
        return matches

    def lines(self, queries: Sequence[Query], *, limit: int) -> list[NameLine]:
        spelled = self._beginnings.spelled_out(queries)
        query = " | ".join("(" + " & ".join(_tsquery(group) for group in query) + ")" for query in spelled)
        statement = self._RARE_LINES if self._at_most(spelled) <= _RARE else self._LINES
        return [NameLine(*row) for row in self._conn.execute(statement, {"query": query, "limit": limit}).all()]

    def _at_most(self, queries: Sequence[Query]) -> float:
        """Return a bound of how many lines answer: those of each query's rarest group."""
        uses = {**self._uses, **self._beginnings.uses}
        return sum(min(sum(_bound(term, uses) for term in group) for group in query) for query in queries)


class _Beginnings:
    """A beginning as the words of the vocabulary that begin so, where they are few.

    For a beginning both databases gather every line of every such word before they compare with the other words; the
    words themselves they read only as far as needed. The lines are the same.
    """

    def __init__(self, conn: Connection, statement: TextClause) -> None:
        self._conn = conn
        self._statement = statement
        self._spelled: dict[str, Group] = {}
        self.uses: dict[str, int] = {}

    def spelled_out(self, queries: Sequence[Query]) -> list[Query]:
        return [
            tuple(tuple(dict.fromkeys(spelled for term in group for spelled in self._of(term))) for group in query)
            for query in queries
        ]

    def _of(self, term: Term) -> Group:
        word = term.word
        # Numbers and our own marks (axNNN, dxNNN) are not in the vocabulary.
        if not term.unfinished or len(word) <= _INDEXED or word.isdigit() or word[:2] in {"ax", "dx"}:
            return (term,)
        if word not in self._spelled:
            limits = {"start": word, "end": word + "\x7f", "most": _SPELLED_OUT + 1}
            uses = {row.word: row.uses for row in self._conn.execute(self._statement, limits)}
            self.uses |= uses
            self._spelled[word] = tuple(map(Term, uses)) if len(uses) <= _SPELLED_OUT else (term,)
        return self._spelled[word] or (Term(word),)


def lookup(tx: Tx) -> NameLookup:
    """Return the lookup for this database."""
    return SqliteLookup(tx.conn) if tx.conn.dialect.name == "sqlite" else PostgresLookup(tx.conn)


def _uses(conn: Connection, words: Collection[str]) -> dict[str, int]:
    return {row.word: row.uses for row in conn.execute(_USES, {"words": list(words)})} if words else {}


def _bound(term: Term, uses: Mapping[str, int]) -> float:
    """Bound the number of lines with a term. Initials and domains (axNNN, dxNNN) are few; uncounted ones are not."""
    if term.unfinished:
        return math.inf
    return 0 if term.word[:2] in {"ax", "dx"} else uses.get(term.word, math.inf)


def _fts5(group: Group) -> str:
    return "(" + " OR ".join(f'"{term.word}"{" *" if term.unfinished else ""}' for term in group) + ")"


def _tsquery(group: Group) -> str:
    return "(" + " | ".join(f"'{term.word}'{':*' if term.unfinished else ''}" for term in group) + ")"


def _words_with(
    conn: Connection, parts: Sequence[WordParts], templates: tuple[str, str, str], middle: str
) -> list[tuple[str, int]]:
    """Run one statement for all parts; ``middle`` is how this database writes that something is in the middle."""
    selects: list[str] = []
    values: dict[str, str | int] = {}
    for shape in parts:
        edges = [(templates[0], part) for part in shape.starts] + [(templates[1], part[::-1]) for part in shape.ends]
        for template, edge in edges:
            number = len(selects)
            selects.append(template.format(number))
            values |= {
                f"p{number}": edge,
                f"p{number}_": edge + "\x7f",
                f"s{number}": shape.shortest,
                f"l{number}": shape.longest,
            }
        for part in shape.middles:
            number = len(selects)
            selects.append(templates[2].format(number))
            values |= {f"p{number}": middle.format(part), f"s{number}": shape.shortest, f"l{number}": shape.longest}
    if not selects:
        return []
    rows = conn.execute(text(" UNION ".join(selects)), values)
    return [(word, uses) for word, uses in rows]
