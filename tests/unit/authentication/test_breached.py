"""A password is found in a list by halves, wherever it stands, and only itself."""

from hashlib import sha1
from pathlib import Path

import pytest

from portal.authentication.breached import is_listed


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 50])
def test_each_listed_one_is_found_and_no_other(tmp_path: Path, size: int, ending: str) -> None:
    words = [f"secret number {n}" for n in range(size)]
    lines = sorted(
        f"{sha1(word.encode(), usedforsecurity=False).hexdigest().upper()}:{n * 37}" for n, word in enumerate(words)
    )
    file = tmp_path / "breached.txt"
    file.write_bytes("".join(line + ending for line in lines).encode())
    assert all(is_listed(file, word) for word in words)
    assert not any(is_listed(file, f"another {n}") for n in range(40))


def test_a_file_that_is_gone_lists_none(tmp_path: Path) -> None:
    assert not is_listed(tmp_path / "nothing.txt", "password")
