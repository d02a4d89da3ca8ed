"""How long rows are kept: each table says why, and what ends them; the page is made from that list."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.store.retention import TABLES, as_markdown
from portal.store.schema import metadata

BOUNDS = [(name, bound) for name, retention in TABLES.items() for bound in retention.bounds]


def test_the_list_is_of_the_tables_that_there_are() -> None:
    assert set(TABLES) == set(metadata.tables)


@pytest.mark.parametrize("name", TABLES)
def test_each_says_why_and_what_ends_its_rows(name: str) -> None:
    retention = TABLES[name]
    assert retention.why
    assert retention.ends or retention.bounds
    [line] = [line for line in as_markdown().splitlines() if line.startswith(f"| `{name}` |")]
    assert line.count("|") == 5
    assert line.endswith("| `jobs.retention` |") is bool(retention.bounds)
    assert all(bound.until in line for bound in retention.bounds)


@pytest.mark.parametrize(("name", "bound"), BOUNDS, ids=[f"{name}-{bound.until[:20]}" for name, bound in BOUNDS])
def test_a_bound_looks_at_its_own_table_and_lies_in_the_past(name: str, bound: object) -> None:
    assert bound.after >= timedelta(0)  # type: ignore[attr-defined]
    condition = bound.expired(datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    assert f"{name}." in str(condition.compile())


def test_six_years_are_six_whatever_leap_years_are_in_them() -> None:
    said = {bound.after for _name, bound in BOUNDS if bound.until.startswith("6 years")}
    assert said
    for year in range(2020, 2030):
        assert date(year + 6, 3, 1) - date(year, 3, 1) <= min(said)
