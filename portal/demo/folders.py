"""The demo's data directory: where things are, and whose it is."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from portal.demo.network import Instance
from portal.domain.errors import ConfigurationError

VERSION = 1


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What a later start must know. ``ready`` once everything was set up."""

    version: int = VERSION
    host: str
    port: int
    ready: bool = False


def _state_file(data_dir: Path) -> Path:
    return data_dir / "demo.json"


def read_state(data_dir: Path) -> State:
    return msgspec.json.decode(_state_file(data_dir).read_bytes(), type=State)


def write_state(data_dir: Path, state: State) -> None:
    fresh = data_dir / "demo.json.new"
    fresh.write_bytes(msgspec.json.encode(state))
    fresh.rename(_state_file(data_dir))


def has_state(data_dir: Path) -> bool:
    return _state_file(data_dir).exists()


def settings_file(data_dir: Path, instance: Instance) -> Path:
    return instances_dir(data_dir) / f"{instance.slug}.env"


def instances_dir(data_dir: Path) -> Path:
    return data_dir / "instances"


def instance_dir(data_dir: Path, instance: Instance) -> Path:
    return data_dir / instance.slug


def queue_dir(data_dir: Path) -> Path:
    return data_dir / "queue"


def log_dir(data_dir: Path) -> Path:
    return data_dir / "log"


def switch_file(data_dir: Path) -> Path:
    """Exists while Pinelands' FHIR side is out of order."""
    return data_dir / "pinelands-is-broken"


@contextmanager
def claimed(data_dir: Path, *, reset: bool) -> Iterator[None]:
    """Hold the directory for one demo at a time; with ``reset``, empty it first.

    Raises:
        ConfigurationError: another demo runs in it, or it holds something that is not a demo's.
    """
    if data_dir.exists() and not has_state(data_dir) and any(entry.name != "lock" for entry in data_dir.iterdir()):
        raise ConfigurationError(hint=f"{data_dir} is not empty and not a demo's: name another with --data-dir")
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigurationError(hint=f"a demo is running in {data_dir} already: stop it first") from None
        if reset or not _finished(data_dir):
            for entry in data_dir.iterdir():
                if entry.is_dir():
                    shutil.rmtree(entry)
                elif entry.name != "lock":
                    entry.unlink()
        yield


def _finished(data_dir: Path) -> bool:
    """Whether what is there was set up to its end; one that was interrupted is made anew."""
    if not has_state(data_dir):
        return False
    try:
        state = read_state(data_dir)
    except msgspec.MsgspecError:
        return False
    if state.ready and state.version != VERSION:
        raise ConfigurationError(hint=f"the demo in {data_dir} is of another version: start it anew with --reset")
    return state.ready
