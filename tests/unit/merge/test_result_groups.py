"""A code that names a whole group of measurements makes none of them the same."""

import pytest

from portal.domain.entry import Code, Entry, Quantity, Result
from portal.domain.sections import Section
from portal.merge import Member, read, rows

_LOINC = "http://loinc.org"


def member(name: str, value: str, *codes: str, source: str = "home") -> Member:
    entry = Entry(
        section=Section.VITAL_SIGNS,
        title=name,
        start="2025-12-04T21:07:00Z",
        codes=tuple(Code(_LOINC, code) for code in codes),
        detail=Result(quantity=Quantity(value)) if value[:1].isdigit() else Result(text=value),
    )
    reading = read(entry, source=source)
    assert reading
    return Member(
        id=f"{source}-{name}",
        source=source,
        status=entry.status,
        sort_at=entry.start or "",
        keys=reading.keys,
        facts=reading.facts,
    )


@pytest.mark.parametrize("group", ["8716-3", "85353-1", "34566-0"])
@pytest.mark.parametrize("source", ["home", "link"])
def test_vital_signs_of_one_moment_are_not_two_values_of_one(group: str, source: str) -> None:
    members = [
        member("Pulse", "77", "8867-4", group),
        member("Weight", "84.9", "29463-7", group, source=source),
        member("BP Position", "Sitting", group),
        member("BP Cuff Size", "Regular (Adult)", group, source=source),
    ]
    grouped = rows(members)
    assert len(grouped) == 4
    assert not [row.marks for row in grouped if row.marks]
