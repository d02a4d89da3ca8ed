"""What many tests begin with is built once in a while, and copied: a person, their record, a browser that is signed in.

Each test has a database of its own as before, whose file becomes a copy of the one that was filled. A stage hangs on
what it was built on, the bytes of the database, so that stages follow on each other; on the settings; and on the
cookies. Nothing is copied over what a test itself has written, nor where the database is no file or somebody else has
it open, nor where files came beside it: there it is built.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from flask.testing import FlaskClient

from portal.services import Services

T = TypeVar("T")
_SECONDS = 30
"""For so long it is as if it happened just now: neither what pages say of it nor what expires is another."""
_MOST = 40  # of a megabyte and a half


@dataclass(frozen=True, slots=True)
class _Stage:
    built: float  # seconds, by the clock that tests may set
    content: bytes
    cookies: dict[Any, Any]
    result: Any


_stages: dict[Hashable, _Stage] = {}
_known: set[int] = set()  # hashes of the empty database and of each stage's


def staged(services: Services, name: Hashable, build: Callable[[], T], client: FlaskClient | None = None) -> T:
    """Return what ``build`` returns, having filled the database, and the cookies of a client, as it does.

    The name stands for all that ``build`` does. What it returns must be good for any test: no object of this one.
    """
    before = _content(services)
    if before is None or hash(before) not in _known:
        return build()
    cookies = tuple((cookie.key, cookie.value) for cookie in _cookies(client).values())
    # Each test's own, and the port of a second instance: nothing that is staged says where it is.
    settings = replace(services.settings, data_dir=Path(), database_url="", base_url="")
    key = name, hash(before), settings, cookies
    stage = _stages.get(key)
    if stage is not None and 0 <= time.time() - stage.built < _SECONDS:
        _file(services).write_bytes(stage.content)
        if client is not None:
            client._cookies = dict(stage.cookies)
        return stage.result  # type: ignore[no-any-return]
    built, files = time.time(), _files(services)
    result = build()
    content = _content(services, written=True)
    if content is not None and _files(services) == files:
        _known.add(hash(content))
        _stages.pop(key, None)
        _stages[key] = _Stage(built, content, _cookies(client), result)
        if len(_stages) > _MOST:
            del _stages[next(iter(_stages))]
    return result


def begins_with(database: Path) -> None:
    """Let stages be built on databases that are copies of this one."""
    _known.add(hash(database.read_bytes()))


def _content(services: Services, *, written: bool = False) -> bytes | None:
    """Return the whole database, which nobody has open; None when a test has written to it since the last stage."""
    if not services.db.is_sqlite or not _file(services).is_file():
        return None
    log = Path(f"{_file(services)}-wal")
    if not written and log.exists() and log.stat().st_size:
        return None
    services.db.close()  # the log goes with the last connection
    return None if log.exists() else _file(services).read_bytes()


def _file(services: Services) -> Path:
    return Path(services.db.url.database or "")


def _files(services: Services) -> set[Path]:
    name = _file(services).name
    return {path for path in services.settings.data_dir.rglob("*") if not path.name.startswith(name)}


def _cookies(client: FlaskClient | None) -> dict[Any, Any]:
    return dict(client._cookies or {}) if client is not None else {}
