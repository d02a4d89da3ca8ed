"""Addresses that are made once: none leads into a record that another request had open, or below another prefix."""

from collections.abc import Callable

import pytest
from flask import Flask, g

from portal.domain.sections import Section
from portal.web.linked import address_of
from portal.web.templating import section_address

ANOTHER = "a" * 20


@pytest.mark.parametrize(
    ("make", "address"),
    [
        (lambda: section_address("health.section", Section.VISITS), "/health/visits"),
        (lambda: address_of("health.entry", "entry", "e1", section="visits"), "/health/visits/e1"),
        (lambda: address_of("health.trend_page", "entry", "e2", section="visits"), "/health/visits/e2/trend"),
    ],
)
def test_an_address_is_of_the_record_that_is_open(app: Flask, make: Callable[[], str], address: str) -> None:
    for _twice in range(2):
        with app.test_request_context("/"):
            assert [make(), make()] == [address] * 2
        with app.test_request_context("/"):
            g.person_in_address = ANOTHER
            assert [make(), make()] == [f"/for/{ANOTHER}{address}"] * 2
        with app.test_request_context("/", base_url="http://localhost/portal"):
            assert [make(), make()] == [f"/portal{address}"] * 2


def test_only_a_section_has_an_address_that_is_kept(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(ValueError, match="nothing"):
        section_address("health.section", "nothing")
    addresses = app.extensions["tributary-addresses"]
    with app.test_request_context("/"):
        for number in range(3):
            address_of("health.part", "link", "l1", section="visits", look=number)
    assert not addresses
