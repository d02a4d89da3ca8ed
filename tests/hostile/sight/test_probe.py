"""Every FHIR route × every kind of caller × labelled data: what a caller may not see leaves no trace anywhere."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response

from portal.app import create_app
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel, HumanName, Person
from portal.provider.oauth import grants
from portal.provider.types import SYSTEM_SCOPES
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import clients, matches
from portal.store.provider.clients import OAuthClient
from tests.factories.asking import ask
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.world import BEN, TestUser, World
from tests.hostile.sight import record
from tests.hostile.sight.record import SECRET

PATIENT = ("launch/patient", "patient/*.rs")
CHILD = (datetime.now(UTC) - timedelta(days=15 * 365)).date().isoformat()  # older than PORTAL_TEEN_AGE


@dataclass
class Case:
    app: Flask
    services: Services
    people: dict[str, TestUser]
    accounts: dict[str, TestUser]
    answers: dict[tuple[str, str], Response] = field(default_factory=dict)
    """What a kind of caller got for an address about Iris; nothing is written until the last test of this file."""

    def token(self, caller: str, name: str) -> str:
        """Return an access token of this kind of caller for this person."""
        person_id = str(self.people[name].person_id)
        with self.services.db.transaction() as tx:
            partner = clients.client_by_id(tx, client_id="partner")
            app = clients.client_by_id(tx, client_id="app")
            assert partner is not None
            assert app is not None
            if caller == "partner":
                grant = {"client": partner, "person_id": None, "scopes": SYSTEM_SCOPES, "account_id": None}
            else:
                account = self.people[name] if caller == "patient" else self.accounts.get(caller)
                grant = {
                    "client": app,
                    "person_id": person_id,
                    "scopes": PATIENT,
                    "account_id": account.account_id if account else None,
                }
            return grants.issue(tx, lasting=False, **grant).access_token  # type: ignore[arg-type]

    def ask(self, token: str, address: str, *, form: bool = False) -> Response:
        if form:
            kind, _, pairs = address.partition("?")
            return ask(self.app, f"{kind}/_search", token=token, form=pairs)
        return ask(self.app, address, token=token)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    app = create_app(make_settings(Path(tmp_path_factory.mktemp("sight"))))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    world = World(services)
    accounts = {name: world.patient(name, BEN) for name in ("no-confidential", "full", "parent-of-a-teen")}
    directory = [*record.shared("open"), *record.shared(SECRET), record.labelled_place()]
    ingest(services.db, person_id=None, source=HOME, resources=directory)
    people = {name: _person(services, world, name, secret=name == "iris") for name in ("iris", "mona")}
    for user in people.values():
        world.proxy(accounts["no-confidential"], str(user.person_id), GrantLevel.NO_CONFIDENTIAL)
        world.proxy(accounts["full"], str(user.person_id), GrantLevel.FULL)
        world.proxy(accounts["parent-of-a-teen"], str(user.person_id), GrantLevel.FULL)
    with services.db.transaction() as tx:
        clients.add_client(tx, client=OAuthClient(client_id="app", name="App", redirect_uris=("https://a.example/",)))
        partner = OAuthClient(client_id="partner", name="Partner", auth_method="private_key_jwt", partner=True)
        clients.add_client(tx, client=partner)
        for user in people.values():
            matches.add_match(tx, client_id="partner", person_id=str(user.person_id))
    yield Case(app, services, people, accounts)
    services.db.close()


def _person(services: Services, world: World, name: str, *, secret: bool) -> TestUser:
    born = Person(names=(HumanName(family="Same", given=("Person",)),), birth_date=CHILD)
    user = world.patient(name, born)
    items = [*record.open_items(f"patient-{name}"), *(record.secret_items(f"patient-{name}") if secret else ())]
    report = ingest(services.db, person_id=user.person_id, source=HOME, resources=items)
    assert not report.refused, report.refused
    return user


LIMITED = ("no-confidential", "parent-of-a-teen", "partner", "organization")
shares = pytest.mark.parametrize("share", [4, pytest.param(1, marks=pytest.mark.slow)], ids=["a-fourth", "all"])
"""Each caller asks for a fourth of the addresses, each for another one; in the slow tests each for all."""


def _plain(answer: Response, name: str) -> str:
    """Return an answer without what differs between any two people: names, page links, times of storing, order."""
    text = answer.get_data(as_text=True).replace(f"patient-{name}", "NAME").replace(name, "NAME")
    body: dict[str, Any] = json.loads(text) if text else {}
    body.pop("link", None)
    body.pop("id", None) if body.get("resourceType") == "Bundle" else None
    for resource in [body, *(entry["resource"] for entry in body.get("entry", ()))]:
        resource.get("meta", {}).pop("lastUpdated", None)
    body["entry"] = sorted(body.get("entry", ()), key=lambda entry: str(entry["fullUrl"]))
    return f"{answer.status_code} {answer.headers.get('ETag')} {json.dumps(body, sort_keys=True)}"


def _pages(case: Case, token: str, address: str) -> Iterator[Response]:
    answer = case.ask(token, address)
    for _ in range(40):
        yield answer
        links = (answer.get_json(silent=True) or {}).get("link", ()) if answer.status_code == 200 else ()
        following = next((each["url"] for each in links if each["relation"] == "next"), None)
        if following is None:
            return
        answer = case.ask(token, following.partition("/fhir/")[2])


@shares
@pytest.mark.parametrize("caller", LIMITED)
def test_nothing_tells_of_what_is_confidential(case: Case, caller: str, share: int) -> None:
    """The answers are those about a twin who has nothing confidential, totals and ETags included."""
    partner = caller == "partner"
    tokens = {name: case.token(caller, name) for name in case.people}
    about = zip(
        record.requests("patient-iris", partner=partner), record.requests("patient-mona", partner=partner), strict=True
    )
    answered = 0
    for address, others in islice(about, LIMITED.index(caller) % share, None, share):
        answers = list(_pages(case, tokens["iris"], address))
        case.answers[caller, address] = answers[0]
        twins = list(_pages(case, tokens["mona"], others))
        plain = [_plain(each, "iris") for each in answers]
        assert SECRET not in "".join(plain), address
        assert sorted(plain) == sorted(_plain(each, "mona") for each in twins), address
        answered += len(answers)
    assert answered > 300 // share


@shares
@pytest.mark.parametrize("caller", LIMITED)
def test_a_search_by_post_is_the_same(case: Case, caller: str, share: int) -> None:
    partner = caller == "partner"
    token = case.token(caller, "iris")
    requests = record.requests("patient-iris", partner=partner)
    for address in islice(requests, LIMITED.index(caller) % share, None, share):
        if "?" in address and ("&" in address or address.endswith("?")):
            by_get = case.answers.get((caller, address)) or case.ask(token, address)
            by_post = case.ask(token, address, form=True)
            assert _plain(by_get, "iris") == _plain(by_post, "iris"), address


@pytest.mark.parametrize("caller", ["patient", "full"])
def test_who_may_see_it_sees_it(case: Case, caller: str) -> None:
    """Otherwise the tests above would prove nothing. (A full proxy over a teenager is none: see the caller of that.)"""
    if caller == "full":
        settings = replace(case.services.settings, teen_age=18)
        case.app.extensions["tributary"] = replace(case.services, settings=settings)
    try:
        token = case.token(caller, "iris")
        seen = [address for address in record.requests("patient-iris", partner=False) if _is_seen(case, token, address)]
    finally:
        case.app.extensions["tributary"] = case.services
    assert len(seen) > 150


def _is_seen(case: Case, token: str, address: str) -> bool:
    return SECRET in case.ask(token, address).get_data(as_text=True)


@pytest.mark.parametrize("caller", LIMITED)
def test_an_open_item_that_refers_to_a_confidential_one(case: Case, caller: str) -> None:
    """Neither its id nor what it is called there is to be read in the open one."""
    user = case.people["iris"]
    ingest(case.services.db, person_id=user.person_id, source=HOME, resources=record.referring("patient-iris"))
    token = case.token(caller, "iris")
    own = "patient=patient-iris&" if caller == "partner" else ""
    answered = 0
    for resource in record.referring("patient-iris"):
        kind, fhir_id = resource["resourceType"], resource["id"]
        for address in (
            f"{kind}/{fhir_id}",
            f"{kind}?{own}_id={fhir_id}",
            f"{kind}?{own}_id={fhir_id}&_revinclude=Provenance:target",
            f"Provenance?{own}target={kind}/{fhir_id}",
        ):
            answer = case.ask(token, address)
            assert SECRET not in answer.get_data(as_text=True), address
            answered += answer.status_code == 200
    assert answered
