"""Which account is opened by whom at the hospital's OpenID provider."""

from pathlib import Path

import pytest

from portal.domain.errors import ConflictError
from portal.queue import JobQueue
from portal.services import Services
from portal.store import Database
from portal.store.people import openid_identities
from portal.store.people.openid_identities import Evidence
from tests.factories.settings import make_settings
from tests.factories.world import World

ISSUER = "https://login.home.example"


def test_one_account_each_and_the_newest_evidence(database: Database, tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    world = World(Services(settings=settings, db=database, queue=JobQueue("", settings.slug)))
    ana, ben = world.patient().account_id, world.patient("ben").account_id
    evidence = Evidence(acr="loa2", amr=("pwd", "otp"), ial="2")
    with database.transaction() as tx:
        openid_identities.put(tx, account_id=ana, issuer=ISSUER, subject="1", evidence=Evidence())
        openid_identities.put(tx, account_id=ana, issuer=ISSUER, subject="1", evidence=evidence)
        openid_identities.put(tx, account_id=ben, issuer=ISSUER, subject="2", evidence=Evidence())
        with pytest.raises(ConflictError):
            openid_identities.put(tx, account_id=ben, issuer=ISSUER, subject="1", evidence=Evidence())
    with database.reading() as tx:
        stored = openid_identities.of_account(tx, account_id=ana)
        assert stored is not None
        assert (stored.issuer, stored.subject, stored.evidence) == (ISSUER, "1", evidence)
        assert openid_identities.account_id_of(tx, issuer=ISSUER, subject="1") == ana
        assert openid_identities.account_id_of(tx, issuer="https://elsewhere.example", subject="1") is None
    with database.transaction() as tx:
        openid_identities.put(tx, account_id=ana, issuer=ISSUER, subject="3", evidence=Evidence())
        assert openid_identities.account_id_of(tx, issuer=ISSUER, subject="1") is None, "the one before opens nothing"
        assert openid_identities.remove(tx, account_id=ana)
        assert not openid_identities.remove(tx, account_id=ana)
