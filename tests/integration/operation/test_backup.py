"""Backups: what is restored is what was backed up, and a restore that is refused or fails leaves nothing behind."""

import os
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import time_machine
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import text

from portal.backups import making, manifest, postgres, sqlite
from portal.backups.manifest import Backup
from portal.cli import main
from portal.config import Settings
from portal.store import Database, open_database
from portal.store.engine import contents
from portal.store.engine.upgrade import _config
from portal.store.people import challenges, people
from tests.factories.databases import migrate, migrated_postgres
from tests.factories.deployment import KEYS
from tests.factories.postgres import fresh_database
from tests.factories.world import ANA


@dataclass
class Place:
    """An instance of which only the settings, the keys and the database are there, and an empty database beside."""

    environ: dict[str, str]
    empty_url: str
    backups: Path

    def portal(self, *arguments: str, **environ: str) -> Result:
        return CliRunner().invoke(main, list(arguments), env=self.environ | environ)

    def database(self, url: str = "") -> Database:
        settings = Settings.from_environment(self.environ | ({"PORTAL_DATABASE_URL": url} if url else {}))
        return open_database(settings)

    def back_up(self) -> Backup:
        answer = self.portal("backup")
        assert answer.exit_code == 0, answer.output
        return manifest.backups(self.backups)[-1]

    def is_empty(self) -> bool:
        with closing(self.database(self.empty_url)) as database:
            if database.is_sqlite:
                path = Path(database.url.database or "")
                return sqlite.is_empty(path) and not list(path.parent.glob(f"{path.name}*"))
            return postgres.is_empty(database.url)

    def restore(self, backup: Backup, jobs: int = 1, **environ: str) -> Result:
        url = {"PORTAL_DATABASE_URL": self.empty_url}
        return self.portal("restore", "--jobs", str(jobs), str(backup.folder), **(url | environ))


@pytest.fixture
def place(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    for name, content in KEYS.items():
        (data / name).touch(mode=0o600)
        (data / name).write_text(content)
    url, empty = f"sqlite:///{data / 'portal.sqlite3'}", f"sqlite:///{tmp_path / 'empty' / 'portal.sqlite3'}"
    if database_kind == "postgresql":
        if not shutil.which("pg_dump"):
            pytest.skip("PostgreSQL's client programs are not on PATH")
        server = request.getfixturevalue("postgres_server")
        url, empty = migrated_postgres(server), fresh_database(server)
    backups = tmp_path / "backups"
    place = Place(
        {"PORTAL_DATA_DIR": str(data), "PORTAL_DATABASE_URL": url, "PORTAL_BACKUP_DIR": str(backups)}, empty, backups
    )
    with closing(place.database()) as database:
        if database.is_sqlite:
            migrate(database)
        with database.transaction() as tx:
            for number in range(3):
                people.put_home_patient(tx, fhir_id=f"p{number}", demographics=ANA)
    return place


def test_what_is_restored_is_what_was_backed_up(place: Place) -> None:
    backup = place.back_up()
    with closing(place.database()) as database, database.transaction() as tx:
        people.put_home_patient(tx, fhir_id="later", demographics=ANA)
    answer = place.restore(backup)
    assert answer.exit_code == 0, answer.output
    with closing(place.database(place.empty_url)) as restored, restored.reading() as tx:
        assert contents.contents(tx.conn) == backup.manifest.tables
        assert people.by_fhir_id(tx, fhir_id="p1") is not None
        assert people.by_fhir_id(tx, fhir_id="later") is None
    assert backup.manifest.tables["person"].rows == 3
    files = [backup.folder, *backup.folder.iterdir()]
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o700", "0o600"}
    text = (backup.folder / "manifest.json").read_text()
    assert not [content for content in KEYS.values() if content.partition(":")[2] and content.partition(":")[2] in text]


def test_what_was_open_when_it_was_made_is_not_good_again(place: Place) -> None:
    """Nobody knows what was used or ended since."""
    with closing(place.database()) as database, database.transaction() as tx:
        challenges.add(tx, kind="password-reset", secret="used-later", lasting=timedelta(days=1))
    backup = place.back_up()
    answer = place.restore(backup)
    assert (answer.exit_code, "signs in anew" in answer.output) == (0, True), answer.output
    with closing(place.database(place.empty_url)) as restored, restored.reading() as tx:
        assert challenges.peek(tx, kind="password-reset", secret="used-later") is None
    answer = place.portal("db", "end-access")
    assert (answer.exit_code, "Ended: 1." in answer.output) == (0, True), answer.output


def damaged(backup: Backup) -> None:
    content = bytearray(backup.file.read_bytes())
    content[len(content) // 2] ^= 1
    backup.file.write_bytes(content)


def cut_off(backup: Backup) -> None:
    os.truncate(backup.file, backup.manifest.size // 2)


def described_otherwise(**changes: object) -> Callable[[Backup], None]:
    def change(backup: Backup) -> None:
        changed = msgspec.structs.replace(backup.manifest, **changes)
        (backup.folder / "manifest.json").write_bytes(msgspec.json.encode(changed))

    return change


def cut_off_before_it_was_described(backup: Backup) -> None:
    cut_off(backup)
    described_otherwise(size=backup.file.stat().st_size, sha256=manifest.checksum(backup.file))(backup)


def another_row(backup: Backup) -> None:
    tables = backup.manifest.tables
    changed = msgspec.structs.replace(tables["person"], rows=4)
    described_otherwise(tables=tables | {"person": changed})(backup)


def untouched(_backup: Backup) -> None:
    pass


OTHER_KEY = f"k1:{urlsafe_b64encode(bytes(range(7, 39))).decode()}"
REFUSED: dict[str, tuple[Callable[[Backup], None], dict[str, str], str]] = {
    "another key": (untouched, {"PORTAL_ENCRYPTION_KEYS": OTHER_KEY}, "another key k1"),
    "a key lacks": (untouched, {"PORTAL_ENCRYPTION_KEYS": OTHER_KEY.replace("k1", "k2")}, "lacks the key k1"),
    "another index key": (
        untouched,
        {"PORTAL_INDEX_KEY": "an index key of another instance"},
        "not the key of this database",
    ),
    "a later schema": (described_otherwise(revision="9999"), {}, "later version"),
    "another kind of database": (described_otherwise(backend="oracle"), {}, "of another kind"),
    "a damaged copy": (damaged, {}, "damaged"),
    "a copy that was cut off": (cut_off, {}, "cut off"),
    "a copy that cannot be read": (cut_off_before_it_was_described, {}, ""),
    "a copy with other rows": (another_row, {}, "not what was backed up: person"),
    "no manifest": (lambda backup: (backup.folder / "manifest.json").unlink(), {}, "is no backup"),
    "a file elsewhere": (described_otherwise(file="../other"), {}, "names a file elsewhere"),
}


def test_a_restore_that_is_refused_or_fails_leaves_nothing_behind(place: Place) -> None:
    sound = place.back_up()
    for reason, (change, environ, sentence) in REFUSED.items():
        backup = manifest.read(shutil.copytree(sound.folder, place.backups / reason))
        change(backup)
        answer = place.restore(backup, **environ)
        assert answer.exit_code == 1, reason
        assert isinstance(answer.exception, SystemExit), (reason, answer.exception)
        assert sentence in answer.output, (reason, answer.output)
        assert place.is_empty(), reason
    for reason in ("a copy that cannot be read", "a copy with other rows"):
        answer = place.restore(manifest.read(place.backups / reason), jobs=2)
        assert (answer.exit_code, place.is_empty()) == (1, True), (reason, answer.output)
    assert place.restore(sound, jobs=2).exit_code == 0


def test_a_filled_database_is_not_touched(place: Place) -> None:
    backup = place.back_up()
    with closing(place.database()) as database, database.reading() as tx:
        before = contents.contents(tx.conn)
    answer = place.portal("restore", str(backup.folder))
    assert (answer.exit_code, "not empty" in answer.output) == (1, True)
    with closing(place.database()) as database, database.reading() as tx:
        assert contents.contents(tx.conn) == before


def test_keys_that_are_not_there_are_not_made(place: Place) -> None:
    backup = place.back_up()
    key = Path(place.environ["PORTAL_DATA_DIR"]) / "encryption-keys"
    key.unlink()
    answer = place.restore(backup)
    assert (answer.exit_code, str(key) in answer.output) == (1, True)
    assert not key.exists()
    assert place.is_empty()


def test_a_drill(place: Place) -> None:
    with closing(place.database()) as database:
        before = scratches(database)
    place.back_up()
    answer = place.portal("backup", "drill")
    assert answer.exit_code == 0, answer.output
    assert "can be restored" in answer.output
    with closing(place.database()) as database:
        assert scratches(database) == before
    another_row(manifest.backups(place.backups)[-1])
    answer = place.portal("backup", "drill")
    assert (answer.exit_code, "not what was backed up" in answer.output) == (1, True)
    with closing(place.database()) as database:
        assert scratches(database) == before
        if not database.is_sqlite:
            assert place.portal("backup", "drill", "--into", place.environ["PORTAL_DATABASE_URL"]).exit_code == 1


def scratches(database: Database) -> set[str]:
    """What a drill could leave: databases of the server, files beside the database."""
    if database.is_sqlite:
        return {path.name for path in Path(database.url.database or "").parent.iterdir()}
    with database.reading() as tx:
        return set(tx.conn.execute(text("SELECT datname FROM pg_database")).scalars())


def test_a_drill_of_an_earlier_version_migrates_it(place: Place) -> None:
    with closing(place.database(place.empty_url)) as earlier:
        with earlier.transaction() as tx:
            command.upgrade(_config(tx.conn), "0020")
            for statement in ("INSERT INTO key_check SELECT 'index', 'index', :mac", "SELECT :mac"):
                tx.conn.execute(text(statement), {"mac": tx.vault.index_check})
            command.upgrade(_config(tx.conn), "0021")
        backup = making.make(earlier, place.backups)
    assert backup.manifest.revision == "0021"
    answer = place.portal("backup", "drill", str(backup.folder))
    assert answer.exit_code == 0, answer.output


def test_a_sealed_value_that_no_key_opens_ends_a_drill(place: Place) -> None:
    with closing(place.database()) as database, database.transaction() as tx:
        tx.conn.execute(text("UPDATE person SET data = :data"), {"data": b"\x02k1nothing"})
    place.back_up()
    answer = place.portal("backup", "drill")
    assert (answer.exit_code, "person.data cannot be read" in answer.output) == (1, True)


def test_a_backup_that_was_interrupted_is_none(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, closing(place.database()) as database:
        patch.setattr(manifest, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            making.make(database, place.backups)
    assert not list(place.backups.iterdir())
    backup = place.back_up()
    killed = backup.folder.with_name(f"2026-01-01T000000Z{manifest.UNFINISHED}")
    shutil.copytree(backup.folder, killed)
    assert [each.folder for each in manifest.backups(place.backups)] == [backup.folder]


def test_older_ones_are_removed_by_the_number_to_keep(place: Place) -> None:
    for day in range(1, 4):
        with time_machine.travel(datetime(2026, 11, day, tzinfo=UTC), tick=True):
            answer = place.portal("backup", "--keep", "2")
    assert "2026-11-01T" in answer.output.splitlines()[-1]
    lines = place.portal("backup", "list").output.splitlines()
    assert [line.partition("2026-11-0")[2][0] for line in lines] == ["2", "3"]


def test_a_folder_with_something_in_it_is_not_written_to(place: Place) -> None:
    folder = place.backups / "first"
    assert place.portal("db", "backup", str(folder)).exit_code == 0
    before = sorted(folder.iterdir())
    answer = place.portal("db", "backup", str(folder))
    assert (answer.exit_code, "exists" in answer.output) == (1, True)
    assert sorted(folder.iterdir()) == before
    answer = place.portal("db", "restore", str(folder), PORTAL_DATABASE_URL=place.empty_url)
    assert answer.exit_code == 0, answer.output


def test_without_postgresqls_programs(place: Place) -> None:
    with closing(place.database()) as database:
        if database.is_sqlite:
            pytest.skip("SQLite needs no program")
    answer = place.portal("backup", PATH="/nowhere")
    assert (answer.exit_code, "pg_dump is not on PATH" in answer.output) == (1, True)
    assert not list(place.backups.iterdir())


def test_the_doctor_knows_the_age_of_the_newest(place: Place) -> None:
    def codes(after: timedelta = timedelta()) -> set[str]:
        with time_machine.travel(datetime.now(UTC) + after, tick=True):
            output = place.portal("doctor", "--offline").output
        return {line.partition(":")[0] for line in output.splitlines() if line.startswith("backup")}

    assert codes() == {"backup"}
    backup = place.back_up()
    assert codes() == set()
    assert codes(timedelta(hours=30)) == {"backup"}
    cut_off(backup)
    assert codes() == {"backup-cut"}
