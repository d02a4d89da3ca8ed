"""Two parents of one child who live apart: no page tells one of them what the other one writes or where they live.

The pages come from the route map, filled with what is the child's.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.access import Actor, Sight, sight
from portal.domain.ids import HOME, new_id
from portal.domain.links import LinkState
from portal.domain.people import Address, HumanName, Person
from portal.domain.sections import Section
from portal.provider.oauth import grants
from portal.refresh.ingest import ingest
from portal.store import Tx
from portal.store.messages import authors, outgoing
from portal.store.messages.outgoing import MessageContent
from portal.store.people import accounts, proxies
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.store.records import threads, writing
from portal.store.records.resources import resource_id
from tests.factories.world import BEN
from tests.hostile.web.stage import LETTER, Stage, addresses, ask, build

OTHERS = "qzother"  # in all that is of the other parent
MOTHER = Person(
    names=(HumanName(family="Rivera", given=("Ana",), use="official"),),
    birth_date="1980-03-04",
    addresses=(Address(line=(f"5 {OTHERS.title()} Street",), city="Camden", state="NJ", postal_code="08102"),),
    phones=("(856) 555-0177",),
    emails=(f"{OTHERS}@mail.example",),
)
HOUSE = ("qzmark lane", "qzmarkton", "555-0199", "5550199", "555-0177", "5550177")
"""Where the child is said to live is where one of them does."""


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, FlaskClient, FlaskClient]]:
    """The stage with both parents' browsers: the mother's, who writes, and the father's."""
    stage = build(tmp_path_factory.mktemp("family"))
    mother, father = stage.world.patient("mother", MOTHER), stage.world.patient("father", BEN)
    for parent in (mother, father):
        stage.world.proxy(parent, stage.person_id)
    with stage.services.db.transaction() as tx:
        accounts.set_email(tx, account_id=mother.account_id, email=f"{OTHERS}@mail.example")
        for source, sent in (("", False), (HOME, True)):
            message_id = new_id()
            text = f"{OTHERS} {LETTER}"
            content = MessageContent(
                subject=text, body=text, recipient="Practitioner/p", recipient_name=f"Dr. {OTHERS}"
            )
            about = {"message_id": message_id, "person_id": stage.person_id, "account_id": mother.account_id}
            outgoing.put_draft(tx, **about, source=source, content=content)
            if sent:
                outgoing.post(tx, **about)
    _delivered(stage, mother.account_id)
    yield stage, stage.visitor(mother), stage.visitor(father)
    stage.services.db.close()


def _letter(fhir_id: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Communication",
        "id": fhir_id,
        "status": "completed",
        "sent": "2026-05-01T12:00:00Z",
        "sender": {"display": f"Dr. {OTHERS}"},
        "topic": {"text": f"{OTHERS} {LETTER} {fhir_id}"},
        "payload": [
            {"contentString": f"{OTHERS} {LETTER} {fhir_id}"},
            {"contentAttachment": {"contentType": "text/plain", "title": f"{OTHERS}.txt", "data": "cXpvdGhlcg=="}},
        ],
        **more,
    }


def _answer(fhir_id: str, answered: str) -> dict[str, Any]:
    return _letter(fhir_id, inResponseTo=[{"reference": f"Communication/{answered}"}])


def _delivered(stage: Stage, account_id: str) -> None:
    """What the mother wrote is there, was answered, and the answer was answered: here, and where it was linked."""
    database, urn = stage.services.db, "urn:uuid:8c6d3b1e-0000-4000-8000-000000000000"
    with database.transaction() as tx:
        home_key = resource_id(tx.vault, source=HOME, type="Communication", fhir_id="hers")
        for key in (home_key, authors.identifier_key(tx.vault, urn)):
            authors.put(tx, key=key, person_id=stage.person_id, account_id=account_id)
    linked_letter = _letter("hers", identifier=[{"value": urn}])
    # The last one first: whose they are must not follow from the order in which they come.
    answers = [_answer("third", "second"), _answer("second", "hers")]
    ingest(database, person_id=stage.person_id, source=HOME, resources=[*answers, _letter("hers")])
    for resources in ([*answers, linked_letter], [_answer("later", "third")]):
        ingest(database, person_id=stage.person_id, source=stage.links[LinkState.ACTIVE], resources=resources)


def told(stage: Stage, client: FlaskClient, words: tuple[str, ...], *, own: bool = False) -> list[str]:
    """The pages of the child that say one of these words, with it."""
    pages = {each.path for each in addresses(stage) if each.method == "GET" and ("/for/" in each.path) is not own}
    assert len(pages) > 60
    shown = []
    for page in sorted(pages):
        text = ask(client, "GET", page).get_data(as_text=True).lower()
        shown += [f"{page}: {word}" for word in words if word in text]
    return shown


def test_neither_sees_what_the_other_writes_nor_where_they_live(
    family: tuple[Stage, FlaskClient, FlaskClient],
) -> None:
    stage, mother, father = family
    assert told(stage, mother, (OTHERS,)), "she sees what she writes"
    assert told(stage, father, (OTHERS, *HOUSE)) == []


def test_a_letter_says_where_the_child_lives_to_one_alone(family: tuple[Stage, FlaskClient, FlaskClient]) -> None:
    """The letter to another organization, which is written when the form is sent."""
    stage, _mother, father = family
    with stage.services.db.reading() as tx:
        active = stage.links[LinkState.ACTIVE]
        brought = writing.entry_ids(tx, person_id=stage.person_id, source=active, section=Section.MEDICATIONS)
    outside = min(brought)
    page = f"/health/medications/{outside}/correction"
    own = stage.visitor(stage.victim)
    letters = [
        ask(client, "POST", path, token=stage.token(client), wrong="x", right="y").get_data(as_text=True).lower()
        for client, path in ((own, page), (father, f"/for/{stage.person_id}{page}"))
    ]
    assert [any(word in letter for word in HOUSE) for letter in letters] == [True, False]


_ALL = [(HOME, each) for each in ("hers", "second", "third")]
_ALL += [("link", each) for each in ("hers", "second", "third", "later")]


def _entry(stage: Stage, source: str, fhir_id: str) -> str:
    source = stage.links[LinkState.ACTIVE] if source == "link" else source
    return resource_id(stage.services.db.vault, source=source, type="Communication", fhir_id=fhir_id)


@pytest.mark.parametrize(("source", "fhir_id"), _ALL)
def test_a_message_of_the_other_has_no_address(
    family: tuple[Stage, FlaskClient, FlaskClient], source: str, fhir_id: str
) -> None:
    """Every address of a message, by its id: what hers is, and what was answered to it."""
    stage, mother, father = family
    stage.entries["messages"] = _entry(stage, source, fhir_id)
    entry = stage.entries["messages"]
    targets = [each for each in addresses(stage) if ("entry", entry) in each.values and "/for/" in each.path]
    assert len({each.rule for each in targets}) >= 3
    opened = set()
    for target in targets:
        answers = [
            ask(client, target.method, target.path, token=stage.token(client) if target.method == "POST" else "")
            for client in ((mother, father) if target.method == "GET" else (father,))
        ]
        assert answers[-1].status_code == 404, target
        opened |= {target.rule} if answers[0].status_code == 200 else set()
    assert opened, "she opens them"
    for prefix in ("health/messages", "messages"):
        file = f"/for/{stage.person_id}/{prefix}/{entry}/file/0"
        assert [ask(client, "GET", file).status_code for client in (mother, father)] == [200, 404]


def test_no_search_count_or_news_tells_of_it(family: tuple[Stage, FlaskClient, FlaskClient]) -> None:
    stage, mother, father = family
    own = stage.visitor(stage.victim)
    for page in ("/messages?q=", "/health/search?q=", "/health/messages/download?format=csv&q="):
        shown = [
            OTHERS
            in ask(client, "GET", f"{prefix}{page}{OTHERS}")
            .get_data(as_text=True)
            .split("<main")[-1]
            .replace(f'value="{OTHERS}"', "")
            .replace(f"“{OTHERS}”", "")
            .replace(f"q={OTHERS}", "")
            for client, prefix in ((mother, f"/for/{stage.person_id}"), (father, f"/for/{stage.person_id}"), (own, ""))
        ]
        assert shown[1] is False, page
    with stage.services.db.reading() as tx:
        numbers = [
            sum(
                thread.messages
                for thread in threads.page(
                    tx,
                    person_id=stage.person_id,
                    sight=_sight(tx, stage, name),
                    counted=(HOME,),
                ).threads
            )
            for name in ("mother", "father", "vera")
        ]
    assert numbers[0] == numbers[2] == numbers[1] + len(_ALL)


def _sight(tx: Tx, stage: Stage, username: str) -> Sight:
    account = accounts.by_username(tx, username=username)
    assert account
    granted = accounts.grants_of(tx, account_id=account.id, teen_age=stage.services.settings.teen_age)
    actor = Actor(account.id, account.role, account.person_id, proxies.proxy_grants(granted))
    return sight(actor, stage.person_id)


def test_no_app_of_the_other_reads_it(family: tuple[Stage, FlaskClient, FlaskClient]) -> None:
    stage, _mother, _father = family
    client, read = stage.app.test_client(), {}
    for name in ("mother", "father", "vera"):
        with stage.services.db.transaction() as tx:
            account, app = (
                accounts.by_username(tx, username=name),
                OAuthClient(client_id=f"app-{name}", name="App", redirect_uris=("https://a.example",)),
            )
            assert account
            clients.add_client(tx, client=app)
            issued = grants.issue(
                tx,
                client=app,
                person_id=stage.person_id,
                scopes=("patient/*.rs",),
                lasting=False,
                account_id=account.id,
            )
        headers = {"Authorization": f"Bearer {issued.access_token}"}
        read[name] = [
            client.get(f"/fhir/{path}", headers=headers).get_data(as_text=True)
            for path in (
                "Communication?_count=100",
                "Communication?_summary=count",
                "Communication/hers",
                "Communication/second",
                f"Communication?patient={issued.patient}&_revinclude=Provenance:target",
            )
        ]
    for theirs, of_nobody in zip(read["father"], (True, True, False, False, True), strict=True):
        assert OTHERS not in theirs.lower()
        assert ("resourceType" in theirs) is True, of_nobody
    assert read["mother"][:4] == read["vera"][:4]
    assert OTHERS in read["mother"][0].lower()
    assert read["mother"][1] != read["father"][1]
    assert "not-found" in read["father"][2]
    assert "not-found" in read["father"][3]
