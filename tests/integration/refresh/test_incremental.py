"""Asking only for what changed, without ever losing an item."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.refresh.since import newest
from portal.services import Services
from portal.store.links import tokens
from portal.store.schema.links import section_state
from tests.fakes import FakeOrganization, data, misbehaviour
from tests.fakes.http import Exchange, Reply
from tests.fakes.linked import Linked, link_to

ASTHMA = data.condition("new", "maria", "233604007", "Pneumonia")


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    with FakeOrganization(stamps=True) as organization:
        yield organization


@pytest.fixture
def linked(services: Services, org: FakeOrganization) -> Linked:
    made = link_to(services, org)
    made.refresh()
    assert made.complaints() == {}
    return made


def asked(org: FakeOrganization, path: str = "/fhir/Condition") -> list[str]:
    """What was asked of one path: everything, or only what changed."""
    return ["ge" if "_lastUpdated" in call.query else "all" for call in org.calls(path)]


def grow_old(linked: Linked, span: timedelta) -> None:
    """As if the sections had been complete so long ago."""
    with linked.services.db.transaction() as tx:
        for row in tx.conn.execute(select(section_state)).all():
            if row.cursor:
                past = datetime.fromisoformat(row.cursor["full_at"]) - span
                where = (section_state.c.link_id == row.link_id, section_state.c.section == row.section)
                cursor = row.cursor | {"full_at": past.isoformat()}
                tx.conn.execute(update(section_state).where(*where).values(cursor=cursor))


def test_the_second_time_only_what_changed_comes(linked: Linked, org: FakeOrganization) -> None:
    before = linked.shown()
    org.add(ASTHMA)
    linked.refresh()
    assert asked(org) == ["all", "ge"]
    assert linked.complaints() == {}
    assert linked.titles(Section.HEALTH_ISSUES) == sorted([*before[Section.HEALTH_ISSUES], "Pneumonia"])
    assert all(linked.titles(section) == before[section] for section in Section if section != Section.HEALTH_ISSUES)


def test_a_third_time_starts_from_the_second(linked: Linked, org: FakeOrganization) -> None:
    org.add(ASTHMA, at=datetime.now(UTC) - timedelta(minutes=10))
    linked.refresh()
    linked.refresh()
    moments = [call.query["_lastUpdated"][0] for call in org.calls("/fhir/Condition")[1:]]
    assert moments == sorted(set(moments))
    assert "Pneumonia" in linked.titles(Section.HEALTH_ISSUES)


def test_a_correction_replaces(linked: Linked, org: FakeOrganization) -> None:
    org.add(data.condition("maria-c1", "maria", "195967001", "Asthma, corrected"))
    linked.refresh()
    assert asked(org)[-1] == "ge"
    assert "Asthma, corrected" in linked.titles(Section.HEALTH_ISSUES)
    assert "Asthma" not in linked.titles(Section.HEALTH_ISSUES)


def test_a_deletion_is_seen_within_the_week(linked: Linked, org: FakeOrganization) -> None:
    org.add(ASTHMA)
    linked.refresh()
    org.remove("Condition", "maria-c1")
    linked.refresh()
    assert "Asthma" in linked.titles(Section.HEALTH_ISSUES)  # not in the answer, and not said to be gone
    grow_old(linked, timedelta(days=7))
    linked.refresh()
    assert asked(org)[-1] == "all"
    assert "Asthma" not in linked.titles(Section.HEALTH_ISSUES)


def test_an_empty_answer_is_not_believed(linked: Linked, org: FakeOrganization) -> None:
    def forgets(exchange: Exchange) -> None:
        exchange.send(Reply.of({"resourceType": "Bundle", "type": "searchset", "total": 0}))

    org.misbehave("/fhir/Condition", forgets, query="_lastUpdated")
    org.add(ASTHMA)
    linked.refresh()
    assert asked(org)[-2:] == ["ge", "all"]
    assert "Pneumonia" in linked.titles(Section.HEALTH_ISSUES)


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_server_that_lists_it_and_refuses_it(linked: Linked, org: FakeOrganization, status: int) -> None:
    org.misbehave("/fhir/Condition", misbehaviour.status(status), query="_lastUpdated")
    org.add(ASTHMA)
    linked.refresh()
    assert linked.complaints() == {}
    assert "Pneumonia" in linked.titles(Section.HEALTH_ISSUES)


def test_after_a_failure_it_starts_where_all_was_well(linked: Linked, org: FakeOrganization) -> None:
    first = linked.states()[Section.HEALTH_ISSUES].cursor
    org.misbehave("/fhir/Condition", misbehaviour.html())
    org.add(ASTHMA)
    linked.refresh()
    assert linked.said(Section.HEALTH_ISSUES)[0] is Outcome.FAILED
    assert linked.states()[Section.HEALTH_ISSUES].cursor == first
    org.behave()
    linked.refresh()
    assert asked(org)[-1] == "ge"
    assert "Pneumonia" in linked.titles(Section.HEALTH_ISSUES)


def test_a_partial_first_answer_leaves_no_mark(services: Services, org: FakeOrganization) -> None:
    org.page_size = 1
    org.misbehave("/fhir/Condition", misbehaviour.html(), query="start=1")
    linked = link_to(services, org)
    linked.refresh()
    assert linked.said(Section.HEALTH_ISSUES)[0] is Outcome.PARTLY
    assert linked.states()[Section.HEALTH_ISSUES].cursor is None
    org.behave()
    linked.refresh()
    assert "ge" not in asked(org)
    assert len(linked.titles(Section.HEALTH_ISSUES)) == 2


def test_another_grant_asks_for_everything(linked: Linked, org: FakeOrganization) -> None:
    with linked.services.db.transaction() as tx:
        stored = tokens.tokens_of(tx, link_id=linked.link_id)
        assert stored is not None
        wider = tokens.Tokens(
            access_token=stored.tokens.access_token, scopes=(*stored.tokens.scopes, "patient/*.rs"), patient="maria"
        )
        tokens.put_tokens(tx, link_id=linked.link_id, tokens=wider, expires_at=stored.expires_at)
    linked.refresh()
    assert asked(org) == ["all", "all"]


def test_where_it_is_not_listed_it_is_not_asked_for(services: Services) -> None:
    with FakeOrganization() as plain:  # lists it, but its resources do not say when they were changed
        linked = link_to(services, plain)
        linked.refresh()
        linked.refresh()
        assert asked(plain) == ["all", "all"]


NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamps", "mark"),
    [
        (["2026-11-01T10:00:00.123456Z", "2026-11-02T10:00:00+02:00"], "2026-11-02T08:00:00.000Z"),
        (["2026-11-23T11:59:59Z"], "2026-11-23T11:58:00.000Z"),  # what was under way then may show later
        (["2026-11-23T12:01:00Z"], "2026-11-23T11:58:00.000Z"),
        (["2026-11-01T10:00:00Z", "2099-01-01T00:00:00Z"], None),
        (["2026-11-01T10:00:00Z", None], None),
        (["2026-11-01T10:00:00Z", "2026-11-01"], None),
        (["2026-11-01T10:00:00Z", "yesterday"], None),
        ([], None),
    ],
)
def test_the_mark_of_an_answer(stamps: list[str | None], mark: str | None) -> None:
    assert newest([{"meta": {"lastUpdated": stamp}} for stamp in stamps], asked_at=NOW) == mark
