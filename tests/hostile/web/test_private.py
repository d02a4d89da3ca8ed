"""What a person keeps private: for everybody else each answer is, byte for byte, the one before it was there."""

import re
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.app import create_app
from portal.directory.suggestions import compute
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel, HumanName, Person
from portal.domain.sections import Section
from portal.provider.oauth import grants
from portal.provider.types import SYSTEM_SCOPES
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.directory import organizations
from portal.store.people import proxies
from portal.store.provider import clients, matches
from portal.store.provider.clients import OAuthClient
from portal.store.records import rows
from tests.factories.databases import migrate
from tests.factories.record import link
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.factories.world import BEN, TestUser, World
from tests.fakes.data import RXNORM
from tests.hostile.sight import record as sight_record
from tests.hostile.web.record import filled
from tests.hostile.web.stage import Stage, addresses, ask, without_chance

SECRET = "qzsecret"  # in every text of every private item
PATIENT = "patient-vera"
_LOOKED = ("activity.", "granted.")  # they say when somebody looked last: the test does
_EVERY = 6  # of the requests that the probe of confidential labels makes all of
SCOPES = ("launch/patient", "patient/*.rs")


def order(code: str, name: str) -> dict[str, Any]:
    """An order of lisinopril: two strengths of it name each other where both are seen."""
    return {
        "resourceType": "MedicationRequest",
        "id": f"order-{code}",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2026-01-01",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code, "display": name}], "text": name},
    }


@dataclass
class Case:
    stage: Stage
    readers: dict[str, FlaskClient]
    tokens: dict[str, str]
    pages: list[str]

    def pictures(self) -> dict[str, str]:
        """Return every answer to everybody, without what differs at every look."""
        taken = {}
        for name, client in self.readers.items():
            client.get(f"/for/{self.stage.person_id}/health/test-results?source=")  # what was shown last is remembered
            for number, path in enumerate(self.pages):
                answer = ask(client, "GET", path, fragment=number % 2 == 1)
                taken[f"{name} {path}"] = _steady(answer)
        for name, token in self.tokens.items():
            client, headers = self.stage.app.test_client(), {"Authorization": f"Bearer {token}"}
            for address in list(sight_record.requests(PATIENT, partner=name == "partner"))[::_EVERY]:
                taken[f"{name} {address}"] = _steady(client.get(f"/fhir/{address}", headers=headers))
        return taken


def _steady(answer: Any) -> str:
    # Of a QR code: a card's signature is new each time.
    text = re.sub(r'<path[^>]* d="[^"]*"', "", without_chance(answer))
    text = re.sub(r'"([\w-]+\.[\w-]+)\.[\w-]+"', _without_signature, text)
    text = re.sub(r'((name="[\w-]+"|type="hidden")\s+value=")[a-z0-9]{20}"', "", text)  # the id of what is not made yet
    text = re.sub(r"since=\d+|T\d{6}Z", "", text)
    text = re.sub(r"\d{1,2}:\d\d(:\d\d)?( ?[AP]M)?|\d+ (seconds?|minutes?)", "", text)
    return re.sub(r'(?m)^X-Request-Id: .*$|"id": ?"[0-9a-f-]{36}"|"(timestamp|lastUpdated)": ?"[^"]*"', "", text)


def _without_signature(card: re.Match[str]) -> str:
    """Return what a signed card of vaccines says, without when it was made."""
    payload = zlib.decompress(urlsafe_b64decode(card[1].partition(".")[2] + "=="), wbits=-15).decode()
    return re.sub(r'"nbf":[\d.]+', "", payload)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    app = create_app(make_settings(Path(tmp_path_factory.mktemp("private")), support="Help desk"))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    world = World(services)
    vera = world.patient("vera", Person(names=(HumanName(family="Same", given=("Vera",)),), birth_date="1961-07-19"))
    stage = Stage(app, services, world, vera)
    place = link(services, vera, name="Riverbend Hospital", resources=filled(lambda kind: f"open {kind}", key="out"))
    ingest(services.db, person_id=vera.person_id, source=HOME, resources=_of_vera("open", "home", "314076"))
    readers, accounts = {}, {"patient": vera}
    for level in (GrantLevel.FULL, GrantLevel.VISITS_ONLY):
        reader = world.patient(level.value, BEN)
        world.proxy(reader, stage.person_id, level)
        readers[level.value], accounts[level.value] = stage.visitor(reader), reader
    yield Case(stage, readers, _tokens(services, stage, accounts), list(_pages(stage, place.link_id)))
    services.db.close()


def _of_vera(word: str, key: str, code: str) -> list[dict[str, Any]]:
    return [*filled(lambda kind: f"{word} {kind}", key=key), order(code, f"{word} lisinopril")]


def _tokens(services: Services, stage: Stage, accounts: dict[str, TestUser]) -> dict[str, str]:
    with services.db.transaction() as tx:
        app = OAuthClient(client_id="app", name="App", redirect_uris=("https://a.example/",))
        partner = OAuthClient(client_id="partner", name="Partner", auth_method="private_key_jwt", partner=True)
        clients.add_client(tx, client=app)
        clients.add_client(tx, client=partner)
        matches.add_match(tx, client_id="partner", person_id=stage.person_id)
        found = {
            name: grants.issue(
                tx, client=app, person_id=stage.person_id, scopes=SCOPES, account_id=user.account_id, lasting=False
            ).access_token
            for name, user in accounts.items()
            if name != "visits-only"
        }
        system = grants.issue(
            tx, client=partner, person_id=None, scopes=SYSTEM_SCOPES, account_id=None, lasting=False
        ).access_token
    return found | {"partner": system}


def _pages(stage: Stage, link_id: str) -> Iterator[str]:
    stage.links = {"active": link_id, "confirm": link_id}
    stage.organizations = {"suggested": link_id, "unlinked": link_id}
    with stage.services.db.reading() as tx:
        for section in Section:
            listed = rows.page(tx, person_id=stage.person_id, sight=WHOLE, section=section, limit=5)
            stage.entries[section.value] = listed.rows[0].primary_id
    for target in addresses(stage):
        if target.method == "GET" and "person" in target.about and not target.endpoint.startswith(_LOOKED):
            yield target.path
    base = f"/for/{stage.person_id}/health"
    yield from (f"{base}/search?q=open", f"{base}/search?q={SECRET}")
    for section in Section:
        yield from (
            f"{base}/{section}?source=",
            f"{base}/{section}?source={link_id}",
            f"{base}/{section}/from/{link_id}",
        )


def keep(stage: Stage, own: FlaskClient, *, private: bool, **what: str) -> None:
    form = {"private": "1" if private else "0", **what}
    assert ask(own, "POST", "/family/private", token=stage.token(own), **form).status_code == 303


def test_it_is_as_if_it_were_not_there(case: Case) -> None:
    stage = case.stage
    for path in ("health/new", "health/test-results", "health/visits", "messages"):  # what is new is read by a look
        case.readers["full"].get(f"/for/{stage.person_id}/{path}")
    before = case.pictures()
    own = stage.visitor(stage.victim)
    new = _of_vera(SECRET, "secret", "314077")
    ingest(stage.services.db, person_id=stage.person_id, source=HOME, resources=new)
    at_place = filled(lambda kind: f"{SECRET} {kind}", key="late")
    ingest(stage.services.db, person_id=stage.person_id, source=stage.links["active"], resources=at_place)
    assert SECRET in case.readers["full"].get(f"/for/{stage.person_id}/health/medications").get_data(as_text=True)
    kept = _secret_rows(stage)
    assert {section for section, _ in kept} == set(Section)
    for section, entry_id in kept:
        keep(stage, own, private=True, section=section.value, entry=entry_id)
    after = case.pictures()
    assert not [where for where, text in after.items() if SECRET in text and SECRET not in where]
    for where, text in after.items():
        assert text == before[where], where
    assert SECRET in own.get("/health/medications").get_data(as_text=True)
    assert "Private" in own.get("/health/medications").get_data(as_text=True)
    assert SECRET not in own.get("/").get_data(as_text=True), "one's own first screen shows it to nobody who looks on"
    assert "No longer private" in own.get("/family/private").get_data(as_text=True)
    with stage.services.db.reading() as tx:
        for section, entry_id in kept:
            row = rows.by_entry(tx, person_id=stage.person_id, section=section, entry_id=entry_id, sight=WHOLE)
            assert row
            assert row.private, section
    _no_trace_in_the_log(case, kept)
    for section, entry_id in kept:
        keep(stage, own, private=False, section=section.value, entry=entry_id)
    assert SECRET in case.readers["full"].get(f"/for/{stage.person_id}/health/medications").get_data(as_text=True)


def _secret_rows(stage: Stage) -> list[tuple[Section, str]]:
    found = []
    with stage.services.db.reading() as tx:
        for section in Section:
            for row in rows.page(tx, person_id=stage.person_id, sight=WHOLE, section=section, limit=200).rows:
                found += [(section, row.primary_id)] * any(SECRET in str(each.entry) for each in row.entries)
    return found


def _no_trace_in_the_log(case: Case, kept: list[tuple[Section, str]]) -> None:
    own = case.stage.visitor(case.stage.victim)
    section, entry_id = next((each for each in kept if each[0] is Section.MEDICATIONS), kept[0])
    assert own.get(f"/health/{section}/{entry_id}").status_code == 200
    assert "kept private" in own.get("/activity?who=you").get_data(as_text=True)
    for page in ("/activity", "/activity/download"):
        text = case.readers["full"].get(f"/for/{case.stage.person_id}{page}").get_data(as_text=True)
        assert "kept private" not in text
        assert SECRET not in text


def test_a_topic_takes_in_what_comes_later(case: Case) -> None:
    stage, own = case.stage, case.stage.visitor(case.stage.victim)
    base = f"/for/{stage.person_id}/health"
    keep(stage, own, private=True, section="procedures")
    later = [each for each in _of_vera("later", "later", "314078") if each["resourceType"] == "Procedure"]
    ingest(stage.services.db, person_id=stage.person_id, source=HOME, resources=later)
    assert "later procedure" in own.get("/health/procedures").get_data(as_text=True).lower()
    page = case.readers["full"].get(f"{base}/procedures").get_data(as_text=True).lower()
    assert "later" not in page
    assert "open procedure" not in page
    keep(stage, own, private=False, section="procedures")
    page = case.readers["full"].get(f"{base}/procedures").get_data(as_text=True).lower()
    assert "later procedure" in page


def test_a_place_is_gone_with_everything_from_it(case: Case) -> None:
    stage, own = case.stage, case.stage.visitor(case.stage.victim)
    place = stage.links["active"]
    keep(stage, own, private=True, source=place)
    for path in ("", "/links", "/health/medications", "/health/summary"):
        assert "Riverbend" not in case.readers["full"].get(f"/for/{stage.person_id}{path or '/'}").get_data(
            as_text=True
        )
    assert case.readers["full"].get(f"/for/{stage.person_id}/links/{place}").status_code == 404
    assert own.get(f"/links/{place}").status_code == 200
    keep(stage, own, private=False, source=place)


def test_a_place_that_only_a_private_visit_names_is_not_suggested(case: Case) -> None:
    stage, own = case.stage, case.stage.visitor(case.stage.victim)
    visit = {
        "resourceType": "Encounter",
        "id": "elsewhere",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"},
        "period": {"start": "2025-11-03T09:00:00-05:00"},
        "serviceProvider": {"display": "Quiet Street Clinic"},
    }
    ingest(stage.services.db, person_id=stage.person_id, source=HOME, resources=[visit])
    with stage.services.db.transaction() as tx:
        organizations.add(tx, name="Quiet Street Clinic", fhir_base="https://quiet.example/fhir", city="Camden")
    compute(stage.services.db, person_id=stage.person_id)
    hers = f"/for/{stage.person_id}/links"
    assert "Quiet Street" in case.readers["full"].get(hers).get_data(as_text=True)
    keep(stage, own, private=True, section="visits")
    assert "Quiet Street" not in case.readers["full"].get(hers).get_data(as_text=True)
    keep(stage, own, private=False, section="visits")
    assert "Quiet Street" in case.readers["full"].get(hers).get_data(as_text=True)


def test_nobody_keeps_anything_private_for_another(case: Case) -> None:
    stage, reader = case.stage, case.readers["full"]
    medications = stage.entries["medications"]
    for path in ("/family/private", f"/for/{stage.person_id}/family/private"):
        ask(reader, "POST", path, token=stage.token(reader), private="1", section="medications", entry=medications)
    with stage.services.db.reading() as tx:
        where = {"person_id": stage.person_id, "section": Section.MEDICATIONS, "entry_id": medications}
        row = rows.by_entry(tx, sight=WHOLE, **where)
        assert row
        assert not row.private
        assert proxies.in_force(tx, teen_age=13, person_id=stage.person_id)
