"""That slow work is noticed while a write transaction is open, in whatever test it is done."""

import jinja2
import pytest
from joserfc import jwe
from joserfc.jwk import ECKey, OctKey

from portal.store import Database
from tests.factories.slow_work import SlowWorkError


def test_each_kind_is_noticed_and_only_there(database: Database) -> None:
    def encrypt() -> None:
        header = {"alg": "dir", "enc": "A256GCM"}
        jwe.encrypt_compact(header, b"a file", OctKey.generate_key(256, private=True))

    def make_key() -> None:
        ECKey.generate_key("P-256", private=True)

    def render() -> None:
        jinja2.Template("a page").render()

    for work in (encrypt, make_key, render):
        work()
        with database.reading():
            work()
        with pytest.raises(SlowWorkError), database.transaction():
            work()
        work()
