"""DeviceUseStatement: what it says of a Device reaches the implant's entry, and keeps two of them apart."""

from typing import Any

import pytest

from portal.domain.entry import Fact, Implant, Status
from portal.normalise import stamped, to_entry
from portal.normalise.context import nothing
from portal.normalise.device_uses import with_uses
from portal.refresh.compare import compare

Resource = dict[str, Any]
LENS: Resource = {
    "resourceType": "Device",
    "id": "lens",
    "status": "active",
    "type": {"text": "Intraocular lens"},
    "udiCarrier": [{"deviceIdentifier": "00380652323456"}],
    "serialNumber": "N-4471",
}


def use(site: str = "", **more: object) -> Resource:
    statement: Resource = {"resourceType": "DeviceUseStatement", "id": "use", "status": "active"}
    where = {"bodySite": {"text": site}} if site else {}
    return statement | where | {"device": {"reference": "Device/lens"}} | more


def entry_of(*uses: Resource, **device: object) -> Any:
    return to_entry(with_uses(LENS | device, uses), nothing)


def test_all_that_a_statement_says_is_in_the_entry() -> None:
    entry = entry_of(
        use(
            "Left eye",
            timingPeriod={"start": "2019-05-02", "end": "2023-08-11"},
            recordedOn="2023-08-12",
            status="stopped",
            reasonCode=[{"text": "Cataract"}],
            source={"display": "Dr. Ruth Park"},
            note=[{"text": "Taken out after it had moved."}],
        )
    )
    assert isinstance(entry.detail, Implant)
    assert entry.detail.body_site == "Left eye"
    assert (entry.start, entry.end, entry.recorded) == ("2019-05-02", "2023-08-11", "2023-08-12")
    assert (entry.status, entry.qualifiers) == (Status.PAST, ("Stopped",))
    assert entry.notes == ("Taken out after it had moved.",)
    assert {Fact("Reason", "Cataract"), Fact("Told by", "Dr. Ruth Park")} <= set(entry.facts)


def test_the_newest_statement_says_how_it_stands_and_each_says_where() -> None:
    older = use("Right eye", recordedOn="2020-01-01", timingDateTime="2019-11-05")
    newer = use("Structure of right lens", recordedOn="2024-01-01", status="completed")
    for uses in ((older, newer), (newer, older)):
        entry = entry_of(*uses)
        assert (entry.status, entry.start) == (Status.PAST, "2019-11-05")
        assert entry.detail.body_site == "Structure of right lens, Right eye"


def test_a_use_that_had_ended_does_not_say_since_when_it_is_used_now() -> None:
    first = use(recordedOn="2021-01-02", status="completed", timingPeriod={"start": "2020-01-01", "end": "2021-01-01"})
    again = use(recordedOn="2024-05-05")
    assert (entry_of(first, again).start, entry_of(first, again).end) == (None, None)
    assert entry_of(first, again | {"timingDateTime": "2024-05-01"}).start == "2024-05-01"
    assert entry_of(first).start == "2020-01-01"


def test_what_was_entered_in_error_says_nothing() -> None:
    assert entry_of(use("Right eye", status="entered-in-error")) == entry_of()


@pytest.mark.parametrize(
    ("device", "status", "expected"),
    [
        ("active", "active", Status.ACTIVE),
        ("active", "intended", Status.UPCOMING),
        ("active", "completed", Status.PAST),
        ("inactive", "active", Status.PAST),
        ("entered-in-error", "active", Status.ENTERED_IN_ERROR),
        ("active", "", Status.ACTIVE),
        ("unknown", "active", Status.ACTIVE),
    ],
)
def test_what_is_over_for_either_is_over(device: str, status: str, expected: Status) -> None:
    assert entry_of(use(status=status), status=device).status is expected


@pytest.mark.parametrize(
    ("end", "recorded", "told"),
    [
        ("2023-08-11", "2024-01-01", True),
        ("2023-08", "2023-08-12", True),
        ("2023-08-11", None, True),
        ("2030-01-01", "2024-01-01", False),
        (None, "2024-01-01", False),
    ],
)
def test_a_use_that_goes_on_and_has_an_end_says_so(end: str | None, recorded: str | None, *, told: bool) -> None:
    entry = entry_of(use(timingPeriod={"start": "2019-05-02", "end": end}, recordedOn=recorded))
    assert (entry.status, entry.end) == (Status.ACTIVE, end)
    assert entry.qualifiers == (("Listed as in use, with an end date",) if told else ())


@pytest.mark.parametrize(
    ("device", "status", "told"),
    [
        ("inactive", "active", True),
        ("inactive", "on-hold", False),
        ("inactive", "completed", False),
        ("active", "active", False),
    ],
)
def test_a_device_that_is_out_of_use_and_in_use_says_both(device: str, status: str, *, told: bool) -> None:
    entry = entry_of(use(status=status), status=device)
    assert ("Listed as out of use and as in use" in entry.qualifiers) is told


def test_a_statement_that_is_not_understood_makes_the_implant_no_fact() -> None:
    entry = entry_of(use("Left eye", modifierExtension=[{"url": "urn:not-really", "valueBoolean": True}]))
    assert entry.unsafe


def test_two_lenses_of_one_kind_are_no_repeats_of_each_other() -> None:
    digests = {stamped(entry_of(), with_uses(LENS, [use(site)])).digest for site in ("Left eye", "Right eye")}
    assert len(digests) == 2
    again = with_uses(LENS, [use("Left eye", id="later", meta={"versionId": "2"})])
    assert stamped(entry_of(), again).digest in digests


def pair(left: Resource, right: Resource, *, one_organization: bool = False, **device: object) -> Any:
    sides = [[LENS | device, left], [LENS | device | {"id": "iol"}, right | {"device": {"reference": "Device/iol"}}]]
    return compare(*sides, one_organization=one_organization)


@pytest.mark.parametrize("one_organization", [False, True])
@pytest.mark.parametrize(("left", "right"), [("Left eye", "Right eye"), ("OS", "OD"), ("Ojo izquierdo", "Right lens")])
def test_the_other_side_is_another_implant(left: str, right: str, *, one_organization: bool) -> None:
    verdict = pair(use(left), use(right), one_organization=one_organization)
    assert verdict.verdict == "different"
    if not one_organization:
        assert [(each.field, each.left, each.right) for each in verdict.disagreements] == [("side", "left", "right")]


def test_without_a_serial_number_sides_keep_apart_within_an_organization() -> None:
    assert pair(use("Left eye"), use("Right eye"), one_organization=True, serialNumber="").verdict == "different"


@pytest.mark.parametrize(("left", "right"), [("Left eye", "OS"), ("Left lens", "Left eye"), ("Left eye", "")])
def test_the_same_side_in_other_words_is_one_row(left: str, right: str) -> None:
    verdict = pair(use(left), use(right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("status", {}, {"status": "completed"}),
        ("end", {"timingPeriod": {"end": "2023-08-11"}}, {}),
        ("start", {"timingDateTime": "2019-05-02"}, {"timingDateTime": "2019-06-02"}),
        ("Reason", {"reasonCode": [{"text": "Cataract"}]}, {"reasonCode": [{"text": "Glaucoma"}]}),
    ],
)
def test_what_two_statements_disagree_in_is_shown(field: str, left: Resource, right: Resource) -> None:
    verdict = pair(use("Left eye", **left), use("Left eye", **right))
    assert verdict.verdict == "same"
    assert field in {each.field for each in verdict.disagreements}


def test_a_statement_comes_first_or_contains_its_device() -> None:
    left = [use("Left eye"), LENS]
    contained = use("Right eye", contained=[LENS], device={"reference": "#lens"})
    assert compare(left, contained).verdict == "different"
    assert compare(left, [use("Left eye"), LENS]).verdict == "same"
