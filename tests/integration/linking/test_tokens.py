"""One refresh at a time, kept before it is used, and what happens when the answer is lost (requirement B4)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace as replace_tokens

from portal.domain.errors import OutsideError, UnauthorizedError
from portal.domain.links import LinkState
from portal.linking.oauth.tokens import LinkTokens
from portal.store.links import refresh_report, revocations
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import StoredTokens
from tests.fakes.http import Exchange
from tests.fakes.misbehaviour import Behaviour, hang_up, late, status
from tests.integration.linking.conftest import Journey
from tests.integration.linking.test_hostile import answers, drop, put


@pytest.fixture
def linked(journey: Journey) -> str:
    return journey.link()


def stored(journey: Journey, link_id: str) -> StoredTokens:
    with journey.services.db.reading() as tx:
        found = link_tokens.tokens_of(tx, link_id=link_id)
    assert found is not None
    return found


def expire(journey: Journey, link_id: str) -> None:
    """The access token is past its end, here and there."""
    with journey.services.db.transaction() as tx:
        found = link_tokens.tokens_of(tx, link_id=link_id)
        assert found is not None
        link_tokens.put_tokens(tx, link_id=link_id, tokens=found.tokens, expires_at=tx.now - timedelta(seconds=1))


def asked(journey: Journey) -> int:
    """How many refreshes the organization was asked for."""
    return sum(call.form.get("grant_type") == "refresh_token" for call in journey.org.calls("/oauth/token"))


@pytest.mark.parametrize(
    "change", [put(refresh_token=None), put(refresh_token=""), drop("refresh_token")], ids=["null", "empty", "absent"]
)
def test_without_a_new_refresh_token_the_old_one_is_kept(
    journey: Journey, linked: str, change: Callable[[dict[str, Any]], None]
) -> None:
    before = stored(journey, linked).tokens
    expire(journey, linked)
    journey.org.misbehave("/oauth/token", answers(change), times=1)
    assert LinkTokens(journey.services, linked).access_token() != before.access_token
    assert stored(journey, linked).tokens.refresh_token == before.refresh_token
    assert journey.stored(linked).state is LinkState.ACTIVE


@pytest.mark.parametrize("change", [put(patient="Patient/maria"), put(patient=None), put(expires_in="3600")])
def test_a_refresh_is_read_as_liberally_as_the_first_answer(
    journey: Journey, linked: str, change: Callable[[dict[str, Any]], None]
) -> None:
    expire(journey, linked)
    journey.org.misbehave("/oauth/token", answers(change), times=1)
    LinkTokens(journey.services, linked).access_token()
    assert stored(journey, linked).tokens.patient == "maria"


def test_a_good_token_is_used_without_asking(journey: Journey, linked: str) -> None:
    tokens = LinkTokens(journey.services, linked)
    assert tokens.access_token() == tokens.access_token() == stored(journey, linked).tokens.access_token
    assert asked(journey) == 0


def test_an_expired_token_is_refreshed_and_the_rotated_one_kept(journey: Journey, linked: str) -> None:
    before = stored(journey, linked)
    expire(journey, linked)
    token = LinkTokens(journey.services, linked).access_token()
    after = stored(journey, linked)
    assert token == after.tokens.access_token != before.tokens.access_token
    assert after.tokens.refresh_token != before.tokens.refresh_token
    assert after.tokens.patient == "maria"
    assert after.locked_until is None


def test_a_refresh_asks_for_what_was_granted(journey: Journey, linked: str) -> None:
    expire(journey, linked)
    LinkTokens(journey.services, linked).access_token()
    form = journey.org.calls("/oauth/token")[-1].form
    assert form["grant_type"] == "refresh_token"
    assert "scope" not in form, "it is optional, and without it everything granted is asked for"


def test_many_at_once_make_one_call(journey: Journey, linked: str) -> None:
    expire(journey, linked)
    journey.org.misbehave("/oauth/token", late(0.5))
    got: list[str] = []
    workers = [
        threading.Thread(target=lambda: got.append(LinkTokens(journey.services, linked).access_token()))
        for _ in range(6)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(got) == 6
    assert len(set(got)) == 1
    assert asked(journey) == 1


def test_a_401_that_somebody_else_has_mended_costs_no_call(journey: Journey, linked: str) -> None:
    slow, quick = LinkTokens(journey.services, linked), LinkTokens(journey.services, linked)
    slow.access_token()
    quick.access_token()
    fresh = quick.refreshed()
    assert slow.refreshed() == fresh
    assert asked(journey) == 1


def test_ended_there(journey: Journey, linked: str) -> None:
    for grant in journey.org.oauth.grants.values():
        grant.revoked = True
    with pytest.raises(UnauthorizedError):
        LinkTokens(journey.services, linked).refreshed()
    link = journey.stored(linked)
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "token-refused")
    with pytest.raises(UnauthorizedError):
        LinkTokens(journey.services, linked).access_token()
    assert asked(journey) == 1
    assert "Sign in" in journey.page("/links")


@pytest.mark.parametrize("failure", [status(503), status(500), hang_up()], ids=["503", "500", "hang-up"])
def test_a_failure_that_passes_is_survived(journey: Journey, linked: str, failure: Behaviour) -> None:
    expire(journey, linked)
    journey.org.misbehave("/oauth/token", failure, times=1)
    with pytest.raises(OutsideError):
        LinkTokens(journey.services, linked).access_token()
    assert journey.stored(linked).state is LinkState.ACTIVE
    assert LinkTokens(journey.services, linked).access_token() == stored(journey, linked).tokens.access_token


def lost(exchange: Exchange) -> None:
    """The server does what was asked, and its answer never arrives."""
    exchange.answer()
    exchange.hang_up()


def test_a_lost_answer_asks_to_verify_again_and_says_so(journey: Journey, linked: str) -> None:
    expire(journey, linked)
    journey.org.misbehave("/oauth/token", lost, times=1)
    with pytest.raises(OutsideError):
        LinkTokens(journey.services, linked).access_token()
    with pytest.raises(UnauthorizedError):
        LinkTokens(journey.services, linked).access_token()
    link = journey.stored(linked)
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "answer-lost")
    assert "got lost. Please sign in there again." in journey.page(f"/links/{linked}")
    again = journey.link()
    assert again == linked
    assert journey.stored(linked).state is LinkState.ACTIVE


def test_a_process_that_died_while_it_asked_is_followed_by_the_next(journey: Journey, linked: str) -> None:
    expire(journey, linked)
    with journey.services.db.transaction() as tx:
        version = link_tokens.tokens_of(tx, link_id=linked)
        assert version is not None
        assert link_tokens.lock_tokens(tx, link_id=linked, version=version.version, span=timedelta(seconds=-1))
    assert LinkTokens(journey.services, linked).access_token() == stored(journey, linked).tokens.access_token


@pytest.mark.parametrize(
    "change",
    [{"access_token": ""}],
    ids=lambda change: next(iter(change)),
)
def test_a_refresh_is_checked_as_the_first_answer_was(journey: Journey, linked: str, change: dict[str, object]) -> None:
    before = stored(journey, linked).tokens
    expire(journey, linked)
    journey.org.misbehave("/oauth/token", answers(put(**change)), times=1)
    with pytest.raises(OutsideError):
        LinkTokens(journey.services, linked).access_token()
    with journey.services.db.reading() as tx:
        after = link_tokens.tokens_of(tx, link_id=linked)
    assert after is None or after.tokens == before


def test_tokens_for_another_patient_are_quarantined_as_records_of_one_are(journey: Journey, linked: str) -> None:
    before = stored(journey, linked).tokens
    expire(journey, linked)
    journey.org.misbehave("/oauth/token", answers(put(patient="james")), times=1)
    with pytest.raises(UnauthorizedError):
        LinkTokens(journey.services, linked).access_token()
    link = journey.stored(linked)
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "wrong-person")
    with journey.services.db.reading() as tx:
        assert link_tokens.tokens_of(tx, link_id=linked) is None
        assert [(alert.link_id, alert.open) for alert in refresh_report.wrong_persons(tx)] == [(linked, True)]
    with pytest.raises(UnauthorizedError):
        LinkTokens(journey.services, linked).access_token()
    assert asked(journey) == 1
    journey.work()
    ended = {call.form["token"] for call in journey.org.calls("/oauth/revoke")}
    assert before.refresh_token in ended
    assert len(ended) == 2  # those that came for somebody else too
    assert "Records of somebody else came" in journey.page(f"/links/{linked}")


@pytest.mark.parametrize("more", ["patient/*.cruds", "patient/Goal.read launch/patient", "user/*.read system/*.read"])
def test_a_refresh_never_widens(journey: Journey, linked: str, more: str) -> None:
    before = stored(journey, linked).tokens
    expire(journey, linked)
    journey.org.misbehave("/oauth/token", answers(put(scope=f"{' '.join(before.scopes)} {more}")), times=1)
    token = LinkTokens(journey.services, linked).access_token()
    after = stored(journey, linked).tokens
    assert token == after.access_token != before.access_token
    assert set(after.scopes) == set(before.scopes)


def test_our_own_registration_problem_is_not_put_on_the_patient(journey: Journey, linked: str) -> None:
    journey.org.oauth.clients["somebody-else"] = "x"
    with pytest.raises(OutsideError):
        LinkTokens(journey.services, linked).refreshed()
    assert journey.stored(linked).state is LinkState.ACTIVE


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen between the organization's answer and its tokens being stored."""
    real = LinkTokens._request

    def slow(tokens: LinkTokens, before: StoredTokens) -> Any:
        granted = real(tokens, before)
        happens()
        return granted

    monkeypatch.setattr(LinkTokens, "_request", slow)


def test_tokens_that_come_after_the_link_was_ended_are_ended_too(
    journey: Journey, linked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expire(journey, linked)
    meanwhile(monkeypatch, lambda: journey.post(f"/links/{linked}/unlink"))
    with pytest.raises(UnauthorizedError):
        LinkTokens(journey.services, linked).access_token()
    with journey.services.db.reading() as tx:
        assert link_tokens.tokens_of(tx, link_id=linked) is None
        waiting = [revocations.revocation(tx, revocation_id=each) for each in revocations.due_revocations(tx)]
    assert len({each.token for each in waiting if each}) == 2, "those of before, and those that came late"


def test_tokens_of_a_new_sign_in_are_not_replaced_by_late_ones(
    journey: Journey, linked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expire(journey, linked)
    newer = replace_tokens(stored(journey, linked).tokens, access_token="new", refresh_token="of the new sign-in")

    def sign_in_anew() -> None:
        with journey.services.db.transaction() as tx:
            link_tokens.drop_tokens(tx, link_id=linked)
            link_tokens.put_tokens(tx, link_id=linked, tokens=newer, expires_at=tx.now + timedelta(hours=1))

    meanwhile(monkeypatch, sign_in_anew)
    with pytest.raises(UnauthorizedError):
        LinkTokens(journey.services, linked).access_token()
    assert stored(journey, linked).tokens == newer


def test_who_took_too_long_uses_what_another_process_got(
    journey: Journey, linked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expire(journey, linked)
    newer = replace_tokens(stored(journey, linked).tokens, access_token="of the other process")

    def renew() -> None:
        with journey.services.db.transaction() as tx:
            link_tokens.put_tokens(tx, link_id=linked, tokens=newer, expires_at=tx.now + timedelta(hours=1))

    meanwhile(monkeypatch, renew)
    assert LinkTokens(journey.services, linked).access_token() == newer.access_token
    assert stored(journey, linked).tokens == newer
