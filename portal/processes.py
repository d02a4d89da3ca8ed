"""What processes of ours have in common: children end with their parent, the garbage collector is calm."""

import ctypes
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from mmap import mmap
from pathlib import Path

import msgspec

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux
_M_ARENA_MAX = -8  # malloc.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent of this process is gone, however it went (for ``preexec_fn``).

    Linux only; elsewhere a parent that is killed leaves its children, one that stops does not.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


_draining = mmap(-1, 1)  # shared by all processes that are forked from this one


def drain() -> None:
    """Let this process and its children say that they are about to end."""
    _draining[0] = 1


def is_draining() -> bool:
    return _draining[0] == 1


def program_name() -> str:
    """Return by what a database administrator recognizes this process: its command."""
    program = Path(sys.argv[0]).stem if sys.argv and sys.argv[0] else "python"
    if program in ("portal", "__main__") and len(sys.argv) > 1 and sys.argv[1].isalpha():
        program = sys.argv[1]
    return f"tributary {program}"[:63]


def few_arenas() -> None:
    """Let threads share two heaps of the C library instead of one each, which keep what a page took for themselves.

    glibc only: mallopt(3), M_ARENA_MAX. Before there are threads.
    """
    mallopt = getattr(_libc, "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


@cache
def ready_types() -> None:
    """Let msgspec learn our types, of all modules that are loaded, before there are threads.

    It learns a type when it first decodes one, and what it learnt stands on the type before it is whole: a thread that
    decodes another one meanwhile ends the process by a segmentation fault (seen with 0.22.0).
    """
    for type_ in _decodable():
        with suppress(TypeError, NameError):  # what msgspec cannot decode, nobody decodes
            msgspec.json.Decoder(type_)


def _decodable() -> Iterator[type]:
    modules = [module for name, module in list(sys.modules.items()) if name.split(".")[0] in ("portal", "jobs")]
    for value in {value for module in modules for value in vars(module).values() if isinstance(value, type)}:
        if issubclass(value, msgspec.Struct) or hasattr(value, "__dataclass_fields__"):
            yield value


def calm_collector(*, every: int = 200_000) -> None:
    """Make the collector leave alone what is loaded, before forking: children then share it and need not copy.

    A job makes hundreds of thousands of values without a cycle among them, a page thousands; looking at them often
    costs a tenth of it. ``every`` is how many more values there are before it looks; what it leaves takes memory.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(every, 20, 50)
