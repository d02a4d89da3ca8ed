"""FHIR resources with something odd in any of their elements, as an organization might send them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.unit.normalise.samples import TYPES, sample

Path = tuple[str | int, ...]

NUMBERS: tuple[Any, ...] = (
    *(Decimal(text) for text in ("1E+30", "1E-400", "1E+400", "7E+999999", "-0.00", "0." + "3" * 300)),
    *(10**400, -(10**30), 0, -1, 1e308, "1E+30", "<5", "NaN", "Infinity", "١٢", "1,5", "1_000"),
)
DATES: tuple[Any, ...] = (
    *("9999", "9999-12", "9999-12-31", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01"),
    *("0001-01-01T00:00:00+14:00", "0000", "2020-02-30", "2016-12-31T23:59:60Z", "2030-01-01T24:00:00Z"),
    *("2014-09-12T01:30:00", "20140912013000", "yesterday", "2024-02-29T10:00:00.123456789012+05:45", "2" * 300),
)
TEXTS: tuple[Any, ...] = (
    *(
        "",
        " ",
        "\n\n",
        "x" * 60_000,
        "y " * 30_000,
        "\u202eesrever\u202c",
        "\u2066\u202b\u200f",
        "\u0000\u0001\u001b[31m",
    ),
    *(
        "\u2028\u2029",
        "\u200b",
        "a\u0300" * 2000,
        "\U0001f469\u200d\U0001f52c",
        "<script>alert(1)</script>",
        "</title>",
    ),
    *("{{ 7*7 }}", "%(num)s %s %", "&amp;", "'\"`", "javascript:alert(1)", "../../etc", "#", "Patient/", "\ufffe"),
)
WRONG: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"reference": 1}, {"value": {}}, [{"coding": "x"}])
DURATIONS: tuple[Any, ...] = tuple(
    {"value": value, "unit": "a", "system": "http://unitsofmeasure.org", "code": code}
    for value in (Decimal("1E+30"), -1, Decimal("0.0001"), 10**400)
    for code in ("a", "min", "10*3/uL", "")
)


def deep(levels: int = 60) -> dict[str, Any]:
    """Return an element that holds itself, this often."""
    inside: dict[str, Any] = {"text": "deep"}
    for _ in range(levels):
        inside = {"item": [inside]}
    return inside


ODD = (*NUMBERS, *DATES, *TEXTS, *WRONG, *DURATIONS, deep())


def places(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every element of a resource, but its type."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in pairs:
        if path or key not in ("resourceType", "id"):
            yield (*path, key)
            yield from places(inner, (*path, key))


PLACES = {kind: tuple(places(sample(kind))) for kind in TYPES}


def put(resource: dict[str, Any], path: Path, value: Any) -> None:
    """Set an element; a path that an earlier change took away is left."""
    inside: Any = resource
    try:
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = value
    except (LookupError, TypeError, AttributeError):
        return


def fitting(written: Any) -> tuple[Any, ...]:
    """Return what is odd in the place of a value like this: a date, a number, a text."""
    if isinstance(written, str) and written[:4].isdigit() and written[4:5] in ("-", ""):
        return DATES
    if isinstance(written, int | float | Decimal) and not isinstance(written, bool):
        return NUMBERS
    if isinstance(written, dict) and "value" in written:
        return (*DURATIONS, *WRONG)
    return TEXTS if isinstance(written, str) else (*WRONG, deep())


@st.composite
def odd_resources(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A rich resource of a type in which up to three elements are odd: by their kind, or anything."""
    resource = sample(kind)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PLACES[kind]))
        inside: Any = sample(kind)
        for step in path:
            inside = inside[step]
        put(resource, path, draw(st.sampled_from(fitting(inside)) | st.sampled_from(ODD)))
    return resource


def everywhere(kind: str, value: Any) -> dict[str, Any]:
    """A resource in which every date, number and text that this value is odd for is this value."""
    resource = sample(kind)
    for path in PLACES[kind]:
        inside: Any = sample(kind)
        for step in path:
            inside = inside[step]
        if path[-1] not in ("system", "code", "reference", "status") and value in fitting(inside):
            put(resource, path, value)
    return resource


def as_received(resource: dict[str, Any]) -> bytes:
    """Return the JSON of a resource, numbers with all their digits."""
    return msgspec.json.encode(_plain(resource))


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _plain(inner) for key, inner in node.items()}
    if isinstance(node, list):
        return [_plain(inner) for inner in node]
    if isinstance(node, Decimal | int) and not isinstance(node, bool):
        return msgspec.Raw(str(node).encode())
    return node
