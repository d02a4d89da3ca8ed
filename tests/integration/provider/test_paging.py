"""Pages of a search by date, which reads what began in the time and then what began before it and reaches into it."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.world import TestUser
from tests.integration.both import settings
from tests.integration.provider.conftest import BASE, TestApp, ana, observation, third_party

__all__ = ["ana", "settings", "third_party"]

SINCE = "date=ge2024-05-03"


def pages(reader: TestApp, search: str) -> Iterator[list[str]]:
    address = search
    while address:
        body = reader.get(address).get_json()
        yield [entry["resource"]["id"] for entry in body.get("entry", ())]
        links = {link["relation"]: link["url"].removeprefix(f"{BASE}/fhir/") for link in body["link"]}
        address = links.get("next", "")


@pytest.mark.parametrize("narrowed", ["", "&category=laboratory"])
def test_pages_of_any_size_hold_each_once_and_none_is_empty(
    third_party: TestApp, services: Services, ana: TestUser, narrowed: str
) -> None:
    long = [
        {**observation(f"long{n}", "patient-ana"), "effectivePeriod": {"start": f"2024-04-{n + 1:02}", "end": end}}
        for n, end in enumerate(("2024-05-20", "2024-04-30", "2024-06-01", "2024-04-20", "2024-05-04"))
    ]
    for each in long:
        del each["effectiveDateTime"]
    year = observation("year", "patient-ana", when="2024")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[*long, year])
    reader = third_party.connect()
    (whole,) = pages(reader, f"Observation?{SINCE}{narrowed}")
    assert whole == ["o4-patient-ana", "o3-patient-ana", "o2-patient-ana", "long4", "long2", "long0", "year"]
    for size in range(1, len(whole) + 1):
        read = list(pages(reader, f"Observation?{SINCE}{narrowed}&_count={size}"))
        assert [each for page in read for each in page] == whole, size
        assert all(len(one) == size for one, _following in pairwise(read)), size
        assert read[-1], size
