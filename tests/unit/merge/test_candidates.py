"""Of many entries under one key some are compared: with the rows that comparing all with all gives, and less work."""

import random
from collections.abc import Callable, Sequence

import pytest

from portal.domain.entry import Entry, HealthIssue, Implant, Report, Status
from portal.domain.sections import Section
from portal.merge import Member, Row, candidates, read, rows
from tests.unit.merge.test_crowds import _calls

_SOURCES = ("home", "north", "south", "west")


def _day(number: int) -> str:
    return f"{2000 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"


def _illness(chance: random.Random) -> Entry:
    """What lasts for a while and is over; seldom it is there still, or nobody knows since when."""
    title = chance.choice(["Hearing loss", "Hearing loss", "Hearing loss", "Hearing loss, left ear"])
    first = chance.randrange(9000)
    status = Status.ACTIVE if first > 8800 else Status.PAST
    start = chance.choice([None, *[_day(first)] * 19])
    end = _day(first + chance.randrange(60)) if status is Status.PAST and start else None
    detail = HealthIssue(clinical_status="active" if status is Status.ACTIVE else "resolved")
    section = Section.HEALTH_ISSUES
    return Entry(section=section, title=title, status=status, start=start, end=end, digest=_mark(chance), detail=detail)


def _episode(chance: random.Random) -> Entry:
    """A thing that comes and goes."""
    start = _day(chance.randrange(6000))
    detail = HealthIssue(clinical_status="resolved")
    return Entry(
        section=Section.HEALTH_ISSUES,
        title="Acute bronchitis",
        status=Status.PAST,
        start=start,
        digest=_mark(chance),
        detail=detail,
    )


def _implant(chance: random.Random) -> Entry:
    """Many have a serial number of their own, some only a lot, few nothing."""
    serial = chance.choice(["", "", *[f"S{chance.randrange(60)}"] * 6])
    lot = "" if serial else f"L{chance.randrange(9)}"
    detail = Implant(device_identifier="00844588003288", serial=serial, lot=lot)
    title = chance.choice(["Coronary stent", "Coronary stent", "Coronary stent, left"])
    return Entry(section=Section.IMPLANTS, title=title, status=Status.ACTIVE, digest=_mark(chance), detail=detail)


def _study(chance: random.Random) -> Entry:
    """Studies of one minute, told apart by the number of the laboratory, if they have one."""
    number = chance.randrange(40)
    identifiers = (f"ACSN|urn:laboratory|A{number}",) if number % 8 else ()
    detail = Report(conclusion=f"No acute process {number}")
    return Entry(
        section=Section.TEST_RESULTS,
        title="Chest X-ray",
        start="2024-05-05T10:00:00Z",
        digest=_mark(chance),
        identifiers=identifiers,
        detail=detail,
    )


def _mark(chance: random.Random) -> str:
    return f"{chance.random()}"


def _members(make: Callable[[random.Random], Entry], count: int, seed: int) -> list[Member]:
    chance = random.Random(seed)
    members = []
    for number in range(count):
        source = chance.choice(_SOURCES)
        entry = make(chance)
        reading = read(entry, source=source)
        assert reading
        members.append(Member(f"{number:05}", source, entry.status, entry.start or "", reading.keys, reading.facts))
    return members


def _seen(listed: Sequence[Row]) -> list[tuple[object, ...]]:
    """What a page shows of rows; of many that a row could name, which it names is not told apart."""
    return [(row.id, row.members, row.place_at, row.place_id, bool(row.marks)) for row in listed]


@pytest.mark.parametrize("make", [_illness, _episode, _implant, _study])
def test_the_rows_are_those_of_comparing_all_with_all(
    make: Callable[[random.Random], Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = set()
    for seed in range(8):
        members = _members(make, 60, seed)
        monkeypatch.setattr(candidates, "MANY", 10_000)
        of_all = rows(members)
        monkeypatch.setattr(candidates, "MANY", 8)
        assert _seen(rows(members)) == _seen(of_all)
        sizes |= {len(row.members) for row in of_all}
    assert len(sizes) > 1  # some are joined, some stand alone


@pytest.mark.parametrize("make", [_illness, _episode, _implant, _study])
def test_the_work_grows_with_the_entries(make: Callable[[random.Random], Entry]) -> None:
    few, many = (_members(make, count, 1) for count in (150, 600))
    assert _calls(lambda: rows(many)) <= 1.5 * 4 * _calls(lambda: rows(few))
