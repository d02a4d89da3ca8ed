"""The end of somebody's access: their tokens elsewhere, the patient's link; and birthdays that are told of before."""

from datetime import UTC, datetime, timedelta

from portal import audit
from portal.domain.links import LinkState, Tier
from portal.domain.people import HumanName, Person
from portal.linking import proxies
from portal.services import Services
from portal.store.links import links, revocations
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import Tokens
from portal.store.people import accounts
from portal.store.people import proxies as stored_proxies
from portal.store.people.outbox import Mail, take_due
from tests.factories.record import link
from tests.factories.world import BEN, TestUser, World

ACTOR = audit.Actor("operator")
FULL = frozenset(stored_proxies.ProxyChoice)


def _linked(services: Services, user: TestUser, by: TestUser, name: str) -> str:
    made = link(services, user, name=name, tier=Tier.ACCOUNT)
    with services.db.transaction() as tx:
        stored = links.by_id(tx, link_id=made.link_id)
        assert stored
        links.move(tx, stored, move="renewed", to_state=LinkState.ACTIVE, reason=None, account_id=by.account_id)
        tokens = Tokens(access_token="a", refresh_token=f"refresh-{name}", scopes=(), patient="p", issuer="")
        link_tokens.put_tokens(tx, link_id=made.link_id, tokens=tokens, expires_at=tx.now + timedelta(hours=1))
    return made.link_id


def test_only_what_came_of_the_proxys_own_sign_in_ends(services: Services, world: World) -> None:
    child, parent = world.patient(), world.patient("ben", BEN)
    grant = world.proxy(parent, str(child.person_id))
    theirs = _linked(services, child, parent, "Lakeside")
    own = _linked(services, child, child, "Riverbend")
    assert proxies.end(services, grant_id=grant, actor=ACTOR) is not None
    with services.db.reading() as tx:
        states = {key: links.by_id(tx, link_id=key) for key in (theirs, own)}
        waiting = [revocations.revocation(tx, revocation_id=each) for each in revocations.due_revocations(tx)]
        assert link_tokens.tokens_of(tx, link_id=theirs) is None
        assert link_tokens.tokens_of(tx, link_id=own) is not None
    assert [each.token for each in waiting if each] == ["refresh-Lakeside"]
    mine, riverbend = states[theirs], states[own]
    assert mine is not None
    assert (mine.live, mine.state, mine.reason) == (True, LinkState.NEEDS_VERIFICATION, "proxy-ended")
    assert riverbend is not None
    assert riverbend.state is LinkState.ACTIVE
    assert proxies.end(services, grant_id=grant, actor=ACTOR) is None, "it ends once"


def test_who_may_still_act_keeps_the_tokens(services: Services, world: World) -> None:
    child, parent = world.patient(), world.patient("ben", BEN)
    grant = world.proxy(parent, str(child.person_id))
    world.proxy(parent, str(child.person_id))
    theirs = _linked(services, child, parent, "Lakeside")
    proxies.end(services, grant_id=grant, actor=ACTOR)
    with services.db.reading() as tx:
        assert link_tokens.tokens_of(tx, link_id=theirs) is not None


def test_what_ran_out_is_ended_with_its_tokens(services: Services, world: World) -> None:
    grown = _person(18, days=-1)
    child, parent = world.patient("grown", grown), world.patient("ben", BEN)
    with services.db.transaction() as tx:
        grants = [
            stored_proxies.begin(
                tx,
                account_id=parent.account_id,
                person_id=str(child.person_id),
                choices=FULL,
                relationship="child",
                starts_at=tx.now - timedelta(days=400),
                ends_at=ends_at,
            )
            for ends_at in (None, tx.now - timedelta(seconds=1))
        ]
    theirs = _linked(services, child, parent, "Lakeside")
    assert proxies.end_due(services) == len(grants)
    assert proxies.end_due(services) == 0
    with services.db.reading() as tx:
        assert link_tokens.tokens_of(tx, link_id=theirs) is None


def test_both_are_told_once_ninety_days_before(services: Services, world: World) -> None:
    child, parent = world.patient("teen", _person(13, days=80)), world.patient("ben", BEN)
    late, _early = world.patient("late", _person(13, days=200)), None
    for person in (child, late):
        world.proxy(parent, str(person.person_id))
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=parent.account_id, email="ben@mail.example")
        accounts.set_email(tx, account_id=child.account_id, email="teen@mail.example")
        accounts.set_preferences(tx, account_id=child.account_id, locale="es", reduce_data=False)
    assert proxies.tell_of_boundaries(services) == 1
    assert proxies.tell_of_boundaries(services) == 0
    with services.db.transaction() as tx:
        sent: tuple[Mail, ...] = tuple(take_due(tx, until=tx.now + timedelta(hours=1), limit=9))
    by = {mail.content.recipient: mail.content for mail in sent}
    assert set(by) == {"ben@mail.example", "teen@mail.example"}
    assert "Young Person" in by["ben@mail.example"].text or "Person" in by["ben@mail.example"].text
    assert "13" in by["teen@mail.example"].text
    assert "You turn" not in by["teen@mail.example"].text, "in the account's language"


def _person(age: int, *, days: int) -> Person:
    """Somebody who becomes ``age`` in so many days (before today: so many days ago)."""
    day = datetime.now(UTC).date() + timedelta(days=days)
    day = day.replace(day=min(day.day, 28))
    return Person(names=(HumanName(family="Young", given=("Person",)),), birth_date=f"{day.year - age}{day:-%m-%d}")
