"""One instance over real HTTP; its person has the records of US Core's own example patient as well."""

import threading
from collections.abc import Iterator
from typing import Any, cast

import pytest
from werkzeug.serving import make_server

from portal.app import create_app
from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.browser.ports import free_ports
from tests.conformance.app import App
from tests.factories.databases import migrate
from tests.factories.fhir import vaccine
from tests.factories.settings import make_settings
from tests.factories.world import PASSWORD, World
from tests.integration.provider.conftest import chart, directory
from tests.shared_data import ndjson

_SHARED_TYPES = ("Medication", "Practitioner", "PractitionerRole", "Organization", "Location")


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A started instance, and an app that is registered with it; the person is ``ana``."""
    port = free_ports()
    base = f"http://localhost:{port}"
    app = create_app(make_settings(tmp_path_factory.mktemp("portal"), base_url=base, testing=False))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    user = World(services).patient()
    resources, nobodys = chart("patient-ana"), directory("patient-ana")
    for one in ndjson("us-core-610", "examples.ndjson"):
        if one["resourceType"] in _SHARED_TYPES:
            nobodys.append(one)
        elif "Patient/example" in str(one) and one["resourceType"] != "Patient":
            resources.append(cast("dict[str, Any]", _moved(one)))
    resources += [vaccine(f"dose-{number}", "patient-ana", day=f"{number + 2000}-10-02") for number in range(24)]
    ingest(services.db, person_id=None, source=HOME, resources=nobodys)
    ingest(services.db, person_id=user.person_id, source=HOME, resources=resources)
    server = make_server("localhost", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    made = App(base, "ana", PASSWORD)
    made.register()
    yield made
    server.shutdown()
    thread.join(60)
    services.db.close()


def _moved(value: object) -> object:
    """The same resource about our own patient."""
    if isinstance(value, dict):
        return {key: _moved(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_moved(one) for one in value]
    return "Patient/patient-ana" if value == "Patient/example" else value
