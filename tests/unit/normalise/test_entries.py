"""What is read of each example, whole: ``entries.ndjson`` has it, reviewed as data.

A change of what is read shows as a difference of that file: ``python -m tests.unit.normalise.test_entries`` writes it
anew. Lines without resources are the examples of ``tests.unit.normalise.samples``; the others are as vendors send them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from portal.normalise import to_entry
from tests.unit.normalise.samples import TYPES, others, sample

EXPECTED = Path(__file__).with_name("entries.ndjson")


class Example(msgspec.Struct, omit_defaults=True):
    """One example by its name: the resource and what it refers to, and the entry as JSON has it."""

    name: str
    resources: list[dict[str, Any]] = []
    entry: dict[str, Any] = {}


def _examples() -> list[Example]:
    lines = EXPECTED.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Example) for line in lines]


def _read(example: Example) -> dict[str, Any]:
    if not example.resources:
        entry = to_entry(sample(example.name), others)
    else:
        own, *referred = example.resources

        def lookup(reference: str, /) -> Mapping[str, Any] | None:
            return next((part for part in referred if reference == f"{part['resourceType']}/{part['id']}"), None)

        entry = to_entry(own, lookup)
    read: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(entry))
    return read


@pytest.mark.parametrize("example", _examples(), ids=lambda example: example.name)
def test_what_is_read_of_an_example(example: Example) -> None:
    assert _read(example) == example.entry


def test_there_is_an_example_of_each_type() -> None:
    assert {example.name for example in _examples()} >= set(TYPES)


if __name__ == "__main__":
    written = [Example(one.name, one.resources, _read(one)) for one in _examples()]
    EXPECTED.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in written))
