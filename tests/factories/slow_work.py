"""No slow work while a write transaction is open: on SQLite every other writer of the instance waits for it.

``forbid`` lets each test of a run fail whose code encrypts a file, makes, takes in or uses a signing key,
renders a page, calls another server or sends an e-mail there. Sealing a value for its column is no such work: it takes
microseconds, and the key of a person is read in the same transaction. Hashing of passwords:
``tests/architecture/test_dangerous_calls.py``.
"""

import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import jinja2
from joserfc import jwe, jws, jwt
from joserfc.jwk import ECKey, RSAKey

from portal.fhir.transport import GuardedTransport
from portal.store import Database, Tx

_writing = threading.local()
_SLOW: tuple[tuple[Any, str], ...] = (
    (jwe, "encrypt_compact"),
    (jwe, "decrypt_compact"),
    (jws, "serialize_compact"),
    (jwt, "encode"),
    (ECKey, "generate_key"),
    (RSAKey, "generate_key"),
    (ECKey, "import_key"),
    (RSAKey, "import_key"),
    (jinja2.Template, "render"),
    (jinja2.Template, "generate"),
    (GuardedTransport, "handle_request"),
    (smtplib.SMTP, "sendmail"),
)


class SlowWorkError(AssertionError):
    """Something that takes long ran while a write transaction was open."""


def forbid() -> None:
    """Raise ``SlowWorkError`` from now on where slow work is done within ``Database.transaction``."""
    begin = Database.transaction

    @contextmanager
    def transaction(database: Database) -> Iterator[Tx]:
        with begin(database) as tx:
            _writing.depth = getattr(_writing, "depth", 0) + 1
            try:
                yield tx
            finally:
                _writing.depth -= 1

    Database.transaction = transaction  # type: ignore[method-assign]
    for owner, name in _SLOW:
        setattr(owner, name, _outside(owner, name))


def _outside(owner: Any, name: str) -> Any:
    plain = vars(owner).get(name) if isinstance(owner, type) else getattr(owner, name)
    function: Callable[..., Any] = plain.__func__ if isinstance(plain, classmethod) else plain

    @wraps(function)
    def checked(*args: Any, **named: Any) -> Any:
        if getattr(_writing, "depth", 0):
            raise SlowWorkError(f"{name} while a write transaction is open")
        return function(*args, **named)

    return classmethod(checked) if isinstance(plain, classmethod) else checked
