"""The labelled queries that the invented part of the benchmark's directory answers by itself: on both databases."""

import json
import re
from pathlib import Path

from portal.directory.importing import import_file
from portal.directory.search import search
from portal.domain.words import fold
from portal.store import Database
from tests.benchmarks.directory_set import judge, open_queries, overlay_bundle, queries, recall
from tests.shared_data import only_shared


def test_the_invented_organizations_are_found(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "overlay.json"
    path.write_text(json.dumps(overlay_bundle()))
    assert import_file(database, path).added == 35
    invented = {" ".join(fold(entry["resource"].get("name", ""))) for entry in overlay_bundle()["entry"]}
    asked = [query for query in queries() if " ".join(fold(query.name)) in invented]
    assert len(asked) > 100
    judged = judge(database, asked)
    missed = [(one.query.text, one.first) for one in judged if one.place != 1]
    assert recall(judged, 1) >= 0.95, missed
    assert recall(judged, 5) >= 0.98, missed


def test_what_somebody_else_would_type_is_found(database: Database, tmp_path: Path) -> None:
    """Nicknames, letters of universities, a system with a town, Spanish, words run together, by whom did not know it.

    The directory is what is meant, and each thirtieth other line, of a published list.
    """
    lines = only_shared("directories", "lantern", "all_endpoints.ndjson").read_text("utf-8").splitlines()
    meant = frozenset().union(*(query.expected for query in open_queries()))
    path = tmp_path / "all_endpoints.ndjson"
    path.write_text("\n".join(line for number, line in enumerate(lines) if number % 30 == 0 or _names(line) & meant))
    import_file(database, path)
    places: list[int] = []
    missed = []
    for query in open_queries():
        with database.reading() as tx:
            matches = search(tx, text=query.text, limit=5)
        names = [{tuple(fold(match.name)), tuple(fold(match.matched.name))} for match in matches]
        places.append(next((at for at, each in enumerate(names, 1) if each & query.expected), 0))
        if places[-1] != 1:
            missed.append((query.kind, query.text, [match.name for match in matches[:2]]))
    assert sum(place == 1 for place in places) / len(places) >= 0.9, missed
    assert sum(place > 0 for place in places) / len(places) >= 0.96, missed


def _names(line: str) -> set[tuple[str, ...]]:
    """Return the name of a line, and without the state that some lists put before it."""
    name = json.loads(line)["OrganizationName"]
    return {tuple(fold(name)), tuple(fold(re.sub(r"^[A-Z]{2} - ", "", name)))}
