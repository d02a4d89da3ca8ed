"""The labelled queries that the invented part of the benchmark's directory answers by itself: on both databases."""

import json
from pathlib import Path

from portal.directory.importing import import_file
from portal.domain.words import fold
from portal.store import Database
from tests.benchmarks.directory_set import judge, overlay_bundle, queries, recall


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
