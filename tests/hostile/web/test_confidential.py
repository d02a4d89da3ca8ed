"""What is confidential never reaches a proxy whose access leaves it out: no word, no id, no number that counts it."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from portal.app import create_app
from portal.domain.ids import HOME
from portal.domain.links import LinkState
from portal.domain.people import GrantLevel, HumanName, Person
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renormalise
from portal.services import Services
from portal.store.directory import organizations, suggestions
from portal.store.links import links
from portal.store.people import accounts
from portal.store.records import rows
from tests.factories.databases import migrate
from tests.factories.record import Linked, link
from tests.factories.settings import make_settings
from tests.factories.sights import OPEN, WHOLE
from tests.factories.world import BEN, TestUser, World
from tests.hostile.web.record import filled
from tests.hostile.web.stage import Stage, addresses, ask

SECRET = "qzsecret"  # in every text of every confidential item
RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
SENSITIVE = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}]}
Resource = dict[str, Any]


def record(key: str) -> list[Resource]:
    """One item of each kind that everybody may see who sees the record."""
    return filled(lambda kind: f"open {kind}", key=key)


def secrets(key: str, meta: Resource) -> list[Resource]:
    """The same things again, labelled: they would be the same rows if they were not confidential."""
    found = filled(lambda kind: f"{SECRET} {kind}", key=key)
    for one, open_ in zip(found, record("home"), strict=True):
        one["meta"] = meta
        for coded in ("code", "vaccineCode", "medicationCodeableConcept"):
            if coded in open_:
                one[coded] = copy.deepcopy(open_[coded]) | {"text": f"{SECRET} {coded}"}
    return found


@dataclass(frozen=True)
class Case:
    stage: Stage
    carer: FlaskClient
    twin: str  # another person with the same record, but for what is confidential
    clinic: Linked  # of the first person; its name says why one goes there
    clinic_ended: Linked


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    app = create_app(make_settings(Path(tmp_path_factory.mktemp("confidential")), support="Help desk"))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    world = World(services)
    carer = world.patient("carer", BEN)
    stage = Stage(app, services, world, _person(services, world, "vera", secret=True))
    twin = _person(services, world, "twin", secret=False)
    at_clinic = filled(lambda kind: f"{SECRET} {kind}", key="clinic")
    name = f"{SECRET.title()} Behavioral Health"
    clinic = link(services, stage.victim, name=name, resources=at_clinic, portal_url="https://portal.example")
    ended = link(services, stage.victim, name=f"Recovery House {SECRET}", state=LinkState.UNLINKED)
    with services.db.transaction() as tx:
        seen_at = organizations.add(tx, name=f"Addiction Medicine {SECRET}", fhir_base="https://seen.example/fhir")
        suggestions.suggest(tx, person_id=stage.person_id, organization_id=seen_at.id, reason="match")
    for user in (stage.victim, twin):
        world.proxy(carer, str(user.person_id), GrantLevel.NO_CONFIDENTIAL)
    with services.db.reading() as tx:
        for section in Section:
            everything = rows.page(tx, person_id=stage.person_id, sight=WHOLE, section=section, limit=50)
            seen = rows.page(tx, person_id=stage.person_id, sight=OPEN, section=section, limit=50)
            hidden = [row for row in everything.rows if row.id not in {one.id for one in seen.rows}]
            assert hidden, f"nothing is confidential in {section}"
            stage.entries[section.value] = hidden[0].primary_id
    yield Case(stage, stage.visitor(carer), str(twin.person_id), clinic, ended)
    services.db.close()


def _person(services: Services, world: World, name: str, *, secret: bool) -> TestUser:
    user = world.patient(name, Person(names=(HumanName(family="Same", given=("Person",)),), birth_date="1961-07-19"))
    home = record(f"{name}home") + (secrets(f"{name}s", RESTRICTED) if secret else [])
    ingest(services.db, person_id=user.person_id, source=HOME, resources=home)
    outside = record(f"{name}out") + (secrets(f"{name}t", SENSITIVE) if secret else [])
    made = link(services, user, name="Riverbend Hospital", resources=outside, portal_url="https://portal.example")
    late = filled(lambda kind: f"{SECRET} late {kind}", key=f"{name}late")
    for one in late:
        one["meta"] = RESTRICTED
    if secret:
        ingest(services.db, person_id=user.person_id, source=made.link_id, resources=late)
    return user


@pytest.fixture
def target(case: Case) -> str:
    return case.stage.person_id


def test_no_address_gives_a_byte_of_it(case: Case) -> None:
    asked = 0
    for fragment in (False, True):
        for path in _paths(case):
            answer = ask(case.carer, "GET", path, fragment=fragment)
            body = answer.get_data(as_text=True)
            assert SECRET not in body.lower(), path
            for entry in case.stage.entries.values():
                assert entry not in body or entry in path, path
            asked += 1
    assert asked > 60


def _paths(case: Case) -> Iterator[str]:
    stage = case.stage
    with stage.services.db.reading() as tx:
        counted = rows.counts(tx, person_id=stage.person_id, sight=WHOLE)[Section.MEDICATIONS]
    link_id = next(source for source in counted if source not in ("", HOME))
    stage.links.update({"active": link_id, "confirm": link_id})
    stage.organizations.update({"suggested": link_id, "unlinked": link_id})
    for one in addresses(stage):
        if one.method == "GET" and "person" in one.about:
            yield one.path
    for one in (case.clinic, case.clinic_ended):
        for page in ("", "/progress", "/tile", "/unlink"):
            yield f"/for/{stage.person_id}/links/{one.link_id}{page}"
        yield f"/for/{stage.person_id}/health/medications?source={one.link_id}"
        yield f"/for/{stage.person_id}/health/medications/from/{one.link_id}"
    base = f"/for/{stage.person_id}/health"
    for section in Section:
        yield f"{base}/{section.value}?source={link_id}"
        yield f"{base}/{section.value}/from/{link_id}"
        yield f"{base}/{section.value}/from/{link_id}?show=status&since=0"


def test_a_search_does_not_find_it(case: Case, target: str) -> None:
    own = case.stage.visitor(case.stage.victim)
    assert "data-entry" in own.get(f"/health/search?q={SECRET}").get_data(as_text=True)
    assert "data-entry" not in case.carer.get(f"/for/{target}/health/search?q={SECRET}").get_data(as_text=True)


def test_a_confidential_item_is_answered_like_one_that_does_not_exist(case: Case, target: str) -> None:
    for section, entry in case.stage.entries.items():
        if section != Section.MESSAGES:
            assert case.carer.get(f"/for/{target}/health/{section}/{entry}").status_code == 404


def test_a_confidential_clinic_is_answered_like_one_that_is_not_linked(case: Case, target: str) -> None:
    """Before linking, and at the button: the same for the one who goes there and for the one who does not."""
    for page in ("", "?q=behavioral"):
        path = f"/links/new/{case.clinic.organization_id}" if not page else f"/links/search{page}"
        answers = [_words(case.carer, f"/for/{one}{path}", status=200 if page else 403) for one in (target, case.twin)]
        assert answers[0] == answers[1]
    own = case.stage.visitor(case.stage.victim)
    assert SECRET in own.get("/links").get_data(as_text=True).lower()
    assert own.get(f"/links/{case.clinic.link_id}").status_code == 200
    assert case.carer.get(f"/for/{target}/links/{case.clinic.link_id}").status_code == 404


def test_what_a_confidential_clinic_documents_stays_confidential_when_it_is_read_again(case: Case, target: str) -> None:
    renormalise(case.stage.services.db)
    assert SECRET not in case.carer.get(f"/for/{target}/health/medications?source=").get_data(as_text=True)


def test_every_number_is_that_of_a_record_without_it(case: Case, target: str) -> None:
    now = _refreshed_together(case)
    for page in ("/", "/health", "/health/new", "/links"):
        with time_machine.travel(now, tick=False):
            with_it = _words(case.carer, f"/for/{target}{page}")
            without = _words(case.carer, f"/for/{case.twin}{page}")
        assert with_it == without, page
    for section in Section:
        if section is not Section.MESSAGES:
            numbers = [
                re.findall(r"\d+ items?", _words(case.carer, f"/for/{one}/health/{section.value}?source="))
                for one in (target, case.twin)
            ]
            assert numbers[0] == numbers[1], section


def _refreshed_together(case: Case) -> datetime:
    """Let what both have be refreshed at one moment, unlike what is confidential; return the time it is."""
    with case.stage.services.db.transaction() as tx:
        for person_id in (case.stage.person_id, case.twin):
            for each in links.of_person(tx, person_id=person_id):
                if each.id not in (case.clinic.link_id, case.clinic_ended.link_id):
                    links.put(tx, link_id=each.id, refreshed_at=tx.now - timedelta(minutes=30))
    return tx.now


def _words(client: FlaskClient, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    body = re.sub(r"(?s)<(style|script|head)\b.*?</\1>|<[^>]+>", " ", answer.get_data(as_text=True))
    body = re.sub(r"[a-z0-9]{20}|\d\d:\d\d|\d+:\d\d", "", body)
    return " ".join(body.split())


def test_what_is_open_is_seen(case: Case, target: str) -> None:
    for section in Section:
        path = "/messages" if section is Section.MESSAGES else f"/health/{section.value}?source="
        assert "open " in case.carer.get(f"/for/{target}{path}").get_data(as_text=True).lower(), section


def test_the_person_sees_all_of_it(case: Case) -> None:
    own = case.stage.visitor(case.stage.victim)
    assert SECRET in own.get("/health/medications").get_data(as_text=True)


def test_a_parent_sees_less_of_a_teenager_and_nothing_of_an_adult(case: Case) -> None:
    here, world = case.stage.services, case.stage.world
    today = datetime.now(UTC).date()
    seen: dict[int, list[str]] = {}
    for age in (9, 14, 18):
        child = world.patient(f"child{age}", _born(today.year - age, today.month, today.day))
        parent = world.patient(f"parent{age}", BEN)
        item = secrets(f"child{age}", RESTRICTED)
        ingest(here.db, person_id=child.person_id, source=HOME, resources=item)
        with here.db.transaction() as tx:
            accounts.grant_proxy(
                tx,
                account_id=parent.account_id,
                person_id=str(child.person_id),
                level=GrantLevel.FULL,
                relationship="child",
                starts_at=datetime(today.year - 1, 1, 1, tzinfo=UTC),
            )
        answer = case.stage.visitor(parent).get(f"/for/{child.person_id}/health/medications")
        seen[age] = [str(answer.status_code), str(SECRET in answer.get_data(as_text=True))]
    assert seen == {9: ["200", "True"], 14: ["200", "False"], 18: ["404", "False"]}


def _born(year: int, month: int, day: int) -> Person:
    return Person(
        names=(HumanName(family="Young", given=("Person",)),), birth_date=f"{year:04}-{month:02}-{min(day, 28):02}"
    )
