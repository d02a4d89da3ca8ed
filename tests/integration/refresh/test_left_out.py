"""A section whose items could not all be read is partly loaded, and says how many; the rest goes on as ever."""

from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.refresh.run import RefreshVerdict
from portal.store.records import left_out
from tests.factories.sights import WHOLE
from tests.fakes import FakeOrganization
from tests.fakes.linked import Linked

NAMELESS = {"resourceType": "Condition", "id": "nameless", "subject": {"reference": "Patient/maria"}}


def counts(linked: Linked) -> dict[Section | None, dict[str, int]]:
    with linked.services.db.reading() as tx:
        groups = left_out.counts(tx, person_id=linked.person_id, sight=WHOLE)
    return {group.section: dict(group.reasons) for group in groups}


def test_an_item_that_cannot_be_read_makes_its_section_partly_loaded(linked: Linked, org: FakeOrganization) -> None:
    org.add(NAMELESS)
    for _again in range(2):
        result = linked.refresh()
        assert result.verdict is RefreshVerdict.GOOD
        assert result.outcomes[Section.HEALTH_ISSUES] is Outcome.PARTLY
        assert result.outcomes[Section.ALLERGIES] is Outcome.DONE
        assert linked.states()[Section.HEALTH_ISSUES].reason == "unreadable-items"
        assert counts(linked) == {Section.HEALTH_ISSUES: {"no-code": 1}}
    org.remove("Condition", "maria-c1")
    linked.refresh()
    assert "Asthma" not in linked.shown()[Section.HEALTH_ISSUES], "what was deleted there goes nevertheless"
    org.add(NAMELESS | {"code": {"text": "Gout"}})
    assert linked.refresh().outcomes[Section.HEALTH_ISSUES] is Outcome.DONE
    assert counts(linked) == {}


def test_a_device_that_is_no_implant_is_counted_and_its_section_whole(linked: Linked, org: FakeOrganization) -> None:
    org.add(
        {
            "resourceType": "Device",
            "id": "chair",
            "patient": {"reference": "Patient/maria"},
            "type": {"text": "Wheelchair"},
        }
    )
    assert linked.refresh().outcomes[Section.IMPLANTS] is Outcome.DONE
    assert counts(linked) == {Section.IMPLANTS: {"not-an-implant": 1}}


def test_what_has_no_name_is_counted_with_its_section(linked: Linked, org: FakeOrganization) -> None:
    whole = linked.refresh().outcomes[Section.HEALTH_ISSUES]
    org.add(NAMELESS | {"id": "a/b"})
    result = linked.refresh()
    assert (whole, result.outcomes[Section.HEALTH_ISSUES]) == (Outcome.DONE, Outcome.PARTLY)
    assert counts(linked) == {Section.HEALTH_ISSUES: {"unusable-entries": 1}}
    assert linked.states()[Section.HEALTH_ISSUES].left_out == {"unusable-entries": 1}
    org.remove("Condition", "a/b")
    linked.refresh()
    assert counts(linked) == {}
