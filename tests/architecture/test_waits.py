"""Tests wait for what will come long enough for a machine that does much else."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
_WAITS = re.compile(
    r"(?:\.(?:wait|join|acquire|communicate)\((?:timeout=)?|monotonic\(\) \+ )(\d+(?:\.\d+)?)(?=[,)\s])"
)
_ELAPSES, _PATIENT = 4, 60
"""Seconds: what is shorter than the first is meant to run out; what is longer than the second never does here."""


def test_nothing_is_given_up_early() -> None:
    files = [path for path in TESTS.rglob("*.py") if "benchmarks" not in path.parts]
    waits = [(path.name, float(seconds)) for path in files for seconds in _WAITS.findall(path.read_text())]
    assert len(waits) > 30
    assert [wait for wait in waits if _ELAPSES <= wait[1] < _PATIENT] == []
