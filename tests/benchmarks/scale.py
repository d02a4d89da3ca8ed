"""``make bench-scale``: a large PostgreSQL database, its plans, and what pages take on it against a small one.

``python -m tests.benchmarks.scale [--people 100000] [--entries 100]``. One person with a demo's record alone in a
database, and among all the others in another; the two take turns. Prints Markdown for docs/scale.md. Not part of
``make bench``: at full size it takes an hour or two.
"""

import argparse
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import text

from portal.app import create_app
from portal.domain.sections import NINE
from portal.services import Services, open_services
from tests.benchmarks.bench_load import Served, fill, read_answer, serving
from tests.benchmarks.population import Statement, large_tables, multiply, scanned, watch
from tests.factories.postgres import fresh_database, running_postgres
from tests.factories.record import A1C, laboratory, link
from tests.factories.settings import make_settings
from tests.factories.world import TestUser, World, sign_in

_REQUESTS = 12
_LARGE = 10_000  # rows
_MIX_SECONDS, _CONNECTIONS = 15.0, 8


_OWN = "FROM {0} JOIN person ON person.id = {0}.person_id WHERE person.fhir_id = 'patient-ana'"


def pages(services: Services) -> tuple[str, ...]:
    """Return the addresses of Ana's pages, and fragments of one organization."""
    entries, rows = _OWN.format("entry"), _OWN.format("record_row")
    with services.db.reading() as tx:
        link_id = tx.conn.execute(text(f"SELECT source {entries} AND source <> 'home' LIMIT 1")).scalar_one()
        row_id = tx.conn.execute(
            text(f"SELECT record_row.id {rows} AND section = 'medications' ORDER BY 1 LIMIT 1")
        ).scalar_one()
    sections = [f"/health/{section.value}" for section in NINE if section.value != "messages"]
    fragments = [f"{path}/from/{link_id}" for path in sections]
    others = ["/links", "/messages", "/family", "/activity", "/settings", "/share", f"/links/{link_id}"]
    search = ["/health/search?q=aspirin", "/links/search?q=river", f"/health/medications/{row_id}"]
    return ("/", *sections, *fragments, *others, *search)


Times = dict[str, list[float]]


def times(clients: Sequence[FlaskClient], paths: Sequence[Sequence[str]]) -> tuple[Times, ...]:
    """Return seconds of each page by address for each of the databases, which take turns: what else the machine does
    is in both. ``paths`` are the same pages at each; those that are not there are left out.
    """
    taken: tuple[Times, ...] = tuple({} for _ in clients)
    shown = [each for each in zip(*paths, strict=True) if clients[0].get(each[0]).status_code == 200]
    for number in range(_REQUESTS + 1):
        for each in shown:
            for client, path, of in zip(clients, each, taken, strict=True):
                began = time.perf_counter()
                client.get(path)
                if number:  # the first reads what is on disk
                    of.setdefault(each[0], []).append(time.perf_counter() - began)
    return taken


def sequential(services: Services, statements: list[Statement], *, rows: int) -> dict[str, set[str]]:
    """Return by statement the large tables that its plan reads from beginning to end."""
    once = {statement: (statement, parameters) for statement, parameters in statements}
    with services.db.engine.connect() as conn:
        large = large_tables(conn, rows=rows)
        plans = {name: scanned(conn, each, list(large)) for name, each in once.items()}
    return {statement: tables for statement, tables in plans.items() if tables}


def _template(services: Services, entries: int) -> TestUser:
    user = World(services).patient("template")
    per = max(1, entries // 2)
    for name in ("Riverbend", "Old Mill"):
        results = [
            laboratory(f"{name[0]}{n}", A1C, 4 + n / 50, "%", when=f"20{n // 12:02}-{n % 12 + 1:02}-03")
            for n in range(per)
        ]
        link(services, user, name=name, resources=results)
    return user


def _mixed(served: Served, paths: list[tuple[str, int]]) -> tuple[list[float], int]:
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

    threads = [threading.Thread(target=reader, args=(seed,)) for seed in range(_CONNECTIONS)]
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
        before = portal.cpu()
        taken, failed = _mixed(portal, paths)
        cpu = (portal.cpu() - before) / len(taken)
        before = floor.cpu()
        least, _ = _mixed(floor, [("/?size=24000", 1)])
        ratio = (floor.cpu() - before) / len(least) / cpu
    p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    return (
        f"The mix (home 30, sections 40, fragments 20, links and messages 10 %), {_CONNECTIONS} connections, "
        f"{_MIX_SECONDS:.0f} s: {len(taken) / _MIX_SECONDS:.0f} pages a second, p50 {p50 * 1000:.0f} ms, p95 "
        f"{p95 * 1000:.0f} ms ({p95 / p50:.1f} times), {failed} failed; CPU of the floor's page to one of the mix "
        f"{ratio:.2f}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=100)
    options = parser.parse_args()
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_postgres(binaries))
        clients, asked = [], []
        for people in (0, options.people):
            url = fresh_database(server)
            fill(folder, url)
            services = open_services(make_settings(folder, database_url=url))
            if people:
                template = _template(services, options.entries)
                began = time.monotonic()
                multiply(services.db, person_id=template.person_id or "", people=people)
                filled = time.monotonic() - began
                print(f"{people:,} people of {options.entries} entries in {filled:.0f} s", flush=True)
            app = create_app(make_settings(folder, database_url=url))
            clients.append(app.test_client())
            sign_in(clients[-1], TestUser("", "ana", None))
            asked.append(pages(services))
        statements: list[Statement] = []
        watch(app.extensions["tributary"].db.engine, statements)
        small, large = times(clients, asked)
        slow = sequential(services, statements, rows=_LARGE)
        _print_sizes(services, options.people)
        _print_times(small, large)
        print(f"\n{len({each for each, _ in statements})} statements; sequential scans of large tables: {len(slow)}")
        for statement, tables in slow.items():
            print(f"- {', '.join(sorted(tables))}: {' '.join(statement.split())[:300]}")
        print("\n" + mix(folder, url, asked[1][len(NINE)].rpartition("/")[2]))
    sys.exit(1 if slow else 0)


def _print_sizes(services: Services, people: int) -> None:
    query = (
        "SELECT relname, reltuples::bigint, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace ORDER BY 3 DESC LIMIT 12"
    )
    with services.db.engine.connect() as conn:
        rows = conn.exec_driver_sql(query).all()
        total = conn.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    print(
        f"\n{total / 2**20:,.0f} MiB, {total / people / 1000:.1f} kB a person\n\n| table | rows | bytes a row | MiB |"
    )
    print("|---|---|---|---|")
    for name, number, size in rows:
        print(f"| {name} | {number:,} | {size / max(number, 1):.0f} | {size / 2**20:,.0f} |")


def _print_times(small: Times, large: Times) -> None:
    def p95(taken: list[float]) -> float:
        return statistics.quantiles(taken, n=20)[-1] * 1000

    kinds: Counter[str] = Counter()
    print(
        "\n| page | p50 alone ms | among all ms | p95 alone ms | among all ms | p95 ratio |\n|---|---|---|---|---|---|"
    )
    for path, alone in small.items():
        name = path if "/from/" not in path else path.partition("/from/")[0] + "/from/…"
        ratio = p95(large[path]) / p95(alone)
        kinds["over 1.5"] += ratio > 1.5
        middle = [statistics.median(taken[path]) * 1000 for taken in (small, large)]
        print(
            f"| {name} | {middle[0]:.1f} | {middle[1]:.1f} | {p95(alone):.1f} | {p95(large[path]):.1f} | {ratio:.2f} |"
        )
    print(f"\nPages over 1.5: {kinds['over 1.5']} of {len(small)}")


if __name__ == "__main__":
    main()
