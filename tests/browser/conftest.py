"""A real browser, against the real demo or against one instance with people made for the test.

``journey`` walks through the demo: seven instances, workers and queue, started once for all browser tests. ``visitor``
walks through one instance of its own. Both come twice, with JavaScript and without. Those that share the demo run in
one process of the test run (tests/parallel.py).
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.browser.ports import free_ports
from tests.browser.steps import Demo, Journey, Visitor

_LONG = ["test_clerks_day.py", "test_people_journeys.py", "test_tasks.py", "test_text_browser.py"]  # ``make journeys``
collect_ignore = [] if os.environ.get("JOURNEYS") else _LONG
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# The same engine without the program's own windows, which nobody sees and which take a quarter of the CPU.
_HEADLESS = shutil.which("chromium-headless-shell") or _CHROMIUM
_READY_SECONDS = 600.0  # with load 25 on two cores 120 are not enough
_PATIENCE = 60_000.0  # milliseconds until what should come counts as missing: machines are busy
expect.set_options(timeout=_PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if _HEADLESS is None:
        pytest.skip("Chromium is not installed")
    return {"executable_path": _HEADLESS, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@pytest.fixture(scope="session")
def whole_chromium() -> str:
    """The program that has windows, too: only there an app can be installed."""
    if _CHROMIUM is None:
        pytest.skip("Chromium is not installed, or only its headless shell")
    return _CHROMIUM


@pytest.fixture(scope="session")
def demo(browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, freshly set up, on seven free ports."""
    del browser_type_launch_args  # asked for so that nothing is started where there is no browser
    port = free_ports()
    data_dir = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "portal.cli", "demo", "--port", str(port), "--data-dir", str(data_dir / "data")]
    with (data_dir / "out").open("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(process, data_dir / "out")
            yield Demo(f"http://localhost:{port}", data_dir / "data", process.pid)
        finally:
            process.terminate()
            process.wait(60)


def _wait_until_ready(process: "subprocess.Popen[bytes]", out: Path) -> None:
    ends = time.monotonic() + _READY_SECONDS
    while "demo ready: " not in out.read_text():
        if process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(f"the demo did not start:\n{out.read_text()}")
        time.sleep(0.1)


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def checker(browser: Browser) -> Iterator[Page]:
    """Where axe looks at the HTML of pages that run without JavaScript."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def context_of(browser: Browser) -> Iterator[Any]:
    """Makes browser contexts that wait patiently and are closed at the end of the test."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        plain = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        context = browser.new_context(**(plain | options))
        context.set_default_timeout(_PATIENCE)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def journey(demo: Demo, context_of: Any, checker: Page, javascript: bool) -> Journey:
    """A browser that nobody is signed in with, with JavaScript or without."""
    context = context_of(java_script_enabled=javascript)
    return Journey(demo, context.new_page(), checker, javascript)


@pytest.fixture
def scripts(javascript: bool) -> bool:
    return javascript


@pytest.fixture
def chromium(browser: Browser) -> Browser:
    return browser


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the test's own instance, served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def visitor(site: str, context_of: Any, checker: Page, scripts: bool) -> Visitor:
    """Somebody at the test's own instance."""
    context = context_of(java_script_enabled=scripts)
    made = Visitor(context.new_page(), site, [], checker, scripts)
    made.page.on("console", made.hear)
    return made
