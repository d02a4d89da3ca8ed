"""The data shared beside the repository, for tests on real input: found by place, skipped by name when absent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

SHARED = (Path(__file__).parents[1] / "../shared/data").resolve()


def shared(*parts: str) -> Path:
    """A file or folder of the shared data; the test is skipped, with its name, when it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared data not present: {'/'.join(parts)}")
    return path


def bundles(name: str = "synthea-2019-r4") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each bundle of a folder of bundles, with its file's name."""
    for path in sorted(shared(name).glob("*.json")):
        yield path.name, msgspec.json.decode(path.read_bytes())


def ndjson(*parts: str) -> Iterator[dict[str, Any]]:
    """Each resource of an NDJSON file, or of all NDJSON files of a folder."""
    path = shared(*parts)
    for file in sorted(path.glob("*.ndjson")) if path.is_dir() else [path]:
        for line in file.read_bytes().splitlines():
            if line.strip():
                yield msgspec.json.decode(line)
