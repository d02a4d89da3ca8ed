"""The directory that the search is judged on: the shared lists and a small overlay, and the labelled queries.

The overlay (``directory_overlay.tsv``) holds invented organizations with owners, aliases, former names and places, of
which the published lists have too few; it goes in through the same import, as a User-access Brands bundle.
Queries are one a line: what a patient types, a tab, the name that must be found (any organization of that name counts).
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.directory.importing import ListReport, import_file
from portal.directory.search import search
from portal.domain.words import fold
from portal.store import Database
from tests.shared_data import only_shared

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Judged:
    """``place`` counts from 1; 0 means not among the first five. ``first`` is what came first."""

    query: Labelled
    place: int
    first: str


def queries() -> list[Labelled]:
    lines = (_HERE / "directory_queries.tsv").read_text(encoding="utf-8").splitlines()
    return [Labelled(*line.split("\t")) for line in lines]


@dataclass(frozen=True, slots=True)
class OpenQuery:
    """One of a set that was written by somebody who did not know the search; any of ``expected`` may be meant."""

    text: str
    expected: frozenset[tuple[str, ...]]
    kind: str


def open_queries() -> list[OpenQuery]:
    lines = (_HERE / "directory_open_queries.ndjson").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        OpenQuery(row["query"], frozenset(tuple(fold(name)) for name in row["expected"]), row["kind"]) for row in rows
    ]


def overlay_bundle() -> dict[str, Any]:
    """The overlay as a User-access Brands bundle."""
    rows = [line.split("\t") for line in (_HERE / "directory_overlay.tsv").read_text(encoding="utf-8").splitlines()]
    ids = {row[0]: f"o{number}" for number, row in reversed(list(enumerate(rows)))}
    entries: list[dict[str, Any]] = []
    for number, (name, owner, aliases, former, city, state, postal_code, domain) in enumerate(rows):
        resource: dict[str, Any] = {"resourceType": "Organization", "id": f"o{number}", "name": name}
        old = re.findall(r"([^;(]+) \((\d{4})\)", former)
        named = [alias.strip() for alias in aliases.split(";") if alias.strip()]
        resource["alias"] = [*named, *(old_name.strip() for old_name, _ in old)]
        resource["_alias"] = [
            *([None] * len(named)),
            *({"extension": [{"url": "alias-period", "valuePeriod": {"end": year}}]} for _, year in old),
        ]
        resource["address"] = [{"city": city, "state": state, "postalCode": postal_code}]
        if domain:
            resource["telecom"] = [{"system": "url", "value": f"https://www.{domain}/"}]
        if owner:
            resource["partOf"] = {"reference": f"Organization/{ids[owner]}"}
        else:
            resource["endpoint"] = [{"reference": f"Endpoint/e{number}"}]
            endpoint = {"resourceType": "Endpoint", "id": f"e{number}", "status": "active"}
            entries.append({"resource": {**endpoint, "address": f"https://fhir{number}.overlay.example/r4"}})
        entries.append({"resource": resource})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def load(database: Database, folder: Path) -> list[ListReport]:
    """Import everything; ``folder`` takes the overlay's file."""
    overlay = folder / "overlay.json"
    overlay.write_text(json.dumps(overlay_bundle()))
    lists = [
        only_shared("directories", "lantern", "EpicEndpointSourcesR4.json"),
        only_shared("directories", "lantern", "all_endpoints.ndjson"),
    ]
    return [import_file(database, path) for path in (*lists, overlay)]


def judge(database: Database, labelled: list[Labelled]) -> list[Judged]:
    """Each query's place of the organization that was meant."""
    judged = []
    for query in labelled:
        wanted = fold(query.name)
        with database.reading() as tx:
            found = search(tx, text=query.text, limit=5)
        place = next((at for at, match in enumerate(found, 1) if fold(match.name) == wanted), 0)
        judged.append(Judged(query, place, found[0].name if found else ""))
    return judged


def recall(judged: list[Judged], within: int) -> float:
    return sum(0 < one.place <= within for one in judged) / len(judged)
