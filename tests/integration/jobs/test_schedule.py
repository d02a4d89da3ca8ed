"""What the scheduler asks for at night: each job once, whatever the queue did meanwhile."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from jobs import context, nightly, schedule
from portal.app import create_app
from portal.domain.ids import new_id
from portal.linking.nightly import PARTS, part_of
from portal.services import Services
from portal.valkey import EmbeddedValkey
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
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


def _night() -> str:
    """A time zone in which the night begins in this hour."""
    zones = [f"Etc/GMT{offset:+d}" for offset in range(-14, 13)]
    return next(zone for zone in zones if datetime.now(UTC).astimezone(ZoneInfo(zone)).hour == schedule.NIGHT)


def test_each_nightly_job_is_asked_for_once_and_not_lost_with_the_queue(services: Services) -> None:
    nights: dict[tuple[str, str], str] = {}
    names = (services.settings.slug,)
    schedule.tick(names, nights)
    assert not nights  # nobody could take it
    queue = EmbeddedValkey(services.settings.data_dir / "queue")
    queue.start()
    try:
        schedule.tick(names, nights)
        asked = {kind for _, kind in nights}
        assert {"nightly-0", "directory", "retention"} <= asked
        depth = services.queue.depth()
        del nights[names[0], "directory"]  # as if the queue had gone between the two
        schedule.tick(names, nights)
        schedule.tick(names, nights)
        assert {kind for _, kind in nights} == asked
        assert services.queue.depth() == depth
    finally:
        queue.stop()


def asked_at(services: Services, monkeypatch: pytest.MonkeyPatch, hour: int, minute: int) -> list[str]:
    """What a scheduler that has just started asks for at that time of the day, without what is always asked for."""
    found: list[str] = []

    def enqueue(_queue: object, job: str, *, job_id: str = "", **ids: str) -> bool:
        found.append(f"{job.split('.')[1]} {ids.get('part', '')}".strip())
        return True

    monkeypatch.setattr(type(services.queue), "enqueue", enqueue)
    zone = ZoneInfo(services.settings.time_zone)
    moment = datetime.now(zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
    with time_machine.travel(moment, tick=False):
        schedule.tick((services.settings.slug,), {})
    return [one for one in found if one not in ("sweep", "seal")]


def test_the_nights_refreshes_are_spread_over_hours(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    start, last = schedule.NIGHT, schedule.NIGHT + schedule.HOURS
    assert asked_at(services, monkeypatch, start, 0) == ["nightly 0", "directory", "retention"]
    assert asked_at(services, monkeypatch, start, 16) == ["nightly 0", "nightly 1", "directory", "retention"]
    parts_of_the_night = [f"nightly {n}" for n in range(PARTS)]
    assert asked_at(services, monkeypatch, last - 1, 59) == [*parts_of_the_night, "directory", "retention"]
    assert asked_at(services, monkeypatch, last, 0) == []
    assert asked_at(services, monkeypatch, start - 1, 59) == []
    parts = Counter(part_of(new_id()) for _ in range(16_000))
    assert set(parts) == set(range(PARTS))
    assert max(parts.values()) < 1.3 * min(parts.values())


def test_each_link_is_refreshed_in_one_part_of_the_night(services: Services) -> None:
    with FakeOrganization() as org:
        linked = link_to(services, org)
    asked = [nightly.run(instance=services.settings.slug, part=str(part)) for part in range(PARTS)]
    assert [part for part, number in enumerate(asked) if number] == [part_of(linked.link_id)]
