"""Odd values in stored resources: every read and search answers, whatever one resource says."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.world import TestUser
from tests.integration.provider.conftest import TestApp, observation

_DATES = (
    *("9999-12-31", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01", "0001-01-01T00:00:00+14:00"),
    *("2016-12-31T23:59:60Z", "0000", "2020-02-30", "yesterday", "2014-09-12T01:30:00", ""),
)
_NUMBERS = ("1E+30", "1E-400", "7E+999999", "-0", "12345678901234567890123456789")
_SEARCHES = (
    *("", "?date=ge0001", "?date=le9999-12-31", "?date=ap2020", "?date=eq9999-12-31T23:59:59Z", "?_lastUpdated=ge2000"),
    *("?code=4548-4", "?category=laboratory", "?_count=1", "?status=final"),
)


def odd() -> list[dict[str, Any]]:
    resources = [
        observation(f"d{n}", "patient-ana", when=when, issued=when, effectivePeriod={"start": when, "end": when})
        for n, when in enumerate(_DATES)
    ]
    resources += [
        observation(f"n{n}", "patient-ana", valueQuantity={"value": Decimal(number), "unit": "%"})
        for n, number in enumerate(_NUMBERS)
    ]
    return resources


@pytest.mark.parametrize("days", [0, 3])
def test_every_read_and_search_answers(
    app: Flask, third_party: TestApp, ana: TestUser, services: Services, days: int
) -> None:
    reader = third_party.connect()
    app.extensions["tributary"] = replace(services, settings=replace(services.settings, results_delay_days=days))
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=odd())
    for search in _SEARCHES:
        assert reader.get(f"Observation{search}").status_code < 500, search
    for resource in odd():
        assert reader.get(f"Observation/{resource['id']}").status_code in (200, 404)
