"""The audit trail: appends by eight readers against a plain insert, and how long a million events take to verify."""

import multiprocessing
import statistics
import tempfile
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import insert, text

from portal import audit
from portal.audit import chain
from portal.audit.checkpoints import checkpoint_file
from portal.config import Settings
from portal.domain.ids import new_id
from portal.store import Database, Tx, open_database
from portal.store.engine.upgrade import upgrade
from portal.store.schema.audit import audit_event
from tests.factories.settings import make_settings

_READERS, _EACH, _ROUNDS = 8, 250, 5
_EVENTS, _BATCH = 1_000_000, 20_000
_PLAIN = "INSERT INTO plain (at, person_id, detail) VALUES (:at, :person, :detail)"


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder), testing=False)
        database = open_database(settings)
        upgrade(database)
        with database.transaction() as tx:
            tx.conn.execute(text("CREATE TABLE plain (seq INTEGER PRIMARY KEY, at TEXT, person_id TEXT, detail BLOB)"))
            tx.conn.execute(text("CREATE INDEX ix_plain ON plain (person_id, seq)"))
        rates: dict[str, list[float]] = {"plain": [], "event": [], "event, while sealing": []}
        for _ in range(_ROUNDS):
            for name, seen in rates.items():
                seen.append(_appends(settings, name))
        plain, event, sealing = (statistics.median(rates[name]) for name in rates)
        sealed, verified, report = _million(settings, database)
        database.close()
    return f"""## The audit trail

`python -m tests.benchmarks audit`: SQLite. {_READERS} processes write {_EACH} events each, a transaction for each;
the floor is an insert of three columns into an indexed table, a transaction for each; the kinds take turns, median of
{_ROUNDS} rounds.

| appends of {_READERS} readers | per second | to a plain insert |
|---|---|---|
| plain insert | {plain:.0f} | 1.00 |
| event | {event:.0f} | {event / plain:.2f} |
| event, while a job seals all the time | {sealing:.0f} | {sealing / plain:.2f} |

{report.events:,} events in {report.segments:,} segments: sealed in {sealed:.1f} s
({report.events / sealed:,.0f} a second), verified in {verified:.1f} s, {len(report.findings)} findings.
"""


def _appends(settings: Settings, kind: str) -> float:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(_READERS + 1)
    readers = [context.Process(target=_append, args=(settings, kind, barrier)) for _ in range(_READERS)]
    sealer = context.Process(target=_seal_on, args=(settings,))
    for reader in readers:
        reader.start()
    if kind.endswith("sealing"):
        sealer.start()
    barrier.wait()
    began = time.perf_counter()
    for reader in readers:
        reader.join()
    seconds = time.perf_counter() - began
    if sealer.pid:
        sealer.terminate()
        sealer.join()
    return _READERS * _EACH / seconds


def _append(settings: Settings, kind: str, barrier: Barrier) -> None:
    database = open_database(settings)
    detail = database.vault.seal(b'{"section": "medications"}', row="plain")
    with database.reading() as tx:
        tx.conn.execute(text("SELECT 1"))
    barrier.wait()
    for _ in range(_EACH):
        with database.transaction() as tx:
            if kind == "plain":
                tx.conn.execute(text(_PLAIN), {"at": tx.now.isoformat(), "person": "p", "detail": detail})
            else:
                actor = audit.Actor("account", "a")
                audit.record(tx, action=audit.Action.VIEW_SECTION, actor=actor, person_id="p", section="medications")


def _seal_on(settings: Settings) -> None:
    database = open_database(settings)
    while True:
        chain.seal(database, checkpoint_file(settings))
        time.sleep(0.05)


def _million(settings: Settings, database: Database) -> tuple[float, float, chain.Verification]:
    while True:
        with database.transaction() as tx:
            left = _EVENTS - (tx.conn.execute(text("SELECT count(*) FROM audit_event")).scalar_one())
            if left <= 0:
                break
            _fill(tx, min(left, _BATCH))
    began = time.perf_counter()
    chain.seal(database, checkpoint_file(settings))
    sealed = time.perf_counter() - began
    began = time.perf_counter()
    report = chain.verify(database, checkpoint_file(settings))
    return sealed, time.perf_counter() - began, report


def _fill(tx: Tx, n: int) -> None:
    ids = [new_id() for _ in range(n)]
    tx.conn.execute(
        insert(audit_event),
        [
            {
                "at": tx.now,
                "action": "view-section",
                "outcome": "success",
                "actor_kind": "account",
                "actor_id": ids[0],
                "person_id": ids[place % 50],
                "seal_id": seal_id,
                "detail": tx.seal({"section": "medications"}, row=f"audit_event.detail:{seal_id}"),
            }
            for place, seal_id in enumerate(ids)
        ],
    )
