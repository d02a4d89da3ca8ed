"""Every endpoint says who may call it, and does little itself."""

import ast
import inspect
import textwrap

from flask import Flask

from portal.endpoints import Kind, access_of

_MOST_STATEMENTS = 25
_PUBLIC = {
    "account.sign_in",
    "links.callback",  # the way back: it finds out itself who is signed in
    "links.ended",
    "account.signed_out",
    "static",
    "metrics.metrics",  # only for this machine itself, or with the token
    "system.alive",
    "system.ready",
}  # further public endpoints must be of these kinds:
_PUBLIC_PREFIXES = (
    "help.",
    "install.",
    "smart",
    "oauth",
    "fhir",
    "links.jwks",
    "settings.quick",
    "brands",
    "developers.",
)


def test_every_endpoint_is_classified(app: Flask) -> None:
    unclassified = [endpoint for endpoint in app.view_functions if access_of(app, endpoint) is None]
    assert not unclassified


def test_person_endpoints_name_a_permission(app: Flask) -> None:
    without = [
        endpoint
        for endpoint in app.view_functions
        if (access := access_of(app, endpoint)) and access.kind is Kind.PERSON and access.permission is None
    ]
    assert not without


def test_what_is_public_is_known(app: Flask) -> None:
    """A new public endpoint is added here on purpose."""
    public = {
        endpoint
        for endpoint in app.view_functions
        if (access := access_of(app, endpoint)) and access.kind is Kind.PUBLIC
    }
    unexpected = {endpoint for endpoint in public - _PUBLIC if not endpoint.startswith(_PUBLIC_PREFIXES)}
    assert not unexpected


def test_person_endpoints_have_both_addresses(app: Flask) -> None:
    """Oneself, and somebody one acts for (``/for/<person>/…``)."""
    rules: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        rules.setdefault(rule.endpoint, set()).add(rule.rule)
    one_sided = [
        endpoint
        for endpoint, addresses in rules.items()
        if (access := access_of(app, endpoint))
        and access.kind is Kind.PERSON
        and not (
            any(address.startswith("/for/<") for address in addresses)
            and any(not address.startswith("/for/") for address in addresses)
        )
    ]
    assert not one_sided


def test_views_are_short(app: Flask) -> None:
    """A route guards, parses its form, makes one call, builds a view model, renders."""
    too_long = {
        endpoint: count
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and (count := _statements(view)) > _MOST_STATEMENTS
    }
    assert not too_long


def _statements(view: object) -> int:
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(view)))  # type: ignore[arg-type]
    function = ast.parse(source).body[0]
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
