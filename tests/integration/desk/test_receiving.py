"""A patient's Health Link at the desk: scanned, compared with who stands there, filed, read by the care team."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import segno
from flask import Flask
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from portal.domain.errors import LimitReachedError
from portal.domain.people import Role
from portal.fhir.public_files import PublicFiles
from portal.services import Services
from portal.sharing import filing, shlink
from portal.sharing.attestation import Attestation, Attested
from portal.store.shares import received
from portal.store.shares.received import ReceivedState
from tests.conformance import desk_vectors
from tests.conformance.desk_vectors import CLINICAL, PERSON, RENDERED, STORY, bundle
from tests.factories.world import ANA, BEN, World, sign_in
from tests.integration.desk.conftest import Browser, agree

KEY = bytes(range(32))
IN_2100 = datetime(2100, 1, 1, tzinfo=UTC)
RECEIVE = "/staff/patient/receive"
Serve = Callable[..., str]


def person(family: str = "", born: str = "") -> dict[str, Any]:
    """The Patient of a Bundle: Ana, or somebody who differs from her in this."""
    resource = PERSON["resource"] | {
        "name": [{"family": family or ANA.name.family, "given": list(ANA.name.given)}],
        "birthDate": born or ANA.birth_date,
        "gender": ANA.sex,
    }
    return PERSON | {"resource": resource}


@pytest.fixture
def serve(httpserver: HTTPServer) -> Serve:
    """Serves a Bundle at the address of a link; gives the link."""

    def serving(content: Any, *, flag: str = "U", minutes: int = 15, key: bytes = KEY) -> str:
        file = desk_vectors.encrypted(desk_vectors.compact(content), KEY, deflate=True)

        def direct(request: Request) -> Response:
            assert request.args["recipient"] == "Cooper Regional Health"
            return Response(file, content_type="application/jose")

        def manifest(request: Request) -> Response:
            asked = json.loads(request.get_data())
            assert asked["recipient"] == "Cooper Regional Health"
            if "P" in flag and asked.get("passcode") != "2468":
                return Response('{"remainingAttempts": 4}', 401, content_type="application/json")
            listed = {"files": [{"contentType": "application/fhir+json", "embedded": file.decode()}]}
            return Response(json.dumps(listed), content_type="application/json")

        if "U" in flag:
            httpserver.expect_request("/file", method="GET").respond_with_handler(direct)
        else:
            httpserver.expect_request("/file", method="POST").respond_with_handler(manifest)
        expires = datetime.now(UTC) + timedelta(minutes=minutes)
        return shlink.write(url=httpserver.url_for("/file"), key=key, expires=expires, flag=flag, label="A cough")

    return serving


@pytest.fixture
def team(app: Flask, world: World) -> Browser:
    client = app.test_client()
    sign_in(client, world.staff("nadia", Role.CARE_TEAM))
    return Browser(client)


def filed(clerk: Browser, link: str, **form: str) -> str:
    """Scan a link and file what it leads to."""
    page = clerk.send(RECEIVE, link=link).headers["Location"]
    return clerk.follow(page, answer="same", **form)


def test_the_desk_files_it_and_the_care_team_reads_it(
    clerk: Browser, phone: Browser, team: Browser, serve: Serve, services: Services
) -> None:
    link = serve(bundle(person(), STORY, RENDERED, *CLINICAL))
    assert "Scan a Health Link" in agree(clerk, phone)
    page = clerk.follow(RECEIVE, link="https://viewer.example/#" + link)
    for told in ("It is about Ana", "localhost", "Medications: 1", "Documents: 2", "Allergies: 1"):
        assert told in page, told
    assert re.search(r"Fits the desk profile</dt>\s*<dd>\s*Yes", page)
    for clinical in ("Metformin", "Asthma", "peanut", "Tdap", "cough"):
        assert clinical not in page, "the desk sees no clinical word"
    address = re.search(r'action="(/staff/patient/receive/\w+)"', page)[1]  # type: ignore[index]
    assert "Nothing was handed over" in team.get("/care-team/received"), "nothing is filed before somebody decides"
    assert "Filed for the care team" in clerk.follow(address, answer="same")
    clerk.get(address, status=404)
    assert "Ana" in team.get("/care-team/received")
    with services.db.reading() as tx:
        (summary,) = received.in_state(tx, state=ReceivedState.FILED, limit=9)
    page = team.get(f"/care-team/received/{summary.id}")
    for told in (
        "Metformin",
        "1 tablet twice a day",
        "Asthma",
        "peanut",
        "Tdap",
        "not part of",
        "A cough",
        "own words",
    ):
        assert told in page, told
    number = re.search(r"/file/(\d+)", page)[1]  # type: ignore[index]
    answer = team.client.get(f"/care-team/received/{summary.id}/file/{number}")
    assert answer.data == desk_vectors.NOTE
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    team.follow(f"/care-team/received/{summary.id}")
    assert "Read by the care team" in phone.get("/health/received")
    assert "Metformin" in phone.get(f"/health/received/{summary.id}")
    assert "Metformin" not in phone.get("/health/medications"), "never merged"
    log = phone.get("/activity")
    assert "filed the shared summary for the care team" in log


def test_what_is_somebody_elses_is_refused_and_not_kept(
    clerk: Browser, phone: Browser, serve: Serve, services: Services
) -> None:
    agree(clerk, phone)
    link = serve(bundle(person("Okafor", "1951-01-01"), *CLINICAL))
    answer = clerk.send(RECEIVE, link=link)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "about somebody else" in page
    assert "Okafor" not in page
    with services.db.reading() as tx:
        assert not received.in_state(tx, state=ReceivedState.FETCHED, limit=9)


def test_somebody_who_nearly_fits_is_decided_with_a_document(
    clerk: Browser, phone: Browser, serve: Serve, services: Services
) -> None:
    agree(clerk, phone)
    near = person(born=ANA.birth_date[:5] + ANA.birth_date[8:] + "-" + ANA.birth_date[5:7])
    page = clerk.send(RECEIVE, link=serve(bundle(near, *CLINICAL))).headers["Location"]
    assert "Is this the same person?" in clerk.get(page)
    assert "Compare a photo ID first" in clerk.follow(page, answer="same")
    assert "Filed for the care team" in clerk.follow(page, answer="same", id_checked="1")
    other = clerk.send(RECEIVE, link=serve(bundle(near, *CLINICAL))).headers["Location"]
    assert "nothing of it is kept" in clerk.follow(other, answer="other")
    with services.db.reading() as tx:
        assert not received.in_state(tx, state=ReceivedState.FETCHED, limit=9)
        assert len(received.in_state(tx, state=ReceivedState.FILED, limit=9)) == 1


@pytest.mark.parametrize("flag", ["", "L", "P", "LP"])
def test_every_plain_health_link_is_usable(clerk: Browser, phone: Browser, serve: Serve, flag: str) -> None:
    agree(clerk, phone)
    link = serve(bundle(person(), *CLINICAL), flag=flag)
    form = {"link": link}
    if "P" in flag:
        assert "Ask the patient for it" in clerk.send(RECEIVE, **form).get_data(as_text=True)
        wrong = clerk.send(RECEIVE, **form, passcode="1").get_data(as_text=True)
        assert "Tries left: 4" in wrong
        form["passcode"] = "2468"
    page = clerk.follow(RECEIVE, **form)
    assert "It is about Ana" in page
    assert "No: the link asks for a passcode or a list of files. It can be filed all the same." in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"minutes": -1}, "has expired"), ({"key": b"\1" * 32}, "changed on the way")],
)
def test_what_cannot_be_used_says_why(
    clerk: Browser, phone: Browser, serve: Serve, changes: dict[str, Any], told: str
) -> None:
    agree(clerk, phone)
    answer = clerk.send(RECEIVE, link=serve(bundle(person(), *CLINICAL), **changes))
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no Health Link in this"),
        ("hello", "no Health Link in this"),
        ("shlink:/eyJ1cmwi", "cut off"),
        (
            shlink.write(
                url="https://10.0.0.1/x", key=KEY, expires=datetime(2100, 1, 1, tzinfo=UTC), flag="U", label=""
            ),
            "be called",
        ),
    ],
)
def test_what_is_no_link_says_so(clerk: Browser, phone: Browser, text: str, told: str) -> None:
    agree(clerk, phone)
    assert told in clerk.send(RECEIVE, link=text).get_data(as_text=True)


def test_a_picture_of_the_code_does_as_well(clerk: Browser, phone: Browser, serve: Serve) -> None:
    pytest.importorskip("zxingcpp", reason="the extra scan is not installed")
    agree(clerk, phone)
    picture = io.BytesIO()
    segno.make(serve(bundle(person(), *CLINICAL)), error="m").save(picture, kind="png", scale=4)
    token = re.search(r'name="csrf_token" value="([^"]+)"', clerk.get(RECEIVE))[1]  # type: ignore[index]
    for content, told in ((b"no picture", "no QR code in this picture"), (picture.getvalue(), "It is about Ana")):
        data = {"csrf_token": token, "link": "", "picture": (io.BytesIO(content), "code.png")}
        answer = clerk.client.post(RECEIVE, data=data, follow_redirects=True)
        assert told in answer.get_data(as_text=True)


def test_the_camera_sends_pictures_and_gets_their_code(clerk: Browser, phone: Browser, serve: Serve) -> None:
    pytest.importorskip("zxingcpp", reason="the extra scan is not installed")
    link, picture = serve(bundle(person(), *CLINICAL)), io.BytesIO()
    segno.make(link, error="m").save(picture, kind="png", scale=4)
    assert "Nobody is being helped" in clerk.follow(f"{RECEIVE}/frame")
    agree(clerk, phone)
    form = clerk.client.get(RECEIVE)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.get_data(as_text=True))[1]  # type: ignore[index]
    for content, read in ((b"no picture", ""), (picture.getvalue(), link)):
        data = {"csrf_token": token, "picture": (io.BytesIO(content), "frame.jpg")}
        assert clerk.client.post(f"{RECEIVE}/frame", data=data).get_json() == {"link": read}
    assert "camera=(self)" in form.headers["Permissions-Policy"]
    assert "camera=()" in clerk.client.get("/staff/patient").headers["Permissions-Policy"], "on this page alone"


def test_only_with_a_yes_and_only_of_who_is_helped(
    clerk: Browser, phone: Browser, team: Browser, serve: Serve, world: World
) -> None:
    link = serve(bundle(person(), *CLINICAL))
    assert "Nobody is being helped" in clerk.follow(RECEIVE, link=link)
    agree(clerk, phone)
    page = clerk.send(RECEIVE, link=link).headers["Location"]
    app = clerk.client.application
    other = app.test_client()
    sign_in(other, world.staff("milo"))
    assert other.get(page).status_code in (303, 404)
    stranger = app.test_client()
    sign_in(stranger, world.patient("ben", BEN))
    summary = page.rpartition("/")[2]
    for address in (page, f"/care-team/received/{summary}", f"/health/received/{summary}"):
        assert stranger.get(address).status_code == 404
    assert team.client.get(f"/care-team/received/{summary}").status_code == 404, "not filed yet"
    clerk.follow(page, answer="same")
    assert stranger.get(f"/health/received/{summary}").status_code == 404


def test_an_attestation_counts_for_one_document_and_a_month(
    clerk: Browser, phone: Browser, serve: Serve, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "attestation", lambda *_args, **_kwargs: attested)
    attested = Attestation(Attested.VERIFIED, "https://app.example", "jti-1", datetime.now(UTC))
    agree(clerk, phone)
    link = serve(bundle(person(), STORY))
    for _again in range(2):
        assert "signature of https://app.example" in clerk.follow(RECEIVE, link=link), "the same document twice"
    httpserver.clear()
    other = serve(bundle(person(), STORY, *CLINICAL))
    for _again in range(2):
        page = clerk.follow(RECEIVE, link=other)
        assert "signature of https://app.example" not in page
        assert "seen with another document" in page
    attested = Attestation(Attested.VERIFIED, "https://app.example", "jti-2", datetime.now(UTC) - timedelta(days=32))
    assert "more than 31 days old" in clerk.follow(RECEIVE, link=other)
    attested = Attestation(Attested.VERIFIED, "https://app.example", "jti-3", datetime.now(UTC) + timedelta(hours=1))
    assert "signature of https://app.example" not in clerk.follow(RECEIVE, link=other)


def test_a_document_that_is_too_large_is_said_to_be(
    clerk: Browser, phone: Browser, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(clerk, phone)
    link = serve(bundle(person(), STORY))
    monkeypatch.setattr(PublicFiles, "get", _too_large)
    answer = clerk.send(RECEIVE, link=link)
    assert answer.status_code == 422
    assert "more than can be taken here" in answer.get_data(as_text=True)


def _too_large(*_args: object, **_kwargs: object) -> bytes:
    raise LimitReachedError("answer-too-large")
