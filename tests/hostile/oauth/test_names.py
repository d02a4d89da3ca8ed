"""Names that apps give themselves: none is that of the portal, its organization or a partner (RFC 7591, section 5)."""

import json
from pathlib import Path

import pytest
from flask import Flask
from joserfc import jwt

from portal.app import create_app
from portal.services import Services
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.hostile.oauth.conftest import send
from tests.integration.provider.conftest import TestApp, register
from tests.integration.provider.test_clients import Key

TAKEN = [
    "MyCooper",
    "mycooper",
    " MyCooper ",
    "My Cooper",
    "My-Cooper",
    "M y C o o p e r",
    "MyCooper Mobile",
    "The MyCooper App",
    "MyCooperApp",
    "Cooper Regional Health",
    "Cooper Regional Health patient portal",
    "Cóoper Régional Health",
    "МуСоореr",  # Cyrillic М, у, С, о, о, р, е
    "МуСоорег",
    "ΜyCοοper",  # Greek Μ and ο
    "ＭｙＣｏｏｐｅｒ",
    "𝐌𝐲𝐂𝐨𝐨𝐩𝐞𝐫",
    "MyC00per",
    "MyCooρer",
    "My\u00adCooper",
    "MyCo\u043eper",
    "Riverbend Regional",
    "RIVERBEND  REGIONAL",
    "Riverbend Regional Link",
    "Rlverbend Regional",
    "Riverbencl Regional",
    "Riverbend Trust",
    "Checked App",
    "Ch3cked App",
]
FREE = [
    "Runner’s diary",
    "Cooper",
    "Copper",
    "My Health",
    "Regional Health",
    "River",
    "Checked Apples",
    "王的健康",
    "Здоровье",
]


@pytest.fixture
def partners(services: Services) -> None:
    register(services, client_id="riverbend", name="Riverbend Regional", owner="Riverbend Trust", partner=True)
    register(services, client_id="checked", name="Checked App")


@pytest.mark.usefixtures("partners")
@pytest.mark.parametrize("name", TAKEN)
def test_a_name_that_is_taken(app: Flask, name: str) -> None:
    answer = send(app, client_name=name)
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert answer.get_json()["error"] == "invalid_client_metadata"


@pytest.mark.usefixtures("partners")
@pytest.mark.parametrize("name", FREE)
def test_a_name_that_is_free(app: Flask, name: str) -> None:
    assert send(app, client_name=name).status_code == 201


def test_a_name_that_the_operators_key_vouches_for(tmp_path: Path) -> None:
    signer = Key("RS256")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(signer.jwks))
    app = create_app(make_settings(tmp_path, registration_keys=keys))
    migrate(app.extensions["tributary"].db)
    statement = jwt.encode({"alg": "RS256", "kid": signer.key.kid}, {"client_name": "MyCooper on phones"}, signer.key)
    assert send(app, software_statement=statement).status_code == 201
    only = jwt.encode({"alg": "RS256", "kid": signer.key.kid}, {"client_uri": "https://a.example"}, signer.key)
    assert send(app, client_name="MyCooper on phones", software_statement=only).status_code == 400
    app.extensions["tributary"].db.close()


def test_an_unchecked_app_cannot_show_another_site_as_its_own(app: Flask, unchecked: TestApp) -> None:
    """The consent page would lend it the hospital's address."""
    for address, is_shown in (("https://www.cooper.example/", False), ("https://app.example/about", True)):
        unchecked.client_id = send(app, client_uri=address).get_json()["client_id"]
        assert (address in unchecked.page().get_data(as_text=True)) is is_shown


def test_an_unchecked_app_is_said_to_be_one(unchecked: TestApp, third_party: TestApp) -> None:
    assert "has not checked it" in unchecked.page().get_data(as_text=True)
    assert "has not checked it" not in third_party.page().get_data(as_text=True)
