"""Requirement D2: after everything was done once, no dump of database, queue or log tells anything about anybody.

Done: signed in wrongly and rightly, imported, linked over OAuth, verified, refreshed, looked at, shared with an app by
consent, refreshed its token, read over FHIR, failed in a job, unlinked one of two.
"""

import base64
import binascii
import json
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import inspect, text

from jobs import context
from jobs.work import ReticentJob
from portal import logs
from portal.app import create_app
from portal.domain.ids import HOME
from portal.domain.people import Address, HumanName, Person, Role
from portal.persons import erasure
from portal.provider.types import SERVED
from portal.queue import INTERACTIVE, KINDS, queue_name, queue_url
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import tokens as link_tokens
from portal.store.people import accounts
from portal.valkey import EmbeddedValkey
from tests.factories.databases import migrate
from tests.factories.postgres import fresh_database
from tests.factories.settings import make_settings
from tests.factories.world import PASSWORD, World, sign_in
from tests.fakes import data
from tests.fakes.organization import FakeOrganization
from tests.hostile.web.record import filled
from tests.hostile.web.stage import MARK
from tests.integration.linking.conftest import Journey, query
from tests.integration.provider.conftest import SECRET, TestApp, register

VERA = Person(
    names=(HumanName(family="Qzfamily", given=("Qzgiven",), use="official"),),
    birth_date="1961-07-19",
    sex="female",
    addresses=(Address(line=("7 Qzlane",), city="Qzcity", state="NJ", postal_code="08999"),),
    phones=("(856) 555-0199",),
    emails=("vera@qzmail.example",),
)
IDS = [each["id"] for key in ("home", "there") for each in filled(lambda kind: kind, key=key)]
PERSONAL = ("qzfamily", "qzgiven", "1961-07-19", "19610719", "qzlane", "qzcity", "555-0199", "8565550199", "qzmail")


@dataclass
class Run:
    """What was done, and every secret that was seen on the way."""

    services: Services
    redis: Any
    journey: Journey
    secrets: dict[str, str] = field(default_factory=dict)

    def found(self, dump: bytes) -> list[str]:
        low = dump.lower()
        marks = {mark: mark for mark in (*PERSONAL, *IDS, "patient-vera", MARK, "penicillin", "asthma")}
        all_ = marks | {name: value for name, value in self.secrets.items() if value}
        return [name for name, value in all_.items() if value.lower().encode() in low]


@pytest.fixture(params=["sqlite", "postgresql"])
def run(
    request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Iterator[tuple[Run, FlaskClient]]:
    url = fresh_database(request.getfixturevalue("postgres_server")) if request.param == "postgresql" else ""
    settings = make_settings(tmp_path, database_url=url)
    server = EmbeddedValkey(tmp_path / "queue")
    server.start()
    app = create_app(settings)
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    context.register(app.extensions["tributary"])
    capfd.readouterr()
    logs.configure()
    patient = data.patient("p", "Qzfamily", ["Qzgiven"], "1961-07-19", "female")
    record = [*data.people(), patient, *filled(lambda kind: f"{MARK} {kind}", key="there")]
    try:
        with FakeOrganization(resources=record) as org:
            client = app.test_client()
            user = World(services).patient("vera", VERA)
            with services.db.transaction() as tx:
                there = organizations.add(tx, name="Riverbend", fhir_base=org.fhir_base)
                organizations.put_client(tx, organization_id=there.id, client_id="client")
            journey = Journey(services, client, user, org, there.id)
            done = Run(services, Redis.from_url(queue_url(settings)), journey)
            _everything(done, client, org)
            yield done, client
    finally:
        context.forget()
        services.db.close()
        server.stop()
        structlog.reset_defaults()
        for handler in [one for one in logging.getLogger().handlers if getattr(one, "tributary_json", False)]:
            logging.getLogger().removeHandler(handler)


def _everything(done: Run, client: FlaskClient, org: FakeOrganization) -> None:
    here, app = done.services, client.application
    journey, user = done.journey, done.journey.user
    done.secrets["password"] = PASSWORD
    ingest(here.db, person_id=user.person_id, source=HOME, resources=filled(lambda kind: f"{MARK} {kind}", key="home"))
    with here.db.transaction() as tx:
        other = organizations.add(tx, name="Shoreline", fhir_base=f"{org.url}/fhir/")
        organizations.put_client(tx, organization_id=other.id, client_id="client")
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    wrong = {"csrf_token": token, "username": f"{MARK}-typed", "password": f"{MARK}-wrong", "next": f"/{MARK}"}
    assert client.post(f"/sign-in?next=/{MARK}", data=wrong).status_code == 422
    sign_in(client, user)
    done.secrets["sign-in"] = _cookie_secret(client)
    _link(done, journey)
    for path in ("/", "/health", "/health/medications", "/messages", "/activity", f"/links/search?q={MARK}"):
        assert client.get(path).status_code == 200
    assert client.get(f"/health/medications?after={MARK}").status_code == 400
    _share(done, TestApp(app, client))
    _fail(done)
    unlinked = links_of(journey)[0]
    assert journey.post(f"/links/{unlinked}/unlink").status_code == 303
    _link(done, journey)


def links_of(journey: Journey) -> list[str]:
    return [one.id for one in journey.all()]


def _link(done: Run, journey: Journey) -> None:
    """Over OAuth, noting the state, the code and the tokens."""
    address = journey.start()
    back = journey.agree(address, "p")
    done.secrets |= {
        f"state {len(done.secrets)}": query(address)["state"],
        f"code {len(done.secrets)}": query(back)["code"],
    }
    answer = journey.come_back(back)
    assert answer.status_code == 303
    link_id = answer.headers["Location"].rsplit("/", 1)[1]
    journey.work()
    assert journey.stored(link_id).state == "active"
    with done.services.db.reading() as tx:
        stored = link_tokens.tokens_of(tx, link_id=link_id)
    assert stored
    done.secrets |= {
        f"access {link_id}": stored.tokens.access_token,
        f"refresh {link_id}": stored.tokens.refresh_token or "",
    }


def _share(done: Run, third_party: TestApp) -> None:
    register(done.services)
    done.secrets["client secret"] = SECRET
    code = third_party.code()
    third_party.tokens = third_party.exchange(code).get_json()
    first = dict(third_party.tokens)
    third_party.tokens = third_party.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).get_json()
    assert third_party.get("AllergyIntolerance?patient=patient-vera").status_code == 200
    assert third_party.get(f"Patient?name={MARK}&birthdate=1961-07-19").status_code in (200, 400, 403)
    third_party.token(grant_type="refresh_token", refresh_token=first["refresh_token"])  # replayed: the family ends
    done.secrets |= {"provider code": code, "verifier": third_party.verifier}
    for name, tokens in (("first", first), ("second", third_party.tokens)):
        done.secrets |= {f"{name} access": tokens["access_token"], f"{name} refresh": tokens["refresh_token"]}


def _fail(done: Run) -> None:
    """A job that fails, worked on as the product's workers do."""
    slug = done.services.settings.slug
    kinds: Any = {"connection": done.redis, "serializer": JSONSerializer, "job_class": ReticentJob}
    queue = Queue("failing", **kinds)
    queue.enqueue("tests.integration.privacy.failing.run", kwargs={"instance": slug}, failure_ttl=600)
    _work([queue], done.redis)
    assert queue.failed_job_registry.count == 1


def _cookie_secret(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return str(session["sign_in"])


def test_no_dump_tells_anything(run: tuple[Run, FlaskClient], capfd: pytest.CaptureFixture[str]) -> None:
    done, client = run
    assert MARK in client.get("/health/medications").get_data(as_text=True), "nothing was loaded, nothing is proven"
    assert done.redis.llen(f"rq:queue:{queue_name(done.services.settings.slug, INTERACTIVE)}") > 0, (
        "nothing was enqueued"
    )
    dumps = {"database": _rows(done), "files": _files(done), "queue": _queue(done)}
    logged = capfd.readouterr()
    dumps["log"] = (logged.out + logged.err).encode()
    assert {name: done.found(dump) for name, dump in dumps.items()} == {name: [] for name in dumps}
    _check_lines(logged.err)
    _check_erased(done, done.journey, capfd)


def _check_erased(done: Run, journey: Journey, capfd: pytest.CaptureFixture[str]) -> None:
    """Erase the person: what was hers stands in no table but the trail, in no file, in no queue and in no line."""
    before = _values(done)
    ids = {each.encode() for each in (journey.person_id, journey.user.account_id, *links_of(journey))}
    _erase(done, journey.person_id)
    names = [queue_name(journey.instance, kind) for kind in KINDS]
    _work([Queue(name, connection=done.redis, serializer=JSONSerializer) for name in names], done.redis)
    types = {kind.encode() for kind in SERVED}  # the last one of a type is a word of the code, too
    hers = {value for value in before - _values(done) if len(value) >= len(journey.person_id)} - types
    assert ids <= hers
    assert len(hers) > 450, "records, rows, tokens, sign-ins"
    logged = capfd.readouterr()
    dumps = {"queue": _queue(done), "log": (logged.out + logged.err).encode()}
    assert {name: [each for each in hers if each in dump] for name, dump in dumps.items()} == {"queue": [], "log": []}
    # The queue's own file names jobs that are over, by ids that lead nowhere, until its server writes it anew.
    trail, files = _rows(done, only=frozenset({"audit_event"})), _files(done, without="queue")
    some = ids.union(sorted(hers)[::10])  # all of it takes half a minute
    assert not [each for each in some if each in files and each not in trail]


def _work(queues: list[Queue], redis: Any) -> None:
    SimpleWorker(queues, connection=redis, serializer=JSONSerializer, job_class=ReticentJob).work(burst=True)


def _erase(done: Run, person_id: str) -> None:
    administrators = [World(done.services).staff(name, Role.ADMIN) for name in ("one", "two")]
    with done.services.db.transaction() as tx:
        first, second = (accounts.by_id(tx, account_id=user.account_id) for user in administrators)
        assert first
        assert second
        change_id = erasure.request(tx, person_id=person_id, by=first)
    erasure.confirm(done.services, change_id=change_id, by=second)


def _values(done: Run) -> set[bytes]:
    """Every value of every table but the trail's."""
    with done.services.db.reading() as tx:
        names = set(inspect(tx.conn).get_table_names()) - {"audit_event", "audit_segment"}
        rows = [row for name in names for row in tx.conn.execute(text(f'SELECT * FROM "{name}"'))]  # noqa: S608
    return {bytes(value) if isinstance(value, bytes) else str(value).encode() for row in rows for value in row}


def _check_lines(written: str) -> None:
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert lines, "nothing was logged"
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)
    failed = [line for line in lines if line["event"] == "job.failed"]
    assert failed
    assert failed[0]["kind"] == "ValueError"
    assert not [line for line in lines if "?" in json.dumps(line)], "an address with its query"


def _rows(done: Run, *, only: frozenset[str] = frozenset()) -> bytes:
    """Every value of every table, full-text indexes included; or of these tables only."""
    with done.services.db.reading() as tx:
        names = only or inspect(tx.conn).get_table_names()
        rows = [tuple(row) for name in names for row in tx.conn.execute(text(f'SELECT * FROM "{name}"'))]  # noqa: S608
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


def _files(done: Run, *, without: str = "") -> bytes:
    """Every file of the data directory as it lies on the disk: the database with its log, the queue's file."""
    folder = done.services.settings.data_dir
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and without not in path.parts]
    return b"\n".join(path.read_bytes() for path in files)


def _queue(done: Run) -> bytes:
    """Every value in the queue's server, what RQ compresses opened."""
    found: list[bytes] = []
    for key in done.redis.scan_iter():
        kind = done.redis.type(key)
        found.append(key)
        if kind == b"hash":
            for name, value in done.redis.hgetall(key).items():
                found += [name, value, _opened(value)]
        elif kind == b"list":
            found += done.redis.lrange(key, 0, -1)
        elif kind == b"zset":
            found += [value for value, _ in done.redis.zrange(key, 0, -1, withscores=True)]
        elif kind == b"set":
            found += list(done.redis.smembers(key))
        elif kind == b"stream":
            for _, fields in done.redis.xrange(key):
                found += [one for pair in fields.items() for value in pair for one in (value, _opened(value))]
        else:
            found.append(done.redis.get(key) or b"")
    return b"\n".join(found)


def _opened(value: bytes) -> bytes:
    """RQ compresses data and, in base64, tracebacks."""
    for decode in (bytes, base64.b64decode):
        try:
            return zlib.decompress(decode(value))
        except (zlib.error, binascii.Error):
            continue
    return b""
