"""Date parameters (FHIR R4, search.html#date): each prefix by what its ranges mean, and what is no date."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.provider.fhir.dates import Span, fits, parse, sort_key_of, span_of, spans
from portal.provider.fhir.outcomes import FhirError


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2024", "2024-01-01", "2025-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2024-12", "2024-12-01", "2025-01-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2024-02-29T10:30", "2024-02-29T10:30", "2024-02-29T10:31"),
        ("2024-02-29T10:30Z", "2024-02-29T10:30", "2024-02-29T10:31"),
        ("2024-02-29T10:30:15", "2024-02-29T10:30:15", "2024-02-29T10:30:16"),
        ("2024-02-29T10:30:15.5Z", "2024-02-29T10:30:15", "2024-02-29T10:30:16"),
        ("2024-02-29T23:30:00-05:00", "2024-03-01T04:30", "2024-03-01T04:30:01"),
    ],
)
def test_a_date_is_the_range_that_it_names(text: str, first: str, after: str) -> None:
    assert span_of(text) == Span(at(first), at(after))


def test_the_last_year_ends_with_time() -> None:
    assert span_of("9999").after == span_of("9999-12-31").after == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("prefix", "matching"),
    [
        ("", {"inside", "same"}),
        ("eq", {"inside", "same"}),
        ("ne", {"before", "reaches in", "around", "reaches out", "after"}),
        ("gt", {"around", "reaches out", "after"}),
        ("lt", {"before", "reaches in", "around"}),
        ("ge", {"reaches in", "inside", "same", "around", "reaches out", "after"}),
        ("le", {"before", "reaches in", "inside", "same", "around", "reaches out"}),
        ("sa", {"after"}),
        ("eb", {"before"}),
    ],
)
def test_each_prefix_compares_ranges(prefix: str, matching: set[str]) -> None:
    periods = {
        "before": ("2024-01", "2024-02"),
        "reaches in": ("2024-02", "2024-03-10"),
        "inside": ("2024-03-10", "2024-03-20"),
        "same": ("2024-03", "2024-03"),
        "around": ("2024-02", "2024-04"),
        "reaches out": ("2024-03-20", "2024-04"),
        "after": ("2024-04", "2024-05"),
    }
    test = parse(f"{prefix}2024-03")
    for name, (start, end) in periods.items():
        resource = {"period": {"start": start, "end": end}}
        assert fits(resource, ("period",), [test]) is (name in matching), name
        span = Span(span_of(start).first, span_of(end).after)
        if test.fits(span):  # the bounds for the index leave out nothing that fits
            assert test.earliest is None or span.after > test.earliest
            assert test.latest is None or span.first < test.latest


def test_about_is_a_tenth_of_the_distance_and_a_day_at_least() -> None:
    years_ago = datetime.now(UTC) - timedelta(days=1000)
    near, far = (years_ago + timedelta(days=days) for days in (80, 130))
    test = parse(f"ap{years_ago:%Y-%m-%d}")
    assert fits({"date": f"{near:%Y-%m-%d}"}, ("date",), [test])
    assert not fits({"date": f"{far:%Y-%m-%d}"}, ("date",), [test])
    today = datetime.now(UTC)
    assert fits({"date": f"{today - timedelta(days=1):%Y-%m-%d}"}, ("date",), [parse(f"ap{today:%Y-%m-%d}")])
    assert parse("ap0001").span.first == datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "gt", "xx2024", "2024-13", "2024-02-30", "24", "yesterday", "gt 2024 x", "٢٠٢٤"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(FhirError) as refused:
        parse(text)
    assert (refused.value.status, refused.value.issue) == (400, "invalid")


def test_a_plus_that_an_address_lost_is_read_back() -> None:
    assert parse("2024-02-29T10:30:00 05:00").span == parse("2024-02-29T10:30:00+05:00").span


def test_ranges_are_looked_for_in_lists_periods_and_below() -> None:
    resource = {
        "one": "2024",
        "list": [{"when": "2023"}, {"when": "never"}, {}],
        "open": {"start": "2024-05"},
        "ended": {"end": "2020"},
        "empty": {},
        "number": 2024,
    }
    first = {name: [span.first.year for span in spans(resource, (name,))] for name in ("one", "open", "ended", "empty")}
    assert first == {"one": [2024], "open": [2024], "ended": [1], "empty": []}
    assert [span.first.year for span in spans(resource, ("list.when",))] == [2023]
    assert list(spans(resource, ("number", "one.deeper", "absent.path"))) == []
    assert next(spans(resource, ("open",))).after.year == 9999


def test_sort_keys_are_written_as_the_store_writes_them() -> None:
    assert sort_key_of(datetime.fromisoformat("2024-03-01T20:00:00-05:00")) == "2024-03-02T01:00:00Z"
    assert sort_key_of(at("0900-01-01")) < sort_key_of(at("1000-01-01"))
