"""What a process leaves behind that died while its link was being ended."""

from portal.linking import transitions
from portal.linking.states import By, Move
from portal.linking.sweep import sweep
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.links import links
from portal.store.records import resources
from tests.fakes import data
from tests.fakes.linked import Linked


def test_what_came_after_unlinking_is_swept_away(linked: Linked, services: Services) -> None:
    linked.refresh()
    with services.db.transaction() as tx:
        transitions.end(tx, linked.link(), Move.UNLINKED, By.PATIENT)
    late = [data.condition("late", "maria", "195967001", "Asthma")]
    ingest(services.db, person_id=linked.person_id, source=linked.link_id, resources=late)
    assert any(linked.shown().values())
    sweep(services)
    assert not any(linked.shown().values())
    with services.db.reading() as tx:
        assert links.ended_with_records(tx) == ()
        assert not any(source == linked.link_id for _, source in resources.counts(tx, person_id=linked.person_id))


def test_a_working_link_keeps_its_records(linked: Linked, services: Services) -> None:
    linked.refresh()
    before = linked.shown()
    sweep(services)
    assert linked.shown() == before
