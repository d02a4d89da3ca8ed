"""Hashing takes turns and gives way: whoever tries passwords does not stand before everybody's pages."""

import multiprocessing
import os
import sys
import threading

import pytest

from portal.access.passwords import hash_password, one_at_a_time, verify_password


def _priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_one_at_a_time() -> None:
    inside: list[str] = []
    most: list[int] = []
    begun = threading.Barrier(4)

    def hashes() -> None:
        inside.append("in")
        most.append(len(inside))
        threading.Event().wait(0.01)
        inside.pop()

    def asks() -> None:
        begun.wait(20)
        one_at_a_time(hashes)

    threads = [threading.Thread(target=asks) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == [1, 1, 1, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux")
def test_it_gives_way_to_pages() -> None:
    assert one_at_a_time(_priority) > _priority()


def test_an_error_comes_through() -> None:
    assert not verify_password("no hash at all", "password")


def _verifies(encoded: str) -> None:
    raise SystemExit(0 if verify_password(encoded, "correct horse") else 1)


def test_a_process_that_was_forked_hashes_too() -> None:
    encoded = hash_password("correct horse")
    process = multiprocessing.get_context("fork").Process(target=_verifies, args=(encoded,), daemon=True)
    process.start()
    process.join(20)
    assert process.exitcode == 0
