"""Tries that are sent at once: how often somebody may guess is counted where it is decided, not where it was read."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from portal.assist import assists
from portal.authentication import factors, invitations
from portal.domain.assists import Consent, Purpose
from portal.domain.people import ProxyChoice
from portal.services import Services
from portal.store.desk import assists as stored_assists
from portal.store.desk.assists import Assist
from portal.store.people import accounts, proxies
from portal.store.people.accounts import Account
from portal.store.people.proxies import TRIES, Invitation, Invited
from tests.factories.world import ANA, TestUser, World
from tests.integration.authentication.conftest import app  # on both kinds of database

__all__ = ["app"]
CODE = "ABCD-EFGH-JKMN"


@pytest.fixture
def ana(world: World) -> TestUser:
    return world.patient()


def invitation_of(services: Services, person: TestUser) -> Invitation:
    with services.db.transaction() as tx:
        proxies.invite(
            tx,
            person_id=str(person.person_id),
            choices=[ProxyChoice.VISITS],
            invited=Invited(name="Nora", owner_is="niece", code=CODE),
            grant_ends_at=None,
        )
    opened = invitations.of_code(services, CODE)
    assert opened
    return opened


def test_birth_dates_that_wait_for_their_hash_are_five(
    services: Services, ana: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them were sent while the code was still good; the right one is the last."""
    invitation, all_are_there = invitation_of(services, ana), threading.Barrier(TRIES + 1)

    def hashed(_password: str) -> str:
        all_are_there.wait(60)
        return "a hash"

    monkeypatch.setattr(invitations, "hash_password", hashed)

    def join(number: int, birth_date: str) -> Account | None:
        return invitations.join(
            services, invitation, birth_date=birth_date, username=f"guess{number}", display="Nora", password="x"
        )

    with ThreadPoolExecutor(TRIES + 1) as pool:
        wrong = [pool.submit(join, number, f"19{number}0-01-01") for number in range(TRIES)]
        together = pool.submit(join, 9, "1900-01-01")
        assert [each.result(20) for each in (*wrong, together)] == [None] * (TRIES + 1)
    with services.db.transaction() as tx:
        row = proxies.invitations(tx, person_id=str(ana.person_id))
    assert [each.tries for each in row] == [TRIES]
    monkeypatch.setattr(invitations, "hash_password", lambda _password: "a hash")
    assert join(10, ANA.birth_date) is None


def test_one_recovery_code_lets_in_once(services: Services, ana: TestUser) -> None:
    with services.db.reading() as tx:
        account: Any = accounts.by_id(tx, account_id=ana.account_id)
    with services.db.transaction() as tx:
        factors.rows.put_codes(tx, account_id=account.id, kind="recovery", codes=["ABCD-EFGH"])
    start = threading.Barrier(4)

    def use(_number: int) -> bool:
        start.wait(60)
        return factors.check(services, account, "abcd efgh")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_a_clerk_has_five_tries_of_the_code_that_the_patient_was_sent(
    services: Services, world: World, ana: TestUser
) -> None:
    """Each of the requests read the assist before any of them was counted; a new code may be tried anew."""
    clerk = world.staff()

    def ask(code: str) -> Assist:
        with services.db.transaction() as tx:
            assist = stored_assists.open_of(tx, account_id=clerk.account_id)
            assert assist
            stored_assists.ask(
                tx, assist_id=assist.id, purpose=Purpose.LINK, consent=Consent.CODE, id_checked=False, code=code
            )
            read = stored_assists.open_of(tx, account_id=clerk.account_id)
        assert read
        return read

    with services.db.transaction() as tx:
        stored_assists.begin(tx, account_id=clerk.account_id, person_id=str(ana.person_id))
    before = ask("123456")
    with ThreadPoolExecutor(4) as pool:
        guesses = [pool.submit(assists.hear_code, services, before, f"00000{number}") for number in range(9)]
        assert not any(guess.result(20) for guess in guesses)
    assert not assists.hear_code(services, before, "123456"), "it has been tried too often"
    assert assists.hear_code(services, ask("654321"), "654 321")
