"""A second instance of the portal on loopback, with a browser that signs in and agrees there as a person would."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.access.passwords import hash_password
from portal.app import create_app
from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from tests.factories import http
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.stages import staged
from tests.factories.world import PASSWORD, TestUser, World
from tests.integration.provider.conftest import chart, directory

CLIENT_SECRET = "a secret between two test portals"


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: object) -> None:
        """Say nothing."""


@dataclass
class Second:
    """The other portal: ``app`` behind ``url``."""

    app: Flask
    services: Services
    url: str

    @property
    def fhir_base(self) -> str:
        return f"{self.url}/fhir"

    def add_client(self, *, name: str, redirect_uri: str, method: str, jwks: dict[str, object] | None = None) -> None:
        """Register the first portal."""
        secret = CLIENT_SECRET if method.startswith("client_secret") else ""
        client = OAuthClient(
            client_id="mycooper",
            name=name,
            auth_method=method,
            secret_hash=hash_password(secret) if secret else "",
            redirect_uris=(redirect_uri,),
            scopes=("launch/patient", "openid", "fhirUser", "offline_access", "patient/*.rs"),
            jwks=jwks if method == "private_key_jwt" else None,
            trusted=True,
        )
        with self.services.db.transaction() as tx:
            clients.add_client(tx, client=client)

    def store_chart(self, user: TestUser) -> None:
        staged(self.services, ("chart there", user), lambda: self._store_chart(user))

    def _store_chart(self, user: TestUser) -> None:
        patient = f"patient-{user.username}"
        ingest(self.services.db, person_id=None, source=HOME, resources=directory(patient))
        resources = [one for one in chart(patient) if one["resourceType"] != "Patient"]
        ingest(self.services.db, person_id=user.person_id, source=HOME, resources=[*resources, self.patient(user)])

    def patient(self, user: TestUser) -> dict[str, object]:
        return {
            "resourceType": "Patient",
            "id": f"patient-{user.username}",
            "name": [{"use": "official", "family": "Alvarez", "given": ["Maria"]}],
            "birthDate": "1980-04-12",
            "gender": "female",
        }


class Browser:
    """Follows redirects and sends forms at the second portal, until it is sent somewhere else."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._client = httpx2.Client(verify=http.CERTIFICATES, follow_redirects=False)

    def agree(self, address: str, *, username: str, refuse: tuple[str, ...] = (), **changes: str) -> str:
        """Open the address, sign in, agree; gives the address at the first portal that it leads to."""
        answer = self._client.get(address)
        for _step in range(10):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if not target.startswith(self._site):
                    return target
                answer = self._client.get(target)
            elif 'name="password"' in answer.text:
                answer = self._send(answer, {"username": username, "password": PASSWORD})
            elif 'name="decision"' in answer.text:
                answer = self._send(answer, {"decision": "allow", **changes}, refuse=refuse)
            else:
                raise AssertionError(f"{answer.status_code} {answer.url} {answer.text[:2000]}")
        raise AssertionError("too many steps")

    def _send(self, page: httpx2.Response, values: dict[str, str], *, refuse: tuple[str, ...] = ()) -> httpx2.Response:
        """Send the page's form with what it has and these values."""
        forms = re.findall(r"<form[^>]*>.*?</form>", page.text, re.DOTALL)
        form = next(text for text in forms if 'name="password"' in text or 'name="decision"' in text)
        action = unescape(re.search(r'action="([^"]*)"', form)[1])  # type: ignore[index]
        data: dict[str, list[str]] = {}
        for tag in re.findall(r"<input[^>]*>", form):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            choice = 'type="checkbox"' in tag or 'type="radio"' in tag
            if name and (not choice or re.search(r"\schecked\b", tag)) and (value is None or value[1] not in refuse):
                data.setdefault(name[1], []).append(unescape(value[1]) if value else "")
        data |= {name: [value] for name, value in values.items()}
        return self._client.post(urljoin(str(page.url), action), data=data)


@contextmanager
def second_instance(folder: Path, **settings: Any) -> Iterator[Second]:
    """Serve another portal on a free port."""
    folder.mkdir(parents=True, exist_ok=True)
    holder: list[Flask] = []

    def forward(environ: dict[str, object], respond: object) -> object:
        return holder[0](environ, respond)  # type: ignore[arg-type]

    server = make_server("127.0.0.1", 0, forward, threaded=True, request_handler=_Quiet)  # type: ignore[arg-type]
    url = f"http://127.0.0.1:{server.server_port}"
    values: dict[str, Any] = {"name": "Riverbend", "organization": "Riverbend Regional", "base_url": url} | settings
    app = create_app(make_settings(folder, **values))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    holder.append(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Second(app, services, url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        services.db.close()


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def add_maria(second: Second, demographics: object) -> TestUser:
    user = World(second.services).patient("maria", demographics)  # type: ignore[arg-type]
    second.store_chart(user)
    return user
