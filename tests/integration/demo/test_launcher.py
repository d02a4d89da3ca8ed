"""``portal demo`` as a person uses it: start, what it says, start again, stop; and what it says when it cannot."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.ports import free_ports

pytestmark = pytest.mark.slow


@contextmanager
def _demo(data_dir: Path, port: int, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The running demo and everything it printed until it was ready (or ended)."""
    command = [sys.executable, "-m", "portal.cli", "demo", "--port", str(port), "--data-dir", str(data_dir), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            if line.startswith("demo ready: "):
                break
        yield process, said
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def _descendants(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout
    parents = {int(line.split()[0]): int(line.split()[1]) for line in listed.splitlines()}
    found: set[int] = set()
    grown = {pid}
    while grown:
        grown = {child for child, parent in parents.items() if parent in grown}
        found |= grown
    return found


def _alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def test_start_keep_stop_and_start_over(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "demo", free_ports()
    with _demo(data_dir, port) as (process, said):
        assert said.rstrip().endswith(f"demo ready: http://localhost:{port}")
        assert "only-for-the-demo" in said
        for offset, name in ((0, "MyCooper"), (1, "Riverbend"), (6, "Garden State")):
            with urllib.request.urlopen(f"http://localhost:{port + offset}/sign-in") as answer:
                assert name in answer.read().decode()
        with _demo(tmp_path / "other", port) as (second, complaint):
            assert second.wait(60) == 1
            assert f"port {port} (for MyCooper) is taken" in complaint
        with _demo(data_dir, port + 100) as (second, complaint):
            assert second.wait(60) == 1
            assert "running in" in complaint
        started = _descendants(process.pid)
        assert len(started) >= 5
        (data_dir / "pinelands-is-broken").unlink()
    assert process.returncode == 0
    assert not _alive(started)

    with _demo(data_dir, port) as (process, said):  # a second start keeps what was done
        assert "demo ready: " in said
        assert not (data_dir / "pinelands-is-broken").exists()
        started = _descendants(process.pid)
        process.kill()  # no farewell: its children must still end
        process.wait()
        ends = time.monotonic() + 60
        while _alive(started) and time.monotonic() < ends:
            time.sleep(0.2)
        if sys.platform == "linux":
            assert not _alive(started)


def test_it_does_not_touch_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with _demo(tmp_path, free_ports(), "--reset") as (process, said):
        assert process.wait(60) == 1
    assert "not a demo's" in said
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    port = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 4))
        taken.listen()
        with _demo(tmp_path / "demo", port) as (process, said):
            assert process.wait(60) == 1
    assert f"port {port + 4} (for Pinelands) is taken" in said
    assert not (tmp_path / "demo").exists() or not os.listdir(tmp_path / "demo")  # noqa: PTH208
