"""Section pages of one person with 1,000, 10,000 and 100,000 entries in seven organizations, and the merge itself.

A page is a whole request through the application: session, permission, database, decryption, words, template, audit.
The floor is the same view with constant data, in the same application: it renders and reads no record.

A test has more values in a large record, so more is drawn there: in the small charts of 1,000 results two or three
values, of 100,000 all that fit. What growth is left when as much is drawn says a record of 1,000 results of few tests.
"""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.app import create_app
from portal.domain.sections import Section
from portal.endpoints import for_person
from portal.merge import Member, rows
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.engine.upgrade import upgrade
from portal.store.records.members import load
from portal.web.guards import current_person_id
from portal.web.health import section_page, views
from portal.web.health.narrow import Narrowing
from tests.factories.record import link
from tests.factories.settings import make_settings
from tests.factories.world import TestUser, World, sign_in

_TESTS = 400
_FEW_TESTS = 50
"""So few that small charts of 1,000 results are full, and enough that the rows of a page are each of another."""


class Population(NamedTuple):
    """A record of so many results, of so many tests in turns."""

    size: int
    tests: int = _TESTS

    def __str__(self) -> str:
        return f"{self.size:,}" if self.tests == _TESTS else f"{self.size:,}, full charts"


SIZES = (1_000, 10_000, 100_000)
_FULL_CHARTS = Population(SIZES[0], _FEW_TESTS)
_POPULATIONS = (*map(Population, SIZES), _FULL_CHARTS)
_ORGANIZATIONS = 7  # the home one and six links
_REQUESTS = 40
_PAGES = {
    "first page, everywhere": "/health/test-results?source=",
    "one organization": "/health/test-results?source={link}",
    "far down": "{far}",
    "one year": "/health/test-results?source=&since=2020-01-01&until=2020-12-31",
}


def run() -> str:
    with ExitStack() as stack:
        calls: dict[tuple[Population, str], tuple[FlaskClient, str]] = {}
        merged = ""
        for population in _POPULATIONS:
            app = create_app(make_settings(Path(stack.enter_context(tempfile.TemporaryDirectory())), testing=True))
            services: Services = app.extensions["tributary"]
            stack.callback(services.db.close)
            upgrade(services.db)
            user = World(services).patient()
            last = _fill(services, user, population)
            _add_floor(app)
            for name, template in {"floor": "/bench/floor", **_PAGES}.items():
                client = app.test_client()  # of its own: a browser that chose one organization stays with it
                sign_in(client, user)
                calls[population, name] = (
                    client,
                    template.format(link=last, far=_far(client) if "{far}" in template else ""),
                )
            if population.size == SIZES[1]:
                merged = _merge(services, user)
        times = _in_turns(calls)
    medians = {call: statistics.median(spent) for call, spent in times.items()}
    lines = [
        f"| {of} | {name} | {medians[of, name] * 1000:.1f} "
        f"| {statistics.quantiles(times[of, name], n=20)[-1] * 1000:.1f} | {medians[of, 'floor'] * 1000:.1f} "
        f"| {medians[of, name] / medians[of, 'floor']:.2f} |"
        for of in _POPULATIONS
        for name in _PAGES
    ]
    grown, as_drawn = (
        "; ".join(f"{name} {medians[Population(SIZES[-1]), name] / medians[small, name]:.2f}" for name in _PAGES)
        for small in (Population(SIZES[0]), _FULL_CHARTS)
    )
    return f"""## Section pages and the merge

`python -m tests.benchmarks pages`: test results of one person at {_ORGANIZATIONS} organizations, SQLite, {_REQUESTS}
requests each inside the process, in turns, in CPU time. The floor is the same view in the same application with
constant data.

| entries | page | median ms | p95 ms | floor ms | ratio |
|---|---|---|---|---|---|
{chr(10).join(lines)}

Growth of the median from {SIZES[0]:,} to {SIZES[-1]:,} entries: {grown}. Wanted: growth at most 1.3, ratio at most 3.
From {_FULL_CHARTS} (of {_FEW_TESTS} tests instead of {_TESTS}: at both sizes each draws as much): {as_drawn}.

{merged}
"""


def _fill(services: Services, user: TestUser, population: Population) -> str:
    """The same number of results from each organization, a tenth of them from all; gives the id of a link."""
    share = population.size // _ORGANIZATIONS
    sources = ["home", *(link(services, user, name=f"Organization {n}").link_id for n in range(1, _ORGANIZATIONS))]
    for number, source in enumerate(sources):
        ingest(services.db, person_id=user.person_id, source=source, resources=_results(number, share, population))
    return sources[-1]


def _results(organization: int, share: int, population: Population) -> Iterator[dict[str, Any]]:
    for n in range(share):
        common = n % 10 == 0
        index = n * _ORGANIZATIONS + (0 if common else organization)
        day = index * 3650 // population.size
        date = f"{2016 + day // 365}-{day % 365 // 31 + 1:02}-{day % 28 + 1:02}"
        yield {
            "resourceType": "Observation",
            "id": f"o{organization}-{n}",
            "status": "final",
            "category": [
                {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
                    ]
                }
            ],
            "code": {
                "coding": [
                    {"system": "http://loinc.org", "code": f"{10000 + index % population.tests}-1", "display": "Sodium"}
                ]
            },
            "subject": {"reference": "Patient/p"},
            "effectiveDateTime": f"{date}T08:{index % 60:02}:00Z",
            "valueQuantity": {
                "value": round(5 + index % 997 / 10, 1),
                "unit": "mmol/L",
                "system": "http://unitsofmeasure.org",
                "code": "mmol/L",
            },
            "referenceRange": [{"low": {"value": 4}, "high": {"value": 60}}],
        }


def _add_floor(app: Flask) -> None:
    kept: list[Any] = []

    @for_person(Permission.VIEW_RECORD)
    def floor() -> ResponseReturnValue:
        if not kept:
            kept.append(section_page.section_page(current_person_id(), Section.TEST_RESULTS, narrowing=Narrowing({})))
        with patch.object(section_page, "section_page", lambda *_args, **_options: kept[0]):
            return views.section(Section.TEST_RESULTS.value)

    app.add_url_rule("/bench/floor", view_func=floor)


def _far(client: FlaskClient) -> str:
    """The address of the twentieth page."""
    path = "/health/test-results?source="
    for _ in range(20):
        onward = client.get(path).get_data(as_text=True).split('rel="next" href="')
        path = onward[1].split('"')[0].replace("&amp;", "&")
    return path


def _in_turns(
    calls: Mapping[tuple[Population, str], tuple[FlaskClient, str]],
) -> dict[tuple[Population, str], list[float]]:
    """CPU seconds of each request, so that what else the machine does is not measured; pages and sizes take turns, as
    a busy machine needs more of them for the same."""
    times: dict[tuple[Population, str], list[float]] = {call: [] for call in calls}
    for number in range(_REQUESTS + 5):
        for call, (client, path) in calls.items():
            start = time.process_time()
            answer = client.get(path)
            body = answer.get_data()
            if number >= 5:
                times[call].append(time.process_time() - start)
            assert answer.status_code == 200, (path, answer.status, body[-600:])
            assert b"data-entry" in body, path
    return times


def _merge(services: Services, user: TestUser) -> str:
    with services.db.reading() as tx:
        members = load(tx, person_id=user.person_id or "", section=Section.TEST_RESULTS).members
    keyed = [(key, member) for member in members for _bond, key in member.keys]

    def by_key(pair: tuple[str, Member]) -> str:
        return pair[0]

    ours = _best(lambda: rows(members))
    floor = _best(lambda: sorted(keyed, key=by_key))
    return (
        f"Merging {len(members):,} entries ({len(keyed):,} keys) into {len(rows(members)):,} rows takes "
        f"{ours * 1000:.0f} ms, sorting by key {floor * 1000:.1f} ms: {ours / floor:.1f} times. Wanted: at most 10."
    )


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(7):
        gc.collect()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
