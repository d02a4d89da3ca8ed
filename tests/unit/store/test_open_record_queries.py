"""What patients type, in both languages, written by somebody who had not seen the table of synonyms.

The titles of six published records as the search looks at them, newest first; the question is whether one of the first
three is what was meant.
"""

import json
from collections import defaultdict
from pathlib import Path

from portal.merge.text import plain
from portal.store.records import search_query

_HERE = Path(__file__).parents[2] / "benchmarks"
_FIRST = 3


def _lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (_HERE / name).read_text("utf-8").splitlines()]


def test_one_of_the_first_three_is_what_was_meant() -> None:
    records = defaultdict(list)
    for row in _lines("record_open_rows.ndjson"):
        section = row["section"].replace("-", " ")
        records[row["record"]].append((plain(row["title"]), plain(f"{section} {row['title']} {row['text']}")))
    queries = _lines("record_open_queries.ndjson")
    missed = [(query["kind"], query["query"]) for query in queries if not _finds(query, records[query["record"]])]
    assert 1 - len(missed) / len(queries) >= 0.93, missed


def _finds(query: dict[str, str], rows: list[tuple[str, str]]) -> bool:
    vocabulary = search_query.words_of(text for _title, text in rows)
    meant = [plain(title.replace("\u200b", "")) for title in query["relevant"]]
    scored = []
    for text, words in (
        (query["query"], ()),
        (search_query.respelled(query["query"], vocabulary), ()),
        (query["query"], vocabulary),
    ):
        parsed = search_query.parse(text, words)
        scored = [(parsed.scores(title, row), row) for title, row in rows]
        if any(all(scores) for scores, _row in scored):
            break
    best = sorted(scored, key=lambda pair: (-sum(map(bool, pair[0])), -sum(pair[0])))
    return any(title in row for _scores, row in best[:_FIRST] for title in meant)
