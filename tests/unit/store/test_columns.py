"""What every statement shares: batches of ids, instants with their zone, ids that come out the same again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import DateTime
from sqlalchemy.dialects import postgresql, sqlite

from portal.store.engine.crypto import Vault
from portal.store.records.resources import BATCH, chunks, resource_id
from portal.store.records.tokens import token_hash
from portal.store.schema.base import Instant

DIALECT = sqlite.dialect()
VAULT = Vault((("k", bytes(32)),), index_key="index")


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1, 2 * BATCH + 3])
def test_ids_go_in_batches_none_twice_none_left_out(count: int) -> None:
    ids = [str(number) for number in range(count)]
    batches = list(chunks(ids))
    assert [one for batch in batches for one in batch] == ids
    assert all(0 < len(batch) <= BATCH for batch in batches)


def test_an_instant_goes_in_and_comes_out_in_utc() -> None:
    eastern = datetime(2026, 3, 1, 20, 0, tzinfo=timezone(timedelta(hours=-5)))
    stored = Instant().process_bind_param(eastern, DIALECT)
    assert stored is not None
    assert stored.isoformat() == "2026-03-02T01:00:00+00:00"
    read = Instant().dialect_impl(DIALECT).result_processor(DIALECT, None)
    assert read is not None
    assert read("2026-03-02 01:00:00.000000") == eastern
    assert Instant().process_bind_param(None, DIALECT) is read(None) is None
    of_postgresql = Instant().dialect_impl(postgresql.dialect())
    assert of_postgresql.result_processor(postgresql.dialect(), None) is None  # its driver gives aware instants
    assert stored.tzinfo is UTC


@pytest.mark.parametrize("moment", ["0001-01-01", "2026-03-01T09:05:07.000042", "9999-12-31T23:59:59.999999"])
def test_an_instant_is_stored_as_sqlalchemy_stores_it(moment: str) -> None:
    instant = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    usual = DateTime().dialect_impl(DIALECT).bind_processor(DIALECT)
    write = Instant().dialect_impl(DIALECT).bind_processor(DIALECT)
    assert usual is not None
    assert write is not None
    assert write(instant) == usual(instant)
    assert write(None) is None


def test_a_resource_has_one_id_and_what_differs_has_another() -> None:
    own = {"source": "home", "type": "Condition", "fhir_id": "c1"}
    ids = [resource_id(VAULT, **(own | change)) for change in ({}, {"source": "l"}, {"type": "Goal"}, {"fhir_id": "c"})]
    assert ids[0] == resource_id(VAULT, **own)
    assert len(set(ids)) == len(ids)
    assert token_hash(VAULT, param="code", value="1") != token_hash(VAULT, param="category", value="1")
