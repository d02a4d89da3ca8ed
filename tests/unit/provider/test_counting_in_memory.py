"""Limits counted in one process: as the library counts them, with few of its threads."""

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from portal.provider.rate_limits import Memory

_LIMIT = parse("5 per minute")


def test_as_many_are_allowed_as_by_the_library() -> None:
    for storage in (Memory(), MemoryStorage()):
        limiter = SlidingWindowCounterRateLimiter(storage)
        assert [limiter.hit(_LIMIT, "one") for _ in range(7)] == [True] * 5 + [False] * 2
        assert [limiter.hit(_LIMIT, "other") for _ in range(6)] == [True] * 5 + [False]
        assert limiter.get_window_stats(_LIMIT, "one").remaining == 0


def test_only_a_new_key_starts_a_thread() -> None:
    storage = Memory()
    storage.incr("one", 60)
    storage.timer.join()
    timer = storage.timer
    assert [storage.incr("one", 60) for _ in range(3)] == [2, 3, 4]
    assert storage.timer is timer
    storage.incr("other", 60)
    assert storage.timer is not timer
    storage.timer.join()


def test_what_expired_is_counted_anew() -> None:
    storage = Memory()
    storage.incr("one", -1)
    assert storage.incr("one", 60) == 1
    assert storage.incr("one", 60) == 2
    storage.timer.join()
