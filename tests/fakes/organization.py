"""The fake organization: its FHIR side, its record, and who misbehaves where. See the package's docstring."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from portal.domain.sections import SECTIONS_OF
from tests.fakes import data
from tests.fakes.http import Exchange, FakeServer, Reply
from tests.fakes.misbehaviour import Behaviour
from tests.fakes.oauth import JSON, FakeOAuth, Grant

Resource = dict[str, Any]

_SUBJECT = ("patient", "subject", "beneficiary", "for")
SEARCHABLE = tuple(SECTIONS_OF)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    authorization: str
    user_agent: str
    form: dict[str, str]


@dataclass
class _Rule:
    path: str
    behaviour: Behaviour
    times: int | None
    query: str


class FakeOrganization:
    """A SMART on FHIR organization on loopback. Start it with ``with`` or ``start()``; see the package's docstring.

    Args:
        resources: its record; default ``data.people()``.
        page_size: resources per page at most.
        clients: client id → secret; empty accepts anyone.
        types: resource types that its CapabilityStatement lists.
        includes: whether ``_include`` is offered.
        stamps: whether resources carry ``meta.lastUpdated``: what is there at the start says an hour ago, what is added
            later now, or ``at``.
    """

    def __init__(
        self,
        *,
        resources: Iterable[Resource] | None = None,
        page_size: int = 50,
        clients: dict[str, str] | None = None,
        types: Iterable[str] = SEARCHABLE,
        includes: bool = True,
        stamps: bool = False,
        port: int = 0,
    ) -> None:
        self.oauth = FakeOAuth(clients=dict(clients or {}))
        self.page_size = page_size
        self.types = tuple(types)
        self.includes = includes
        self.stamps = False
        self.smart = True  # whether .well-known/smart-configuration is there
        self.also_opens: tuple[str, ...] = ()  # further patients that ``GET /Patient`` gives
        self.gone: set[tuple[str, str]] = set()
        self.record: dict[tuple[str, str], Resource] = {}
        for resource in data.people() if resources is None else resources:
            self.add(_stamped(resource, datetime.now(UTC) - timedelta(hours=1)) if stamps else resource)
        self.stamps = stamps
        self._rules: list[_Rule] = []
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        self._server = FakeServer(self._honest, self._exchange, port)
        self.url = self._server.base
        self.fhir_base = f"{self.url}/fhir"

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def misbehave(self, path: str, behaviour: Behaviour, *, times: int | None = None, query: str = "") -> None:
        """From now on (or ``times`` times) answer requests to ``path`` ("/fhir/Observation", "*" for all) like this.

        ``query`` narrows it to requests whose query string contains it. The latest rule that fits wins.
        """
        with self._lock:
            self._rules.insert(0, _Rule(path, behaviour, times, query))

    def behave(self) -> None:
        """Forget all misbehaviour."""
        with self._lock:
            self._rules.clear()

    def calls(self, path: str = "") -> list[Call]:
        """What was asked so far, of ``path`` only when given."""
        with self._lock:
            return [call for call in self._calls if not path or call.path == path]

    def grant(self, patient: str = "maria", scopes: str = "patient/*.read launch/patient offline_access") -> Grant:
        """A consent without a browser: ``access_token``, ``refresh_token``, ``scopes``, ``patient``."""
        return self.oauth.grant(patient, scopes)

    def add(self, resource: Resource, *, at: datetime | None = None) -> None:
        """Add or replace a resource, changed now or ``at``."""
        if self.stamps:
            resource = _stamped(resource, at or datetime.now(UTC))
        key = resource["resourceType"], resource["id"]
        self.record = self.record | {key: resource}  # whoever is answering at this moment has the record as it was
        self.gone.discard(key)

    def remove(self, resource_type: str, fhir_id: str) -> None:
        """Delete a resource; reading it answers 410 from now on."""
        self.record.pop((resource_type, fhir_id), None)
        self.gone.add((resource_type, fhir_id))

    def _exchange(self, exchange: Exchange) -> None:
        call = Call(
            exchange.command,
            exchange.path_only,
            exchange.query,
            exchange.headers.get("Authorization", ""),
            exchange.headers.get("User-Agent", ""),
            exchange.form,
        )
        with self._lock:
            self._calls.append(call)
            rule = next((rule for rule in self._rules if _fits(rule, exchange)), None)
            if rule is not None and rule.times is not None:
                rule.times -= 1
        if rule is None:
            exchange.send(exchange.answer())
        else:
            rule.behaviour(exchange)

    def _honest(self, exchange: Exchange) -> Reply:
        path = exchange.path_only
        if path.startswith("/oauth/"):
            return self.oauth.route(exchange)
        if path == "/fhir/.well-known/smart-configuration":
            return self._smart_configuration() if self.smart else Reply.outcome(404, "not-found")
        if path == "/fhir/metadata":
            return Reply.of(self.capability_statement())
        if not path.startswith("/fhir/"):
            return Reply(404, b"", {})
        grant = self.oauth.allowed(exchange.token)
        if grant is None:
            return Reply.outcome(401, "login")
        parts = path.removeprefix("/fhir/").split("/")
        if not _in_scope(parts[0], grant.scopes):
            return Reply.outcome(403, "forbidden")
        return self._read(*parts, grant=grant) if len(parts) == 2 else self._search(parts[0], exchange, grant)

    def _read(self, kind: str, fhir_id: str, *, grant: Grant) -> Reply:
        if (kind, fhir_id) in self.gone:
            return Reply.outcome(410, "deleted")
        resource = self.record.get((kind, fhir_id))
        if resource is None or (grant.patient and _owner(resource) not in (None, grant.patient, *self.also_opens)):
            return Reply.outcome(404, "not-found")
        return Reply.of(resource)

    def _patients(self, grant: Grant) -> Reply:
        """``GET /Patient``: those that the token opens."""
        entries = [{"resource": self.record["Patient", fhir_id]} for fhir_id in (grant.patient, *self.also_opens)]
        return Reply.of({"resourceType": "Bundle", "type": "searchset", "entry": entries})

    def _search(self, kind: str, exchange: Exchange, grant: Grant) -> Reply:
        if kind == "Patient":
            return self._patients(grant)
        if kind not in self.types:
            return Reply.outcome(404, "not-supported")
        patient = (exchange.param("patient") or exchange.param("subject")).removeprefix("Patient/")
        if patient != (grant.patient or patient):  # a backend's token is for everybody
            return Reply.outcome(403, "forbidden")
        wanted = set(filter(None, exchange.param("category").split(",")))
        found = [
            resource
            for (type_, _), resource in sorted(self.record.items())
            if type_ == kind and _owner(resource) == patient and (not wanted or wanted & _categories(resource))
        ]
        for name in ("intent", "status"):
            if asked := exchange.param(name):
                found = [resource for resource in found if resource.get(name) in asked.split(",")]
        since = exchange.param("_lastUpdated")
        if since.startswith("ge") and self.stamps:
            found = [resource for resource in found if resource["meta"]["lastUpdated"] >= since.removeprefix("ge")]
        start = int(exchange.param("start") or 0)
        size = min(int(exchange.param("_count") or self.page_size), self.page_size)
        shown = found[start : start + size]
        entries = [{"resource": resource, "search": {"mode": "match"}} for resource in shown]
        if self.includes:
            entries += self._included(shown, exchange.query.get("_include", []))
        bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": entries}
        if start + size < len(found):
            flat = {name: values[0] for name, values in exchange.query.items()} | {"start": str(start + size)}
            following = f"{self.fhir_base}/{kind}?{urlencode(flat)}"
            bundle["link"] = [{"relation": "next", "url": following}]
        return Reply.of(bundle)

    def _included(self, shown: list[Resource], includes: list[str]) -> list[Resource]:
        if not any(include.endswith(":medication") for include in includes):
            return []
        references = {str(item.get("medicationReference", {}).get("reference")) for item in shown}
        keys = [tuple(reference.split("/")) for reference in sorted(references) if "/" in reference]
        found = [self.record[key] for key in keys if key in self.record]
        return [{"resource": resource, "search": {"mode": "include"}} for resource in found]

    def _smart_configuration(self) -> Reply:
        value = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/oauth/authorize",
            "token_endpoint": f"{self.url}/oauth/token",
            "revocation_endpoint": f"{self.url}/oauth/revoke",
            "registration_endpoint": f"{self.url}/oauth/register",
            "code_challenge_methods_supported": ["S256"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "scopes_supported": ["launch/patient", "patient/*.rs", "patient/*.read", "offline_access"],
            "authorization_response_iss_parameter_supported": True,
            "capabilities": [
                "launch-standalone",
                "client-public",
                "permission-v1",
                "permission-v2",
                "permission-offline",
            ],
        }
        return Reply.of(value, kind=JSON)

    def capability_statement(self) -> Resource:
        """``/metadata``, with the older oauth-uris beside it."""
        uris = [
            {"url": "authorize", "valueUri": f"{self.url}/oauth/authorize"},
            {"url": "token", "valueUri": f"{self.url}/oauth/token"},
            {"url": "revoke", "valueUri": f"{self.url}/oauth/revoke"},
        ]
        oauth = {
            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
            "extension": uris,
        }
        names = ("patient", "category", "_lastUpdated")
        resources: list[Resource] = [
            {
                "type": kind,
                "interaction": [{"code": "read"}, {"code": "search-type"}],
                "searchParam": [{"name": name, "type": "token"} for name in names],
            }
            | ({"searchInclude": [f"{kind}:medication"]} if self.includes and kind.startswith("Medication") else {})
            for kind in self.types
        ]
        resources += [
            {"type": kind, "interaction": [{"code": "read"}]}
            for kind in ("Patient", "Medication", "Practitioner", "Organization", "Location")
        ]
        return {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "kind": "instance",
            "fhirVersion": "4.0.1",
            "format": ["json"],
            "software": {"name": "Fake organization"},
            "rest": [{"mode": "server", "security": {"extension": [oauth]}, "resource": resources}],
        }


def _fits(rule: _Rule, exchange: Exchange) -> bool:
    if rule.times is not None and rule.times <= 0:
        return False
    query = exchange.path.partition("?")[2]
    return rule.path in ("*", exchange.path_only) and rule.query in query


def _stamped(resource: Resource, at: datetime) -> Resource:
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return resource | {"meta": resource.get("meta", {}) | {"lastUpdated": stamp}}


def _owner(resource: Resource) -> str | None:
    """The patient id a resource belongs to; None for what is nobody's."""
    if resource["resourceType"] == "Patient":
        return str(resource["id"])
    for field in _SUBJECT:
        reference = resource.get(field, {}).get("reference", "")
        if "Patient/" in reference:
            return str(reference.rpartition("Patient/")[2])
    text = json.dumps(resource.get("participant", []))
    return text.partition('"Patient/')[2].partition('"')[0] or None


def _categories(resource: Resource) -> set[str]:
    concepts = resource.get("category", [])
    return {str(coding.get("code")) for concept in concepts for coding in concept.get("coding", [])}


def _in_scope(kind: str, scopes: str) -> bool:
    """v1 patient/X.read and v2 patient/X.rs, wildcards; supporting types come with any grant."""
    if kind not in SEARCHABLE:
        return True
    for scope in scopes.split():
        level, _, rest = scope.partition("/")
        name, _, permission = rest.partition("?")[0].partition(".")
        reads = permission == "*" or "r" in permission or "s" in permission
        if level in ("patient", "system", "user") and name in (kind, "*") and reads:
            return True
    return False
