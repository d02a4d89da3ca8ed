"""The process of the benchmark that refreshes: it loads what a worker loads, no pages and no tests."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.people import Person
from portal.processes import calm_collector
from portal.refresh.run import RefreshVerdict, refresh_link
from portal.services import Services, open_services
from portal.store.directory import organizations
from portal.store.links import links, refreshes
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import Tokens
from portal.store.people import people
from portal.store.schema.links import section_state
from tests.benchmarks.memory import peak
from tests.factories.settings import make_settings

SCOPES = ("patient/*.rs", "launch/patient", "offline_access")


def _refresh(*, base: str, token: str, patient: str, **_rest: Any) -> dict[str, Any]:
    """A first refresh of a new link, one of what changed, and one of everything."""
    with tempfile.TemporaryDirectory() as folder:
        here = _opened(folder)
        with here.db.transaction() as tx:
            person = people.put_home_patient(tx, fhir_id="home", demographics=Person())
            organization = organizations.add(tx, name="Elsewhere", fhir_base=base)
            organizations.put_client(tx, organization_id=organization.id, client_id="bench")
            link = links.add(
                tx,
                person_id=person,
                organization_id=organization.id,
                state=LinkState.ACTIVE,
                tier=Tier.ACCOUNT,
                created_by="bench",
                move="authorized",
            )
            tokens = Tokens(access_token=token, scopes=SCOPES, patient=patient)
            link_tokens.put_tokens(tx, link_id=link.id, tokens=tokens, expires_at=tx.now + timedelta(hours=1))
        Path("/proc/self/clear_refs").write_text("5")  # the peak from here on: loading the program has one of its own
        first = _timed(here, link.id)
        with here.db.reading() as tx:
            latest = refreshes.latest(tx, link_id=link.id)
        assert latest is not None
        assert any(part.items for part in latest.sections), latest
        again = _timed(here, link.id)
        with here.db.transaction() as tx:
            tx.conn.execute(update(section_state).values(cursor=None))
        full = _timed(here, link.id)
        here.db.close()
    return {
        "first": first,
        "again": again,
        "full": full,
        "entries": sum(part.items for part in latest.sections),
        "pages": sum(part.pages for part in latest.sections),
        "peak": peak(),
    }


def _opened(folder: str) -> Services:
    """An instance as a worker has it: its tables are there, and no pages are loaded."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_refresh", "tables", json.dumps({"folder": folder})]
    subprocess.run(command, check=True)
    return open_services(make_settings(Path(folder), testing=False))


def _timed(services: Services, link_id: str) -> dict[str, float]:
    with services.db.transaction() as tx:
        refresh_id = refreshes.request(tx, link_id=link_id, cause="asked").refresh_id
    start, began = time.perf_counter(), time.process_time()
    result = refresh_link(services, refresh_id=refresh_id)
    took = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - began}
    assert result.verdict is RefreshVerdict.GOOD, result
    assert Outcome.PARTLY not in result.outcomes.values(), result
    return took


def _idle() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        _opened(folder).db.close()
    Path("/proc/self/clear_refs").write_text("5")
    return {"peak": peak()}


if __name__ == "__main__":
    calm_collector()
    known: dict[str, Callable[..., Any]] = {"refresh": _refresh, "idle": _idle}
    print(json.dumps(known[sys.argv[1]](**json.loads(sys.argv[2]))))
