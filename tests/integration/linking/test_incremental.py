"""Two portals: the second refresh asks the other only for what changed there."""

from datetime import timedelta

from sqlalchemy import update

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.refresh.run import refresh_link
from portal.store.links import refreshes
from portal.store.records import rows
from portal.store.schema.links import section_state
from portal.store.schema.records import resource
from tests.factories.sights import WHOLE
from tests.fakes import data
from tests.integration.linking.conftest import Journey
from tests.integration.linking.second import Browser, Second, path_of
from tests.integration.linking.test_two_instances import journey as journey  # noqa: PLC0414 - a fixture
from tests.integration.linking.test_two_instances import register
from tests.integration.linking.test_two_instances import second as second  # noqa: PLC0414 - a fixture


def test_only_what_changed_comes_from_another_portal(journey: Journey, second: Second) -> None:
    register(journey, second)
    with second.services.db.transaction() as tx:  # the other record was last changed a while ago
        person_id = tx.conn.execute(
            update(resource)
            .where(resource.c.type == "Condition")
            .values(updated_at=tx.now - timedelta(hours=1))
            .returning(resource.c.person_id)
        ).scalar()
    back = Browser(second.url).agree(journey.start(), username="maria")
    link_id = journey.come_back(path_of(back)).headers["Location"].rsplit("/", 1)[1]
    journey.work()
    before = titles(journey, link_id)
    assert before
    with journey.services.db.reading() as tx:
        state = refreshes.states(tx, link_ids=[link_id])[link_id][Section.HEALTH_ISSUES]
    assert state.cursor is not None

    patient = "patient-maria"
    ingest(
        second.services.db,
        person_id=person_id,
        source=HOME,
        resources=[data.condition("fresh", patient, "233604007", "Pneumonia")],
        complete=frozenset({Section.HEALTH_ISSUES}),  # and the others are gone there
    )
    refresh(journey, link_id)
    assert titles(journey, link_id) == sorted([*before, "Pneumonia"])  # an incremental answer says nothing of deletions

    with journey.services.db.transaction() as tx:
        tx.conn.execute(update(section_state).values(cursor=None))
    refresh(journey, link_id)
    assert titles(journey, link_id) == ["Pneumonia"]


def refresh(journey: Journey, link_id: str) -> None:
    with journey.services.db.transaction() as tx:
        refresh_id = refreshes.request(tx, link_id=link_id, cause="asked").refresh_id
    refresh_link(journey.services, refresh_id=refresh_id)


def titles(journey: Journey, link_id: str) -> list[str]:
    with journey.services.db.reading() as tx:
        page = rows.page(
            tx, person_id=journey.person_id, sight=WHOLE, section=Section.HEALTH_ISSUES, source=link_id, limit=200
        )
    return sorted(one.entry.title for row in page.rows for one in row.entries if one.source == link_id)
