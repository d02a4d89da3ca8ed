"""Which apps may register themselves (RFC 7591), with which addresses, and under which names."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from portal.provider.oauth.names import imitates
from portal.provider.oauth.registration import RegistrationError, _client, _metadata, check_redirect_uri
from portal.provider.rate_limits import network_of
from portal.store.provider.clients import OAuthClient
from tests.factories.settings import make_settings

APP: dict[str, Any] = {"client_name": "Steps", "redirect_uris": ["https://steps.example/callback"]}
PUBLIC = ECKey.generate_key("P-256").as_dict(private=False)


def register(tmp_path: Path, **changes: Any) -> OAuthClient:
    settings = make_settings(tmp_path, allow_local_endpoints=False)
    metadata, _vouched = _metadata(settings, msgspec.json.encode(APP | changes))
    return _client(settings, metadata)


@pytest.mark.parametrize(
    ("uri", "good"),
    [
        ("https://steps.example/callback", True),
        ("https://steps.example:8443/callback?x=1", True),
        ("http://localhost:7000/callback", True),
        ("http://127.0.0.1/callback", True),
        ("http://[::1]:9/callback", True),
        ("example.steps.app:/callback", True),
        ("http://steps.example/callback", False),
        ("http://localhost.steps.example/", False),
        ("http://127.0.0.1.nip.example/", False),
        ("https:///callback", False),
        ("https://steps.example/#", False),
        ("https://steps.example/#part", False),
        ("https://user@steps.example/", False),
        ("https://steps.example\\@other.example/", False),
        ("https://steps.example/a b", False),
        ("https://steps.example/\n", False),
        ("https://stéps.example/", False),
        ("https://[steps/", False),
        ("https://*.steps.example/", False),
        ("https://steps.example;sandbox/", False),
        ("https://steps.example,x/", False),
        ("https://steps.example:99999/", False),
        ("https://[2001:db8::1]:8443/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("steps:/callback", False),
        ("", False),
        ("https://steps.example/" + "x" * 500, False),
    ],
)
def test_where_codes_may_be_sent(uri: str, good: bool) -> None:
    assert check_redirect_uri(uri) is good


def test_an_app_as_it_is_registered(tmp_path: Path) -> None:
    client = register(tmp_path, client_name=" Steps ", client_uri="https://steps.example", logo_uri="javascript:1")
    assert (client.name, client.auth_method, client.homepage, client.logo) == (
        "Steps",
        "client_secret_basic",
        "https://steps.example",
        "",
    )
    assert "patient/*.rs" in client.scopes
    assert client.client_id != register(tmp_path).client_id


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_name": ""}, "invalid_client_metadata"),
        ({"client_name": "x" * 101}, "invalid_client_metadata"),
        ({"client_name": "Steps\u202e"}, "invalid_client_metadata"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://steps.example"] * 11}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://steps.example", "http://steps.example"]}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://steps.example"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"grant_types": ["authorization_code", "password"]}, "invalid_client_metadata"),
        ({"grant_types": ["refresh_token"]}, "invalid_client_metadata"),
        ({"scope": "system/Patient.rs"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
    ],
)
def test_what_is_refused(tmp_path: Path, changes: dict[str, Any], error: str) -> None:
    with pytest.raises(RegistrationError) as refused:
        register(tmp_path, **changes)
    assert (refused.value.error, refused.value.status) == (error, 400)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"app"', b"\xff"])
def test_what_is_no_description_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(RegistrationError) as refused:
        _metadata(make_settings(tmp_path), body)
    assert refused.value.error == "invalid_client_metadata"


@pytest.mark.parametrize(
    ("keys", "good"),
    [
        ({"jwks": {"keys": [PUBLIC]}}, True),
        ({"jwks_uri": "https://steps.example/jwks"}, True),
        ({"jwks": {"keys": [PUBLIC]}, "jwks_uri": "https://steps.example/jwks"}, False),
        ({"jwks": {"keys": [ECKey.generate_key("P-256").as_dict(private=True)]}}, False),
        ({"jwks": {"keys": [OctKey.generate_key().as_dict(private=True)]}}, False),
        ({"jwks": {"keys": "none"}}, False),
        ({"jwks_uri": "http://steps.example/jwks"}, False),
    ],
)
def test_a_key_is_public_and_said_once(tmp_path: Path, keys: dict[str, Any], good: bool) -> None:
    if good:
        assert register(tmp_path, token_endpoint_auth_method="private_key_jwt", **keys).auth_method == "private_key_jwt"
        return
    with pytest.raises(RegistrationError):
        register(tmp_path, token_endpoint_auth_method="private_key_jwt", **keys)


def test_a_signed_statement_vouches_for_what_it_says(tmp_path: Path) -> None:
    signer, stranger = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    file = tmp_path / "keys.json"
    file.write_bytes(msgspec.json.encode({"keys": [signer.as_dict(private=False)]}))
    settings = make_settings(tmp_path, registration="statement", registration_keys=file)
    said = {"client_name": "Riverbend Steps", "iss": "https://registry.example"}

    def described(**changes: Any) -> tuple[Any, bool]:
        return _metadata(settings, msgspec.json.encode(APP | changes))

    metadata, vouched = described(software_statement=jwt.encode({"alg": "ES256"}, said, signer))
    assert (metadata.client_name, vouched) == ("Riverbend Steps", True)
    assert metadata.redirect_uris == tuple(APP["redirect_uris"])
    _, vouched = described(software_statement=jwt.encode({"alg": "ES256"}, {"scope": "openid"}, signer))
    assert not vouched
    with pytest.raises(RegistrationError) as missing:
        described()
    assert missing.value.error == "invalid_software_statement"
    for statement in (jwt.encode({"alg": "ES256"}, said, stranger), "nonsense"):
        with pytest.raises(RegistrationError) as refused:
            described(software_statement=statement)
        assert refused.value.error == "unapproved_software_statement"


def test_keys_of_an_app_that_has_a_secret_are_not_stored(tmp_path: Path) -> None:
    client = register(tmp_path, jwks_uri="https://steps.example/jwks")
    assert (client.jwks, client.jwks_uri) == (None, "")


@pytest.mark.parametrize(
    "name",
    [
        "Riverbend",
        "RIVERBEND health",
        "River bend",
        "R1verbend",
        "Rivеrbend",  # with a Cyrillic letter
        "Ríverbend",
        "My Riverbend Portal",
        "RiverbendApp",
        "Riverbencl",
        "R i v e r b e n d",
    ],
)
def test_a_name_that_looks_like_an_organizations_is_seen(name: str) -> None:
    assert imitates(name, exactly=[], within=["Riverbend"])


@pytest.mark.parametrize("name", ["River Runner", "Bend", "Steps", "", "Riverbed"])
def test_another_name_is_not(name: str) -> None:
    assert not imitates(name, exactly=[""], within=["Riverbend", ""])


def test_a_short_name_is_seen_as_a_word_and_a_checked_app_only_whole() -> None:
    assert imitates("The Mill app", exactly=[], within=["Mill"])
    assert not imitates("Million steps", exactly=[], within=["Mill"])
    assert imitates("s-t-e-p-s", exactly=["Steps"], within=[])
    assert not imitates("Steps for two", exactly=["Steps"], within=[])


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:aa:bbcc:1::2", "2001:db8:aa:bb00::/56"),
        ("2001:db8:aa:bbff::9", "2001:db8:aa:bb00::/56"),
        ("2001:db8:aa:ba00::9", "2001:db8:aa:ba00::/56"),
        ("unix:", "unix:"),
    ],
)
def test_what_counts_as_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
