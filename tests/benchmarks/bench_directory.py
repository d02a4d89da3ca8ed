"""The directory: importing the shared lists, how well the search finds what is meant, and how fast it is when large.

On SQLite and, where PostgreSQL is installed, there too. The floor of a search is one exact look-up by an indexed column
through the same session.
"""

import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal.directory.importing import import_entries
from portal.directory.listing import Endpoint, Listed
from portal.directory.search import search
from portal.store import Database, open_database
from portal.store.directory import organizations
from portal.store.engine.upgrade import upgrade
from tests.benchmarks.directory_set import judge, load, queries, recall
from tests.factories.postgres import fresh_database, running_postgres
from tests.factories.settings import make_settings
from tests.shared_data import SHARED

SIZES = (10_000, 100_000)
_SEARCHES = 400

_FIRST_TEXT = """
maple cedar riverbend quarry lakeside summit harbor prairie granite willow juniper sunset valley mesa canyon pine aspen
orchard meadow silver golden liberty union heritage pioneer evergreen bluewater redwood thornapple tamarack birch
hawthorn clearwater stonebridge fairview oakdale brookside kingsport ashford winfield garrison delmar lowell
"""
_LAST_TEXT = """
alvarez okafor nguyen patel kowalski johansson moreau haddad castillo brennan fitzgerald yamamoto petrov osei larsen
whitaker delacroix mbeki santoro lindqvist abernathy villanueva rasmussen oyelaran thibodeaux mukherjee gallagher
"""
_WHAT_TEXT = """
pediatrics|family practice|medical center|cardiology associates|womens health|orthopedics|eye care|dental group
internal medicine|regional hospital|community health center|behavioral health|urgent care|dermatology|kidney care
sports medicine|imaging|physical therapy|clinic|medical group
"""
_PLACE_TEXT = """
Camden NJ 08103|Boise ID 83702|Madison WI 53703|Salem OR 97301|Duluth MN 55802|Easton PA 18042|Venice FL 34285
Nashua NH 03060|Asheville NC 28801|Tucson AZ 85701|Toledo OH 43604|Austin TX 78701|Fresno CA 93721|Omaha NE 68102
"""
_FIRST = _FIRST_TEXT.split()
_LAST = _LAST_TEXT.split()
_WHAT = _WHAT_TEXT.strip().replace("\n", "|").split("|")
_PLACES = _PLACE_TEXT.strip().replace("\n", "|").split("|")


def run() -> str:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers: list[tuple[str, str]] = [("SQLite", "")]
        pg_ctl = shutil.which("pg_ctl")
        if pg_ctl:
            servers.append(("PostgreSQL", stack.enter_context(running_postgres(Path(pg_ctl).parent))))
        quality = [_quality(name, url, folder) for name, url in servers] if SHARED.is_dir() else []
        speed = [line for name, url in servers for line in _speed(name, url, folder)]
    return "\n".join(["## The directory", "", *(line for lines in quality for line in lines), *_SPEED_HEAD, *speed, ""])


def _quality(name: str, url: str, folder: Path) -> list[str]:
    with _database(name, url, folder) as database:
        reports = [*load(database, folder), *load(database, folder)]
        judged = judge(database, queries())
    lines = [f"### Import and recall on {name}", ""]
    lines += ["| list | read | organizations | added | merged | refused | unchanged | s | peak MB |", "|" + "---|" * 9]
    lines += [
        f"| {r.source} | {r.read} | {r.organizations} | {r.added} | {r.merged} | {sum(r.refused.values())} "
        f"| {r.unchanged} | {r.seconds} | {r.megabytes} |"
        for r in reports
    ]
    refused = ", ".join(f"{reason} {count}" for reason, count in reports[1].refused.items())
    lines += ["", f"Refused of {reports[1].source}: {refused}. The second half of the table is the second import.", ""]
    lines += [f"{len(judged)} labelled queries: recall@1 {recall(judged, 1):.3f}, recall@5 {recall(judged, 5):.3f}."]
    lines += ["The set was used to tune the ranking. Not first:", ""]
    for one in judged:
        if one.place != 1:
            where = f"place {one.place}" if one.place else "not among five"
            lines.append(f"- “{one.query.text}”: {one.query.name} {where}; first was {one.first or 'nothing'}")
    return [*lines, ""]


_SPEED_HEAD = [
    "### Time of one search",
    "",
    f"{_SEARCHES} searches (names, beginnings, misspellings, with place, common words), each once after a warm-up.",
    "",
    "| database | organizations | median ms | p95 ms | floor ms | p95 of floors | growth of p95 |",
    "|---|---|---|---|---|---|---|",
]


def _speed(name: str, url: str, folder: Path) -> Iterator[str]:
    before = 0.0
    for size in SIZES:
        made = _invented(size)
        with _database(name, url, folder) as database:
            import_entries(database, made, source="invented")
            asked = _asked(made)
            with database.reading() as tx:
                for text in asked[:50]:
                    search(tx, text=text)
                times, floors = [], []
                for number, text in enumerate(asked):
                    start = time.perf_counter()
                    search(tx, text=text)
                    times.append(time.perf_counter() - start)
                    start = time.perf_counter()
                    organizations.by_fhir_base(tx, fhir_base=made[number * 7].endpoints[0].address)
                    floors.append(time.perf_counter() - start)
        p95 = statistics.quantiles(times, n=20)[-1] * 1000
        floor = statistics.median(floors) * 1000
        growth = f"{p95 / before:.1f}" if before else ""
        before = p95
        median = statistics.median(times) * 1000
        yield f"| {name} | {size:,} | {median:.1f} | {p95:.1f} | {floor:.2f} | {p95 / floor:.1f} | {growth} |"


@contextmanager
def _database(name: str, url: str, folder: Path) -> Iterator[Database]:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        fresh = fresh_database(url) if name == "PostgreSQL" else ""
        database = open_database(make_settings(Path(place), database_url=fresh))
        try:
            upgrade(database)
            yield database
        finally:
            database.close()


def _invented(size: int) -> list[Listed]:
    """Organizations with names as they are: places, doctors, both, some abbreviated."""
    chance = random.Random(20261123)
    made = []
    for number in range(size):
        what = chance.choice(_WHAT).title()
        first, last = chance.choice(_FIRST).title(), chance.choice(_LAST).title()
        second = chance.choice(_FIRST)
        name = chance.choice(
            (
                f"{first} {what}",
                f"{first}{second} {what}",
                f"{last} & {chance.choice(_LAST).title()} {what}",
                f"{last} {what}",
            )
        )
        city, state, postal_code = chance.choice(_PLACES).split()
        base = f"https://fhir{number}.example.org/r4"
        made.append(
            Listed(
                entry=str(number),
                name=f"{name} {number % 997}" if chance.random() < 0.5 else name,
                endpoints=(Endpoint(base, "4"),),
                city=city,
                state=state,
                postal_code=postal_code if chance.random() < 0.1 else "",
                npi=f"{1_000_000_000 + number}",
            )
        )
    return made


def _asked(made: list[Listed]) -> list[str]:
    chance = random.Random(7)
    asked = []
    for one in chance.sample(made, _SEARCHES):
        words = one.name.lower().split()
        wrong = words[0][:2] + words[0][3:]
        asked.append(
            chance.choice(
                (
                    one.name,
                    one.name[: max(3, len(one.name) // 2)],
                    " ".join([wrong, *words[1:]]),
                    f"{words[0]} {one.city}",
                    f"{words[-1]} {words[0]}",
                    words[0],
                    " ".join(words[1:]),
                )
            )
        )
    return asked
