"""Links to a part of the record: made on the page, opened by anybody who has them, ended at once."""

import json
import re
import time
import zlib
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.domain.people import GrantLevel
from portal.services import Services
from portal.sharing import desk_profile, files
from portal.sharing.shlink import from_base64url
from portal.store.people import accounts
from portal.store.schema.shares import share_key
from portal.store.shares import shares
from tests.factories.record import coded, condition, link
from tests.factories.world import TestUser, World, sign_in
from tests.integration.sharing.reading import resources_of, section_of
from tests.integration.web.html import check_page

ALLERGIES, PROBLEMS, MEDICATIONS = "48765-2", "11450-4", "10160-0"
IMMUNIZATIONS, DEVICES = "11369-6", "46264-8"


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


def references(part: Any) -> Iterator[str]:
    """The references within a resource that lead somewhere."""
    if isinstance(part, dict):
        if isinstance(part.get("reference"), str) and not part["reference"].startswith("#"):
            yield part["reference"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from references(inner)


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


def test_what_a_desk_gets_fits_its_profile(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    shot = {
        "resourceType": "Immunization",
        "id": "i1",
        "status": "completed",
        "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "140", "Influenza"),
        "patient": {"reference": "Patient/p"},
        "occurrenceDateTime": "2025-10-01",
    }
    link(services, ana, name="Old Mill", resources=[shot])
    chosen = [MEDICATIONS, ALLERGIES, PROBLEMS, IMMUNIZATIONS]
    made = make(owner, opening="desk", section=chosen, story="I faint easily.")
    answer = instance.test_client().get(made.path, query_string={"recipient": "Lakeside"})
    bundle = decrypted(made, answer.data)
    assert desk_profile.problems(bundle) == ()
    assert not any("profile" in resource.get("meta", {}) for resource in [bundle, *resources_of(bundle)])
    (patient,) = resources_of(bundle, "Patient")
    assert patient["birthDate"]
    assert patient["name"][0]["family"]
    assert {"Condition", "MedicationRequest", "AllergyIntolerance", "Immunization"} <= {
        resource["resourceType"] for resource in resources_of(bundle)
    }
    urls = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(urls) == len(bundle["entry"])
    assert set(references(bundle)) <= urls


def test_the_documents_of_a_desk_are_whole_and_told_apart(instance: Flask, owner: FlaskClient) -> None:
    pytest.importorskip("weasyprint", reason="the extra pdf is not installed")
    made = make(owner, opening="desk", story="I faint easily.")
    answer = instance.test_client().get(made.path, query_string={"recipient": "Lakeside"})
    documents = resources_of(decrypted(made, answer.data), "DocumentReference")
    assert [document["type"]["coding"][0]["code"] for document in documents] == ["60591-5", "51855-5"]
    for document in documents:
        content = b64decode(document["content"][0]["attachment"]["data"])
        assert content.startswith(b"%PDF-")
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
        plain = [zlib.decompress(stream) if stream[:1] == b"x" else stream for stream in streams]
        assert any(b'pdfuaid:part="1"' in part for part in plain)


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


def test_where_nothing_was_chosen_that_there_is_no_link_is_made(owner: FlaskClient) -> None:
    answer = owner.post("/share/new", data=form_of(owner, opening="desk", section=[DEVICES]))
    assert answer.status_code == 422
    assert "There is nothing in what you chose" in answer.get_data(as_text=True)


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
    assert counted == [0, 1, 2, 3, 4]
    assert [answer.status_code for answer in answers].count(404) == 7
    assert ask(instance, made).status_code == 404


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


def test_the_preview_is_what_they_get(instance: Flask, owner: FlaskClient) -> None:
    data = form_of(owner, step="preview", section=[MEDICATIONS])
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    made = make(owner, section=[MEDICATIONS])
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    table = re.search(r"<table>.*</table>", section_of(bundle, MEDICATIONS)["text"]["div"])[0]  # type: ignore[index]
    assert table in page
    assert "isinopril" in table
    assert "shrimp" not in page


def test_the_preview_is_in_the_persons_language_and_as_they_get_it(owner: FlaskClient) -> None:
    data = form_of(owner, step="preview", section=[MEDICATIONS])
    page = owner.post("/share/new", data=data, headers={"Accept-Language": "es"}).get_data(as_text=True)
    assert "Tal como lo reciben, en inglés" in page
    assert re.search(r"isinopril.*Tal como lo reciben.*isinopril", page, re.DOTALL)
    assert "Desde" in page


def test_single_items_are_left_out(instance: Flask, owner: FlaskClient) -> None:
    data = form_of(owner, step="preview", section=[MEDICATIONS, ALLERGIES])
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    items = dict(re.findall(r'value="([0-9a-f]{32})"[^>]*><label[^>]*><span[^>]*>[^<]*</span>([^<]+)<', page))
    lisinopril = [entry for entry, title in items.items() if "isinopril" in title]
    assert lisinopril
    data["without"] = [*lisinopril, "nonsense"]
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    assert not re.search(r"<td>[^<]*isinopril", page), "not in what they get"
    assert re.search(rf'value="{lisinopril[0]}"\s+checked', page), "and it can be taken in again"
    made = read(owner.post("/share/new", data=data | {"step": "create"}))
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    assert "isinopril" not in json.dumps(bundle)
    assert len(resources_of(bundle, "MedicationRequest")) >= 2


def test_without_an_allergy_nobody_says_that_there_is_none(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    """A place that knows of none, and the allergy that contradicts it left out: the section says nothing of either."""
    none = {
        "resourceType": "AllergyIntolerance",
        "id": "none",
        "code": coded("http://snomed.info/sct", "716186003", "No known allergy"),
        "patient": {"reference": "Patient/p"},
    }
    link(services, ana, name="Old Mill", resources=[none])
    data = form_of(owner, step="preview", section=[ALLERGIES])
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    assert "according to Old Mill" in page
    data["without"] = re.findall(r'id="without-([0-9a-f]{32})"', page)
    assert data["without"]
    made = read(owner.post("/share/new", data=data | {"step": "create"}))
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    section = section_of(bundle, ALLERGIES)
    assert section["emptyReason"]["coding"][0]["code"] == "unavailable"
    assert "Old Mill" not in section["text"]["div"]


def test_older_tests_stay_behind_a_chosen_day(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    shots = [
        {
            "resourceType": "Immunization",
            "id": f"i{year}",
            "status": "completed",
            "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "140", "Influenza"),
            "patient": {"reference": "Patient/p"},
            "occurrenceDateTime": f"{year}-10-01",
        }
        for year in (2015, 2025)
    ]
    link(services, ana, name="Old Mill", resources=shots)
    made = make(owner, section=[IMMUNIZATIONS, MEDICATIONS], since="2020-01-01")
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    assert [shot["occurrenceDateTime"] for shot in resources_of(bundle, "Immunization")] == ["2025-10-01"]
    assert resources_of(bundle, "MedicationRequest"), "what holds now has no such day"


@pytest.mark.parametrize("form", ["pdf", "txt"])
def test_the_summary_as_a_file(owner: FlaskClient, services: Services, ana: TestUser, form: str) -> None:
    if form == "pdf":
        pytest.importorskip("weasyprint", reason="the extra pdf is not installed")
    secret = condition("c9", "86406008", "HIV infection") | {"meta": {"security": [{"code": "R"}]}}
    link(services, ana, name="Old Mill", resources=[secret])
    answer = owner.get(f"/share/summary.{form}")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=health-summary.{form}"
    if form == "pdf":
        assert answer.data.startswith(b"%PDF-")
    else:
        told = answer.get_data(as_text=True)
        assert "- Lisinopril" in told
        assert "Source: " in told
        assert "HIV" not in told
    assert owner.get("/share/summary.exe").status_code == 404


def test_sensitive_items_are_only_in_it_when_they_are_ticked(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    secret = condition("c9", "86406008", "HIV infection") | {"meta": {"security": [{"code": "R"}]}}
    link(services, ana, name="Old Mill", resources=[secret])
    for ticked in (False, True):
        fields = {"confidential": "1"} if ticked else {}
        data = form_of(owner, section=[PROBLEMS], **fields)
        assert ("HIV" in owner.post("/share/new", data=data | {"step": "preview"}).get_data(as_text=True)) == ticked
        made = read(owner.post("/share/new", data=data))
        file = instance.test_client().get(path_of(ask(instance, made)))
        assert ("HIV" in str(decrypted(made, file.data))) == ticked


def test_one_form_makes_one_link(owner: FlaskClient) -> None:
    data = form_of(owner)
    read(owner.post("/share/new", data=data))
    again = owner.post("/share/new", data=data, follow_redirects=True).get_data(as_text=True)
    assert "This link was made already" in again
    assert again.count("Dr. Moreau") == 1


@pytest.mark.parametrize("changes", [{"section": []}, {"label": "  "}, {"label": "x" * 81}, {"section": ["nonsense"]}])
def test_what_is_missing_is_said_and_nothing_is_made(owner: FlaskClient, changes: dict[str, Any]) -> None:
    answer = owner.post("/share/new", data=form_of(owner, **changes))
    assert answer.status_code == 422
    assert "There is a problem" in answer.get_data(as_text=True)
    assert "You share nothing by a link" in owner.get("/share").get_data(as_text=True)


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


@pytest.mark.parametrize("language", ["en", "es"])
def test_its_pages_are_valid_and_in_the_persons_language(owner: FlaskClient, language: str) -> None:
    accept = {"Accept-Language": language}
    data = form_of(owner)
    answers = [
        owner.post("/share/new", data=data | {"step": "preview"}, headers=accept),
        owner.post("/share/new", data=data | {"label": ""}, headers=accept),
        owner.post("/share/new", data=data, headers=accept),
        owner.get("/share", headers=accept),
        owner.get(f"/share/links/{data['share']}", headers=accept),
    ]
    for answer in answers:
        tree = check_page(answer, our_words=False)
        assert tree.get("lang") == language
        own = "".join(tree.find(".//main").itertext())
        assert not re.search(r"[Ss]hare|\b[Ll]ink\b|[Pp]asscode", own) or language == "en"
