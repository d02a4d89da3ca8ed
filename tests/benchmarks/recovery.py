"""Going back to a moment, tried: PostgreSQL's continuous archiving as docs/operation.md sets it up, on loopback.

``python -m tests.benchmarks.recovery [--people 1000] [--timeout 5]`` fills a database, copies its base, goes on
writing, empties a table by mistake, and loses the server with its disk. From the base and the archive alone it restores
the moment before the mistake, and the newest that there is. Prints a paragraph for docs/reliability.md.
"""

import argparse
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner

from portal.cli import main as portal
from portal.services import Services, open_services
from portal.store.engine.upgrade import upgrade
from tests.benchmarks.fault_stage import Machine, Postgres, owned
from tests.benchmarks.population import multiply
from tests.browser.ports import free_ports
from tests.factories.record import small_record
from tests.factories.settings import make_settings
from tests.factories.world import World


def _url(server: Postgres) -> str:
    return f"postgresql://postgres@127.0.0.1:{server.port}/tributary"


def _filled(folder: Path, server: Postgres, people: int) -> Services:
    server.ask("CREATE DATABASE tributary", "postgres")
    services = open_services(make_settings(folder, database_url=_url(server)))
    upgrade(services.db)
    user = World(services).patient()
    small_record(services, user)
    multiply(services.db, person_id=user.person_id or "", people=people)
    return services


def _writing(server: Postgres, stopped: threading.Event) -> None:
    tick = (
        "INSERT INTO scheduled_run (job, day, asked_at) SELECT 'tick', count(*), clock_timestamp() FROM scheduled_run"
    )
    while not stopped.wait(0.2):
        server.ask(tick)


def _restored(stack: ExitStack, server: Postgres, base: Path, wal: Path, until: str) -> float:
    """Restore from the base and the archive; return the seconds until it takes writes."""
    began = time.monotonic()
    owned(server.folder)
    (server.folder / "data").mkdir(mode=0o700)
    subprocess.run(["tar", "-xzf", base / "base.tar.gz", "-C", server.folder / "data"], check=True)
    subprocess.run(["tar", "-xzf", base / "pg_wal.tar.gz", "-C", server.folder / "data/pg_wal"], check=True)
    settings = {"restore_command": f"cp {wal}/%f %p", "recovery_target_action": "promote", "archive_mode": "off"}
    if until:
        settings["recovery_target_time"] = until
    server.configure(**settings)
    (server.folder / "data/recovery.signal").touch()
    subprocess.run(["chown", "-R", "--reference", server.folder, server.folder / "data"], check=True)
    stack.callback(server.stop)
    server.start()
    while server.ask("SELECT pg_is_in_recovery()") != "f":
        time.sleep(0.2)
    return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.recovery")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--timeout", type=int, default=5)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tributary-recovery-")))
        folder.chmod(0o755)
        first, wal, base = free_ports(3), folder / "wal", folder / "base"
        for each in (wal, base):
            owned(each)
        primary = Postgres(folder / "primary", first)
        primary.make()
        archive = f"test ! -f {wal}/%f && cp %p {wal}/%f"
        primary.configure(archive_mode="on", archive_timeout=f"{options.timeout}s", archive_command=archive)
        primary.start()
        stack.callback(primary.stop)
        services = _filled(folder / "own", primary, options.people)
        size = int(primary.ask("SELECT pg_database_size('tributary')")) / 2**30
        began = time.monotonic()
        primary.copy_of_as_tar(base)
        copied = time.monotonic() - began
        stopped = threading.Event()
        writer = threading.Thread(target=_writing, args=(primary, stopped))
        writer.start()
        time.sleep(3 * options.timeout)
        before = primary.ask("SELECT count(*) FROM entry")
        moment = datetime.now(UTC).isoformat(sep=" ")
        time.sleep(1)
        primary.ask("DELETE FROM entry_key; UPDATE entry SET row_id = NULL; DELETE FROM entry")
        time.sleep(2 * options.timeout)
        stopped.set()
        writer.join()
        services.db.close()
        lost_at = datetime.now(UTC)
        primary.stop()
        back = Postgres(folder / "back", first + 1)
        seconds = _restored(stack, back, base, wal, moment)
        after = back.ask("SELECT count(*) FROM entry")
        newest = Postgres(folder / "newest", first + 2)
        _restored(stack, newest, base, wal, "")
        last = datetime.fromisoformat(newest.ask("SELECT max(asked_at) FROM scheduled_run WHERE job = 'tick'"))
        environ = Machine(folder / "machine", {"PORTAL_DATABASE_URL": _url(back)}).environ
        verified = CliRunner().invoke(portal, ["audit", "verify"], env=environ)
        checked = CliRunner().invoke(portal, ["db", "check"], env=environ)
    print(
        f"{size:.2f} GiB, base copied and packed in {copied:.0f} s. To the moment before the mistake: {seconds:.0f} s "
        f"({seconds / 60 / size:.1f} minutes a GiB), {after} of {before} entries; `audit verify` {verified.exit_code}, "
        f"`db check` {checked.exit_code}. From the archive alone, without the lost server's disk, the newest write was "
        f"{(lost_at - last).total_seconds():.1f} s old with archive_timeout {options.timeout} s."
    )


if __name__ == "__main__":
    main()
