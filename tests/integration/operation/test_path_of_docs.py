"""A stranger's path: the commands of README and docs/operation.md, run in their order as they are written there.

What stands there for something of the reader's own (a file, an id, an address) is replaced, and nothing else. Commands
of the system are not run on this machine; each kind is named with the test that runs what it is about.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, select

from portal.backups import manifest
from portal.cli import main
from portal.config import Settings
from portal.provider.oauth import operator
from portal.services import open_services
from portal.store.people import people
from portal.store.provider import clients
from portal.store.schema.access import person
from portal.valkey import EmbeddedValkey
from tests.architecture.test_files import ROOT
from tests.fakes import FakeOrganization
from tests.fakes.linked import link_to

_LINE = re.compile(r"^    (?! )(\S.*)$", re.MULTILINE)
ELSEWHERE = {
    "apt-get": "packages of Debian",
    "useradd": "the service's user",
    "install": "folders and files of deploy/, which are there",
    "python3": "test_wheel.py",
    "/opt/tributary/bin/pip": "test_wheel.py",
    "ln": "test_nginx.py, test_wheel.py",
    "cp": "files of deploy/, which are there",
    "systemctl": "test_systemd.py",
    "nginx": "test_nginx.py",
    "tar": "the keys, in test_backup.py",
    "psql": "continuous archiving: PostgreSQL's own",
    "pg_basebackup": "the same",
    "restore_command": "the same",
    "recovery_target_time": "the same",
    "recovery_target_action": "the same",
    "make": "this test run",
    "directory": "a picture",
}
POSTGRES = ("createuser", "createdb", "psql")
GOES_ON = {"serve": "test_contracts.py", "schedule": "test_doctor.py"}
ID = re.compile(r"\b[a-z0-9]{20}\b")


def lines(document: str) -> list[str]:
    return [match[1].partition("  #")[0].strip() for match in _LINE.finditer((ROOT / document).read_text())]


@dataclass
class Stranger:
    """Who follows a document. ``seen`` are the commands that were run."""

    folder: Path
    outside: FakeOrganization
    environ: dict[str, str]
    postgres: str = ""
    seen: list[str] = field(default_factory=list)

    def follow(self, document: str) -> None:
        for line in lines(document):
            words = shlex.split(line.replace("*", "STAR"))
            program = words[0]
            if program in ("portal", "tributary"):
                self.portal(words[1:])
            elif program == "export":
                continue
            elif program == "sudo" and words[3] in POSTGRES:
                if self.postgres:
                    self.of_postgres(words[3:])
            else:
                assert program in ELSEWHERE, line
                for name in re.findall(r"deploy/[\w./*-]+", line):
                    assert list(ROOT.glob(name)), line

    def of_postgres(self, words: list[str]) -> None:
        host = str(make_url(self.postgres).query["host"])
        environ = os.environ | {"PGHOST": host, "PGUSER": "postgres", "PGDATABASE": "postgres"}
        done = subprocess.run(words, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr)

    def portal(self, words: list[str]) -> None:
        if words[0] in GOES_ON:
            return
        self.prepare(words)
        words = [self.own(word, words) for word in words]
        if words[0] == "doctor":
            words.append("--offline")  # nobody serves
        self.seen.append(words[0] if words[0] == "restore" else " ".join(words[:2]))
        if words[0] == "worker":
            if "--queue" not in words or ("nightly" in words and not self.postgres):  # each takes seconds to start
                self.work(words)
            return
        answer = CliRunner().invoke(main, words, env=self.environ, input="sesame opens this\nsesame opens this\n")
        assert answer.exception is None or isinstance(answer.exception, SystemExit), (words, answer.exception)
        assert answer.exit_code == 0 or words[0] == "doctor", (words, answer.output)
        assert {line.partition(":")[0] for line in answer.stdout.splitlines()} <= self.expected(words, answer.stdout)

    def expected(self, words: list[str], output: str) -> set[str]:
        """What a doctor may find where nothing runs."""
        found = {line.partition(":")[0] for line in output.splitlines()}
        lacking = {"workers", "scheduler", "Nothing is wrong.", "backup"}
        if "restore" in self.seen:
            lacking = lacking - {"backup"} | {"checkpoint-foreign"}
        return lacking if words[0] == "doctor" else found

    def work(self, words: list[str]) -> None:
        command = [sys.executable, "-m", "portal.cli", *words, "--burst"]
        done = subprocess.run(command, env=os.environ | self.environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    def own(self, word: str, words: list[str]) -> str:
        if word.startswith(("/srv/chart/", "chart/STAR")):
            return str(ROOT / "tests/sample/synthea-bulk-10-patients/Patient.000.ndjson")
        if word.startswith("https://fhir."):
            return self.outside.fhir_base
        if word.startswith("/var/backups/tributary/"):
            return str(manifest.backups(self.folder / "backups")[-1].folder)
        if word in ("1001", "ID") and "--patient" in words:
            return self.first_patient()
        if ID.fullmatch(word):
            home = "SELECT id FROM organization WHERE id <> 'home'"
            return self.first(home if words[0] == "org" else "SELECT id FROM link")
        return word

    def first(self, query: str) -> str:
        services = open_services(Settings.from_environment(self.environ))
        with closing(services.db), services.db.reading() as tx:
            return str(tx.conn.exec_driver_sql(query).scalars().first())

    def first_patient(self) -> str:
        services = open_services(Settings.from_environment(self.environ))
        with closing(services.db), services.db.reading() as tx:
            c = person.c
            person_id = tx.conn.execute(select(c.id).where(c.fhir_id.is_not(None)).order_by(c.id)).scalars().first()
            return people.fhir_id_of(tx, person_id=person_id or "") or ""

    def prepare(self, words: list[str]) -> None:
        """What happens between two commands without being one."""
        if words[:2] == ["link", "list"]:
            services = open_services(Settings.from_environment(self.environ))
            with closing(services.db):
                link_to(services, self.outside)
                with services.db.transaction() as tx:
                    partner = operator.partner(
                        name="Riverbend", client_id="riverbend", jwks_uri="https://r.example/jwks"
                    )
                    clients.add_client(tx, client=partner)
        if words[0] == "restore":  # the old database was moved away, and an empty one is named
            url = make_url(Settings.from_environment(self.environ).database_url)
            if url.get_backend_name() == "sqlite":
                path = Path(url.database or "")
                path.rename(path.with_name("moved-away"))
                for file in path.parent.glob(f"{path.name}-*"):
                    file.unlink()
            else:
                self.of_postgres(["psql", "--command=ALTER DATABASE tributary RENAME TO moved_away"])
                self.of_postgres(
                    ["createdb", "--owner=tributary", "--encoding=UTF8", "--template=template0", "tributary"]
                )


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Stranger]:
    environ = {
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "PORTAL_BACKUP_DIR": str(tmp_path / "backups"),
        "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
    }
    (tmp_path / "data").mkdir(mode=0o700)
    queue = EmbeddedValkey(tmp_path / "data" / "queue")
    queue.start()
    with FakeOrganization() as outside:
        yield Stranger(tmp_path, outside, environ)
    queue.stop()


def test_the_page_on_operation(stranger: Stranger) -> None:
    stranger.follow("docs/operation.md")
    assert set(stranger.seen) >= {"db upgrade", "user invite", "link end", "backup drill", "restore", "db rotate-keys"}


@pytest.mark.skipif(not shutil.which("createdb"), reason="PostgreSQL's client programs are not on PATH")
def test_the_page_on_operation_with_postgresql(stranger: Stranger, postgres_server: str) -> None:
    stranger.postgres = postgres_server
    url = make_url(postgres_server).set(username="tributary", database="tributary")
    stranger.environ["PORTAL_DATABASE_URL"] = url.render_as_string(hide_password=False)
    stranger.follow("docs/operation.md")
    assert "backup drill" in stranger.seen


def test_the_readme(stranger: Stranger) -> None:
    stranger.follow("README.md")
    assert {"records import", "user invite", "org add", "worker --count"} <= set(stranger.seen)
