"""FHIR ids are sealed wherever they stand, those of an earlier version afterwards, and are found and answered with."""

import pytest
from sqlalchemy import select, update

from portal.domain.errors import DecryptionError
from portal.domain.ids import HOME, new_id
from portal.domain.people import Person
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.engine import fhir_ids
from portal.store.engine import upgrade as upgrades
from portal.store.engine.upgrade import upgrade
from portal.store.messages import conversations, outgoing, policies
from portal.store.messages.conversations import ConversationTopic
from portal.store.messages.policies import Policy, PolicyText
from portal.store.people import people
from portal.store.records import batches, resources
from portal.store.schema import metadata
from portal.store.schema.base import FhirId
from portal.store.schema.records import resource
from tests.factories.record import at_home
from tests.factories.world import ANA

IDS = ("ana-there", "ana-before", "m1", "m2", "dr-1")


@pytest.fixture
def person_id(database: Database) -> str:
    """Somebody with a record, a conversation with a file, and who was merged; and a clinician's rules."""
    with database.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id="ana-there", demographics=ANA)
        other = people.StoredPerson(new_id(), "ana-before", Person(), share_matches=False)
        people.absorb(tx, person_id=person_id, other=other)
        topic = ConversationTopic(recipient="", recipient_name="", subject="")
        begun = conversations.start(tx, person_id=person_id, first_id="m1", topic=topic)
        for fhir_id in ("m1", "m2"):
            conversations.add_message(tx, conversation_id=begun, fhir_id=fhir_id, delivery=fhir_id)
        file = {"title": "t", "content_type": "text/plain", "content": b"c"}
        outgoing.add_file(tx, person_id=person_id, fhir_id="m2", **file)
        policies.put(tx, practitioner="dr-1", policy=Policy(accepts=True, text=PolicyText(away="away")))
    assert not ingest(database, person_id=person_id, source=HOME, resources=at_home()).refused
    return person_id


def _stored(database: Database) -> dict[str, list[str]]:
    with database.reading() as tx:
        return {
            f"{column.table.name}.{column.name}": list(tx.conn.execute(select(column)).scalars())
            for column in fhir_ids.COLUMNS
        }


def _all_is_found(database: Database, person_id: str) -> None:
    names = {(each["resourceType"], each["id"]) for each in at_home()}
    with database.reading() as tx:
        for fhir_id in IDS[:2]:
            person = people.by_fhir_id(tx, fhir_id=fhir_id)
            assert person is not None
            assert (person.id, person.fhir_id) == (person_id, "ana-there")
        assert people.fhir_id_of(tx, person_id=person_id) == "ana-there"
        assert {(each.type, each.fhir_id) for each in resources.everything(tx, person_id=person_id)} == names
        packed = batches.resources(tx, person_id=person_id, source=HOME, after="", limit=100)
        assert {(each.type, each.fhir_id) for each in packed} == names
        begun = conversations.of_message(tx, fhir_id="m2", person_id=person_id)
        assert begun is not None
        assert begun.first_id == "m1"
        assert set(conversations.message_ids(tx, conversation_id=begun.id)) == {"m1", "m2"}
        assert conversations.delivered(tx, delivery="m2") == "m2"
        (file,) = outgoing.files_that_came(tx, fhir_id="m2")
        came = outgoing.came(tx, file_id=file.id)
        assert came is not None
        assert came[0] == "m2"
        assert policies.all_policies(tx)["dr-1"].text.away == "away"


def test_every_column_of_fhir_ids_is_sealed(database: Database, person_id: str) -> None:
    columns = {column for table in metadata.tables.values() for column in table.columns if column.type is FhirId}
    assert columns == set(fhir_ids.COLUMNS)
    stored = _stored(database)
    assert all(values and all(value.startswith("/") for value in values) for values in stored.values()), stored
    _all_is_found(database, person_id)


def _in_clear(database: Database) -> None:
    """Make of a database what a version before schema 0065 would have stored."""
    with database.transaction() as tx:
        for column in fhir_ids.COLUMNS:
            (key,) = column.table.primary_key
            for row_key, sealed in tx.conn.execute(select(key, column)).all():
                fhir_id = tx.vault.open_id(sealed, place=fhir_ids._place(column, row_key))
                values = {column.name: fhir_id}
                if "practitioner" in values:
                    plain = policies.all_policies(tx)[fhir_id].text
                    values |= {"data": tx.seal(plain, row=f"messaging_policy.data:{fhir_id}")}
                tx.conn.execute(update(column.table).where(key == row_key).values(values))


def test_ids_of_before_are_sealed_and_found_all_the_while(
    database: Database, person_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _in_clear(database)
    assert not [value for values in _stored(database).values() for value in values if value.startswith("/")]
    _all_is_found(database, person_id)
    monkeypatch.setattr(upgrades, "_BATCH", 3)
    seal, batches_ = fhir_ids.seal_batch, []

    def interrupted(*args: object, **values: object) -> str | None:
        batches_.append(values)
        if len(batches_) == 5:
            raise RuntimeError
        return seal(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(fhir_ids, "seal_batch", interrupted)
    with pytest.raises(RuntimeError):
        upgrade(database)
    _all_is_found(database, person_id)
    with database.transaction() as tx:
        assert people.put_home_patient(tx, fhir_id="ana-there", demographics=ANA) == person_id
    upgrade(database)
    assert all(value.startswith("/") for values in _stored(database).values() for value in values)
    _all_is_found(database, person_id)


def test_an_id_moved_to_another_row_is_not_taken_for_its_own(database: Database, person_id: str) -> None:
    with database.transaction() as tx:
        c = resource.c
        of, to = (
            tx.conn.execute(select(c.id).where(c.type == name)).scalars().first()
            for name in ("MedicationRequest", "Condition")
        )
        moved = select(c.fhir_id).where(c.id == of).scalar_subquery()
        tx.conn.execute(update(resource).where(c.id == to).values(fhir_id=moved))
        own = resources.by_id(tx, resource_id=to or "")
        assert own is not None
        assert own.fhir_id == own.body["id"], "as it is sealed with what the row says"
        tx.conn.execute(update(resource).where(resource.c.id == to).values(deleted_at=tx.now))
        with pytest.raises(DecryptionError):
            resources.by_id(tx, resource_id=to or "")
