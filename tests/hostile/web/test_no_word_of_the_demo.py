"""Everything the portal answers to the front desk, the privacy office and administrators in the demo, against every
clinical text of its stories: the addresses come from the route map, the texts from the stories."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from portal.assist import assists
from portal.demo.network import ACCOUNTS, INSTANCES, PASSWORD
from portal.domain.assists import Consent, Purpose
from portal.domain.people import Person, Role
from portal.domain.sections import Section
from portal.endpoints import Kind, access_of
from portal.services import Services
from portal.store.links import links
from portal.store.people import accounts, finding, people
from portal.store.people.outbox import MailContent
from tests.hostile.web.demo import PEOPLE, clinical_strings, open_demo

BLIND = {"desk": Role.STAFF, "privacy": Role.PRIVACY, "admin": Role.ADMIN}
_NOBODY = "0" * 20


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of the demo, and the ids of what is theirs."""

    id: str
    demographics: Person
    links: tuple[tuple[str, str], ...]  # with their organizations
    account: str

    @property
    def details(self) -> dict[str, str]:
        number = finding.record_numbers(self.demographics)[0]
        return {"number": number, "birth_date": self.demographics.birth_date, "reason": "incident"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = open_demo(tmp_path_factory.mktemp("demo"))
    yield app
    app.extensions["tributary"].db.close()


@pytest.fixture(scope="module")
def somebodies(app: Flask) -> list[Somebody]:
    services: Services = app.extensions["tributary"]
    everybody = []
    with services.db.reading() as tx:
        for fhir_id in PEOPLE:
            person = people.by_fhir_id(tx, fhir_id=fhir_id)
            assert person
            own = accounts.own_account(tx, person_id=person.id)
            theirs = [(link.id, link.organization_id) for link in links.of_person(tx, person_id=person.id)]
            everybody.append(Somebody(person.id, person.demographics, tuple(theirs), own.id if own else _NOBODY))
    return everybody


@pytest.fixture(scope="module")
def strings(app: Flask) -> frozenset[str]:
    """Every clinical text, without words that a neighbor who is no patient reads where nobody is named."""
    client, strings = signed_in(app, "nora"), clinical_strings()
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access and access.kind in {Kind.PUBLIC, Kind.SIGNED_IN} and not rule.arguments and _is_read(rule):
            strings -= clinical_words(client.get(rule.rule).get_data(as_text=True), strings)
    assert {"metformin", "penicillin", "flu season", "osteoporosis"} <= strings
    return strings


@pytest.mark.parametrize("username", BLIND)
def test_no_answer_has_a_clinical_word(
    app: Flask, somebodies: list[Somebody], strings: frozenset[str], username: str
) -> None:
    client = signed_in(app, username)
    pages = list(answers(app, client, username, somebodies[0]))
    for somebody in somebodies[1:]:
        pages += answers(app, client, username, somebody, again=True)
    pages += [(form, sent(client, form, **fields)) for form, fields in searches(somebodies)]
    shown = {address: words for address, page in pages if (words := clinical_words(page, strings))}
    assert not shown
    assert len(pages) > 250
    assert any("Maria Elena Alvarez" in page or "Alvarez, Maria" in page for _, page in pages), "nobody was looked for"


def test_who_may_read_it_reads_these_words(app: Flask, strings: frozenset[str]) -> None:
    """The probe sees what there is to see."""
    client = signed_in(app, "maria")
    page = client.get("/health/medications").get_data(as_text=True) + client.get("/messages").get_data(as_text=True)
    assert {"metformin", "lisinopril 20 mg tablet", "flu season"} <= clinical_words(page, strings)


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/sign-in", data={"csrf_token": token_of(client), "username": username, "password": PASSWORD})
    assert answer.status_code == 303
    return client


def token_of(client: FlaskClient) -> str:
    match = re.search(r'"X-CSRFToken":"([^"]+)"', client.get("/help").get_data(as_text=True))
    assert match
    return match[1]


def _is_read(rule: Rule) -> bool:
    return "GET" in (rule.methods or ()) and rule.endpoint != "static" and "sign_out" not in rule.endpoint


def answers(
    app: Flask, client: FlaskClient, username: str, somebody: Somebody, *, again: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield what every address of the route map that is read answers, filled with what is somebody's.

    ``again``: only those of staff that are about somebody.
    """
    services: Services = app.extensions["tributary"]
    with services.db.reading() as tx:
        worker = accounts.by_username(tx, username=username)
    assert worker
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if not _is_read(rule) or access is None or access.kind is Kind.OAUTH:
            continue
        if again and not (access.kind is Kind.DUTY and (rule.arguments or rule.rule.startswith("/staff"))):
            continue
        per_link = {"link", "organization"} & set(rule.arguments) and access.kind is Kind.DUTY
        for link, organization in (somebody.links if per_link else somebody.links[:1]) or ((_NOBODY, _NOBODY),):
            if worker.role is Role.STAFF:
                help_somebody(services, worker, somebody)
            known = {
                "person": somebody.id,
                "link": link,
                "organization": organization,
                "account": somebody.account,
                "section": Section.MEDICATIONS.value,
                "number": 0,
                "hue": 1,
                "form": "txt",
            }
            values = {name: known.get(name, _NOBODY) for name in rule.arguments}
            address = app.url_map.bind("localhost").build(rule.endpoint, values)
            yield address, client.get(address).get_data(as_text=True)


def help_somebody(services: Services, clerk: accounts.Account, somebody: Somebody) -> None:
    """Let the clerk help somebody who said yes, unless that is going on."""
    current = assists.current(services, clerk)
    if current is not None and current.person_id == somebody.id:
        return
    if current is not None:
        assists.finish(services, current, assists.AssistEnding.FINISHED)
    assists.begin(services, clerk, person_id=somebody.id)
    begun = assists.current(services, clerk)
    assert begun
    assists.ask(
        services,
        begun,
        purpose=Purpose.LINK,
        consent=Consent.DEVICE,
        id_checked=True,
        letter=lambda code: MailContent("", "", code),
    )
    read = {"assist_id": begun.id, "purpose": Purpose.LINK.value}
    assert assists.answer(services, person_id=somebody.id, account_id=somebody.account, **read, agrees=True)


def searches(somebodies: list[Somebody]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the searches of the privacy office and of administrators: each person, account and organization."""
    for form, somebody in product(("/admin/audit", "/admin/erasure"), somebodies):
        yield form, somebody.details
    for kind, names in (
        ("account", [account.username for account in ACCOUNTS]),
        ("client", [instance.key for instance in INSTANCES]),
        ("organization", [instance.key for instance in INSTANCES]),
    ):
        for name in names:
            yield "/admin/reach", {"kind": kind, "name": name, "reason": "incident"}


def sent(client: FlaskClient, form: str, **fields: str) -> str:
    answer = client.post(form, data={"csrf_token": token_of(client), **fields}, follow_redirects=True)
    return answer.get_data(as_text=True)


def clinical_words(page: str, strings: frozenset[str]) -> set[str]:
    """Return the clinical texts that stand in a page, tags and all; each word only as a whole word."""
    text = page.casefold()
    words = set(re.findall(r"[a-z]+", text))
    return {each for each in strings if (each in words if each.isalpha() and each.isascii() else each in text)}


def test_what_the_table_of_accounts_promises_waits(app: Flask) -> None:
    """Two records to be made one, a rule that a second administrator confirms, and readings from home."""
    admin = signed_in(app, "admin2")
    for page, words in (
        ("/staff/merges", ("Walter Amos Green", "Walt Green")),
        ("/admin/release", ("Rules for Pinelands Heart Institute",)),
    ):
        text = admin.get(page).get_data(as_text=True)
        assert all(word in text for word in words), page
    readings = signed_in(app, "rosa").get("/health/readings").get_data(as_text=True)
    assert "138/79" in readings.replace(" ", "")
    assert "Maria Alvarez" in readings
