"""The queue stops, the workers are killed, one organization is out of order: pages still answer, and all heals."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from portal.linking.refresh_policy import ASKED_EVERY
from tests.browser.steps import Journey

PINELANDS = "Pinelands Heart Institute"
GARDEN_STATE = "Garden State Health Plan"
_PAGES = ("/", "/health/medications", "/health/test-results", "/links", "/messages", "/help")


def test_without_the_queue(journey: Journey) -> None:
    """Pages are there, and an update is asked for once the queue is back."""
    journey.sign_in("maria")
    with _stopped(_child(journey, "valkey-server")):
        for path in _PAGES:
            journey.go(path)
        _open_link(journey, GARDEN_STATE)
        _ask(journey)
        expect(journey.page.get_by_role("heading", level=1)).to_contain_text(GARDEN_STATE)
        journey.check()
    _wait_until_updated(journey)


def test_without_the_workers(journey: Journey) -> None:
    """The launcher starts them again, and what was asked for meanwhile is done."""
    journey.sign_in("maria")
    _open_link(journey, GARDEN_STATE)
    workers = _child(journey, "jobs.work")
    os.kill(workers, signal.SIGKILL)
    _ask(journey)
    for path in _PAGES:
        journey.go(path)
    _open_link(journey, GARDEN_STATE)
    _wait_until_updated(journey)
    assert _child(journey, "jobs.work") != workers


@pytest.mark.slow
def test_one_organization_is_out_of_order_and_heals(journey: Journey) -> None:
    page = journey.page
    journey.sign_in("maria")
    journey.go("/links")
    assert journey.state_of(PINELANDS) == "error"
    journey.go("/health/medications")
    assert journey.entries("Aspirin").count() == 1  # what was loaded before stays
    assert journey.entries("Cetirizine").count() == 1  # and the others are as they were

    _switch(journey, "Heal it")
    _open_link(journey, PINELANDS)
    _wait_until_it_may_be_asked(journey)
    page.get_by_role("button", name="Try again").first.click()
    _wait_for_state(journey, "active", "active-new")

    _switch(journey, "Break it")
    _open_link(journey, PINELANDS)
    _wait_until_it_may_be_asked(journey)
    page.get_by_role("button", name="Update").first.click()
    _wait_for_state(journey, "error")


def _switch(journey: Journey, what: str) -> None:
    journey.go("/demo/switch", at="pinelands")
    journey.page.get_by_role("button", name=what).click()
    journey.page.wait_for_load_state()


def _open_link(journey: Journey, organization: str) -> None:
    journey.page.goto(journey.demo.at("mycooper", "/links"))
    journey.page.locator("#linked").get_by_role("link", name=organization, exact=True).click()
    expect(journey.page.get_by_role("heading", level=1)).to_contain_text(organization)


def _ask(journey: Journey) -> None:
    """Ask for an update as soon as it may be: an organization is not asked again right after it was."""
    button = journey.page.get_by_role("button", name="Update").first
    ends = time.monotonic() + ASKED_EVERY.total_seconds() + 20
    while not button.count() and time.monotonic() < ends:
        journey.page.wait_for_timeout(1000)
        journey.page.reload()
    expect(button, journey.page.locator("main").inner_text()).to_be_visible()
    button.click()


def _wait_until_it_may_be_asked(journey: Journey) -> None:
    """An organization is not asked again right after it was."""
    journey.page.wait_for_timeout(ASKED_EVERY.total_seconds() * 1000 + 1000)
    journey.page.reload()


def _wait_for_state(journey: Journey, *states: str) -> None:
    """Until the update that was asked for has led to one of these states."""
    ends = time.monotonic() + 60
    journey.go("/links")
    while journey.state_of(PINELANDS) not in states and time.monotonic() < ends:
        journey.page.wait_for_timeout(500)
        journey.go("/links")
    assert journey.state_of(PINELANDS) in states


def _wait_until_updated(journey: Journey) -> None:
    progress = journey.page.locator("#live .busy")
    ends = time.monotonic() + 60
    while progress.count() and time.monotonic() < ends:
        journey.page.wait_for_timeout(500)
        journey.page.reload()
    assert not progress.count(), "the update did not end"


def _child(journey: Journey, name: str) -> int:
    """The process id of the launcher's child whose command names ``name``; waits for one that is being started."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(journey.demo.pid)], capture_output=True, text=True
        )
        for line in listed.stdout.splitlines():
            pid, _, command = line.strip().partition(" ")
            if name in command:
                return int(pid)
        time.sleep(0.2)
    raise AssertionError(f"the demo has no {name}")


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
