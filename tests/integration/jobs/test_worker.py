"""The worker as it runs: a process of its own, a real queue, jobs in processes of their own, and what a kill leaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.app import create_app
from portal.domain.links import LinkState, Tier
from portal.linking import enqueue
from portal.linking.transitions import verify_work
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links, refreshes
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import Tokens
from portal.store.people import people
from portal.valkey import EmbeddedValkey
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.world import ANA
from tests.fakes import data
from tests.fakes.misbehaviour import late
from tests.fakes.organization import FakeOrganization

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")

ENVIRONMENT = {
    "PORTAL_NAME": "MyCooper",
    "PORTAL_BASE_URL": "http://localhost:8000",
    "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
    "PORTAL_SECRET_KEY": "a secret key that is only for tests",
    "PORTAL_ENCRYPTION_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "PORTAL_INDEX_KEY": "an index key that is only for tests",
}


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    ana = data.patient("ana", "Rivera", ["Ana", "Luz"], "1980-03-04", "female")
    with FakeOrganization(resources=[*data.people(), ana]) as organization:
        yield organization


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Services]:
    """An instance with an embedded queue of its own that nobody works on yet."""
    settings = replace(make_settings(tmp_path), testing=False)
    services: Services = create_app(settings).extensions["tributary"]
    migrate(services.db)
    yield services
    services.db.close()


@pytest.fixture
def start(place: Services) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker process; all are ended after the test."""
    running: list[subprocess.Popen[bytes]] = []
    folder = place.settings.data_dir
    environ = os.environ | ENVIRONMENT | {"PORTAL_DATA_DIR": str(folder)}

    def worker() -> subprocess.Popen[bytes]:
        with (folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", "worker"], env=environ, stdout=log, stderr=log
            )
        running.append(process)
        return process

    yield worker
    for process in running:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def new_link(services: Services, org: FakeOrganization) -> str:
    """A link as the callback leaves it: signed in there, waiting for its verification."""
    grant = org.grant("ana")
    with services.db.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id="ana", demographics=ANA)
        found = organizations.add(tx, name="Elsewhere", fhir_base=org.fhir_base)
        organizations.put_client(tx, organization_id=found.id, client_id="client")
        link = links.add(
            tx,
            person_id=person_id,
            organization_id=found.id,
            state=LinkState.LINKING,
            tier=Tier.ACCOUNT,
            created_by="nobody",
            move="authorized",
        )
        tokens = Tokens(
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            scopes=("patient/*.read",),
            patient="ana",
        )
        link_tokens.put_tokens(tx, link_id=link.id, tokens=tokens, expires_at=None)
        links.put(tx, link_id=link.id, lasting=True)
    return link.id


def wait_for(services: Services, link_id: str, *, seconds: float = 60) -> None:
    """Until the link is active and its refresh has ended."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with services.db.reading() as tx:
            link = links.by_id(tx, link_id=link_id)
            latest = refreshes.latest(tx, link_id=link_id)
        if link and link.state is LinkState.ACTIVE and latest and not latest.open:
            return
        time.sleep(0.1)
    log = (services.settings.data_dir / "worker.log").read_text()
    pytest.fail(f"not done: {link and link.state}, {latest and latest.state}\n{log[-3000:]}")


def until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_worker_starts_the_embedded_queue_verifies_and_refreshes(
    place: Services, org: FakeOrganization, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    link_id = new_link(place, org)
    assert not enqueue.enqueue(place, [verify_work(link_id)])  # no queue yet: it waits in the database
    worker = start()
    until(place.queue.answers)
    assert enqueue.enqueue(place, [verify_work(link_id)])
    wait_for(place, link_id)
    worker.terminate()
    assert worker.wait(60) == 0
    assert not place.queue.answers()


def test_what_was_never_enqueued_is_swept_up(
    place: Services, org: FakeOrganization, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    link_id = new_link(place, org)
    with place.db.transaction() as tx:
        verified = links.by_id(tx, link_id=link_id)
        assert verified is not None
        links.move(tx, verified, move="verified", to_state=LinkState.ACTIVE, verified_at=tx.now)
        refreshes.request(tx, link_id=link_id, cause="linked")
    start()
    wait_for(place, link_id)


def test_a_killed_worker_and_its_job_leave_nothing_half_done(
    place: Services, org: FakeOrganization, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    link_id = new_link(place, org)
    org.misbehave("/fhir/Patient/ana", late(20.0), times=1)
    first = start()
    until(place.queue.answers)
    enqueue.enqueue(place, [verify_work(link_id)])
    until(lambda: org.calls("/fhir/Patient/ana"))
    _kill_family(first.pid)
    first.wait(60)
    with place.db.transaction() as tx:  # as if half a minute had passed
        links.put(tx, link_id=link_id, updated_at=tx.now.replace(year=tx.now.year - 1))
    with place.db.reading() as tx:
        link = links.by_id(tx, link_id=link_id)
        assert link is not None
        assert link.state is LinkState.LINKING
    start()
    wait_for(place, link_id)


def _kill_family(pid: int) -> None:
    """SIGKILL a process and all that came of it."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    os.kill(pid, signal.SIGSTOP)
    for child in children.stdout.split():
        _kill_family(int(child))
    os.kill(pid, signal.SIGKILL)


def test_the_embedded_queue_is_one_for_web_and_worker(place: Services) -> None:
    server = EmbeddedValkey(place.settings.data_dir / "queue")
    server.start()
    try:
        assert place.queue.answers()
    finally:
        server.stop()
