"""A section narrowed by words and dates: what is found, what a day means, and what a wrong date says."""

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import A1C, Linked, laboratory
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get
from tests.integration.web.test_whole import titles

SODIUM = ("2951-2", "Sodium")
DATES = {"Evening": "2026-03-31T22:30:00-04:00", "Day": "2026-03-31", "Month": "2026-03", "Next": "2026-04-01"}


@pytest.fixture
def dated(services: Services, ana: TestUser) -> None:
    """Four results at the turn of a month, one with its time: late on March 31 here, April 1 in UTC."""
    resources = [
        laboratory(name, ("2951-2", name), 140 + n, "mmol/L", when=when) for n, (name, when) in enumerate(DATES.items())
    ]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=resources)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("since=2026-03-31&until=2026-03-31", {"Evening", "Day", "Month"}),
        ("since=2026-04-01", {"Next"}),
        ("until=2026-03-30", {"Month"}),
        ("until=2026-02-28", set()),
        ("since=2026-03-01&until=2026-12-31&q=eve", {"Evening"}),
    ],
)
@pytest.mark.usefixtures("dated")
def test_days_are_those_of_the_reader(signed: FlaskClient, query: str, found: set[str]) -> None:
    tree = check_page(get(signed, f"/health/test-results?source=&{query}"))
    assert {title for title in titles(tree) if title in DATES} == found


def test_words_narrow_one_organization_too(signed: FlaskClient, riverbend: Linked) -> None:
    everywhere = titles(check_page(get(signed, "/health/medications?q=metf")))
    assert everywhere
    assert all("etformin" in one for one in everywhere)
    there = check_page(get(signed, f"/health/medications?source={riverbend.link_id}&q=METF+tab"))
    assert all("etformin" in one for one in titles(there))
    assert there.find(".//a[@href]") is not None
    nothing = check_page(get(signed, "/health/medications?q=nothing-like-this"))
    assert titles(nothing) == []
    assert "Show everything again" in "".join(nothing.itertext())


def test_a_long_narrowed_list_has_pages(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    many = [laboratory(f"s{n}", SODIUM, 130 + n % 20, "mmol/L", when=f"2025-{n % 12 + 1:02}-11") for n in range(60)]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=many)
    address = "/health/test-results?source=home&since=2025-01-01&until=2025-12-31"
    seen: list[str] = []
    while address:
        tree = check_page(get(signed, address))
        seen += [row.get("data-entry") for row in tree.findall(".//*[@data-entry]")]
        onward = tree.find(".//a[@rel='next']")
        address = onward.get("href") if onward is not None else ""
    assert len(seen) == len(set(seen)) >= 60


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("since=31.3.2026", "Give a date as year, month and day"),
        ("since=2026-05-01&until=2026-01-01", "The last day lies before the first"),
    ],
)
def test_a_wrong_date_is_explained_and_hides_nothing(
    signed: FlaskClient, services: Services, ana: TestUser, query: str, says: str
) -> None:
    ingest(
        services.db, person_id=ana.person_id, source=HOME, resources=[laboratory("a", A1C, 6.1, "%", when="2020-01-01")]
    )
    tree = check_page(get(signed, f"/health/test-results?source=&{query}"))
    assert says in "".join(tree.itertext())
    assert titles(tree), "nothing is narrowed by what is not understood"
