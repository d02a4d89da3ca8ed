"""``make bench-scale``: a large PostgreSQL database, its plans, and what pages take on it against a small one.

``python -m tests.benchmarks.scale [--people 100000] [--entries 100] [--server URL]``. One person with a demo's record
alone in a database, and among all the others in another; the two take turns. Prints Markdown for docs/scale.md. Not
part of ``make bench``: at full size filling takes half an hour. With ``--server`` (a URL of its database ``postgres``)
the two databases stay there, ``scale_alone`` and ``scale_among``, and are filled only once.
"""

import argparse
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from portal.app import create_app
from portal.domain.sections import NINE
from portal.services import Services, open_services
from portal.store.people import people
from tests.benchmarks.bench_load import Served, fill, read_answer, serving
from tests.benchmarks.population import Statement, analyze, large_tables, multiply, scanned, watch, without_indexes
from tests.factories.postgres import running_postgres
from tests.factories.record import A1C, condition, laboratory, link, medication, visit
from tests.factories.settings import make_settings
from tests.factories.world import TestUser, World, sign_in

_SIZES = ((0.05, 10), (0.1, 15), (0.2, 30), (0.3, 20), (0.45, 13), (0.7, 8), (1.0, 4))
"""How many of a hundred people have which part of the most entries: a median of a fifth, a mean of .29."""
_MEMORY = "1GB"
_LARGE = 10_000  # rows
_TURNS, _MIX_SECONDS, _CONNECTIONS = 6, 3.0, 8


def pages(services: Services) -> tuple[str, ...]:
    """Return the addresses of Ana's pages, and fragments of one organization."""
    links = "SELECT source FROM entry WHERE person_id = :person AND source <> 'home' LIMIT 1"
    rows = "SELECT id FROM record_row WHERE person_id = :person AND section = 'medications' ORDER BY 1 LIMIT 1"
    with services.db.reading() as tx:
        ana = people.by_fhir_id(tx, fhir_id="patient-ana")
        link_id, row_id = (
            tx.conn.execute(text(query), {"person": ana.id if ana else ""}).scalar_one() for query in (links, rows)
        )
    sections = [f"/health/{section.value}" for section in NINE if section.value != "messages"]
    fragments = [f"{path}/from/{link_id}" for path in sections]
    others = ["/links", "/messages", "/family", "/activity", "/settings", "/share", f"/links/{link_id}"]
    search = ["/health/search?q=aspirin", "/links/search?q=river", f"/health/medications/{row_id}"]
    return ("/", *sections, *fragments, *others, *search)


@dataclass
class Cost:
    """What the pages of one database took: seconds of each by address, and of all of them CPU seconds of the portal and
    of PostgreSQL, and what it read.
    """

    times: dict[str, list[float]] = field(default_factory=dict)
    portal_cpu: float = 0.0
    postgres_cpu: float = 0.0
    rows: int = 0
    blocks: int = 0


class Side:
    """One person's browser at one of the databases."""

    def __init__(self, folder: Path, url: str) -> None:
        self.app = create_app(make_settings(folder, database_url=url))
        self.services: Services = self.app.extensions["tributary"]
        self.client = self.app.test_client()
        sign_in(self.client, TestUser("", "ana", None))
        self.paths = pages(self.services)
        self.cost = Cost()

    def ask(self, path: str) -> float:
        """Return the seconds of one answer; CPU seconds of this process are added to ``cost``."""
        began, before = time.perf_counter(), time.process_time()
        self.client.get(path)
        self.cost.portal_cpu += time.process_time() - before
        return time.perf_counter() - began

    def read_so_far(self) -> tuple[float, int, int]:
        """Return CPU seconds of PostgreSQL's processes of this database, and rows and blocks that it read."""
        counters = (
            "SELECT tup_returned + tup_fetched, blks_hit + blks_read FROM pg_stat_database "
            "WHERE datname = current_database()"
        )
        with self.services.db.engine.connect() as conn:
            conn.exec_driver_sql("SELECT pg_stat_force_next_flush()")
            conn.commit()
            rows, blocks = conn.exec_driver_sql(counters).one()
            processes = conn.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            spent = [Path(f"/proc/{pid}/schedstat").read_text().split()[0] for (pid,) in processes]
        return sum(map(int, spent)) / 1e9, int(rows), int(blocks)


def measure(sides: Sequence[Side], requests: int) -> int:
    """Ask both for the same pages in turns, so that what else the machine does is in both; return how many pages."""
    shown = [each for each in zip(*(side.paths for side in sides), strict=True) if _is_there(sides[0], each[0])]
    for each in shown:  # the first reads what is on disk
        for side, path in zip(sides, each, strict=True):
            side.ask(path)
    before = [side.read_so_far() for side in sides]
    for side in sides:
        side.cost.portal_cpu = 0.0
    for _ in range(requests):
        for each in shown:
            for side, path in zip(sides, each, strict=True):
                side.cost.times.setdefault(each[0], []).append(side.ask(path))
    for side, (cpu, rows, blocks) in zip(sides, before, strict=True):
        after = side.read_so_far()
        side.cost.postgres_cpu, side.cost.rows, side.cost.blocks = after[0] - cpu, after[1] - rows, after[2] - blocks
    return len(shown)


def _is_there(side: Side, path: str) -> bool:
    return side.client.get(path).status_code == 200


def sequential(services: Services, statements: list[Statement], *, rows: int) -> dict[str, set[str]]:
    """Return by statement the large tables that its plan reads from beginning to end."""
    once = {statement: (statement, parameters) for statement, parameters in statements}
    with services.db.engine.connect() as conn:
        large = large_tables(conn, rows=rows)
        plans = {name: scanned(conn, each, list(large)) for name, each in once.items()}
    return {statement: tables for statement, tables in plans.items() if tables}


def _resources(name: str, count: int) -> list[dict[str, Any]]:
    """Return the resources of one organization: half of them results, the others medications, problems and visits."""
    resources = []
    for n in range(count):
        day = f"20{10 + n // 12 % 15:02}-{n % 12 + 1:02}-03"
        ways = (
            medication(f"{name}m{n}", f"99{n:04}", f"medicine number {n:03} 10 MG Oral Tablet", "1 a day", since=day),
            condition(f"{name}c{n}", str(195967001 + n), f"Problem {n}", since=day),
            visit(f"{name}v{n}", "Office visit", f"{day}T15:00:00Z", f"{day}T15:30:00Z"),
        )
        result = laboratory(f"{name}l{n}", A1C, 4 + n / 50, "%", when=day)
        resources.append(ways[n // 2 % 3] if n % 2 else result)
    return resources


def _template(services: Services, entries: int) -> str:
    """Return the person id of somebody at two organizations with so many entries."""
    user = World(services).patient(f"template-{entries}")
    for name, count in (("Riverbend", entries // 2), ("Old Mill", entries - entries // 2)):
        link(services, user, name=name, resources=_resources(name[0], count))
    return user.person_id or ""


def _populate(services: Services, people: int, most: int) -> None:
    began, after, total = time.monotonic(), 0, 0
    templates = [(_template(services, int(most * part)), people * hundredth // 100) for part, hundredth in _SIZES]
    with without_indexes(services.db, memory=_MEMORY):
        for (person_id, count), (part, _) in zip(templates, _SIZES, strict=True):
            multiply(services.db, person_id=person_id, people=count, after=after)
            after, total = after + count, total + count * int(most * part)
            print(f"- {count:,} people of {int(most * part)} entries: {time.monotonic() - began:.0f} s", flush=True)
    print(f"{after:,} people, {total:,} entries, {time.monotonic() - began:.0f} s with all indexes", flush=True)


def _database(server: str, folder: Path, name: str, people: int, most: int) -> str:
    """Return the URL of a database with so many people on the server; it is filled where it is not there yet."""
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        is_there = conn.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).scalar()
        if not is_there:
            conn.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    if not is_there:
        fill(folder, url)
        services = open_services(make_settings(folder, database_url=url))
        if people:
            _populate(services, people, most)
        analyze(services.db)
        services.db.close()
    return url


def _mixed(served: Served, paths: list[tuple[str, int]], turn: int) -> tuple[list[float], int]:
    """Return the seconds of each answer to a mix of pages, and how many were not 200."""
    taken: list[float] = []
    failed = 0
    ends = time.perf_counter() + _MIX_SECONDS

    def reader(seed: int) -> None:
        nonlocal failed
        chosen = random.Random(seed)
        names, weights = zip(*paths, strict=True)
        with socket.create_connection(("127.0.0.1", served.port)) as line:
            while (began := time.perf_counter()) < ends:
                line.sendall(served.request(chosen.choices(names, weights)[0]))
                try:
                    read_answer(line)
                except (AssertionError, ConnectionError):
                    failed += 1
                    return
                taken.append(time.perf_counter() - began)

    seeds = range(turn * _CONNECTIONS, (turn + 1) * _CONNECTIONS)
    threads = [threading.Thread(target=reader, args=(seed,)) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, failed


def mix(folder: Path, url: str, link_id: str) -> str:
    """Return a sentence about home 30, sections 40, fragments 20, links and messages 10 per cent of 8 readers."""
    four = ("test-results", "medications", "visits", "health-issues")
    paths = [("/", 30), *((f"/health/{name}", 10) for name in four)]
    paths += [(f"/health/{name}/from/{link_id}", 5) for name in four] + [("/links", 5), ("/messages", 5)]
    with serving("portal", folder, url) as portal, serving("floor", folder, url) as floor:
        for path, _ in paths:
            portal.run(path, 4, 0.2)
        taken, failed, cpu, answers, least = list[float](), 0, 0.0, 0, 0.0
        for turn in range(_TURNS):
            before = portal.cpu()
            some, wrong = _mixed(portal, paths, turn)
            cpu, taken, failed = cpu + portal.cpu() - before, taken + some, failed + wrong
            before = floor.cpu()
            some, _ = _mixed(floor, [("/?size=24000", 1)], turn)
            least, answers = least + floor.cpu() - before, answers + len(some)
        ratio = least / answers / (cpu / len(taken))
    p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    return (
        f"The mix (home 30, sections 40, fragments 20, links and messages 10 %), {_CONNECTIONS} connections, {_TURNS} "
        f"times {_MIX_SECONDS:.0f} s in turns with the floor: {len(taken) / _MIX_SECONDS / _TURNS:.0f} pages a second, "
        f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms ({p95 / p50:.1f} times), {failed} failed; CPU of the "
        f"floor's page to one of the mix {least / answers * 1000:.1f} to {cpu / len(taken) * 1000:.1f} ms, {ratio:.2f}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=100, help="of the 4 in 100 who have most")
    parser.add_argument("--requests", type=int, default=40, help="of each page")
    parser.add_argument("--server", default="", help="URL of a PostgreSQL where the databases stay")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
        server = options.server or stack.enter_context(running_postgres(binaries))
        urls = [
            _database(server, folder, name, people, options.entries)
            for name, people in (("scale_alone", 0), ("scale_among", options.people))
        ]
        small, large = sides = [Side(folder, url) for url in urls]
        statements: list[Statement] = []
        watch(large.services.db.engine, statements)
        number = measure(sides, options.requests)
        slow = sequential(large.services, statements, rows=_LARGE)
        _print_sizes(large.services)
        _print_times(small.cost, large.cost)
        _print_costs(small.cost, large.cost, number * options.requests)
        print(f"\n{len({each for each, _ in statements})} statements; sequential scans of large tables: {len(slow)}")
        for statement, tables in slow.items():
            print(f"- {', '.join(sorted(tables))}: {' '.join(statement.split())[:300]}")
        print("\n" + mix(folder, urls[1], large.paths[len(NINE)].rpartition("/")[2]))
    sys.exit(1 if slow else 0)


def _print_sizes(services: Services) -> None:
    query = (
        "SELECT relname, reltuples::bigint, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace ORDER BY 3 DESC LIMIT 12"
    )
    with services.db.engine.connect() as conn:
        rows = conn.exec_driver_sql(query).all()
        total = conn.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
        people = conn.exec_driver_sql("SELECT count(*) FROM person").scalar_one()
    print(
        f"\n{total / 2**20:,.0f} MiB, {total / people / 1000:.1f} kB a person\n\n| table | rows | bytes a row | MiB |"
    )
    print("|---|---|---|---|")
    for name, number, size in rows:
        print(f"| {name} | {number:,} | {size / max(number, 1):.0f} | {size / 2**20:,.0f} |")


def _print_times(small: Cost, large: Cost) -> None:
    def p95(taken: list[float]) -> float:
        return statistics.quantiles(taken, n=20)[-1] * 1000

    print(
        "\n| page | p50 alone ms | among all ms | p95 alone ms | among all ms | p95 ratio |\n|---|---|---|---|---|---|"
    )
    ratios = []
    for path, alone in small.times.items():
        name = path if "/from/" not in path else path.partition("/from/")[0] + "/from/…"
        among = large.times[path]
        ratios.append(p95(among) / p95(alone))
        middle = [statistics.median(taken) * 1000 for taken in (alone, among)]
        print(
            f"| {name} | {middle[0]:.1f} | {middle[1]:.1f} | {p95(alone):.1f} | {p95(among):.1f} | {ratios[-1]:.2f} |"
        )
    over = sum(ratio > 1.5 for ratio in ratios)
    print(f"\np95: {statistics.median(ratios):.2f} times in the middle, over 1.5 times: {over} of {len(ratios)}")


def _print_costs(small: Cost, large: Cost, answers: int) -> None:
    print("\n| of one page | alone | among all |\n|---|---|---|")
    for name, (alone, among) in {
        "CPU ms of the portal": (small.portal_cpu * 1000, large.portal_cpu * 1000),
        "CPU ms of PostgreSQL": (small.postgres_cpu * 1000, large.postgres_cpu * 1000),
        "rows read": (small.rows, large.rows),
        "blocks read": (small.blocks, large.blocks),
    }.items():
        print(f"| {name} | {alone / answers:.1f} | {among / answers:.1f} |")


if __name__ == "__main__":
    main()
