"""Who may ask an organization for an update, when, and how many at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal.domain.links import LinkPolicy, LinkState, Tier
from portal.linking import nightly, refresh_policy, transitions
from portal.linking.refresh_policy import RefusalReason
from portal.queue import NIGHT
from portal.refresh.run import RefreshVerdict, refresh_link
from portal.services import Services
from portal.store import Database, Tx
from portal.store.directory import organizations
from portal.store.links import links, refresh_queue, refreshes
from portal.store.people import people
from portal.store.schema.directory import organization
from portal.store.schema.links import refresh as refresh_table
from tests.factories.world import ANA
from tests.fakes import FakeOrganization, misbehaviour
from tests.fakes.linked import QUICK, Linked, link_to


def why(linked: Linked, cause: str, *, policy: LinkPolicy = LinkPolicy.OPEN) -> RefusalReason | None:
    found = refresh_policy.refusal(
        linked.link(), policy=policy, cause=cause, now=datetime.now(UTC), latest=linked.latest()
    )
    return found.why if found else None


def put(linked: Linked, **fields: object) -> None:
    with linked.services.db.transaction() as tx:
        links.put(tx, link_id=linked.link_id, **fields)


def test_one_answer_for_every_cause(linked: Linked) -> None:
    linked.refresh()
    assert why(linked, "asked") is RefusalReason.TOO_SOON
    assert why(linked, "sign-in") is RefusalReason.TOO_SOON
    put(linked, refreshed_at=datetime.now(UTC) - timedelta(hours=2))
    assert why(linked, "sign-in") is None
    assert why(linked, "nightly") is RefusalReason.TOO_SOON
    put(linked, refreshed_at=datetime.now(UTC) - timedelta(hours=13))
    assert why(linked, "nightly") is None
    assert why(linked, "nightly", policy=LinkPolicy.OFF) is RefusalReason.OFF
    put(linked, lasting=False)
    assert [why(linked, cause) for cause in ("sign-in", "nightly")] == [RefusalReason.MANUAL, RefusalReason.MANUAL]
    put(linked, throttled_until=datetime.now(UTC) + timedelta(minutes=5))
    assert {why(linked, cause) for cause in ("asked", "sign-in", "nightly")} == {RefusalReason.THROTTLED}


def test_a_sign_in_asks_for_what_is_older_than_an_hour(linked: Linked, services: Services) -> None:
    linked.refresh()
    before = linked.latest().id
    nightly.at_sign_in(services, linked.person_id)
    assert linked.latest().id == before
    put(linked, refreshed_at=datetime.now(UTC) - timedelta(minutes=61))
    nightly.at_sign_in(services, linked.person_id)
    assert (linked.latest().cause, linked.latest().state) == ("sign-in", "waiting")


def test_too_many_requests_rests_all_links_of_the_organization(
    linked: Linked, org: FakeOrganization, services: Services
) -> None:
    with services.db.transaction() as tx:
        someone = people.put_home_patient(tx, fhir_id="someone", demographics=ANA)
        other = links.add(
            tx,
            person_id=someone,
            organization_id=linked.organization_id,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by="test",
            move="authorized",
        )
        waiting = refreshes.request(tx, link_id=other.id, cause="asked").refresh_id
    org.misbehave("/fhir/Condition", misbehaviour.status(429, retry_after="7200"))
    result = linked.refresh()
    now = datetime.now(UTC)
    assert result.throttled_until is not None
    assert result.throttled_until > now + timedelta(minutes=110)
    with services.db.reading() as tx:
        rests = links.by_id(tx, link_id=other.id)
        assert refresh_queue.lost(tx, waiting_for=timedelta(0)) == ()
    assert rests is not None
    assert rests.throttled_until is not None
    assert now + timedelta(minutes=10) < rests.throttled_until < now + timedelta(minutes=16)
    org.behave()
    asked = len(org.calls())
    assert refresh_link(services, refresh_id=waiting, limits=QUICK).verdict is RefreshVerdict.NOT_STARTED
    assert refresh_link(services, refresh_id=linked.request(), limits=QUICK).verdict is RefreshVerdict.NOT_STARTED
    assert len(org.calls()) == asked


def test_maintenance_of_the_whole_server_rests_the_link_and_is_no_error(linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("*", misbehaviour.status(503, retry_after="600"))
    linked.refresh()
    assert linked.link().throttled_until is not None
    assert linked.link().state is LinkState.ACTIVE


@pytest.fixture
def waiting(database: Database) -> tuple[list[str], list[str]]:
    """Three refreshes that wait for one organization, and one for another."""
    first, second = _waiting(database, ("Riverbend", 3), ("Old Mill", 1))
    return first, second


def _waiting(database: Database, *wanted: tuple[str, int]) -> list[list[str]]:
    found: list[list[str]] = []
    with database.transaction() as tx:
        for name, many in wanted:
            organization = organizations.add(tx, name=name, fhir_base=f"https://{name[:3]}.example/fhir")
            ids = []
            for number in range(many):
                person = people.put_home_patient(tx, fhir_id=f"{name}-{number}", demographics=ANA)
                link = links.add(
                    tx,
                    person_id=person,
                    organization_id=organization.id,
                    state=LinkState.ACTIVE,
                    tier=Tier.ACCOUNT,
                    created_by="test",
                    move="authorized",
                )
                ids.append(refreshes.request(tx, link_id=link.id, cause="asked").refresh_id)
            found.append(ids)
    return found


def test_one_organization_never_has_all_the_workers(database: Database, waiting: tuple[list[str], list[str]]) -> None:
    (first, second, third), (other,) = waiting
    with database.transaction() as tx:
        assert refreshes.start(tx, refresh_id=first)
        assert refreshes.start(tx, refresh_id=second) is None  # somebody waits for an organization that is idle
        assert _lost(tx) == [other]
        assert refreshes.start(tx, refresh_id=other)
        assert refreshes.start(tx, refresh_id=second)
        assert refreshes.start(tx, refresh_id=third) is None  # two of one organization are enough
        assert refreshes.finish(tx, refresh_id=first, state=refreshes.DONE)
        organization = links.by_id(tx, link_id=_link_of(refreshes.by_id(tx, refresh_id=first)))
        assert organization is not None
        assert refresh_queue.next_waiting(tx, organization_id=organization.organization_id) == (third, "asked")
        assert refreshes.start(tx, refresh_id=third)


def test_who_waits_for_it_comes_before_the_night(database: Database, waiting: tuple[list[str], list[str]]) -> None:
    first, second, third = sorted(waiting[0])  # asked for at the same moment, so by their ids
    with database.transaction() as tx:
        tx.conn.execute(update(refresh_table).values(cause=refresh_queue.NIGHTLY))
        link = links.by_id(tx, link_id=_link_of(refreshes.by_id(tx, refresh_id=third)))
        assert link is not None
        assert refresh_queue.next_waiting(tx, organization_id=link.organization_id) == (first, "nightly")
        assert refreshes.request(tx, link_id=link.id, cause="sign-in").joined
        assert refresh_queue.next_waiting(tx, organization_id=link.organization_id) == (third, "sign-in")
        assert [one for one in _lost(tx) if one in waiting[0]] == [third, first]
        refreshes.request(tx, link_id=link.id, cause=refresh_queue.NIGHTLY)
        stays = refresh_queue.next_waiting(tx, organization_id=link.organization_id)
        assert stays == (third, "sign-in"), "and stays before it"
        assert second not in _lost(tx)


def _lost(tx: Tx, *, waiting_for: timedelta = timedelta(0)) -> list[str]:
    return [turn.refresh_id for turn in refresh_queue.lost(tx, waiting_for=waiting_for)]


def test_slow_organizations_never_have_all_the_workers(database: Database) -> None:
    (slow,), (slower,), (quick,) = _waiting(database, ("Riverbend", 1), ("Old Mill", 1), ("Shoreline", 1))
    with database.transaction() as tx:
        for refresh_id in (slow, slower):
            assert refreshes.start(tx, refresh_id=refresh_id)
        later = replace(tx, now=tx.now + refresh_queue.SLOW + timedelta(seconds=1))
        for refresh_id in (slow, slower):
            refreshes.finish(later, refresh_id=refresh_id, state=refreshes.DONE)
        again = [
            refreshes.request(later, link_id=_link_of(refreshes.by_id(tx, refresh_id=one)), cause="asked").refresh_id
            for one in (slow, slower)
        ]
        assert refreshes.start(later, refresh_id=again[0])
        assert refreshes.start(later, refresh_id=again[1]) is None, "somebody waits for a quick one"
        assert refreshes.start(later, refresh_id=quick)
        assert refreshes.start(later, refresh_id=again[1]), "nobody is kept waiting by it any more"
        refreshes.finish(later, refresh_id=again[0], state=refreshes.DONE)
        assert _slow_names(later) == {"Old Mill"}, "one that was quick this time is slow no more"


def _slow_names(tx: Tx) -> set[str]:
    return set(tx.conn.execute(select(organization.c.name).where(organization.c.slow)).scalars())


def test_a_dead_process_holds_no_room(database: Database, waiting: tuple[list[str], list[str]]) -> None:
    (first, second, third), (other,) = waiting
    with database.transaction() as tx:
        for refresh_id in (first, other, second):
            assert refreshes.start(tx, refresh_id=refresh_id)
        later = replace(tx, now=tx.now + timedelta(minutes=3))
        assert third in _lost(later, waiting_for=timedelta(minutes=1))
        assert refreshes.start(later, refresh_id=third)


def test_whoever_ends_starts_the_next(linked: Linked, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    enqueued: list[tuple[object, object]] = []

    def enqueue(_queue: object, _job: str, **ids: object) -> bool:
        enqueued.append((ids.get("refresh"), ids["kind"]))
        return True

    monkeypatch.setattr(type(services.queue), "enqueue", enqueue)
    with services.db.transaction() as tx:
        someone = people.put_home_patient(tx, fhir_id="someone", demographics=ANA)
        other = links.add(
            tx,
            person_id=someone,
            organization_id=linked.organization_id,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by="test",
            move="authorized",
        )
        next_one = transitions.request_refresh(tx, other, "nightly")
    linked.refresh()
    assert enqueued == [(dict(next_one.ids)["refresh"], NIGHT)], "the night stays in its own queue"


def _link_of(refresh: refreshes.Refresh | None) -> str:
    assert refresh is not None
    return refresh.link_id


def test_links_of_two_organizations_do_not_wait_for_each_other(linked: Linked, services: Services) -> None:
    with FakeOrganization() as second:
        other = link_to(services, second, patient="james")
        assert other.refresh().verdict is RefreshVerdict.GOOD
        assert linked.refresh().verdict is RefreshVerdict.GOOD
