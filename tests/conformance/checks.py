"""The checks: what the g10 and SMART test groups look at (requirements A1 to A6), and US Core's searches (A7)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import httpx2

from tests.conformance.app import App
from tests.factories import http
from tests.shared_data import ndjson, shared

Check = tuple[str, Callable[[], bool]]


@dataclass
class Result:
    group: str
    name: str
    passed: bool
    note: str = ""


def run(app: App) -> list[Result]:
    """Every group against the portal of ``app``; a check that raises has failed and says why."""
    results = []
    for group in (
        discovery,
        standalone,
        refusals,
        limited,
        refresh,
        public,
        revocation,
        scopes,
        brands,
        searches,
        instantiates,
    ):
        try:
            checks = list(group(app))
        except (KeyError, RuntimeError, httpx2.HTTPError) as error:
            results.append(Result(group.__name__, "set up", passed=False, note=repr(error)))
            continue
        for name, check in checks:
            try:
                results.append(Result(group.__name__, name, passed=bool(check())))
            except (KeyError, RuntimeError, IndexError, TypeError, httpx2.HTTPError) as error:
                results.append(Result(group.__name__, name, passed=False, note=repr(error)))
    return results


def table(results: list[Result]) -> str:
    """Group, checks, passed; and each failure by name."""
    groups = dict.fromkeys(result.group for result in results)
    lines = ["| group | checks | passed |", "|---|---|---|"]
    for group in groups:
        mine = [result for result in results if result.group == group]
        lines.append(f"| {group} | {len(mine)} | {sum(result.passed for result in mine)} |")
    failures = [f"FAILED {result.group}: {result.name} {result.note}" for result in results if not result.passed]
    return "\n".join([*lines, *failures])


def discovery(app: App) -> Iterator[Check]:
    answer = http.get(f"{app.base}/fhir/.well-known/smart-configuration", headers={"Accept": "text/plain"})
    found = answer.json()
    metadata = http.get(f"{app.base}/fhir/metadata").json()
    oauth = metadata["rest"][0]["security"]["extension"][0]["extension"]
    yield "JSON whatever the Accept header", lambda: answer.headers["content-type"].startswith("application/json")
    yield "S256 and not plain", lambda: found["code_challenge_methods_supported"] == ["S256"]
    yield (
        "absolute addresses",
        lambda: all(found[name].startswith("http") for name in found if name.endswith(("_endpoint", "_uri"))),
    )
    yield "required members", lambda: {"authorization_endpoint", "token_endpoint", "capabilities"} <= set(found)
    yield "issuer with sso-openid-connect", lambda: "sso-openid-connect" in found["capabilities"] and "issuer" in found
    yield "FHIR 4.0.1", lambda: metadata["fhirVersion"] == "4.0.1"
    yield (
        "oauth-uris say the same",
        lambda: {part["url"]: part["valueUri"] for part in oauth}["token"] == found["token_endpoint"],
    )
    yield "CORS", lambda: answer.headers["access-control-allow-origin"] == "*"


def standalone(app: App) -> Iterator[Check]:
    answer = app.authorize(nonce="n")
    token = app.exchange(answer["code"])
    app.tokens = token.json()
    patient = app.tokens["patient"]
    yield "iss in the answer", lambda: answer["iss"] == app.base
    yield "no-store", lambda: "no-store" in token.headers["cache-control"]
    yield "expires_in at most an hour", lambda: 0 < app.tokens["expires_in"] <= 3600
    yield "scope, patient, token_type", lambda: {"scope", "patient", "token_type"} <= set(app.tokens)
    yield "a refresh token where lasting access is offered", lambda: ("refresh_token" in app.tokens) == _lasting(app)
    yield "id_token", lambda: app.tokens["id_token"].count(".") == 2
    yield "the patient can be read", lambda: app.get(f"Patient/{patient}").status_code == 200
    yield "without a token 401", lambda: http.get(f"{app.base}/fhir/Patient/{patient}").status_code == 401
    yield "unknown 404", lambda: app.get("Patient/nonexistent").status_code == 404


def refusals(app: App) -> Iterator[Check]:
    app = _registered(app)  # agreeing again would end the grant that other checks read with
    yield "wrong aud gives no code", lambda: "code" not in app.authorize(aud="https://other.example/fhir")
    yield "plain gives no code", lambda: "code" not in app.authorize(code_challenge_method="plain")
    yield "no challenge gives no code", lambda: "code" not in app.authorize(code_challenge=None)
    yield "unknown redirect is not followed", lambda: "_" not in app.authorize(redirect_uri="https://evil.example/")
    code = app.authorize()["code"]
    yield "no verifier 400", lambda: app.exchange(code, code_verifier="").status_code == 400
    yield "wrong verifier 400", lambda: app.exchange(code, code_verifier="x" * 43).status_code == 400
    challenge = app.parameters()["code_challenge"]
    yield "plain verifier 400", lambda: app.exchange(code, code_verifier=challenge).status_code == 400
    yield "bad code 400", lambda: app.exchange("nonsense").status_code == 400
    yield (
        "bad client 401",
        lambda: (
            http.post(
                f"{app.base}/oauth/token",
                data={"grant_type": "authorization_code", "code": code},
                auth=(app.client_id, "wrong"),
            ).status_code
            == 401
        ),
    )
    yield "bad refresh token 400", lambda: app.refresh("nonsense").status_code == 400


def limited(app: App) -> Iterator[Check]:
    other = _registered(app)
    other.connect(refuse=("Condition", "Encounter"))
    yield "refused types are not granted", lambda: "patient/Condition.rs" not in other.tokens["scope"].split()
    yield "a refused type is 403", lambda: other.get("Condition").status_code == 403
    yield "an accepted type is 200", lambda: other.get("AllergyIntolerance").status_code == 200


def refresh(app: App) -> Iterator[Check]:
    if not _lasting(app):
        return
    other = _registered(app).connect()
    first = other.tokens
    second = other.refresh().json()
    yield "rotates", lambda: second["refresh_token"] != first["refresh_token"]
    yield "same scope", lambda: second["scope"] == first["scope"]
    yield "wider is 400", lambda: other.refresh(second["refresh_token"], scope="patient/*.cruds").status_code == 400
    yield "an old one is 400", lambda: other.refresh(first["refresh_token"]).status_code == 400
    yield "and ends the family", lambda: other.refresh(second["refresh_token"]).status_code == 400


def public(app: App) -> Iterator[Check]:
    other = _registered(app, token_endpoint_auth_method="none")
    yield "no secret", lambda: not other.secret
    yield "launch", lambda: other.connect().get("Patient").status_code == 200
    code = other.authorize()["code"]
    yield "PKCE is required", lambda: other.exchange(code, code_verifier="").status_code == 400


def revocation(app: App) -> Iterator[Check]:
    other = _registered(app).connect()
    auth = (other.client_id, other.secret)

    def introspected() -> bool:
        answer = http.post(f"{app.base}/oauth/introspect", data={"token": other.tokens["access_token"]}, auth=auth)
        return bool(answer.json()["active"])

    yield "introspection says active", introspected
    yield (
        "introspection needs a client",
        lambda: http.post(f"{app.base}/oauth/introspect", data={"token": "x"}).status_code == 401,
    )
    kind = "refresh_token" if _lasting(app) else "access_token"
    yield (
        "revoked",
        lambda: http.post(f"{app.base}/oauth/revoke", data={"token": other.tokens[kind]}, auth=auth).status_code == 200,
    )
    yield "API 401 at once", lambda: other.get("Patient").status_code == 401
    yield "refresh 400 at once", lambda: other.refresh(other.tokens.get("refresh_token", "none")).status_code == 400
    yield "introspection says inactive", lambda: not introspected()


def scopes(app: App) -> Iterator[Check]:
    other = _registered(app)
    other.connect(scope="launch/patient patient/Patient.read patient/Observation.read")
    yield "v1 is granted as v1", lambda: "patient/Observation.read" in other.tokens["scope"].split()
    yield "v1 reads", lambda: other.get("Observation?_count=1").status_code == 200
    yield "v1 is limited", lambda: other.get("Condition").status_code == 403
    laboratory = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
    granular = _registered(app).connect(scope=f"launch/patient patient/Observation.rs?category={laboratory}")

    def only_laboratory() -> bool:
        found = granular.resources("Observation?_count=200")
        return all("laboratory" in json.dumps(one["category"]) for one in found)

    yield "granular gives its category only", only_laboratory


def brands(app: App) -> Iterator[Check]:
    answer = http.get(f"{app.base}/brands")
    yield "a collection", lambda: answer.json()["type"] == "collection"
    yield "CORS", lambda: answer.headers["access-control-allow-origin"] == "*"
    yield (
        "ETag",
        lambda: http.get(f"{app.base}/brands", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304,
    )


def searches(app: App) -> Iterator[Check]:
    """Each search combination that US Core 6.1.0 requires or recommends, with values found in the data."""
    if "patient" not in app.tokens:
        app.connect()
    patient = app.tokens["patient"]
    path = shared("requirements", "us_core_v6.1.0_searches_must_support.json")
    served = _served(app)
    kept: dict[str, list[dict[str, Any]]] = {}
    for group in json.loads(path.read_text())["groups"]:
        kind = group["resource"]
        for include in group["include_params"]:
            yield f"{group['name']} {include}", partial(_has, served, kind, "searchInclude", include)
        for include in group["revincludes"]:
            yield f"{group['name']} {include}", partial(_has, served, kind, "searchRevInclude", include)
        for search in group["searches"]:
            names = tuple(search["names"])
            yield f"{group['name']} {'+'.join(names)}", _one_search(app, kept, patient, group, names)


def instantiates(app: App) -> Iterator[Check]:
    """What US Core's own CapabilityStatement says that a server SHALL have, which ours says that it has."""
    required = next(one for one in ndjson("us-core-610", "conformance.ndjson") if one["id"] == "us-core-server")
    served = _served(app)
    for part in required["rest"][0]["resource"]:
        if not _shall(part):
            continue
        kind = part["type"]
        yield f"{kind} is served", partial(served.__contains__, kind)
        for profile in part.get("supportedProfile", ()):
            yield f"{kind} {profile}", partial(_has, served, kind, "supportedProfile", profile)
        codes = {one["code"] for one in part.get("interaction", ()) if _shall(one)} - {"create"}
        offered = {one["code"] for one in served.get(kind, {}).get("interaction", ())}
        yield f"{kind} interactions", partial(codes.issubset, offered)
        needed = {one["name"] for one in part.get("searchParam", ()) if _shall(one)}
        listed = {one["name"] for one in served.get(kind, {}).get("searchParam", ())}
        yield f"{kind} parameters", partial(needed.issubset, listed)


def _shall(part: dict[str, Any]) -> bool:
    return any(one.get("valueCode") == "SHALL" for one in part.get("extension", ()))


def _served(app: App) -> dict[str, dict[str, Any]]:
    metadata = http.get(f"{app.base}/fhir/metadata").json()
    return {part["type"]: part for part in metadata["rest"][0]["resource"]}


def _has(served: dict[str, dict[str, Any]], kind: str, member: str, value: str) -> bool:
    return value in served.get(kind, {}).get(member, ())


_DATES = ("period", "authoredon", "issued", "sent")


def _one_search(
    app: App, kept: dict[str, list[dict[str, Any]]], patient: str, group: dict[str, Any], names: tuple[str, ...]
) -> Callable[[], bool]:
    def check() -> bool:
        kind = group["resource"]
        if kind not in kept:
            kept[kind] = app.resources(f"{kind}?_count=200")
        for one in kept[kind]:
            values = {name: _value(one, name, group, patient) for name in names}
            if all(values.values()):
                found = app.resources(f"{kind}?{urlencode(values)}")
                return any(other["id"] == one["id"] for other in found)
        query = urlencode(
            {
                name: patient if name == "patient" else "2020" if "date" in name or name in _DATES else "x"
                for name in names
            }
        )
        return app.get(f"{kind}?{query}").status_code == 200  # nothing of it in this chart: still a valid search

    return check


def _value(resource: dict[str, Any], name: str, group: dict[str, Any], patient: str) -> str:
    """A value of this parameter that the resource has, or empty."""
    if name == "patient":
        return patient
    if name == "_id":
        return str(resource["id"])
    for path in group["search_definitions"].get(name, {}).get("paths", ()):
        if value := _at(resource, path.replace("medication.reference", "medicationReference")):
            return value
    return ""


def _at(value: Any, path: str) -> str:
    for step in path.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, dict):
            return ""
        value = value.get(step) or next((value[key] for key in value if key.startswith(step) and key != step), None)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        if coding := value.get("coding"):
            return f"{coding[0].get('system', '')}|{coding[0]['code']}"
        if "reference" in value:
            return str(value["reference"])
        if "code" in value:
            return f"{value.get('system', '')}|{value['code']}"
        if "start" in value:
            return f"ge{value['start']}"  # a moment never contains a period: eq would rightly find nothing
        return str(value.get("value") or value.get("family") or value.get("city") or "")
    return "" if value is None or isinstance(value, bool) else str(value)


def _lasting(app: App) -> bool:
    """Whether this organization gives refresh tokens at all."""
    configuration = http.get(f"{app.base}/fhir/.well-known/smart-configuration").json()
    return "permission-offline" in configuration["capabilities"]


def _registered(app: App, **changes: Any) -> App:
    """Another client of the same person, in the same browser."""
    other = App(app.base, app.username, app.password, http=app.http)
    other.register(**changes)
    return other
