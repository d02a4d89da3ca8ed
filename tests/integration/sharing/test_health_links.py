"""Links to a part of the record: made on the page, opened by anybody who has them, ended at once."""

import json
import re
import time
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.domain.people import GrantLevel
from portal.services import Services
from portal.sharing import files
from portal.sharing.attestation import Attested, attestation
from portal.sharing.shlink import from_base64url
from portal.store.people import accounts
from portal.store.schema.shares import share, share_key
from portal.store.shares import shares
from tests.factories.record import condition, link
from tests.factories.world import TestUser, World, sign_in
from tests.integration.sharing.reading import resources_of, section_of

ALLERGIES, PROBLEMS, MEDICATIONS = "48765-2", "11450-4", "10160-0"


@dataclass
class Made:
    """A link as its owner sees it, once."""

    payload: dict[str, Any]
    passcode: str
    share_id: str
    link: str

    @property
    def path(self) -> str:
        return "/shl/" + self.payload["url"].rsplit("/", 1)[1]


def token_in(page: str) -> str:
    return re.search(r'name="csrf_token"\s+value="([^"]+)"', page)[1]  # type: ignore[index]


def form_of(client: FlaskClient, at: str = "/share/new", **fields: Any) -> dict[str, Any]:
    page = client.get(at).get_data(as_text=True)
    share_id = re.search(r'name="share"\s+value="([a-z0-9]{20})"', page)[1]  # type: ignore[index]
    return {
        "csrf_token": token_in(page),
        "share": share_id,
        "section": [MEDICATIONS, ALLERGIES],
        "label": "Dr. Moreau",
        "opening": "week",
        "step": "create",
    } | fields


def read(answer: TestResponse) -> Made:
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200, page
    text = re.search(r"shlink:/[A-Za-z0-9_-]+", page)[0]  # type: ignore[index]
    encoded = text.removeprefix("shlink:/")
    passcode = re.search(r'<code class="key">(\d{6})</code>', page)
    share_id = re.search(r"/share/links/([a-z0-9]{20})", page)[1]  # type: ignore[index]
    payload = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    return Made(payload, passcode[1] if passcode else "", share_id, text)


def make(client: FlaskClient, **fields: Any) -> Made:
    return read(client.post("/share/new", data=form_of(client, **fields)))


def ask(app: Flask, made: Made, **changes: Any) -> TestResponse:
    body = {"recipient": "Lakeside front desk", "passcode": made.passcode} | changes
    return app.test_client().post(made.path, json=body)


def decrypted(made: Made, content: bytes) -> dict[str, Any]:
    header = json.loads(from_base64url(content.partition(b".")[0].decode()))
    deflated = {} if made.payload["flag"] == "U" else {"zip": "DEF"}
    assert header == {"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json"} | deflated
    bundle: dict[str, Any] = json.loads(files.decrypt(content, from_base64url(made.payload["key"])))
    return bundle


def path_of(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.data
    (file,) = answer.get_json()["files"]
    assert file["contentType"] == "application/fhir+json"
    return "/shl/files/" + file["location"].rsplit("/", 1)[1]


def step(client: FlaskClient, made: Made, name: str) -> TestResponse:
    at = f"/share/links/{made.share_id}"
    return client.post(at, data={"csrf_token": token_in(client.get(at).get_data(as_text=True)), "step": name})


def test_a_link_with_a_passcode_opens_what_was_chosen(instance: Flask, owner: FlaskClient) -> None:
    made = make(owner)
    assert made.payload.keys() == {"url", "key", "exp", "flag", "label"}
    assert made.payload["flag"] == "P"
    assert made.payload["label"] == "Dr. Moreau"
    assert len(made.payload["url"]) <= 128
    assert len(urlsafe_b64decode(made.path.rsplit("/", 1)[1] + "=")) == 32
    assert len(urlsafe_b64decode(made.payload["key"] + "=")) == 32
    answer = ask(instance, made)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    file = instance.test_client().get(path_of(answer))
    assert file.mimetype == "application/jose"
    bundle = decrypted(made, file.data)
    assert bundle["type"] == "document"
    assert len(resources_of(bundle, "MedicationRequest")) >= 3
    assert "entry" in section_of(bundle, ALLERGIES)
    assert not resources_of(bundle, "Observation")
    assert section_of(bundle, PROBLEMS)["emptyReason"]["coding"][0]["code"] == "withheld"


class OwnKeys:
    """Answers for the portal where another organization asks for its keys."""

    def __init__(self, instance: Flask) -> None:
        self._client = instance.test_client()

    def get(self, url: str, *, accept: str) -> bytes:
        assert accept == "application/json"
        return self._client.get(urlsplit(url).path).data

    def post(self, url: str, body: Any) -> tuple[int, Any]:
        raise AssertionError(url, body)


def test_a_bundle_for_a_desk_says_that_it_was_made_here(instance: Flask, owner: FlaskClient) -> None:
    made = make(owner, opening="desk")
    bundle = decrypted(made, instance.test_client().get(f"{made.path}?recipient=Lakeside").data)
    base = "http://localhost:8000"
    attested = attestation(bundle, OwnKeys(instance), listed=[base])
    assert (attested.state, attested.issuer) == (Attested.VERIFIED, base)
    assert attested.is_current(datetime.now(UTC))
    (extension,) = bundle["meta"]["extension"]
    _header, claims, _signature = extension["valueString"].split(".")
    assert json.loads(from_base64url(claims)).keys() == {"iss", "iat", "jti"}, "nothing about the person"
    extension["valueString"] = extension["valueString"][:-4] + "AAAA"
    assert attestation(bundle, OwnKeys(instance), listed=[base]).state is Attested.UNVERIFIABLE


@pytest.mark.parametrize(("opening", "minutes"), [("desk", 15), ("printed", 48 * 60)])
def test_a_link_for_a_desk_is_the_file(instance: Flask, owner: FlaskClient, opening: str, minutes: int) -> None:
    made = make(owner, opening=opening)
    assert made.payload["flag"] == "U"
    assert abs(made.payload["exp"] - time.time() - minutes * 60) < 60
    assert not made.passcode
    anybody = instance.test_client()
    assert anybody.get(made.path).status_code == 400
    answer = anybody.get(made.path, query_string={"recipient": "Lakeside"})
    assert answer.mimetype == "application/jose"
    assert answer.data.count(b".") == 4
    assert resources_of(decrypted(made, answer.data), "MedicationRequest")
    assert anybody.post(made.path, json={"recipient": "Lakeside"}).status_code == 404
    with time_machine.travel(timedelta(minutes=minutes + 1)):
        assert anybody.get(made.path, query_string={"recipient": "Lakeside"}).status_code == 404


def test_a_wallet_card_shows_the_record_of_the_day(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    made = make(owner, opening="card", section=[PROBLEMS])
    assert made.payload["flag"] == "LP"
    link(services, ana, name="Old Mill", resources=[condition("c9", "44054006", "Diabetes since last week")])
    answer = ask(instance, made)
    assert answer.get_json()["files"][0]["status"] == "can-change"
    bundle = decrypted(made, instance.test_client().get(path_of(answer)).data)
    assert "Diabetes since last week" in json.dumps(bundle)
    with services.db.reading() as tx:
        sealed = tx.conn.execute(select(share_key.c.data)).scalar_one()
        assert from_base64url(made.payload["key"]) not in sealed
        assert shares.key(tx, share_id=made.share_id) == from_base64url(made.payload["key"])
    step(owner, made, "end")
    with services.db.reading() as tx:
        assert shares.key(tx, share_id=made.share_id) is None


@pytest.mark.parametrize("opening", ["week", "desk"])
def test_a_link_opens_as_often_as_was_chosen(instance: Flask, owner: FlaskClient, opening: str) -> None:
    made = make(owner, opening=opening, uses="1")

    def opened() -> TestResponse:
        if opening == "week":
            return ask(instance, made)
        return instance.test_client().get(made.path, query_string={"recipient": "Lakeside"})

    first = opened()
    assert first.status_code == 200
    assert opened().status_code == 404
    if opening == "week":  # the address that was given is good to its end
        assert instance.test_client().get(path_of(first)).status_code == 200
    page = owner.get(f"/share/links/{made.share_id}").get_data(as_text=True)
    assert "Opened as often as you allowed" in page
    assert "Make a new link" in page


def test_the_key_and_the_passcode_are_nowhere_afterwards(owner: FlaskClient, services: Services) -> None:
    made = make(owner)
    pages = [owner.get(at).get_data(as_text=True) for at in ("/share", f"/share/links/{made.share_id}", "/activity")]
    assert not any(made.payload["key"] in page or made.passcode in page for page in pages)
    with services.db.reading() as tx:
        stored = shares.by_id(tx, share_id=made.share_id)
        content = shares.content(tx, share_id=made.share_id)
    assert stored is not None
    assert content is not None
    assert made.passcode not in str(stored)
    assert b"isinopril" not in content


def test_wrong_passcodes_are_counted_and_end_it(instance: Flask, owner: FlaskClient) -> None:
    made = make(owner)
    wrong = "000000" if made.passcode != "000000" else "111111"
    remaining = []
    for _try in range(4):
        answer = ask(instance, made, passcode=wrong)
        assert answer.status_code == 401
        remaining.append(answer.get_json()["remainingAttempts"])
    assert remaining == [4, 3, 2, 1]
    answer = ask(instance, made, passcode="")
    assert answer.status_code == 401
    assert answer.get_json() == {"remainingAttempts": 1}  # nothing was guessed
    assert ask(instance, made).status_code == 200
    assert ask(instance, made, passcode=wrong).get_json() == {"remainingAttempts": 0}
    gone = ask(instance, made)
    assert gone.status_code == 404
    assert gone.data == instance.test_client().post("/shl/unknown", json={"recipient": "x"}).data
    assert "too many wrong passcodes" in owner.get("/share").get_data(as_text=True)


def test_attempts_at_the_same_time_are_each_counted_once(instance: Flask, owner: FlaskClient) -> None:
    made = make(owner)
    wrong = "000000" if made.passcode != "000000" else "111111"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: ask(instance, made, passcode=wrong), range(12)))
    counted = sorted(answer.get_json()["remainingAttempts"] for answer in answers if answer.status_code == 401)
    assert counted == list(range(5))[-len(counted) :], "each once"
    assert {answer.status_code for answer in answers} <= {401, 404, 503}, (
        "503: not looked at, too many were being hashed"
    )
    for _left in range(counted[0]):
        assert ask(instance, made, passcode=wrong).status_code == 401
    assert ask(instance, made).status_code == 404


@pytest.mark.parametrize("closing", ["tries_left", "ended_at", "paused_at"])
def test_what_closed_a_link_since_it_was_read_counts(owner: FlaskClient, services: Services, closing: str) -> None:
    """Of guesses at the same time none opens after the last wrong one, whatever it had read before."""
    make(owner)
    with services.db.transaction() as tx:
        share_id = tx.conn.execute(select(share.c.id)).scalar_one()
        tx.conn.execute(update(share).values({closing: 0 if closing == "tries_left" else tx.now}))
        assert not shares.count_use(tx, share_id=share_id)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"passcode":"1"}', b'{"recipient":"  "}', b'{"recipient":7}'])
def test_who_asks_must_say_who_it_is(instance: Flask, owner: FlaskClient, body: bytes) -> None:
    made = make(owner)
    answer = instance.test_client().post(made.path, data=body, content_type="application/json")
    assert answer.status_code == 400


def test_paused_and_ended_links_open_nothing_at_once(instance: Flask, owner: FlaskClient) -> None:
    made = make(owner)
    file = path_of(ask(instance, made))
    anybody = instance.test_client()
    assert anybody.get(file).status_code == 200
    assert step(owner, made, "pause").status_code == 303
    assert ask(instance, made).status_code == 404
    assert anybody.get(file).status_code == 404
    step(owner, made, "resume")
    assert anybody.get(file).status_code == 200
    step(owner, made, "end")
    assert ask(instance, made).status_code == 404
    assert anybody.get(file).status_code == 404
    step_after = owner.get(f"/share/links/{made.share_id}").get_data(as_text=True)
    assert 'value="resume"' not in step_after


def test_a_file_has_its_address_for_an_hour(instance: Flask, owner: FlaskClient) -> None:
    made = make(owner)
    file = path_of(ask(instance, made))
    anybody = instance.test_client()
    with time_machine.travel(timedelta(minutes=59)):
        assert anybody.get(file).status_code == 200
    with time_machine.travel(timedelta(minutes=61)):
        assert anybody.get(file).status_code == 404
        assert anybody.get(path_of(ask(instance, made))).status_code == 200
    with time_machine.travel(timedelta(days=7, minutes=1)):
        assert ask(instance, made).status_code == 404


def test_the_log_says_who_opened_it(instance: Flask, owner: FlaskClient) -> None:
    made = make(owner)
    ask(instance, made)
    ask(instance, made, passcode="x", recipient="<b>Mallory</b>")
    step(owner, made, "end")
    page = owner.get(f"/share/links/{made.share_id}").get_data(as_text=True)
    assert "Opened, by someone who said “Lakeside front desk”" in page
    assert "Tried with a wrong passcode; nothing was shown, by someone who said “&lt;b&gt;Mallory&lt;/b&gt;”" in page
    activity = owner.get("/activity").get_data(as_text=True)
    assert "made a link to share from the record" in activity
    assert "opened what was shared by a link" in activity
    assert "tried to open a shared link" in activity


def test_one_form_makes_one_link(owner: FlaskClient) -> None:
    data = form_of(owner)
    read(owner.post("/share/new", data=data))
    again = owner.post("/share/new", data=data, follow_redirects=True).get_data(as_text=True)
    assert "This link was made already" in again
    assert again.count("Dr. Moreau") == 1


def test_it_asks_who_it_is_first(owner: FlaskClient) -> None:
    data = form_of(owner)
    with time_machine.travel(timedelta(minutes=11), tick=True):
        for answer in (owner.get("/share/new"), owner.post("/share/new", data=data)):
            assert answer.status_code == 303
            assert answer.location.startswith("/account/confirm?next=/share/new")


def test_what_a_proxy_shared_ends_with_their_right(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    del owner
    world = World(services)
    ben = world.patient("ben")
    grant = world.proxy(ben, str(ana.person_id))
    client = instance.test_client()
    sign_in(client, ben)
    at = f"/for/{ana.person_id}/share/new"
    made = read(client.post(at, data=form_of(client, at)))
    assert ask(instance, made).status_code == 200
    with services.db.transaction() as tx:
        accounts.end_grant(tx, grant_id=grant)
    assert ask(instance, made).status_code == 404


@pytest.mark.parametrize("level", [GrantLevel.NO_CONFIDENTIAL, GrantLevel.MESSAGES_ONLY])
def test_who_sees_only_a_part_shares_nothing(
    instance: Flask, services: Services, ana: TestUser, level: GrantLevel
) -> None:
    world = World(services)
    ben = world.patient("ben")
    world.proxy(ben, str(ana.person_id), level)
    client = instance.test_client()
    sign_in(client, ben)
    for path in ("share", "share/new"):
        assert client.get(f"/for/{ana.person_id}/{path}").status_code == 404


def test_somebody_elses_link_is_not_there(instance: Flask, owner: FlaskClient, services: Services) -> None:
    made = make(owner)
    client = instance.test_client()
    sign_in(client, World(services).patient("ben"))
    assert client.get(f"/share/links/{made.share_id}").status_code == 404
    assert client.get("/share").get_data(as_text=True).count("Dr. Moreau") == 0


def test_pages_of_other_origins_may_ask_and_only_there(instance: Flask, owner: FlaskClient) -> None:
    made = make(owner)
    answer = instance.test_client().options(made.path, headers={"Origin": "https://viewer.example"})
    assert answer.status_code == 204
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Origin" not in owner.get("/share").headers
