"""Importing a large patient, in entries per CPU second, against decoding and one bulk insert of the same bytes.

Each measurement runs in a process of its own, so that the peak of its memory is its own.
"""

import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from portal.domain.people import Person
from portal.processes import calm_collector
from portal.refresh.imports import import_files
from portal.store import open_database
from portal.store.engine.upgrade import upgrade
from portal.store.people import people
from tests.benchmarks.memory import peak
from tests.factories.settings import make_settings
from tests.shared_data import SHARED

LARGE = next(iter(sorted((SHARED / "synthea-2019-r4").glob("Rich_Kshlerin*.json"))), None)
_REPEATS = 3
_TIMES_LARGER = 13


def run() -> str:
    if LARGE is None:
        return "## Importing a large patient\n\nNot measured: the shared data are not there.\n"
    with tempfile.TemporaryDirectory() as folder:
        larger = _assembled(LARGE, Path(folder) / "larger.json")
        rows = [_row("one Synthea patient", LARGE), _row(f"the same {_TIMES_LARGER} times over", larger)]
    return f"""## Importing a large patient

`python -m tests.benchmarks import`: one bundle into an empty SQLite database, best of {_REPEATS}; the floor decodes the
same file and writes the bytes of its resources with one bulk insert. An import reads the file twice (nothing is stored
before all of it is known to be sound), normalises, seals resources and entries, hashes what search and merge need, and
groups. Times are CPU seconds of its process, which what else the machine does hardly changes. Memory is the peak of the
process; in brackets what it is with everything loaded and nothing done.

| file | MB | resources | entries | import s | entries/s | floor s | ratio | unchanged again s | peak MB (idle) |
|---|---|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""


def _assembled(source: Path, target: Path) -> Path:
    """One patient with the records of several copies, each with ids and dates of its own."""
    bundle = msgspec.json.decode(source.read_bytes())
    patients: list[Any] = []
    others: list[Any] = []
    for entry in bundle["entry"]:
        (patients if entry["resource"]["resourceType"] == "Patient" else others).append(entry)
    entries, text = list(patients), msgspec.json.encode(others).decode()
    patient = patients[0]["fullUrl"].removeprefix("urn:uuid:")
    for copy in range(_TIMES_LARGER):
        other = text.replace('"id":"', f'"id":"{copy:02}').replace("urn:uuid:", f"urn:uuid:{copy:02}")
        other = other.replace(f"urn:uuid:{copy:02}{patient}", f"urn:uuid:{patient}")
        other = re.sub(r'(?<=":")(\d{4})(?=-\d\d-\d\d)', lambda year: str(int(year[1]) - 4 * copy), other)  # noqa: B023
        entries += msgspec.json.decode(other)
    target.write_bytes(msgspec.json.encode(bundle | {"entry": entries}))
    return target


def _row(name: str, path: Path) -> str:
    runs = [_in_process("import", path) for _ in range(_REPEATS)]
    best = min(runs, key=lambda one: float(one["seconds"]))
    floor = min(_in_process("floor", path)["seconds"] for _ in range(_REPEATS))
    idle = _in_process("idle", path)["peak"]
    return (
        f"| {name} | {path.stat().st_size / 1e6:.1f} "
        f"| {best['resources']} | {best['entries']} | {best['seconds']:.2f} "
        f"| {best['entries'] / best['seconds']:.0f} | {floor:.3f} | {best['seconds'] / floor:.1f} "
        f"| {best['again']:.2f} | {best['peak']:.0f} ({idle:.0f}) |"
    )


def _in_process(what: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_import", what, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _import(path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(make_settings(Path(folder)))
        upgrade(database)
        with database.transaction() as tx:  # the first statements compile SQL and load modules
            people.put_home_patient(tx, fhir_id="warm-up", demographics=Person())
        calm_collector()  # as ``portal records import`` does
        start = time.process_time()
        report = import_files(database, paths=[path])
        seconds = time.process_time() - start
        most = peak()
        start = time.process_time()
        import_files(database, paths=[path])
        again = time.process_time() - start
        database.close()
    entries = sum(count.new for count in report.total.sections.values())
    return {"seconds": seconds, "again": again, "resources": report.resources, "entries": entries, "peak": most}


def _floor(path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "floor.sqlite3")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE resource (id TEXT PRIMARY KEY, body BLOB NOT NULL)")
        start = time.process_time()
        bundle = msgspec.json.decode(path.read_bytes())
        values = [(entry["fullUrl"], msgspec.json.encode(entry["resource"])) for entry in bundle["entry"]]
        connection.executemany("INSERT INTO resource VALUES (?, ?)", values)
        connection.commit()
        seconds = time.process_time() - start
        connection.close()
    return {"seconds": seconds, "peak": peak()}


def _idle(path: Path) -> dict[str, Any]:
    del path
    return {"peak": peak()}


if __name__ == "__main__":
    measures: dict[str, Callable[[Path], dict[str, Any]]] = {"import": _import, "floor": _floor, "idle": _idle}
    print(json.dumps(measures[sys.argv[1]](Path(sys.argv[2]))))
