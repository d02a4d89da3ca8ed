"""Data of others, which lie beside the repository; without them ``tests/sample``, which is written in their shapes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

SHARED = (Path(__file__).parents[1] / "../shared/data").resolve()
SAMPLE = Path(__file__).parent / "sample"


def shared(*parts: str) -> Path:
    """Return a file or folder of the shared data, or the one of that name in the sample."""
    path = SHARED.joinpath(*parts)
    return path if path.exists() else SAMPLE.joinpath(*parts)


def only_shared(*parts: str) -> Path:
    """Return a file or folder of the shared data; skip the test, which needs just that, when it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared data not present: {'/'.join(parts)}")
    return path


def bundles(name: str = "synthea-2019-r4") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each bundle of a folder of bundles, with its file's name."""
    for path in sorted(shared(name).glob("*.json")):
        yield path.name, msgspec.json.decode(path.read_bytes())


def ndjson(*parts: str) -> Iterator[dict[str, Any]]:
    """Yield each resource of an NDJSON file, or of all NDJSON files of a folder."""
    path = shared(*parts)
    for file in sorted(path.glob("*.ndjson")) if path.is_dir() else [path]:
        for line in file.read_bytes().splitlines():
            if line.strip():
                yield msgspec.json.decode(line)
