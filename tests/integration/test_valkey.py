"""The embedded queue server: it keeps what it was told, on a socket or on loopback with a password."""

from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from portal.valkey import EmbeddedValkey, answers


@pytest.mark.parametrize("depth", ["", "d" * 100], ids=["socket", "loopback"])
def test_it_keeps_what_it_was_told(depth: str, tmp_path: Path) -> None:
    directory = tmp_path / depth / "queue"
    server = EmbeddedValkey(directory)
    server.start()
    try:
        Redis.from_url(server.url).set("a", "kept")
    finally:
        server.stop()
    assert not answers(server.url)
    again = EmbeddedValkey(directory)
    assert again.url == server.url
    again.start()
    try:
        assert Redis.from_url(again.url).get("a") == b"kept"
    finally:
        again.stop()
    assert directory.stat().st_mode & 0o777 == 0o700
    assert server.url.startswith("redis://:" if depth else "unix://")


def test_loopback_needs_the_password(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / ("d" * 100))
    server.start()
    try:
        without = Redis.from_url("redis://" + server.url.rpartition("@")[2])
        with pytest.raises(RedisError):
            without.ping()
        assert "requirepass" not in (server.directory / "valkey.log").read_text()
    finally:
        server.stop()
