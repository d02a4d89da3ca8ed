"""An app over real HTTP: registers itself, walks through sign-in and consent as a browser without scripts, asks."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2

from tests.factories.http import CERTIFICATES, get, post


@dataclass
class App:
    """One client at one portal. ``auth``: none, client_secret_basic or private_key_jwt (with ``assertion``)."""

    base: str
    username: str
    password: str
    redirect: str = "https://app.example/callback"
    client_id: str = ""
    secret: str = ""
    http: httpx2.Client = field(
        default_factory=lambda: httpx2.Client(verify=CERTIFICATES, follow_redirects=False, timeout=30)
    )
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    tokens: dict[str, Any] = field(default_factory=dict)

    def register(self, **changes: Any) -> dict[str, Any]:
        """Dynamic registration; keeps client id and secret."""
        metadata = {
            "client_name": "Conformance checks",
            "redirect_uris": [self.redirect],
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "launch/patient openid fhirUser offline_access patient/*.rs patient/*.read",
        }
        body: dict[str, Any] = post(f"{self.base}/oauth/register", json=metadata | changes).json()
        self.client_id, self.secret = body["client_id"], body.get("client_secret", "")
        return body

    def parameters(self, **changes: str | None) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        values: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect,
            "scope": "launch/patient openid fhirUser offline_access patient/*.rs",
            "state": secrets.token_urlsafe(16),
            "aud": f"{self.base}/fhir",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (values | changes).items() if value is not None}

    def authorize(self, *, address: str = "", refuse: tuple[str, ...] = (), **changes: str | None) -> dict[str, str]:
        """From the authorization address to the redirect; gives the parameters of the answer."""
        page = self._page(address or f"{self.base}/oauth/authorize?{urlencode(self.parameters(**changes))}")
        if page.status_code == 200:
            page = self._consent(page, refuse)
        if page.status_code not in (302, 303):
            return {"error": "page", "status": str(page.status_code)}
        parts = urlsplit(page.headers["location"])
        return {name: values[0] for name, values in parse_qs(parts.query).items()} | {"_": page.headers["location"]}

    def _page(self, address: str) -> httpx2.Response:
        page = self.http.get(address)
        while page.status_code in (302, 303) and self._is_here(page.headers["location"]):
            there = urljoin(self.base, page.headers["location"])
            page = self.http.get(there)
            if urlsplit(there).path == "/sign-in":
                form = _form(page.text, "/sign-in") | {"username": self.username, "password": self.password}
                page = self.http.post(f"{self.base}/sign-in", data=form)
        return page

    def _is_here(self, location: str) -> bool:
        return urljoin(self.base, location).startswith(f"{self.base}/")

    def _consent(self, page: httpx2.Response, refuse: tuple[str, ...]) -> httpx2.Response:
        html = page.text
        action = unescape(re.search(r'action="(/oauth/consent[^"]*)"', html)[1])  # type: ignore[index]
        person = re.search(r'name="person"\s+value="([^"]+)"', html)
        form: dict[str, Any] = {
            "csrf_token": _form(html, "/oauth/consent")["csrf_token"],
            "decision": "allow",
            "lasting": "yes",
            "person": person[1] if person else "",
            "group": re.findall(r'name="group"\s+value="([^"]+)"', html),
            "kind": [kind for kind in re.findall(r'name="kind"\s+value="([^"]+)"', html) if kind not in refuse],
        }
        return self.http.post(f"{self.base}{action}", data=form)

    def token(self, **form: str) -> httpx2.Response:
        if not self.secret:
            form.setdefault("client_id", self.client_id)
        basic = (self.client_id, self.secret) if self.secret else None
        return post(f"{self.base}/oauth/token", data=form, auth=basic)

    def exchange(self, code: str, /, **changes: str) -> httpx2.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
        }
        return self.token(**(form | changes))

    def refresh(self, token: str = "", **changes: str) -> httpx2.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token or self.tokens["refresh_token"]}
        return self.token(**(form | changes))

    def connect(self, **changes: Any) -> "App":
        answer = self.exchange(self.authorize(**changes)["code"])
        if answer.status_code != 200:
            raise RuntimeError(f"token: {answer.status_code}")
        self.tokens = answer.json()
        return self

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """A FHIR request with the token; ``path`` is relative to the base, or a whole address."""
        auth = {"Authorization": f"Bearer {self.tokens['access_token']}"} if self.tokens else {}
        address = path if path.startswith("http") else f"{self.base}/fhir/{path}"
        return get(address, headers=auth | headers, timeout=30)

    def resources(self, path: str) -> list[dict[str, Any]]:
        """Every match of a search, through all pages."""
        found: list[dict[str, Any]] = []
        address: str | None = path
        while address:
            body = self.get(address).json()
            if body["resourceType"] != "Bundle":
                raise RuntimeError(f"{path}: {body}")
            found += [entry["resource"] for entry in body.get("entry", []) if entry["search"]["mode"] == "match"]
            address = next((link["url"] for link in body["link"] if link["relation"] == "next"), None)
        return found


def _form(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that leads to ``action``."""
    part = html.split(f'action="{action}', 1)[1].split("</form>", 1)[0]
    hidden = {}
    for tag in re.findall(r"<input[^>]*>", part):
        if 'type="hidden"' in tag:
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            hidden[name[1] if name else ""] = unescape(value[1]) if value else ""
    return hidden
