"""``kill -9`` of the worker and of its job's process at marked points of linking, refreshing and unlinking.

Each case starts from the same database, so that after the restart and the sweep everything can be compared with the
undisturbed run byte for byte (requirement E1). The points are put into the worker by ``stopping``, from outside.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.domain.links import LinkState, Outcome
from portal.linking import enqueue, transitions
from portal.linking.states import By, Move
from portal.linking.sweep import sweep
from portal.services import Services
from portal.store.links import links, refreshes, revocations
from portal.store.links import tokens as link_tokens
from portal.store.schema.links import link_revocation
from portal.store.schema.records import entry, record_count, record_row, resource
from portal.valkey import EmbeddedValkey
from tests.factories.databases import migrate
from tests.factories.passing import pass_time
from tests.factories.settings import make_settings
from tests.fakes import data
from tests.fakes.organization import FakeOrganization
from tests.integration.jobs.test_worker import ENVIRONMENT, new_link

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="forks")]

Stop = tuple[str, str, int]

POINTS: dict[str, Stop] = {
    "verify: nothing was asked yet": ("portal.linking.verify:LinkTokens", "before", 1),
    "verify: the person there was read": ("portal.linking.verify:_decide", "before", 1),
    "verify: in the transaction that links": ("portal.linking.verify:transitions.request_refresh", "after", 1),
    "verify: linked, and the refresh not yet queued": ("portal.linking.verify:enqueue.enqueue", "before", 1),
    "refresh: taken, nothing written down": ("portal.store.links.refreshes:start", "after", 1),
    "refresh: before the plan": ("portal.refresh.run:make_plan", "before", 1),
    "refresh: in the transaction of the plan": ("portal.store.links.refreshes:plan", "after", 1),
    "refresh: a page came": ("portal.refresh.fetch:Fetcher._take", "before", 3),
    "refresh: a section came, nothing of it stored": ("portal.refresh.run:ingest", "before", 1),
    "refresh: in the transaction that stores resources": ("portal.store.records.writing:put", "after", 2),
    "refresh: stored and not visible": ("portal.store.records.writing:settle", "before", 2),
    "refresh: in the transaction that makes visible": ("portal.store.records.writing:settle", "after", 3),
    "refresh: visible, without its outcome": ("portal.refresh.run:ingest", "after", 4),
    "refresh: in the transaction of an outcome": ("portal.store.links.refreshes:end_section", "after", 5),
    "refresh: everything came, not ended": ("portal.store.links.refreshes:finish", "before", 1),
    "refresh: in the transaction that ends it": ("portal.refresh.run:transitions.recovered", "after", 1),
    "refresh: ended, the next not yet queued": ("portal.refresh.run:enqueue", "before", 1),
}

UNLINKING: dict[str, Stop] = {
    "unlink: the token is not ended there": ("portal.linking.oauth.revocation:_ask", "before", 1),
    "unlink: ended there, still kept here": ("portal.linking.oauth.revocation:_ask", "after", 1),
    "unlink: in the transaction that forgets it": ("portal.store.links.revocations:end_revocation", "after", 1),
}


@dataclass
class Zygote:
    """The process that forks workers (``stopping``)."""

    process: subprocess.Popen[str]

    def start(self, environ: dict[str, str], log: Path, stops: list[tuple[str, str, int, str]]) -> int:
        return self._order({"environ": environ, "log": str(log), "stops": stops})

    def wait(self) -> int:
        return self._order("wait")

    def _order(self, order: object) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    command = [sys.executable, "-m", "tests.integration.jobs.stopping"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield Zygote(process)
    assert process.stdin
    process.stdin.close()
    process.wait(60)


@dataclass
class Place:
    """One instance with a queue of its own, in a folder of its own."""

    services: Services
    zygote: Zygote
    link_id: str
    marks: int = 0
    worker: int = 0
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.services.settings.data_dir / "worker.log"

    def work(self, *stops: Stop) -> list[Path]:
        """Start a worker that stops at these points."""
        folder = self.services.settings.data_dir
        marks = [folder / f"mark-{self.marks + number}" for number in range(len(stops))]
        self.marks += len(stops)
        self.worker = self.zygote.start(
            ENVIRONMENT | {"PORTAL_DATA_DIR": str(folder)},
            self.log,
            [(*stop, str(mark)) for stop, mark in zip(stops, marks, strict=True)],
        )
        return marks

    def reach(self, mark: Path) -> int:
        """Wait until a worker stands at its point; gives the process id of the job."""
        ends = time.monotonic() + 60
        while not mark.exists():
            assert time.monotonic() < ends, self.log.read_text()[-3000:]
            time.sleep(0.02)
        return int(mark.read_text())

    def kill(self, job: int) -> None:
        """The worker first, so that it cannot tidy up after its job."""
        for pid in (self.worker, job):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.zygote.wait()
        ends = time.monotonic() + 60
        while Path(f"/proc/{job}/stat").exists() and ") Z" not in Path(f"/proc/{job}/stat").read_text():
            assert time.monotonic() < ends
            time.sleep(0.02)

    def finish(self) -> None:
        """What the next worker does: sweep, then work until nothing is left."""
        pass_time(self.services)
        sweep(self.services)
        for _ in range(2):  # what a job asked for while it ended may need the sweep as well
            self.work()
            assert self.zygote.wait() == 0
            sweep(self.services)

    def entries(self) -> dict[tuple[str, str], tuple[Any, ...]]:
        """All entries of the link, opened: normalised content byte for byte, and where each is shown."""
        columns = (entry.c.id, entry.c.section, entry.c.grouped, entry.c.row_id, entry.c.status, entry.c.body)
        query = select(*columns, resource.c.type, resource.c.fhir_id, resource.c.version)
        query = query.join(resource, resource.c.id == entry.c.id).where(entry.c.source == self.link_id)
        with self.services.db.reading() as tx:
            return {
                (row.section, f"{row.type}/{row.fhir_id}"): (
                    row.id,
                    row.grouped,
                    row.row_id,
                    row.status,
                    row.version,
                    tx.open(row.body, row=f"entry.body:{row.id}"),
                )
                for row in tx.conn.execute(query)
            }

    def picture(self) -> dict[str, Any]:
        """Everything that a page is made of."""
        with self.services.db.reading() as tx:
            found = links.by_id(tx, link_id=self.link_id)
            latest = refreshes.latest(tx, link_id=self.link_id)
            states = refreshes.states(tx, link_ids=[self.link_id])[self.link_id]
            known = {
                "resources": tx.conn.execute(select(resource.c.id, resource.c.content_hash).order_by("id")).all(),
                "rows": tx.conn.execute(select(record_row).order_by(record_row.c.id)).all(),
                "counts": sorted(tuple(row) for row in tx.conn.execute(select(record_count))),
                "revocations": len(revocations.due_revocations(tx)),
            }
        assert found is not None
        return known | {
            "entries": self.entries(),
            "link": (found.state, found.reason, found.live),
            "refresh": (latest.state, latest.reason) if latest else None,
            "sections": {section: (state.outcome, state.reason) for section, state in states.items()},
        }

    def check_no_half_section(self, whole: dict[tuple[str, str], tuple[Any, ...]]) -> None:
        """Whatever is visible is a whole section, and whatever is called complete is visible."""
        with self.services.db.reading() as tx:
            states = refreshes.states(tx, link_ids=[self.link_id])[self.link_id]
        seen = {key: value for key, value in self.entries().items() if value[1]}
        for section in {section for section, _ in whole}:
            expected = {key for key in whole if key[0] == section}
            visible = {key for key in seen if key[0] == section}
            assert visible in (set(), expected), section
        for section, state in states.items():
            if state.outcome is Outcome.DONE:
                expected = {key for key in whole if key[0] == section.value}
                assert {key for key in seen if key[0] == section.value} == expected


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrganization]:
    ana = data.patient("ana", "Rivera", ["Ana", "Luz"], "1980-03-04", "female")
    chart = json.loads(json.dumps([one for one in data.people() if "james" not in json.dumps(one)]))
    mine = json.loads(json.dumps(chart).replace("Patient/maria", "Patient/ana"))
    record = [one for one in mine if one["resourceType"] != "Patient"]
    more = [data.condition(f"more-{n}", "ana", str(195967001 + n), f"Problem {n}") for n in range(70)]  # two pages
    with FakeOrganization(resources=[ana, *record, *more]) as organization:
        yield organization


@pytest.fixture(scope="module")
def template(org: FakeOrganization, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with a link that waits for its verification."""
    folder = tmp_path_factory.mktemp("template")
    services: Services = create_app(replace(make_settings(folder), testing=False)).extensions["tributary"]
    migrate(services.db)
    link_id = new_link(services, org)
    with services.db.transaction() as tx:
        stored = link_tokens.tokens_of(tx, link_id=link_id)
        assert stored is not None
        tokens = link_tokens.Tokens(
            access_token=stored.tokens.access_token,
            refresh_token=stored.tokens.refresh_token,
            scopes=("patient/*.read", "offline_access"),
            patient="ana",
        )
        link_tokens.put_tokens(tx, link_id=link_id, tokens=tokens, expires_at=None)
    services.db.close()
    return folder / "portal.sqlite3", link_id


Opener = Callable[[], Place]


@pytest.fixture
def open_place(template: tuple[Path, str], zygote: Zygote, tmp_path: Path) -> Iterator[Opener]:
    """Make instances from the template, each with its queue."""
    opened: list[tuple[Services, EmbeddedValkey]] = []

    def opener() -> Place:
        folder = tmp_path / f"i{len(opened)}"
        folder.mkdir()
        (folder / "portal.sqlite3").write_bytes(template[0].read_bytes())
        services: Services = create_app(replace(make_settings(folder), testing=False)).extensions["tributary"]
        queue = EmbeddedValkey(folder / "queue")
        queue.start()
        opened.append((services, queue))
        return Place(services, zygote, template[1])

    yield opener
    for here, queue in opened:
        here.db.close()
        queue.stop()


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    """Filled by the first test that needs it: the picture after a run that nothing disturbed."""
    return {}


@pytest.fixture
def expected(undisturbed: dict[str, Any], open_place: Opener) -> dict[str, Any]:
    if not undisturbed:
        place = open_place()
        enqueue.enqueue(place.services, [transitions.verify_work(place.link_id)])
        place.work()
        assert place.zygote.wait() == 0
        undisturbed.update(place.picture())
        assert undisturbed["link"] == (LinkState.ACTIVE, None, True)
        assert undisturbed["refresh"] == ("done", None)
        assert len(undisturbed["entries"]) > 80
    return undisturbed


@pytest.mark.parametrize("point", list(POINTS))
def test_killed_while_linking_and_refreshing(point: str, open_place: Opener, expected: dict[str, Any]) -> None:
    place = open_place()
    enqueue.enqueue(place.services, [transitions.verify_work(place.link_id)])
    (mark,) = place.work(POINTS[point])
    place.kill(place.reach(mark))
    place.check_no_half_section(expected["entries"])
    place.finish()
    assert place.picture() == expected


@pytest.mark.parametrize("point", list(UNLINKING))
def test_killed_while_the_token_is_ended(point: str, open_place: Opener, org: FakeOrganization) -> None:
    place = open_place()
    grants = deepcopy(org.oauth.grants)
    try:
        with place.services.db.transaction() as tx:
            known = links.by_id(tx, link_id=place.link_id)
            assert known is not None
            active = links.move(tx, known, move="verified", to_state=LinkState.ACTIVE, verified_at=tx.now)
            todo = transitions.end(tx, active, Move.UNLINKED, By.PATIENT)
        enqueue.enqueue(place.services, todo)
        (mark,) = place.work(UNLINKING[point])
        place.kill(place.reach(mark))
        place.finish()
        with place.services.db.reading() as tx:
            assert tx.conn.execute(select(link_revocation)).first() is None
            assert link_tokens.tokens_of(tx, link_id=place.link_id) is None
        assert all(grant.revoked for grant in org.oauth.grants.values())
        assert place.picture()["resources"] == []
    finally:
        org.oauth.grants = grants


@pytest.mark.parametrize("queued", [True, False], ids=["killed in the job", "killed before the job was queued"])
def test_unlinked_while_a_section_is_stored(queued: bool, open_place: Opener, org: FakeOrganization) -> None:
    """The job stores what came, dies before it sees that the link has ended, and nothing of it stays."""
    place = open_place()
    grants = deepcopy(org.oauth.grants)
    try:
        enqueue.enqueue(place.services, [transitions.verify_work(place.link_id)])
        before, after = place.work(
            ("portal.refresh.run:ingest", "before", 2), ("portal.refresh.run:ingest", "after", 2)
        )
        place.reach(before)
        with place.services.db.transaction() as tx:
            known = links.by_id(tx, link_id=place.link_id)
            assert known is not None
            todo = transitions.end(tx, known, Move.UNLINKED, By.PATIENT)
        if queued:
            enqueue.enqueue(place.services, todo)
        before.with_suffix(".go").touch()
        place.kill(place.reach(after))
        assert place.entries()  # the leftovers
        place.finish()
        picture = place.picture()
        assert picture["link"] == (LinkState.UNLINKED, None, False)
        assert (picture["entries"], picture["resources"], picture["rows"]) == ({}, [], [])
        assert picture["refresh"] == ("cancelled", "unlinked")
        assert all(grant.revoked for grant in org.oauth.grants.values())
    finally:
        org.oauth.grants = grants
