"""Two hundred links at twenty organizations, five of them bad in different ways, with two workers, for ten minutes.

Records change all the time and tokens end after a minute and a half. Afterwards every link at a good organization must
hold exactly what that organization has. ``python -m tests.benchmarks soak``.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import mean, median
from typing import Any

import msgspec
from sqlalchemy import select

from portal.linking import enqueue, transitions
from portal.services import Services, open_services
from portal.store.engine.fhir_ids import id_place
from portal.store.engine.upgrade import upgrade
from portal.store.links.links import Link
from portal.store.records import packing, resources
from portal.store.schema.links import refresh
from portal.store.schema.records import resource
from tests.factories.settings import make_settings
from tests.fakes import Exchange, FakeOrganization, data, misbehaviour
from tests.fakes.http import Reply
from tests.fakes.linked import link_to
from tests.fakes.misbehaviour import Behaviour

_MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
_ORGANIZATIONS, _LINKS_EACH, _WORKERS = 20, 10, 2
_REST = 15.0  # seconds between the end of a link's refresh and the next request


def _every_second() -> Behaviour:
    calls = count()

    def behave(exchange: Exchange) -> None:
        exchange.send(Reply.outcome(500, "exception") if next(calls) % 2 else exchange.answer())

    return behave


BAD: dict[str, tuple[str, Behaviour]] = {
    "never answers": ("*", misbehaviour.never_answers()),
    "takes 1.5 s for each answer": ("*", misbehaviour.late(1.5)),
    "a page of HTML": ("*", misbehaviour.html()),
    "every second answer is 500": ("*", _every_second()),
    "pages without end": ("/fhir/Observation", misbehaviour.endless_pages()),
}


@dataclass
class _Place:
    """One link: what its organization has, and how long its refreshes took from the request to the end."""

    org: FakeOrganization
    patient: str
    link: Link
    bad: str = ""
    open: str = ""  # the refresh that was asked for and has not ended
    next_at: float = 0.0
    round: int = 0
    waits: list[float] = field(default_factory=list)


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        services = open_services(make_settings(Path(folder), testing=False))
        upgrade(services.db)
        orgs = [_organization(number) for number in range(_ORGANIZATIONS)]
        bad = dict(zip((org.url for org in orgs[-len(BAD) :]), BAD, strict=True))
        places = [place for org in orgs for place in _linked(services, org, bad.get(org.url, ""))]
        for org in orgs[-len(BAD) :]:
            org.misbehave(*BAD[bad[org.url]])
        with _workers(services, folder) as worker:
            memory = _Memory(worker.pid)
            _drive(services, places)
            memory.stop()
            good = [place for place in places if not place.bad]
            _finish(services, good)
        wrong = [place for place in good if not _equal(services, place)]
        twice = _duplicates(services)
        report = _report(places, memory, wrong=len(wrong), twice=twice)
        for org in orgs:
            org.stop()
        services.db.close()
    return report


def _organization(number: int) -> FakeOrganization:
    chart = [
        one
        for n in range(_LINKS_EACH)
        for one in data.person(f"p{n}", f"Family{number}", ["Given"], "1970-01-01", "female")
    ]
    org = FakeOrganization(resources=chart, stamps=True).start()
    org.oauth.lifetime = 90
    return org


def _linked(services: Services, org: FakeOrganization, bad: str) -> Iterator[_Place]:
    known = ""
    for number in range(_LINKS_EACH):
        linked = link_to(services, org, patient=f"p{number}", organization_id=known)
        known = linked.organization_id
        yield _Place(org, f"p{number}", linked.link(), bad)


@contextmanager
def _workers(services: Services, folder: str) -> Iterator[subprocess.Popen[bytes]]:
    settings = services.settings
    keys = ",".join(f"{name}:{_encoded(key)}" for name, key in settings.encryption_keys)
    environ = {
        "PORTAL_DATA_DIR": folder,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_ENCRYPTION_KEYS": keys,
        "PORTAL_INDEX_KEY": settings.index_key,
        "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
    }
    command = [sys.executable, "-m", "portal.cli", "worker", "--count", str(_WORKERS)]
    with (Path(folder) / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, env=os.environ | environ, stdout=log, stderr=log)
    try:
        while not services.queue.answers():
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _encoded(key: bytes) -> str:
    return urlsafe_b64encode(key).decode()


class _Memory:
    """The proportional set size of the worker's processes together, every five seconds, in MB."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self.samples: list[float] = []
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(5):
            self.samples.append(sum(map(_pss, _family(self._pid))))


def _family(pid: int) -> list[int]:
    """A process and those it started, the queue's server left out."""
    found = [pid]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
            found += [int(child) for child in children if "valkey" not in Path(f"/proc/{child}/comm").read_text()]
        except OSError:
            continue
    return found


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0) / 1000


def _drive(services: Services, places: list[_Place]) -> None:
    """Ask for a refresh of each link again and again; before each its record changes."""
    ends = time.monotonic() + 60 * _MINUTES
    while time.monotonic() < ends:
        _note(services, places)
        for place in places:
            if not place.open and time.monotonic() >= place.next_at:
                _change(place)
                _ask(services, place)
        time.sleep(0.5)


def _change(place: _Place) -> None:
    place.round += 1
    of, number = place.patient, place.round
    result = data.observation(
        f"{of}-new-{number}", of, "laboratory", ("4548-4", "Hemoglobin A1c"), (5 + number / 10, "%")
    )
    place.org.add(result | {"effectiveDateTime": f"2026-01-{1 + number % 28:02}"})
    place.org.add(data.condition(f"{of}-changing", of, "195967001", f"Asthma, looked at {number} times"))


def _ask(services: Services, place: _Place) -> None:
    with services.db.transaction() as tx:
        todo = transitions.request_refresh(tx, place.link, "asked")
    place.open = dict(todo.ids)["refresh"]
    enqueue.enqueue(services, [todo])


def _note(services: Services, places: list[_Place]) -> None:
    """How long those took that have ended."""
    waiting = {place.open: place for place in places if place.open}
    with services.db.reading() as tx:
        columns = (refresh.c.id, refresh.c.requested_at, refresh.c.ended_at)
        found = tx.conn.execute(
            select(*columns).where(refresh.c.id.in_(waiting), refresh.c.ended_at.is_not(None))
        ).all()
    for row in found:
        place = waiting[row.id]
        place.waits.append((row.ended_at - row.requested_at).total_seconds())
        place.open, place.next_at = "", time.monotonic() + _REST


def _finish(services: Services, good: list[_Place]) -> None:
    """One more refresh of each good link, after the last change."""
    for again in (False, True):
        for place in good if again else ():
            _ask(services, place)
        while any(place.open for place in good):
            _note(services, good)
            time.sleep(0.2)


def _equal(services: Services, place: _Place) -> bool:
    """Whether what is stored of the link's own records is what the organization has, each once."""
    theirs: dict[tuple[str, str], Any] = {
        key: one for key, one in place.org.record.items() if key[1].startswith(f"{place.patient}-")
    }
    with services.db.reading() as tx:
        ids = tx.conn.execute(select(resource.c.id).where(resource.c.source == place.link.id)).scalars().all()
        stored = resources.by_ids(tx, ids=ids).values()
    bodies = {(one.type, one.fhir_id): one.body for one in stored if one.fhir_id.startswith(f"{place.patient}-")}
    return {key: _said(one) for key, one in bodies.items()} == {key: _said(one) for key, one in theirs.items()}


def _said(body: Mapping[str, Any]) -> Any:
    """A resource without its stamps, numbers as JSON has them."""
    said: Any = msgspec.json.decode(packing.encode(body))
    said.pop("meta", None)
    return said


def _duplicates(services: Services) -> int:
    """Resources that are stored twice for one link."""
    with services.db.reading() as tx:
        c = resource.c
        stored = tx.conn.execute(select(c.id, c.source, c.type, c.fhir_id)).all()
        ids = {(row.source, row.type, tx.vault.open_id(row.fhir_id, place=id_place(row.id))) for row in stored}
    return len(stored) - len(ids)


def _report(places: list[_Place], memory: _Memory, *, wrong: int, twice: int) -> str:
    good = [place for place in places if not place.bad]
    waits = [wait for place in good for wait in place.waits]
    middle = median(waits)
    slowest = max(mean(place.waits) for place in good)
    counts = [len(place.waits) for place in good]
    bad = ((name, sum(len(place.waits) for place in places if place.bad == name)) for name in BAD)
    of_bad = "".join(f"| refreshes where it is bad: {name} | {number} | |\n" for name, number in bad)
    return f"""## Soak

`python -m tests.benchmarks soak`: {len(places)} links at {_ORGANIZATIONS} organizations, {len(BAD)} of them
bad, {_WORKERS} workers, {_MINUTES:.0f} minutes. Each link is asked for again {_REST:.0f} s after it was done, and its
record changes before; tokens end after 90 s and rotate. Waits are from the request to the end.

| measure | value | wanted |
|---|---|---|
| refreshes of good links | {len(waits)} | |
| of one good link: fewest; median | {min(counts)}; {median(counts):.0f} | |
| wait of good links, s: median; longest | {middle:.1f}; {max(waits):.1f} | |
| mean wait of the good link that waits longest ÷ median | {slowest / middle:.2f} | ≤ 2 |
{of_bad}| good links whose records differ from the organization's | {wrong} | 0 |
| resources stored twice | {twice} | 0 |
| all worker processes, MB (proportional): early; late; most | {_megabytes(memory.samples)} | flat |
"""


def _megabytes(samples: list[float]) -> str:
    """The means of the second fifth and of the last, and the most."""
    fifth = len(samples) // 5
    return f"{mean(samples[fifth : 2 * fifth]):.0f}; {mean(samples[-fifth:]):.0f}; {max(samples):.0f}"
