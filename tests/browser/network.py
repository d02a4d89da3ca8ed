"""One instance with its worker and its queue, and organizations of others (``tests.fakes``) that it may link.

Nothing is written into the database but who exists: what becomes of the links is what the organizations, the patient
and the administrator make of them.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from portal.app import create_app
from portal.domain.ids import HOME
from portal.domain.people import HumanName, Person, Role
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.directory import organizations
from portal.store.engine.upgrade import upgrade
from tests.browser.ports import free_ports
from tests.factories.settings import make_settings
from tests.factories.world import TestUser, World
from tests.fakes import FakeOrganization, data

MARIA = Person(
    names=(HumanName(family="Alvarez", given=("Maria",), use="official"),), birth_date="1980-04-12", sex="female"
)
_KEYS = {
    "PORTAL_SECRET_KEY": "a secret key that is only for tests",
    "PORTAL_ENCRYPTION_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "PORTAL_INDEX_KEY": "an index key that is only for tests",
}


@dataclass(slots=True)
class Network:
    """``orgs`` and their ids here, by the name patients know them by."""

    services: Services
    site: str
    maria: TestUser
    admin: TestUser
    stack: ExitStack
    orgs: dict[str, FakeOrganization] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, org: FakeOrganization | None = None) -> FakeOrganization:
        """An organization that this instance is registered with."""
        org = org or FakeOrganization()
        self.stack.enter_context(org)
        with self.services.db.transaction() as tx:
            made = organizations.add(tx, name=name, fhir_base=org.fhir_base, city="Camden", state="NJ")
            organizations.put_client(tx, organization_id=made.id, client_id="client")
        self.orgs[name], self.ids[name] = org, made.id
        return org


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """The instance as it runs: its pages served, its worker a process of its own with the embedded queue."""
    port = free_ports(1)
    site = f"http://127.0.0.1:{port}"
    settings = replace(make_settings(folder), testing=False, base_url=site)
    environ = {"PORTAL_BASE_URL": site, "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on", "PORTAL_DATA_DIR": str(folder)}
    with ExitStack() as stack:
        app = create_app(settings)
        services: Services = app.extensions["tributary"]
        upgrade(services.db)
        stack.callback(services.db.close)
        world = World(services)
        made = Network(services, site, world.patient("maria", MARIA), world.staff("admin", Role.ADMIN), stack)
        ingest(services.db, person_id=made.maria.person_id, source=HOME, resources=[_visit("Elm Street Clinic")])
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        stack.callback(server.shutdown)
        log = stack.enter_context((folder / "worker.log").open("wb"))
        command = [sys.executable, "-m", "portal.cli", "worker", "--count", "2"]
        worker = subprocess.Popen(command, env=os.environ | _KEYS | environ, stdout=log, stderr=log)
        stack.callback(worker.wait, 20)
        stack.callback(worker.terminate)
        _wait(services.queue.answers, "the worker did not start its queue")
        yield made


def _wait(holds: Callable[[], bool], complaint: str, seconds: float = 30.0) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, complaint
        time.sleep(0.1)


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: object) -> None:
        """Say nothing."""


def _visit(place: str) -> data.Resource:
    """An encounter in the home chart that names another organization."""
    return {
        "resourceType": "Encounter",
        "id": "seen-elsewhere",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/patient-maria"},
        "period": {"start": "2026-05-04T09:00:00-04:00"},
        "serviceProvider": {"display": place},
    }
