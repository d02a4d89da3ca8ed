"""Faults, one after the other, while a patient reads: what the reader sees, what is lost, and how long it takes.

``python -m tests.benchmarks.faults [NAME …]`` prints the table of docs/reliability.md. It needs PostgreSQL 15 or later,
takes some minutes, and is no part of ``make bench`` or of the tests. Two machines serve one database; what was answered
with 200 is counted and compared with the audit trail, refreshes with their rows.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from portal.linking import enqueue, transitions
from portal.services import Services, open_services
from portal.store.engine.upgrade import upgrade
from portal.store.links import refreshes
from tests.benchmarks.fault_stage import Machine, Postgres, Reader, cpu_seconds, owned, running_valkey, until
from tests.browser.ports import free_ports
from tests.factories.record import small_record
from tests.factories.settings import make_settings
from tests.factories.world import World
from tests.fakes import data
from tests.fakes.linked import Linked, link_to
from tests.fakes.misbehaviour import late
from tests.fakes.organization import FakeOrganization

_LINKS = int(os.environ.get("FAULT_LINKS", "60"))
_ORGANIZATIONS = int(os.environ.get("FAULT_ORGANIZATIONS", "1"))
_PROBLEMS = int(os.environ.get("FAULT_PROBLEMS", "12"))  # of each patient
_WORKERS = int(os.environ.get("FAULT_WORKERS", "2"))
_PAUSE = float(os.environ.get("FAULT_PAUSE", "0"))  # seconds between two pages of the reader
_WITHIN = 300 + _LINKS / 2  # seconds


@dataclass
class Stage:
    """Everything that runs, and the patient who reads."""

    services: Services
    primary: Postgres
    standby: Postgres
    folder: Path
    machines: list[Machine]
    ports: list[int]
    valkey_url: str
    flood: FakeOrganization
    links: list[str]
    reader: Reader = field(init=False)
    master: Postgres = field(init=False)

    def __post_init__(self) -> None:
        self.master = self.primary

    def work(self, count: int = _WORKERS) -> "subprocess.Popen[bytes]":
        return self.machines[1].start("worker", "--count", str(count))

    def refresh_all(self, cause: str = "asked") -> int:
        """Ask for a refresh of every link; return how many."""
        with self.services.db.transaction() as tx:
            planned = [refreshes.request(tx, link_id=each, cause=cause).refresh_id for each in self.links]
        enqueue.enqueue(self.services, [transitions.refresh_work(each, cause=cause) for each in planned])
        return len(planned)

    def workers(self) -> "list[subprocess.Popen[bytes]]":
        return [each for each in self.machines[1].programs if "worker" in " ".join(map(str, each.args))]  # type: ignore[arg-type]

    def open_refreshes(self) -> int:
        return int(self.master.ask("SELECT count(*) FROM refresh WHERE ended_at IS NULL"))

    def undone(self) -> int:
        return int(self.master.ask("SELECT count(*) FROM refresh WHERE ended_at IS NOT NULL AND state <> 'done'"))

    def lost_views(self) -> int:
        """Return how many pages were answered that the audit trail does not have."""
        return max(0, self.reader.read() - self.views())

    def views(self) -> int:
        query = "SELECT count(*) FROM audit_event WHERE actor_kind = 'account' AND action LIKE 'view-%'"
        return int(self.master.ask(query))


Fault = Callable[[Stage], str]


def nothing(stage: Stage) -> str:
    time.sleep(5)
    read = stage.reader.read()
    return f"for comparison; {read} pages read, {stage.views()} events of them"


def machine_killed(stage: Stage) -> str:
    """One of two machines loses its power."""
    first = stage.machines[0]
    first.kill(first.programs[0])
    time.sleep(6)
    first.serve(stage.ports[0])
    return "the other one answers, nobody is signed out"


def queue_flushed(stage: Stage) -> str:
    total = stage.refresh_all()
    time.sleep(1)
    left = stage.open_refreshes()
    Redis.from_url(stage.valkey_url).flushall()
    took = until(lambda: stage.open_refreshes() == 0, _WITHIN)
    return f"{left} of {total} refreshes were open; all ended after {took:.0f} s"


def workers_killed(stage: Stage) -> str:
    """All workers die at their work, and twice as many come back at once."""
    total = stage.refresh_all()
    time.sleep(1.5)
    left = stage.open_refreshes()
    stage.machines[1].kill(*stage.workers())
    for _ in range(4):
        stage.work(1)
    took = until(lambda: stage.open_refreshes() == 0, 400)
    return f"{left} of {total} refreshes were open; all ended after {took:.0f} s"


def organization_slow(stage: Stage) -> str:
    """Every answer of the organization takes two seconds while all its links are refreshed."""
    stage.flood.misbehave("*", late(2.0))
    total = stage.refresh_all()
    time.sleep(15)
    left = stage.open_refreshes()
    stage.flood.behave()
    took = until(lambda: stage.open_refreshes() == 0, 300)
    return f"{left} of {total} still open after 15 s, none {took:.0f} s after it was quick again"


def many_refreshes(stage: Stage) -> str:
    began = time.monotonic()
    total = stage.refresh_all()
    queued = time.monotonic() - began
    until(lambda: stage.open_refreshes() == 0, _WITHIN)
    return f"{total} refreshes, queued in {queued:.0f} s, in {time.monotonic() - began:.0f} s with 2 to 4 workers"


def queue_lost(stage: Stage) -> str:
    """More refreshes than are done in an hour are asked for at once, and the queue loses all of them."""
    began = time.monotonic()
    total = stage.refresh_all()
    queued = time.monotonic() - began
    time.sleep(20)
    Redis.from_url(stage.valkey_url).flushall()
    left = stage.open_refreshes()
    took = until(lambda: stage.open_refreshes() <= left - 40, _WITHIN)  # more than were running
    time.sleep(60)
    done = total - stage.open_refreshes()
    return (
        f"{total} refreshes queued in {queued:.0f} s; the queue was flushed when {left} were open; 40 more had"
        f" ended {took:.0f} s later, {done} in all after {time.monotonic() - began:.0f} s, the others wait their turn"
    )


def to_the_end(stage: Stage) -> str:
    """A night in a moment: all links at once, on the way the queue is flushed and then every worker killed."""
    began = time.monotonic()
    total = stage.refresh_all("nightly")
    notes = [f"{total} refreshes, queued in {time.monotonic() - began:.0f} s"]
    spent = 0.0

    def done(part: float) -> None:
        until(lambda: stage.open_refreshes() <= total * (1 - part), _WITHIN, every=3.0)
        notes.append(f"{total - stage.open_refreshes()} ended after {time.monotonic() - began:.0f} s")
        print(f"- {notes[-1]}", flush=True)

    done(0.3)
    Redis.from_url(stage.valkey_url).flushall()
    done(0.6)
    spent += sum(map(cpu_seconds, stage.workers()))
    stage.machines[1].kill(*stage.workers())
    stage.work()
    done(1.0)
    spent += sum(map(cpu_seconds, stage.workers()))
    failed = int(stage.master.ask("SELECT count(*) FROM refresh WHERE state = 'failed'"))
    fetched = stage.master.ask("SELECT count(DISTINCT link_id) FROM refresh WHERE state = 'done'")
    return (
        f"{'; '.join(notes)}; the queue was flushed at the first stop, all workers killed at the second; "
        f"{fetched} links done, {failed} failed, {spent / total * 1000:.0f} ms of the workers' CPU each"
    )


def table_locked(stage: Stage) -> str:
    """Somebody holds a table that every page reads for ten seconds."""
    stage.master.ask("BEGIN; LOCK TABLE account IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(10); COMMIT")
    return "pages wait, then go on"


def connections_used_up(stage: Stage) -> str:
    """Others take every connection of PostgreSQL for eight seconds."""
    command = ["psql", "-h", "127.0.0.1", "-p", str(stage.master.port), "-U", "postgres", "-d", "postgres", "-c"]
    others = [
        subprocess.Popen([*command, "SELECT pg_sleep(8)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(70)
    ]
    codes = Counter(other.wait() for other in others)
    return f"{codes[2]} of 70 were refused; the portal keeps those that it has"


def failover(stage: Stage) -> str:
    """The primary is gone; the standby, which confirmed every commit, is promoted."""
    stage.primary.stop()
    time.sleep(2)
    stage.standby.promote()
    stage.standby.ask("ALTER SYSTEM RESET synchronous_standby_names")
    stage.standby.ask("SELECT pg_reload_conf()")
    stage.master = stage.standby
    return "promoted by hand after 2 s; PORTAL_DATABASE_URL names both"


def disk_full(stage: Stage) -> str:
    """PostgreSQL's disk is full for eight seconds; whoever runs it starts it again if it stopped."""
    filler = stage.standby.folder / "filler"
    with suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"x" * (1 << 20))
    time.sleep(8)
    filler.unlink()
    try:
        stage.master.ask("SELECT 1")
    except RuntimeError:
        stage.master.start()
        return "PostgreSQL had stopped and was started again"
    return "PostgreSQL went on"


FAULTS: Mapping[str, Fault] = {
    "none": nothing,
    "one of two machines killed": machine_killed,
    "many refreshes at once": many_refreshes,
    "the queue flushed": queue_flushed,
    "thousands of refreshes at once, the queue flushed": queue_lost,
    "all refreshes to their end": to_the_end,
    "all workers killed, four start at once": workers_killed,
    "one organization slow, all its links refreshed": organization_slow,
    "a table locked for 10 s": table_locked,
    "connections used up for 8 s": connections_used_up,
    "the primary lost, the standby promoted": failover,
    "the database's disk full for 8 s": disk_full,
}


def played(stage: Stage, name: str) -> str:
    """Play one fault; return its line of the table."""
    began = time.monotonic()
    note = FAULTS[name](stage)
    recovered = stage.reader.recovered(began)
    answers = stage.reader.since(began)
    seen = Counter("200" if status == 200 else "no answer" if not status else str(status) for _, _, status in answers)
    times = sorted(took for _, took, _ in answers)
    lost = stage.lost_views() + stage.undone()
    shown = ", ".join(f"{number} × {status}" for status, number in seen.most_common())
    p95 = times[len(times) * 95 // 100]
    return f"| {name} | {shown} | {p95:.2f} | {times[-1]:.1f} | {recovered:.1f} | {lost} | {note} |"


def _fill(services: Services, organizations: Sequence[FakeOrganization]) -> list[str]:
    world = World(services)
    small_record(services, world.patient())
    links: list[Linked] = []
    for number in range(_LINKS):
        first = links[number % _ORGANIZATIONS].organization_id if number >= _ORGANIZATIONS else ""
        org = organizations[number % _ORGANIZATIONS]
        links.append(link_to(services, org, patient=f"p{number}", organization_id=first))
    return [each.link_id for each in links]


def _chart(place: int) -> list[dict[str, object]]:
    own = range(place, _LINKS, _ORGANIZATIONS)
    people = [data.patient(f"p{n}", "Alvarez", ["Maria"], "1978-05-14", "female") for n in own]
    problems = [
        data.condition(f"c{n}-{k}", f"p{n}", str(195967001 + k), f"Problem {k}") for n in own for k in range(_PROBLEMS)
    ]
    return [*people, *problems]


def main(names: list[str]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what runs is ended and unmounted
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tributary-faults-")))
        folder.chmod(0o755)
        first = free_ports(4)
        primary = Postgres(folder / "primary", first, "-c max_connections=60 -c max_wal_size=64MB")
        standby = Postgres(folder / "standby", first + 1, "-c max_connections=60 -c max_wal_size=64MB")
        owned(standby.folder)
        if os.geteuid() == 0:
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={320 + _LINKS // 20}m", "none", str(standby.folder)], check=True
            )
            stack.callback(subprocess.run, ["umount", str(standby.folder)])
            owned(standby.folder)
        for server in (primary, standby):
            stack.callback(server.stop)
        primary.make()
        primary.start()
        primary.ask("CREATE DATABASE tributary", "postgres")
        standby.copy_of(primary, "-R")
        standby.start()
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        primary.ask("SELECT pg_reload_conf()")
        valkey = stack.enter_context(running_valkey(folder / "queue"))
        hosts = f"host=127.0.0.1:{first}&host=127.0.0.1:{first + 1}&target_session_attrs=read-write"
        environ = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")} | {
            "PORTAL_DATABASE_URL": f"postgresql://postgres@/tributary?{hosts}",
            "PORTAL_REDIS_URL": valkey.url,
            "PORTAL_BASE_URL": f"http://localhost:{first + 2}",
            "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
            "PORTAL_SECOND_FACTOR": "optional",
            "PORTAL_INSTANCE": "faults",
        }
        own = make_settings(
            folder / "own", database_url=environ["PORTAL_DATABASE_URL"], redis_url=valkey.url, slug="faults"
        )
        services = open_services(own)
        upgrade(services.db)
        machines = [Machine(folder / f"machine-{number}", environ) for number in (1, 2)]
        for machine in machines:
            stack.callback(machine.kill)
        orgs = [stack.enter_context(FakeOrganization(resources=_chart(place))) for place in range(_ORGANIZATIONS)]
        ports = [first + 2, first + 3]
        stage = Stage(services, primary, standby, folder, machines, ports, valkey.url, orgs[0], _fill(services, orgs))
        for machine, port in zip(machines, ports, strict=True):
            machine.serve(port)
        stage.work()
        machines[1].start("schedule")
        stage.reader = Reader(ports, _PAUSE)
        print(
            "| fault | what the reader sees | p95 s | longest s | last failure s | lost | |\n" + "|---" * 7 + "|",
            flush=True,
        )
        for name in names or [each for each in FAULTS if FAULTS[each] is not to_the_end]:
            print(played(stage, name), flush=True)
        stage.reader.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
