"""Finding ports for a demo of the tests' own."""

import random
import socket


def free_ports(count: int = 7) -> int:
    """The first of ``count`` free ports in a row."""
    for _ in range(100):
        first = random.randrange(20000, 30000)
        if all(_is_free(first + offset) for offset in range(count)):
            return first
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
