"""What nobody's requests get of a process's time, with moments that the tests choose."""

import random

import pytest

from portal.web.serving.buckets import Bucket, Lately


def served(bucket: Bucket, *, seconds: float, until: float, cost: float, charged: bool = True) -> float:
    """Return how much work was let through by ``until``, where one request after the other comes as soon as it may."""
    now = worked = 0.0
    while now < until:
        slot = bucket.reserve(now, patience=seconds)
        if slot is None:
            now += seconds
            continue
        now += slot.wait + cost
        worked += cost
        bucket.charge(now, slot, cost if charged else 0)
    return worked


@pytest.mark.parametrize("cost", [0.001, 0.02, 0.2])
@pytest.mark.parametrize("part", [1 / 4, 1 / 8])
def test_all_of_them_get_no_more_than_their_part(part: float, cost: float) -> None:
    assert served(Bucket(part), seconds=1, until=100, cost=cost) == pytest.approx(100 * part, rel=0.1)


def test_what_does_not_count_takes_no_turn() -> None:
    assert served(Bucket(1 / 4), seconds=1, until=10, cost=0.01, charged=False) == pytest.approx(10, rel=0.01)


def test_two_hundred_at_once_get_slots_one_after_the_other_and_the_last_none() -> None:
    bucket = Bucket(1 / 4)
    served(bucket, seconds=1, until=10, cost=0.005)
    now = 20.0
    slots = [bucket.reserve(now, patience=1) for _each in range(200)]
    waits = [slot.wait for slot in slots if slot]
    assert waits == sorted(waits)
    assert waits[0] == 0
    assert len(waits) == pytest.approx(1 / (0.005 * 4), abs=3), "as many as fit into a second"
    assert slots[-1] is None


def test_who_comes_after_a_pause_waits_for_nothing() -> None:
    bucket = Bucket(1 / 4)
    served(bucket, seconds=1, until=10, cost=0.1)
    slot = bucket.reserve(60, patience=0)
    assert slot
    assert slot.wait == 0


def test_a_request_that_took_very_long_keeps_others_away_for_a_second_only() -> None:
    bucket = Bucket(1 / 4)
    slot = bucket.reserve(0, patience=1)
    assert slot
    bucket.charge(30, slot, 30)
    assert bucket.reserve(30, patience=0) is None
    assert bucket.reserve(31, patience=0)


def test_work_of_any_length_at_once_is_paid_for_afterwards() -> None:
    """Several begin before the first has ended, when nothing is known about how long one takes."""
    bucket, draw = Bucket(1 / 4), random.Random(5)
    slots = [bucket.reserve(0, patience=1) for _each in range(8)]
    costs = [draw.uniform(0.001, 0.02) for _each in slots]
    for slot, cost in zip(slots, costs, strict=True):
        assert slot
        bucket.charge(0.1, slot, cost)
    later = bucket.reserve(0.1, patience=10)
    assert later
    assert later.wait == pytest.approx(sum(costs) * 4)


def test_keys_are_counted_until_nothing_is_heard_of_them() -> None:
    lately = Lately(seconds=60, most=2)
    lately.note(0, "a")
    lately.note(50, "a")
    assert (lately.times(100, "a"), lately.times(110, "a")) == (2, 0)
    lately.note(110, "a")
    assert lately.times(110, "a") == 1
    lately.note(111, "b")
    lately.note(112, "a")
    lately.note(113, "c")
    assert (lately.times(113, "a"), lately.times(113, "b"), lately.times(113, "c")) == (2, 0, 1), "the oldest goes"
    lately.forget("a")
    lately.forget("never noted")
    assert lately.times(113, "a") == 0
