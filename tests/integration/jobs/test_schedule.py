"""What the scheduler asks for at night: each job once, whatever the queue did meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jobs import context, schedule
from portal.app import create_app
from portal.services import Services
from portal.store.upgrade import upgrade
from portal.valkey import EmbeddedValkey
from tests.factories.settings import make_settings


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Services]:
    """An instance where it is night; its queue is not started."""
    settings = replace(make_settings(tmp_path, time_zone=_night()), testing=False)
    app = create_app(settings)
    context.register(app.extensions["tributary"])
    services: Services = app.extensions["tributary"]
    upgrade(services.db)
    yield services
    context.forget()
    services.db.close()


def _night() -> str:
    """A time zone in which it is three o'clock now."""
    zones = [f"Etc/GMT{offset:+d}" for offset in range(-14, 13)]
    return next(zone for zone in zones if datetime.now(UTC).astimezone(ZoneInfo(zone)).hour == schedule.NIGHT)


def test_each_nightly_job_is_asked_for_once_and_not_lost_with_the_queue(here: Services) -> None:
    nights: dict[tuple[str, str], str] = {}
    names = (here.settings.slug,)
    schedule.tick(names, nights)
    assert not nights  # nobody could take it
    queue = EmbeddedValkey(here.settings.data_dir / "queue")
    queue.start()
    try:
        schedule.tick(names, nights)
        assert {kind for _, kind in nights} == {"nightly", "directory"}
        depth = here.queue.depth()
        del nights[names[0], "directory"]  # as if the queue had gone between the two
        schedule.tick(names, nights)
        schedule.tick(names, nights)
        assert {kind for _, kind in nights} == {"nightly", "directory"}
        assert here.queue.depth() == depth
    finally:
        queue.stop()
