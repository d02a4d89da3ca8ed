"""The schedule: what is due at which hour, asked for once by however many schedulers, and the night in slices."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text, update

from jobs import context, directory, nightly, of_the_day, schedule, sweep
from portal.app import create_app
from portal.domain.ids import id_range, new_id
from portal.domain.links import LinkState, Tier
from portal.linking import enqueue, transitions
from portal.linking import nightly as night
from portal.linking.nightly import PARTS
from portal.queue import BACKGROUND, INTERACTIVE, KINDS, NIGHT, REFRESH, JobQueue, queue_name
from portal.services import Services
from portal.store import Database, scheduled_runs
from portal.store.directory import organizations
from portal.store.links import links, refreshes
from portal.store.people import people
from portal.store.schema.links import refresh
from portal.valkey import EmbeddedValkey
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.world import ANA, World
from tests.fakes import FakeOrganization
from tests.fakes.linked import link_to


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """An instance where it is night; its queue is not started."""
    settings = replace(make_settings(tmp_path, time_zone=_night()), testing=False)
    app = create_app(settings)
    context.register(app.extensions["tributary"])
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    yield services
    context.forget()
    services.db.close()


@pytest.fixture
def valkey(services: Services) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(services.settings.data_dir / "queue")
    server.start()
    yield server
    server.stop()


def _night() -> str:
    """A time zone in which the night begins in this hour."""
    zones = [f"Etc/GMT{offset:+d}" for offset in range(-14, 13)]
    return next(zone for zone in zones if datetime.now(UTC).astimezone(ZoneInfo(zone)).hour == schedule.NIGHT)


def asked(services: Services, valkey: EmbeddedValkey) -> Counter[str]:
    """The jobs in all queues, by name and part, without what is always asked for."""
    connection = Redis.from_url(valkey.url)
    queues = [
        Queue(queue_name(services.settings.slug, kind), connection=connection, serializer=JSONSerializer)
        for kind in KINDS
    ]
    jobs = [job for queue in queues for job in queue.jobs]
    names = [f"{job.func_name.split('.')[1]} {job.kwargs.get('part', '')}".strip() for job in jobs]
    return Counter(name for name in names if name not in ("sweep", "seal"))


def test_what_no_queue_takes_is_asked_for_again(services: Services) -> None:
    name = services.settings.slug
    schedule.tick((name,))
    with services.db.reading() as tx:
        assert tx.conn.execute(text("SELECT count(*) FROM scheduled_run")).scalar() == 0
    server = EmbeddedValkey(services.settings.data_dir / "queue")
    server.start()
    try:
        schedule.tick((name,))
        jobs = asked(services, server)
        assert jobs.keys() >= {"house", "nightly 0", "capabilities", "directory", "retention"}
        Redis.from_url(server.url).flushall()
        schedule.tick((name,))
        assert not asked(services, server), "it may be under way"
        with services.db.transaction() as tx:
            scheduled_runs.end(tx, job="directory", day=today(services))
        with time_machine.travel(datetime.now(UTC) + scheduled_runs.LOST + timedelta(minutes=1), tick=True):
            schedule.tick((name,))
        again = asked(services, server)
        assert again.keys() >= jobs.keys() - {"directory"}
        assert "directory" not in again, "it has ended"
    finally:
        server.stop()


def test_two_schedulers_and_a_restarted_one_ask_once(services: Services, valkey: EmbeddedValkey) -> None:
    """Each part of RQ's own uniqueness is taken away: what is asked for twice would be there twice."""
    both = threading.Barrier(2)
    queues: list[JobQueue] = []

    def enqueue(queue: JobQueue, job: str, **ids: str) -> bool:
        ids.pop("job_id", None)
        queues.append(queue)
        return _enqueue(queue, job, **ids)

    _enqueue = JobQueue.enqueue
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JobQueue, "enqueue", enqueue)

        def scheduler() -> None:
            both.wait()
            schedule.tick((services.settings.slug,))

        threads = [threading.Thread(target=scheduler) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        schedule.tick((services.settings.slug,))
    jobs = asked(services, valkey)
    assert jobs["retention"] == 1
    assert set(jobs.values()) == {1}, jobs


def test_one_claims_a_job_of_a_day(database: Database) -> None:
    def claim(day: str = "2026-11-29", after: timedelta = timedelta()) -> bool:
        with database.transaction() as tx:
            return scheduled_runs.claim(replace(tx, now=tx.now + after), job="house", day=day)

    def to_ask(after: timedelta = timedelta()) -> tuple[str, ...]:
        with database.reading() as tx:
            return scheduled_runs.to_ask(replace(tx, now=tx.now + after), jobs=["house", "other"], day="2026-11-29")

    late = scheduled_runs.LOST + timedelta(seconds=1)
    assert to_ask() == ("house", "other")
    assert [claim(), claim(), claim("2026-11-30")] == [True, False, True]
    assert (to_ask(), to_ask(late)) == (("other",), ("house", "other"))
    assert [claim(after=late), claim(after=late)] == [True, False], "what was lost is asked for once again"
    with database.transaction() as tx:
        scheduled_runs.unclaim(tx, job="house", day="2026-11-29")
    assert claim()
    with database.transaction() as tx:
        assert not scheduled_runs.has_ended(tx, job="house", day="2026-11-29")
        scheduled_runs.end(tx, job="house", day="2026-11-29")
        scheduled_runs.end(tx, job="by-hand", day="2026-11-29")
        scheduled_runs.unclaim(tx, job="house", day="2026-11-29")
        assert scheduled_runs.has_ended(tx, job="house", day="2026-11-29")
        assert scheduled_runs.last_end(tx, job="house") == tx.now
        assert scheduled_runs.last_end(tx, job="never") is None
    assert (to_ask(late), claim(after=late)) == (("other",), False)


def test_a_job_that_ended_is_not_done_again(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(directory, "_work", lambda _services: len(done.append("once") or done))
    name, day = services.settings.slug, today(services)
    assert [directory.run(instance=name, day=day) for _ in range(2)] == [1, 0]
    assert directory.run(instance=name) == 2, "by hand"

    def failing(_services: Services) -> int:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        of_the_day.once(name, "failing", day, failing)
    with services.db.reading() as tx:
        assert not scheduled_runs.has_ended(tx, job="failing", day=day)


def today(services: Services) -> str:
    return datetime.now(ZoneInfo(services.settings.time_zone)).date().isoformat()


def due_at(hour: int, minute: int) -> list[str]:
    return list(schedule._due(datetime(2026, 11, 29, hour, minute, tzinfo=UTC)))


def test_the_nights_refreshes_are_spread_over_hours() -> None:
    start, last = schedule.NIGHT, schedule.NIGHT + schedule.HOURS
    rest = ["capabilities", "directory", "retention"]
    assert due_at(start, 0) == ["house", "nightly-0", *rest]
    assert due_at(start, 16) == ["house", "nightly-0", "nightly-1", *rest]
    assert due_at(last - 1, 59) == ["house", *(f"nightly-{n}" for n in range(PARTS)), *rest]
    assert due_at(last, 0) == ["house", *rest]
    assert due_at(start - 1, 59) == []


def test_parts_of_the_night_are_equal_and_complete() -> None:
    ranges = [id_range(part, PARTS) for part in range(PARTS)]
    assert [low for low, _ in ranges[1:]] == [high for _, high in ranges[:-1]]
    parts = Counter(sum(low <= link_id for low, _ in ranges) for link_id in (new_id() for _ in range(16_000)))
    assert len(parts) == PARTS
    assert max(parts.values()) < 1.3 * min(parts.values())


def test_each_link_is_refreshed_in_one_part_of_the_night(services: Services) -> None:
    with FakeOrganization() as org:
        linked = link_to(services, org)
    counts = [nightly.run(instance=services.settings.slug, part=str(part)) for part in range(PARTS)]
    [part] = [part for part, number in enumerate(counts) if number]
    low, high = id_range(part, PARTS)
    assert low <= linked.link_id < high


def test_slices_bring_each_link_once(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(night, "_SLICE", 3)
    services = Services(make_settings(tmp_path), database, JobQueue("", "portal"))
    ids = working_links(services, 20)
    seen = [link.id for part in range(PARTS) for links_ in night._slices(services, part) for link in links_]
    assert seen == sorted(ids)


def working_links(services: Services, count: int, *, person_id: str = "") -> list[str]:
    ids = []
    for number in range(count):
        with services.db.transaction() as tx:
            owner = person_id or people.put_home_patient(tx, fhir_id=f"p{number}", demographics=ANA)
            place = organizations.add(tx, name=f"Place {number}", fhir_base=f"https://{number}.example/fhir")
            link = links.add(
                tx,
                person_id=owner,
                organization_id=place.id,
                state=LinkState.ACTIVE,
                tier=Tier.ACCOUNT,
                created_by="account",
                move="link",
            )
        ids.append(link.id)
    return ids


def test_who_was_not_here_for_a_year_rests(database: Database, tmp_path: Path) -> None:
    services = Services(make_settings(tmp_path), database, JobQueue("", "portal"))
    world = World(services)
    patient, proxy = world.patient(), world.patient("proxy")
    person_id = patient.person_id or ""
    working_links(services, 1, person_id=person_id)

    def are_due() -> bool:
        return any(True for part in range(PARTS) for _ in night._slices(services, part))

    def seen(account_id: str, days: int) -> None:
        with database.transaction() as tx:
            table = "UPDATE account SET signed_in_at = :at WHERE id = :id"
            tx.conn.execute(text(table), {"at": tx.now.replace(tzinfo=None) - timedelta(days=days), "id": account_id})

    assert are_due(), "an account that is new"
    seen(patient.account_id, 364)
    assert are_due()
    seen(patient.account_id, 366)
    assert not are_due()
    world.proxy(proxy, person_id)
    assert are_due(), "somebody acts for them"
    seen(proxy.account_id, 366)
    assert not are_due()
    with database.transaction() as tx:
        tx.conn.execute(text("DELETE FROM proxy_grant"))
        tx.conn.execute(text("UPDATE account SET person_id = NULL"))
    assert are_due(), "nobody has an account"


def test_what_somebody_waits_for_does_not_wait_for_the_night(services: Services, valkey: EmbeddedValkey) -> None:
    """The same refresh: asked for at night, and then by its person, before anybody worked on it."""
    with FakeOrganization() as org:
        linked = link_to(services, org)
    for cause in ("nightly", "nightly", "asked", "asked"):
        with services.db.transaction() as tx:
            link = links.by_id(tx, link_id=linked.link_id)
            assert link
            work = transitions.request_refresh(tx, link, cause)
        assert enqueue.enqueue(services, [work])
    waiting = {kind: refreshes_in(services, valkey, kind) for kind in KINDS}
    assert waiting[BACKGROUND] == []
    assert waiting[NIGHT] == waiting[INTERACTIVE]
    assert len(waiting[NIGHT]) == 1


def test_what_is_swept_up_waits_once_in_the_queue_of_its_kind(services: Services, valkey: EmbeddedValkey) -> None:
    """A night that is longer than the sweeper's patience, a worker that died as it took a job, and a lost queue."""
    with FakeOrganization() as org, FakeOrganization() as second:
        asked_for = link_to(services, org), link_to(services, second)
    ids = {}
    for linked, cause, kind in zip(asked_for, ("nightly", "asked"), (NIGHT, INTERACTIVE), strict=True):
        with services.db.transaction() as tx:
            ids[kind] = [refreshes.request(tx, link_id=linked.link_id, cause=cause).refresh_id]
    connection = Redis.from_url(valkey.url)
    queues = [f"rq:queue:{queue_name(services.settings.slug, kind)}" for kind in KINDS]
    for lose in (lambda: None, lambda: None, lambda: connection.delete(*queues), connection.flushall):
        lose()
        sweep.run(instance=services.settings.slug)
        assert {kind: refreshes_in(services, valkey, kind) for kind in KINDS} == {**ids, BACKGROUND: []}
        with services.db.transaction() as tx:
            tx.conn.execute(update(refresh).values(enqueued_at=tx.now - timedelta(minutes=2)))


def refreshes_in(services: Services, valkey: EmbeddedValkey, kind: str) -> list[str]:
    connection = Redis.from_url(valkey.url)
    queue = Queue(queue_name(services.settings.slug, kind), connection=connection, serializer=JSONSerializer)
    return [job.kwargs["refresh"] for job in queue.jobs if job.func_name == REFRESH]
