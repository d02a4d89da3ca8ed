"""What signed-in pages cost by the number of a person's messages, all of them unread: it must not grow.

Work is counted where that can be: statements, what the database reads for them (PostgreSQL: rows, as EXPLAIN ANALYZE
counts them; SQLite: steps of its machine), and CPU of the process, the least of many.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from portal.app import create_app
from portal.processes import calm_collector
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Database
from portal.store.engine.upgrade import upgrade
from tests.benchmarks.bench_cpu import caller, signed_in
from tests.benchmarks.databases import on_each
from tests.benchmarks.population import Statement, multiply, watch
from tests.factories.record import link, message
from tests.factories.settings import make_settings
from tests.factories.world import World

_PAGES = ("/", "/messages", "/messages?new=1", "/links", "/settings")
_NUMBERS = (100, 2_500)
_OF_ONE = 2  # messages of a conversation
_OTHERS = 200  # people with as many messages as the first number, on PostgreSQL
_REPEATS = int(os.environ.get("BENCH_REPEATS", "40"))


def _fill(services: Services, person_id: str, source: str, number: int) -> None:
    letters = (
        message(f"m{n}", f"About {n}", "Some text.", f"2026-{n % 12 + 1:02}-{n % 27 + 1:02}T12:00:00Z", "Dr. Lee")
        | {"groupIdentifier": {"value": f"c{n // _OF_ONE}"}}
        for n in range(number)
    )
    ingest(services.db, person_id=person_id, source=source, resources=letters)


@contextmanager
def _steps(database: Database) -> Iterator[list[int]]:
    """Count hundreds of steps of SQLite's machine, one entry each."""
    steps: list[int] = []

    def count() -> int:
        steps.append(1)
        return 0

    def begin(conn: Any, *_: Any) -> None:
        conn.connection.driver_connection.set_progress_handler(count, 100)

    event.listen(database.engine, "before_cursor_execute", begin)
    yield steps
    event.remove(database.engine, "before_cursor_execute", begin)


def _rows_read(plan: dict[str, Any]) -> int:
    own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return (int(own) if "Relation Name" in plan else 0) + sum(map(_rows_read, plan.get("Plans", ())))


def _work(database: Database, page: Any) -> tuple[int, int]:
    """Return the statements that read, and hundreds of steps or rows."""
    statements: list[Statement] = []
    watch(database.engine, statements)
    with _steps(database) if database.is_sqlite else ExitStack() as steps:
        page()
    if database.is_sqlite:
        return len(statements), len(steps)  # type: ignore[arg-type]
    rows = 0
    with database.engine.connect() as conn:
        for statement, parameters in statements:
            plan = conn.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
            rows += _rows_read((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return len(statements), rows


def _measure(name: str, folder: Path, url: str) -> list[str]:
    app: Flask = create_app(make_settings(folder, database_url=url))
    services: Services = app.extensions["tributary"]
    upgrade(services.db)
    user = World(services).patient()
    source = link(services, user, name="Old Mill", resources=[message("a", "First", "Text", "2025-01-01", "Dr. Lee")])
    calm_collector(every=20_000)
    cookie = signed_in(app)
    lines: dict[str, list[str]] = {path: [] for path in _PAGES}
    for number in _NUMBERS:
        _fill(services, user.person_id or "", source.link_id, number)
        if not services.db.is_sqlite:  # it plans by how much there is of others, too
            others = _OTHERS if number == _NUMBERS[0] else 0
            multiply(services.db, person_id=user.person_id or "", people=others)
        for path in _PAGES:
            page = caller(app, path, cookie)
            page()
            times = []
            for _ in range(_REPEATS):
                began = time.process_time()
                page()
                times.append(time.process_time() - began)
            statements, work = _work(services.db, page)
            lines[path] += [str(statements), f"{work:,}", f"{min(times) * 1000:.2f}"]
    rows = [f"| {name} | {path} | {' | '.join(each)} |" for path, each in lines.items()]
    print("\n".join(rows), flush=True)
    services.db.close()
    return rows


def run() -> str:
    few, many = _NUMBERS
    table = "\n".join(chain.from_iterable(on_each(_measure)))
    return f"""## Pages and the number of messages

`python -m tests.benchmarks messages`: one person with {few} and with {many:,} messages, all unread, {_OF_ONE} in each
conversation. Read: hundreds of steps of SQLite's machine, or rows that PostgreSQL reads, in all statements of a page.
CPU is that of the process, the least of {_REPEATS}. Wanted: nothing grows.

| database | page | statements at {few} | read | CPU ms | statements at {many:,} | read | CPU ms |
|---|---|---|---|---|---|---|---|
{table}
"""
