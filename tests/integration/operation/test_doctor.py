"""``portal doctor`` finds each fault that is put into a sound deployment, by itself, and says what to mend."""

import os
import sqlite3
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from pytest_httpserver import HTTPServer
from redis import Redis
from sqlalchemy import text

from portal.cli import main
from portal.queue import SWEEP
from portal.store import scheduled_runs
from portal.store.directory import entries
from tests.browser.ports import free_ports
from tests.factories.databases import migrated_postgres
from tests.factories.deployment import Deployment

Seed = Callable[[Deployment], None]
NOBODY = "127.0.0.1:1"


@pytest.fixture
def deployment(tmp_path: Path, httpserver: HTTPServer) -> Iterator[Deployment]:
    with Deployment(tmp_path, httpserver) as deployment:
        yield deployment


@pytest.fixture
def on_both(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path, httpserver: HTTPServer
) -> Iterator[Deployment]:
    url = migrated_postgres(request.getfixturevalue("postgres_server")) if database_kind == "postgresql" else ""
    with Deployment(tmp_path, httpserver, database_url=url) as deployment:
        yield deployment


@pytest.fixture
def on_postgres(postgres_server: str, tmp_path: Path, httpserver: HTTPServer) -> Iterator[Deployment]:
    with Deployment(tmp_path, httpserver, database_url=migrated_postgres(postgres_server)) as deployment:
        yield deployment


def setting(**values: str) -> Seed:
    return lambda deployment: deployment.environ.update({f"PORTAL_{name}": value for name, value in values.items()})


def sql(statement: str, **values: str) -> Seed:
    def seed(deployment: Deployment) -> None:
        with deployment.services.db.transaction() as tx:
            tx.conn.execute(text(statement), values)

    return seed


def key(first: int) -> str:
    return urlsafe_b64encode(bytes(range(first, first + 32))).decode()


def key_of(deployment: Deployment) -> str:
    return (deployment.data_dir / "encryption-keys").read_text().partition(":")[0]


def wrong_key_of_the_right_name(deployment: Deployment) -> None:
    deployment.environ["PORTAL_ENCRYPTION_KEYS"] = f"{key_of(deployment)}:{key(7)}"


def unsealed(deployment: Deployment) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
        deployment.write_event()


def checkpoint_of_another(deployment: Deployment) -> None:
    (deployment.data_dir / "audit-checkpoint").write_text('{"number": 9, "mac": "00", "at": "2026-01-01T00:00:00Z"}')


def restored(deployment: Deployment) -> None:
    deployment.write_event()
    deployment.seal()
    sql("DELETE FROM audit_segment WHERE number > 1")(deployment)
    deployment.seal()  # the chain goes on, and is another


def stale_list(deployment: Deployment) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(days=9)), deployment.services.db.transaction() as tx:
        entries.note_source(tx, source="list", etag="", outcome="unchanged")


def broken_list(deployment: Deployment) -> None:
    with deployment.services.db.transaction() as tx:
        entries.note_source(tx, source="list", etag="", outcome="http-404")


def no_night(deployment: Deployment) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=40)), deployment.services.db.transaction() as tx:
        scheduled_runs.end(tx, job="retention", day="2026-11-28")


def later(deployment: Deployment) -> None:
    sql("UPDATE alembic_version SET version_num = '9999'")(deployment)
    assert deployment.codes() == set(), "it serves this version, too"
    sql("UPDATE schema_contract SET oldest = '9999'")(deployment)


ON_BOTH: dict[str, tuple[Seed, set[str]]] = {
    "a night that did not end": (no_night, {"night"}),
    "a key was taken out": (setting(ENCRYPTION_KEYS=f"other:{key(7)}"), {"keys"}),
    "a key was mistyped": (wrong_key_of_the_right_name, {"keys"}),
    "another index key": (setting(INDEX_KEY="an index key of another instance"), {"keys"}),
    "a pending migration": (sql("UPDATE alembic_version SET version_num = '0001'"), {"migration"}),
    "a schema of later": (later, {"schema-ahead"}),
    "people hashed by an earlier version": (sql("UPDATE person SET folding = 0"), {"migration"}),
    "an audit trail that nobody seals": (unsealed, {"audit-unsealed"}),
    "no checkpoint": (lambda d: (d.data_dir / "audit-checkpoint").unlink(), {"checkpoint"}),
    "a checkpoint of another trail": (checkpoint_of_another, {"checkpoint-foreign"}),
    "a database that was put back": (restored, {"checkpoint-foreign"}),
    "a directory list that is stale": (stale_list, {"directory"}),
    "a directory list that is broken": (broken_list, {"directory"}),
}


def no_keys(deployment: Deployment) -> None:
    for name in ("secret-key", "encryption-keys", "index-key"):
        (deployment.data_dir / name).unlink()


def unwritable(deployment: Deployment) -> None:
    names = ("SECRET_KEY", "ENCRYPTION_KEYS", "INDEX_KEY")
    files = [deployment.data_dir / name.lower().replace("_", "-") for name in names]
    setting(**{name: file.read_text() for name, file in zip(names, files, strict=True)})(deployment)
    deployment.environ["PORTAL_DATA_DIR"] = "/proc/self"  # where even root makes no file


def damaged(deployment: Deployment) -> None:
    deployment.services.db.close()
    path = deployment.data_dir / "portal.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'person'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(b"\xff" * page)


def waiting(deployment: Deployment) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=1), tick=True):
        deployment.services.queue.enqueue(SWEEP, job_id="sweep")


def silent(program: str) -> Seed:
    return lambda d: Redis.from_url(d.valkey.url).delete(f"{d.services.queue.name}:alive:{program}")


def header(**headers: str) -> Seed:
    def seed(deployment: Deployment) -> None:
        deployment.behind = lambda environ: environ.update({f"HTTP_{name}": value for name, value in headers.items()})

    return seed


def foreign_proxy(deployment: Deployment) -> None:
    seen = {"HTTP_X_FORWARDED_FOR": "192.0.2.9", "REMOTE_ADDR": "198.51.100.7"}
    deployment.behind = lambda environ: environ.update(seen)


def clock(deployment: Deployment) -> None:
    deployment.clock_off = 180.0


def organization_gone(deployment: Deployment) -> None:
    base = f"http://{NOBODY}/fhir"
    sql("UPDATE organization SET fhir_base = :base WHERE name = 'Elsewhere'", base=base)(deployment)


def no_jwks(deployment: Deployment) -> None:
    sql("UPDATE oauth_client SET jwks_uri = :uri", uri=deployment.outside.url_for("/nothing"))(deployment)


def other_brands(deployment: Deployment) -> None:
    (deployment.data_dir / "brands.json").write_text('{"clinics": "none"}')
    deployment.environ["PORTAL_BRANDS"] = str(deployment.data_dir / "brands.json")


def old_backup(deployment: Deployment) -> None:
    os.utime(deployment.backups / "portal.dump", (time.time() - 3 * 86400,) * 2)


def another_signer(deployment: Deployment) -> None:
    (deployment.data_dir / "secret-key").write_text("the secret key that this machine made for itself")


ON_SQLITE: dict[str, tuple[Seed, set[str]]] = {
    "a wrong setting": (setting(TIME_ZONE="Mars"), {"settings"}),
    "a secret that others may read": (lambda d: (d.data_dir / "index-key").chmod(0o644), {"settings"}),
    "another secret key than the other machine's": (another_signer, {"secret-key"}),
    "a folder without keys": (no_keys, {"keys-missing"}),
    "a folder that cannot be written to": (unwritable, {"data-dir"}),
    "a folder that is open to all": (lambda d: d.data_dir.chmod(0o755), {"permissions"}),
    "a folder of the checkpoint that is not mounted": (
        setting(AUDIT_CHECKPOINT="/nowhere/checkpoint"),
        {"checkpoint-folder", "checkpoint"},
    ),
    "no database": (setting(DATABASE_URL="sqlite:////nowhere/portal.sqlite3"), {"database-missing"}),
    "a damaged database": (damaged, {"database-damaged"}),
    "Valkey down": (lambda d: d.valkey.stop(), {"queue"}),
    "another queue's address": (setting(REDIS_URL=f"redis://{NOBODY}"), {"queue"}),
    "no workers": (silent("interactive"), {"workers"}),
    "a dead scheduler": (silent("scheduler"), {"scheduler"}),
    "jobs that wait": (waiting, {"queue-age"}),
    "a queue that forgets": (
        lambda d: Redis.from_url(d.valkey.url).config_set("maxmemory-policy", "allkeys-lru"),
        {"queue-evicts"},
    ),
    "an address where nobody is": (setting(BASE_URL=f"http://{NOBODY}"), {"address"}),
    "a proxy that changes the host": (header(HOST="internal.example"), {"address-foreign"}),
    "a proxy that is not trusted": (foreign_proxy, {"proxy-trust"}),
    "a proxy that says https": (header(X_FORWARDED_FOR="192.0.2.9", X_FORWARDED_PROTO="https"), {"proxy-scheme"}),
    "a clock that is off": (clock, {"clock"}),
    "an organization that is gone": (organization_gone, {"organization"}),
    "our own FHIR server gone": (
        setting(CHART_BASE=f"http://{NOBODY}/fhir", CHART_CLIENT_ID="portal"),
        {"organization"},
    ),
    "keys of an app that cannot be read": (no_jwks, {"jwks"}),
    "a brands file of another form": (other_brands, {"brands"}),
    "a mail server that is down": (setting(MAIL=f"smtp://{NOBODY}", MAIL_FROM="portal@cooper.example"), {"mail"}),
    "an old backup": (old_backup, {"backup"}),
    "no backup": (lambda d: (d.backups / "portal.dump").unlink(), {"backup"}),
    "an empty backup": (lambda d: (d.backups / "portal.dump").write_text(""), {"backup-empty"}),
}


@pytest.mark.parametrize("fault", ON_BOTH)
def test_a_fault_in_the_database(on_both: Deployment, fault: str) -> None:
    seed, codes = ON_BOTH[fault]
    seed(on_both)
    assert on_both.codes() == codes


@pytest.mark.parametrize("fault", ON_SQLITE)
def test_a_fault_around_it(deployment: Deployment, fault: str) -> None:
    seed, codes = ON_SQLITE[fault]
    seed(deployment)
    assert deployment.codes() == codes


def test_a_sound_deployment(on_both: Deployment) -> None:
    answer = on_both.doctor()
    assert (answer.output, answer.exit_code) == ("Nothing is wrong.\n", 0)


def test_an_extension_is_lacking(on_postgres: Deployment) -> None:
    sql("DROP EXTENSION pg_trgm CASCADE")(on_postgres)
    assert on_postgres.codes() == {"extension"}


def test_the_clock_of_the_database(on_postgres: Deployment) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=60), tick=True):
        assert "clock-database" in on_postgres.codes("--offline")


def test_a_database_that_does_not_answer(on_postgres: Deployment) -> None:
    setting(DATABASE_URL=f"postgresql://portal:hidden@{NOBODY}/portal")(on_postgres)
    answer = on_postgres.doctor("--offline")
    assert answer.output.startswith("database: ")
    assert "hidden" not in answer.output


def test_a_full_disk(deployment: Deployment) -> None:
    assert deployment.codes("--free", str(10**9)) == {"disk"}


def test_several_faults_and_no_secret(deployment: Deployment) -> None:
    silent("interactive")(deployment)
    silent("scheduler")(deployment)
    old_backup(deployment)
    answer = deployment.doctor("--json")
    assert [line.partition('"code":"')[2].partition('"')[0] for line in answer.output.splitlines()] == [
        "backup",
        "workers",
        "scheduler",
    ]
    for name in ("secret-key", "encryption-keys", "index-key"):
        assert (deployment.data_dir / name).read_text() not in answer.output


def test_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "new"))
    assert CliRunner().invoke(main, ["doctor"]).exit_code == 1
    assert not (tmp_path / "new").exists()


def test_an_empty_folder_of_instances(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INSTANCES_DIR", str(tmp_path))
    answer = CliRunner().invoke(main, ["doctor"])
    assert answer.exit_code == 1
    assert "PORTAL_INSTANCES_DIR must be a folder" in answer.output


def test_several_instances(deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, variables in (("portal", deployment.environ), ("broken", {"PORTAL_ACCENT": "360"})):
        (tmp_path / f"{name}.env").write_text("".join(f"{key}={text}\n" for key, text in variables.items()))
    monkeypatch.setenv("PORTAL_INSTANCES_DIR", str(tmp_path))
    output = CliRunner().invoke(main, ["doctor"]).output
    assert [line.split(": ")[:2] for line in output.splitlines()] == [["broken", "settings"]]


@pytest.mark.slow
def test_the_programs_themselves(tmp_path: Path) -> None:
    """`portal serve`, `worker` and `schedule` as processes: the doctor is content once they run, and not before."""
    port = free_ports(1)
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}
    environ |= {"PORTAL_DATA_DIR": str(tmp_path / "data"), "PORTAL_BASE_URL": f"http://localhost:{port}"}

    def run(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "portal.cli", *arguments]
        return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def doctor() -> set[str]:
        output = run("doctor").communicate()[0]
        return {line.partition(":")[0] for line in output.splitlines()}

    assert run("db", "upgrade").wait() == 0
    assert doctor() == {"queue", "address"}
    programs = [run("worker"), run("schedule"), run("serve", "--bind", f"127.0.0.1:{port}")]
    try:
        ends = time.monotonic() + 90
        while (codes := doctor()) != {"Nothing is wrong."} and time.monotonic() < ends:
            assert codes <= {"queue", "workers", "scheduler", "address"}
        assert codes == {"Nothing is wrong."}
    finally:
        for program in programs:
            program.terminate()
            program.communicate()
