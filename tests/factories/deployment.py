"""A whole deployment that is sound, for tests that break one thing of it: served, queued, linked, sealed, backed up."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from click.testing import CliRunner, Result
from joserfc import jwk
from pytest_httpserver import HTTPServer
from werkzeug.serving import WSGIRequestHandler, make_server

from portal import audit
from portal.app import create_app
from portal.audit import chain
from portal.audit.checkpoints import checkpoint_file
from portal.cli import main
from portal.config import Settings
from portal.domain.links import LinkState, Tier
from portal.queue import KINDS, SCHEDULER
from portal.services import Services
from portal.store.directory import entries, organizations
from portal.store.links import links
from portal.store.people import people
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.valkey import EmbeddedValkey
from portal.web.proxies import BehindProxies
from tests.factories.databases import migrate
from tests.factories.world import ANA

Environ = dict[str, Any]
_CODE = re.compile(r"^([a-z0-9-]+): ", re.MULTILINE)
KEYS = {
    "secret-key": "a secret key that is only for tests",
    "encryption-keys": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "index-key": "an index key that is only for tests",
}
"""Those of ``make_settings``: the databases that tests copy are filled with them."""


class Deployment:
    """``environ`` are its variables; ``behind`` is what its proxy does to a request, ``clock_off`` seconds."""

    def __init__(self, folder: Path, httpserver: HTTPServer, *, database_url: str = "") -> None:
        self.data_dir, self.backups = folder / "data", folder / "backups"
        self.outside = httpserver
        self.behind: Callable[[Environ], None] = lambda _environ: None
        self.clock_off = 0.0
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=self._handler())
        self.environ = {
            "PORTAL_DATA_DIR": str(self.data_dir),
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_BASE_URL": f"http://localhost:{self._server.port}",
            "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
        }
        self.data_dir.mkdir(mode=0o700)
        for name, content in KEYS.items():
            (self.data_dir / name).touch(mode=0o600)
            (self.data_dir / name).write_text(content)
        settings = Settings.from_environment(self.environ)
        app = create_app(settings)
        self._wsgi = BehindProxies(app.wsgi_app, settings.trusted_proxies)
        self.services: Services = app.extensions["tributary"]
        self.valkey = EmbeddedValkey(settings.data_dir / "queue")

    def __enter__(self) -> Self:
        self.valkey.start()
        migrate(self.services.db)
        for program in (*KINDS, SCHEDULER):
            self.services.queue.beat(program)
        self._fill()
        self.backups.mkdir()
        (self.backups / "portal.dump").write_text("a backup")
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self.services.db.close()
        self.valkey.stop()

    def doctor(self, *arguments: str) -> Result:
        """Run ``portal doctor`` in this deployment's environment."""
        return CliRunner().invoke(main, ["doctor", "--backups", str(self.backups), *arguments], env=self.environ)

    def codes(self, *arguments: str) -> set[str]:
        """Return the codes of what the doctor finds; its exit status must fit."""
        answer = self.doctor(*arguments)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        codes = set(_CODE.findall(answer.stdout))  # the server beside it may write lines of its own
        assert answer.exit_code == (1 if codes else 0)
        return codes

    def write_event(self) -> None:
        with self.services.db.transaction() as tx:
            audit.record(tx, action=audit.Action.IMPORT, actor=audit.Actor("operator"))

    def seal(self) -> None:
        chain.seal(self.services.db, checkpoint_file(self.services.settings))

    def _fill(self) -> None:
        base = self.outside.url_for("/fhir")
        key = jwk.ECKey.generate_key("P-384", parameters={"kid": "1"})
        self.outside.expect_request("/jwks").respond_with_json({"keys": [key.as_dict(private=False)]})
        self.outside.expect_request("/fhir/.well-known/smart-configuration").respond_with_json(
            {"authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token", "capabilities": []}
        )
        with self.services.db.transaction() as tx:
            person_id = people.put_home_patient(tx, fhir_id="ana", demographics=ANA)
            organization = organizations.add(tx, name="Elsewhere", fhir_base=base)
            links.add(
                tx,
                person_id=person_id,
                organization_id=organization.id,
                state=LinkState.ACTIVE,
                tier=Tier.ACCOUNT,
                created_by="account",
                move="link",
            )
            clients.add_client(
                tx, client=OAuthClient(client_id="app", name="An app", jwks_uri=self.outside.url_for("/jwks"))
            )
            entries.put_source(tx, source="list", address=self.outside.url_for("/list"))
            entries.note_source(tx, source="list", etag="", outcome="imported")
        self.write_event()
        self.seal()

    def _handler(self) -> type[WSGIRequestHandler]:
        deployment = self

        class Handler(WSGIRequestHandler):
            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string((timestamp or time.time()) + deployment.clock_off)

        return Handler

    def _answer(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.behind(environ)
        return self._wsgi(environ, start_response)
