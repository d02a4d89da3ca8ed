"""What a delivery has just written is grouped as it was before it was sealed: as if it were read again."""

from typing import Any

import msgspec
import pytest

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.refresh.bundles import files_of, resources_of
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.records import members, writing
from portal.store.records.members import AtHand, load
from tests.factories.fhir import condition
from tests.integration.records.helpers import dump, make_person
from tests.shared_data import shared

_PARTS = (("epic-export-sanitized",), ("synthea-2019-r4",), ("us-core-610", "examples.ndjson"))


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, Any]:
    """Return what is handed on to the grouping from now on."""
    handed: dict[bytes, Any] = {}
    settle = writing.settle

    def noting(*args: Any, at_hand: AtHand = members.NOTHING, **more: Any) -> None:
        handed.update(at_hand)
        settle(*args, at_hand=at_hand, **more)

    monkeypatch.setattr(writing, "settle", noting)
    return handed


@pytest.mark.parametrize("parts", _PARTS)
def test_what_is_at_hand_is_what_was_stored(
    database: Database, at_hand: dict[bytes, Any], parts: tuple[str, ...]
) -> None:
    person_id = make_person(database)
    files = files_of([shared(*parts)])[:2]
    delivery = [msgspec.json.decode(content.data) for content, _resource in resources_of(files)][:900]
    ingest(database, person_id=person_id, source=HOME, resources=delivery)
    assert at_hand
    with database.reading() as tx:
        for section in Section:
            stored = load(tx, person_id=person_id, section=section).members
            handed = load(tx, person_id=person_id, section=section, at_hand=at_hand).members
            assert [_sorted(member) for member in handed] == [_sorted(member) for member in stored], section


def test_what_somebody_else_wrote_meanwhile_is_read(database: Database, at_hand: dict[bytes, Any]) -> None:
    person_id = make_person(database)
    ingest(database, person_id=person_id, source=HOME, resources=[condition("c1", "Asthma")])
    before = dict(at_hand)
    ingest(database, person_id=person_id, source=HOME, resources=[condition("c1", "Gout")])
    with database.reading() as tx:
        [member] = load(tx, person_id=person_id, section=Section.HEALTH_ISSUES, at_hand=before).members
    assert "gout" in str(member.facts).lower()
    assert member.keys


def test_what_has_no_place_at_hand_is_grouped_alike(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = [condition(f"c{number}", f"Asthma {number % 3}") for number in range(7)]
    person_id = make_person(database)
    ingest(database, person_id=person_id, source=HOME, resources=delivery)
    whole = dump(database, without=_OF_ITS_TIME)
    again = [{**resource, "id": f"again-{resource['id']}"} for resource in delivery]
    monkeypatch.setattr("portal.refresh.drafting._MOST_AT_HAND", 2)
    ingest(database, person_id=person_id, source=HOME, resources=[*delivery, *again])
    with database.reading() as tx:
        members_now = load(tx, person_id=person_id, section=Section.HEALTH_ISSUES).members
    assert len(whole["record_row"]) == len(dump(database, without=_OF_ITS_TIME)["record_row"])
    assert len(members_now) == 2 * len(delivery)


_OF_ITS_TIME = ("body", "facts", "updated_at", "new_at", "number")


def _sorted(member: Any) -> Any:
    return msgspec.structs.replace(member, keys=tuple(sorted(member.keys)))
