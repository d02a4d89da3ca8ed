"""The statement of a device's use in a summary says all that is known of its time."""

from typing import Any

import pytest

from portal.domain.entry import Entry, Implant
from portal.domain.sections import Section
from portal.sharing.fitting import device_use
from portal.sharing.summary import SourcedResource


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2020-01-01", "2021-01-01", {"timingPeriod": {"start": "2020-01-01", "end": "2021-01-01"}}),
        (None, "2021-01-01", {"timingPeriod": {"end": "2021-01-01"}}),
        ("2020-01-01", None, {"timingDateTime": "2020-01-01"}),
    ],
)
def test_an_end_is_told_without_its_start(start: str | None, end: str | None, expected: dict[str, Any]) -> None:
    entry = Entry(section=Section.IMPLANTS, title="Lens", start=start, end=end, detail=Implant())
    statement = SourcedResource("6f" * 16, "a", entry, {})
    use = device_use(statement, entry_id="6e" * 16, patient="urn:uuid:1")
    assert {name: part for name, part in use.items() if "timing" in name} == expected
