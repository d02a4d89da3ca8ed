"""Hashing takes turns and gives way: whoever tries passwords does not stand before everybody's pages."""

import multiprocessing
import os
import sys
import threading

import pytest

from portal.access import passwords
from portal.access.passwords import hash_password, one_at_a_time, verify_password
from portal.domain.errors import BusyError


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
        begun.wait(60)
        one_at_a_time(hashes)

    threads = [threading.Thread(target=asks) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
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
    process.join(60)
    assert process.exitcode == 0


def _flood(networks: list[str]) -> list[str]:
    """Return from which networks a request is turned away, of those that ask while one is being hashed."""
    going, release = threading.Event(), threading.Event()
    refused: list[str] = []

    def hold() -> None:
        going.set()
        release.wait(60)

    def asks(network: str) -> None:
        passwords.begin_request(network)
        try:
            one_at_a_time(hold)
        except BusyError:
            refused.append(network)
        finally:
            passwords.end_request()

    threads = []
    for number, network in enumerate(networks):
        threads.append(threading.Thread(target=asks, args=(network,)))
        threads[-1].start()
        assert going.wait(60)
        while threads[-1].is_alive() and passwords._hashing.waiting.total() + len(refused) <= number:
            threads[-1].join(0.001)
    release.set()
    for thread in threads:
        thread.join(60)
    assert not passwords._hashing.waiting
    return refused


def test_a_flood_from_one_network_turns_away_no_neighbour() -> None:
    flood = ["192.0.2.1"] * 30
    assert _flood([*flood, "198.51.100.1"]) == flood[4:], "half of the threads of a process are left"


def test_however_many_networks_ask_few_wait() -> None:
    networks = [f"192.0.2.{number}" for number in range(30)]
    assert _flood(networks) == networks[12:]


def test_what_is_no_request_waits_as_long_as_it_must() -> None:
    done: list[int] = []
    threads = [threading.Thread(target=one_at_a_time, args=(done.append, number)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(30))
