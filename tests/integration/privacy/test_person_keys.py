"""Each record is sealed with a key of its person: once that is destroyed, nothing of it opens, in copies neither."""

import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Column, delete, select, update

from portal.cli import main
from portal.config import Settings
from portal.domain.errors import DecryptionError
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.queue import JobQueue
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Database, Tx, open_database
from portal.store.engine import key_rotation
from portal.store.engine.key_rotation import name_of
from portal.store.people import keys, people
from portal.store.records import corrections, rows
from portal.store.schema.access import person
from portal.store.schema.encryption import person_key
from portal.store.schema.records import correction, entry, resource
from tests.factories.databases import migrate
from tests.factories.record import at_home
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.factories.world import ANA, PASSWORD, World


@pytest.fixture
def two(database: Database, tmp_path: Path) -> tuple[str, str]:
    """Two people with a record each, by their ids."""
    settings = make_settings(tmp_path)
    world = World(Services(settings=settings, db=database, queue=JobQueue("", settings.slug)))
    ids = []
    for name in ("ana", "ben"):
        person_id = world.patient(name).person_id
        assert person_id
        named = [{**each, "id": f"{each['id']}-{name}"} for each in at_home()]
        ingest(database, person_id=person_id, source=HOME, resources=named)
        with database.transaction() as tx:
            request = corrections.CorrectionRequest(title="Penicillin", when=None, wrong="never", right="none")
            corrections.ask(
                tx, person_id=person_id, account_id="a", section=Section.ALLERGIES, entry_id="e", request=request
            )
        ids.append(person_id)
    return ids[0], ids[1]


def _reads(database: Database, person_id: str) -> None:
    with database.reading() as tx:
        assert people.by_id(tx, person_id=person_id)
        assert rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.MEDICATIONS).rows
        assert corrections.of_person(tx, person_id=person_id)


def _of(tx: Tx, column: Column[bytes], person_id: str) -> Sequence[bytes]:
    return tx.conn.execute(select(column).where(column.table.c.person_id == person_id)).scalars().all()


_CLINICAL = (resource.c.body, entry.c.body, entry.c.facts, correction.c.data)


def test_two_records_have_two_keys(database: Database, two: tuple[str, str]) -> None:
    with database.reading() as tx:
        for column in _CLINICAL:
            of_each = [{bytes(v).split(b"@")[1][:20] for v in _of(tx, column, person_id) if v} for person_id in two]
            assert [len(ids) for ids in of_each] == [1, 1], column
            assert of_each[0] != of_each[1], column


def test_without_the_key_nothing_of_one_record_opens_and_all_of_the_other(
    database: Database, two: tuple[str, str]
) -> None:
    gone, stays = two
    with database.transaction() as tx:
        assert keys.destroy(tx, person_id=gone)
        assert not keys.destroy(tx, person_id=gone)
    with database.reading() as tx:
        for column in _CLINICAL:
            for sealed in filter(None, _of(tx, column, gone)):
                with pytest.raises(DecryptionError) as erased:
                    tx.open(bytes(sealed), row="any")
                assert erased.value.code == "erased"
        with pytest.raises(DecryptionError):
            people.by_id(tx, person_id=gone)
    _reads(database, stays)


@pytest.mark.parametrize("whole", [False, True], ids=["the key alone", "with the person"])
def test_a_destroyed_key_is_not_in_the_file_of_sqlite(settings: Settings, whole: bool) -> None:
    database = open_database(settings)
    migrate(database)
    world = World(Services(settings=settings, db=database, queue=JobQueue("", settings.slug)))
    with database.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id="p", demographics=ANA)
    world.patient("ben")
    with database.reading() as tx:
        wrapped = bytes(_of(tx, person_key.c.data, person_id)[0])
    with database.transaction() as tx:
        if whole:
            tx.conn.execute(delete(person).where(person.c.id == person_id))
        else:
            assert keys.destroy(tx, person_id=person_id)
    database.close()  # the last connection moves what is in the write-ahead log into the file
    files = list(settings.data_dir.glob("portal.sqlite3*"))
    assert files
    assert not any(wrapped[40:] in file.read_bytes() for file in files)


def _as_an_earlier_version(database: Database) -> int:
    """Seal everything as before there were keys of persons; return how many values."""
    count = 0
    with database.transaction() as tx:
        for column in (person.c.data, *_CLINICAL):
            key = column.table.c.id
            for row in tx.conn.execute(select(key, column).where(column.is_not(None))).all():
                place = f"{name_of(column)}:{row[0]}"
                sealed = tx.vault.seal(tx.open(row[1], row=place), row=place)
                tx.conn.execute(update(column.table).where(key == row[0]).values({column.name: sealed}))
                count += 1
        tx.conn.execute(person_key.delete())
    return count


def test_what_an_earlier_version_stored_is_read_and_moves_wherever_it_is_interrupted(
    database: Database, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_rotation, "_BATCH", 3)
    count = _as_an_earlier_version(database)
    for person_id in two:
        _reads(database, person_id)
    assert key_rotation.left(database) == count
    first = sum(rotated.count for rotated in islice(key_rotation.rotate(database), 7))
    assert 0 < first < count
    for person_id in two:
        _reads(database, person_id)
    assert key_rotation.left(database) == count - first
    assert sum(rotated.count for rotated in key_rotation.rotate(database)) == count - first
    assert key_rotation.finish(database) == 0
    for person_id in two:
        _reads(database, person_id)
    test_two_records_have_two_keys(database, two)


def test_what_no_key_opens_is_named_and_all_else_is_done(database: Database, two: tuple[str, str]) -> None:
    count = _as_an_earlier_version(database)
    with database.transaction() as tx:
        damaged = tx.conn.execute(select(entry.c.id).order_by(entry.c.id).limit(1)).scalar_one()
        tx.conn.execute(update(entry).where(entry.c.id == damaged).values(body=tx.vault.seal(b"{}", row="elsewhere")))
    done = list(key_rotation.rotate(database))
    assert {rotated.column: rotated.unreadable for rotated in done if rotated.unreadable} == {"entry.body": (damaged,)}
    assert sum(rotated.count for rotated in done) == count - 1
    assert key_rotation.left(database) == 1
    assert key_rotation.finish(database, unreadable=1) == 0
    _reads(database, two[0])


def test_what_is_deleted_has_nothing_to_seal_anew(database: Database, two: tuple[str, str]) -> None:
    """A deleted resource of the home chart stays as a row with an empty body."""
    with database.transaction() as tx:
        tx.conn.execute(update(resource).values(body=b""))
    assert key_rotation.left(database) == 0
    assert sum(rotated.count for rotated in key_rotation.rotate(database)) == 0


def test_the_command_names_what_it_cannot_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys_of = [f"{name}:{urlsafe_b64encode(bytes(range(start, start + 32))).decode()}" for name, start in _TWO]
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS", keys_of[0])
    run = CliRunner()
    assert run.invoke(main, ["db", "upgrade"]).exit_code == 0
    for name in ("clerk", "other"):
        added = run.invoke(main, ["user", "add", name, "--staff", "--password-stdin"], input=PASSWORD + "\n")
        assert added.exit_code == 0, added.output
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as file, file:
        (damaged,) = file.execute("SELECT min(id) FROM account").fetchone()
        file.execute("UPDATE account SET data = substr(data, 1, 30) WHERE id = ?", (damaged,))
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS", ",".join(reversed(keys_of)))
    done = run.invoke(main, ["db", "rotate-keys"])
    assert done.exit_code == 1
    assert f"account.data of {damaged}" in done.output
    assert "1 values cannot be opened" in done.output
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS", keys_of[1])
    assert run.invoke(main, ["db", "check"]).exit_code == 0, "the old key is not asked for any more"


_TWO = (("k1", 0), ("k2", 32))
