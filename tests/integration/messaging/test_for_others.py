"""Messages of who acts for somebody, of a teenager, and of conversations that cannot go on."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from portal.domain.errors import ConflictError, InvalidInputError
from portal.domain.ids import HOME, new_id
from portal.domain.links import LinkState, Tier
from portal.domain.people import GrantLevel, HumanName, Person, ProxyChoice
from portal.domain.sections import Section
from portal.fhir.authorised import Authorised
from portal.linking import transitions
from portal.linking.states import By, Move
from portal.messaging import incoming, recipients
from portal.messaging.incoming import Incoming
from portal.provider.oauth import grants
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renew_waiting
from portal.store.engine.upgrade import upgrade
from portal.store.links import links
from portal.store.messages import authors as stored_authors
from portal.store.messages import conversations, outgoing
from portal.store.messages.conversations import ConversationState
from portal.store.messages.outgoing import MessageContent
from portal.store.people import accounts, proxies
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.store.records import resources
from portal.store.records.resources import resource_id
from portal.store.schema.access import notice
from portal.store.schema.messages import message_author
from portal.store.schema.records import entry, resource
from portal.web.care_team import models
from tests.factories.record import message
from tests.factories.world import BEN, World, sign_in
from tests.integration.messaging.conftest import OWEN, Pair, accept_messages, care_team
from tests.integration.web.html import check_page, get

CHILD = Person(names=(HumanName(family="Okafor", given=("Leo",)),), birth_date="2016-01-01")
_RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


def _other(pair: Pair, world: World) -> FlaskClient:
    """A browser of Ben's, who acts for Maria in no way yet."""
    pair.client = pair.client.application.test_client()
    sign_in(pair.client, world.patient("ben", BEN))
    return pair.client


def _grant(pair: Pair, *choices: ProxyChoice) -> str:
    with pair.here.db.transaction() as tx:
        account = accounts.by_username(tx, username="ben")
        assert account
        return proxies.begin(
            tx,
            account_id=account.id,
            person_id=pair.maria.person_id or "",
            choices=frozenset(choices),
            relationship="friend",
        )


def _conversation(pair: Pair) -> str:
    """Maria wrote and was answered; the id of the answer."""
    pair.write(message_id=new_id())
    pair.work()
    pair.answer("Please come by.")
    pair.refresh()
    return next(row.primary_id for row in pair.rows(pair.here, pair.maria) if row.new)


def test_who_may_read_messages_alone_reads_and_writes_none(pair: Pair, world: World) -> None:
    entry = _conversation(pair)
    client, prefix = _other(pair, world), f"/for/{pair.maria.person_id}/messages"
    assert pair.get(prefix).status_code == 404
    grant = _grant(pair, ProxyChoice.MESSAGES)
    thread = get(client, f"{prefix}/{entry}")
    check_page(thread)
    assert "Please come by." in thread.text
    assert 'name="body"' not in thread.text
    assert "Write a message" not in get(client, prefix).text
    for address in (f"{prefix}/new", f"{prefix}/{entry}", f"{prefix}/new/{new_id()}/again"):
        assert pair.post(address, message=new_id(), to=f"{pair.link_id}|{OWEN}", body="Hello").status_code == 404
    with pair.here.db.transaction() as tx:
        proxies.end(tx, grant_id=grant)
    assert pair.get(f"{prefix}/{entry}").status_code == 404


def test_who_sees_visits_alone_sees_no_message(pair: Pair, world: World) -> None:
    entry = _conversation(pair)
    client, prefix = _other(pair, world), f"/for/{pair.maria.person_id}"
    _grant(pair, *[ProxyChoice.VISITS])
    assert "Messages" not in get(client, f"{prefix}/").text.split("<main")[0]
    for address in (f"{prefix}/messages", f"{prefix}/messages/{entry}", f"{prefix}/health/messages/{entry}"):
        assert pair.get(address).status_code == 404


def test_a_parent_and_a_teenager(pair: Pair, world: World) -> None:
    """The parent reads and writes what is not confidential, in a name of their own; the teenager reads who wrote."""
    here, year = pair.here, datetime.now(UTC).year
    teen = world.patient(
        "leo", Person(names=(HumanName(family="Okafor", given=("Leo",)),), birth_date=f"{year - 15}-01-01")
    )
    ingest(here.db, person_id=teen.person_id, source=HOME, resources=care_team("patient-leo"))
    accept_messages(here)
    letters = [message("m1", "Camp form", "It is ready.", "2026-05-01T12:00:00Z", "Dr. Owen")]
    letters.append(
        message("m2", "Your question", "Come alone.", "2026-05-02T12:00:00Z", "Dr. Owen") | {"meta": _RESTRICTED}
    )
    ingest(here.db, person_id=teen.person_id, source=HOME, resources=letters)
    parent, own = pair.client.application.test_client(), pair.client.application.test_client()
    ben = world.patient("ben", BEN)
    world.proxy(ben, teen.person_id or "", GrantLevel.FULL)
    sign_in(parent, ben)
    sign_in(own, teen)
    prefix = f"/for/{teen.person_id}/messages"
    assert "Camp form" in get(parent, prefix).text
    assert "Your question" not in get(parent, prefix).text
    assert "Your question" in get(own, "/messages").text

    sent: dict[str, Any] = {"message": new_id(), "to": f"{HOME}|{OWEN}", "subject": "Camp", "body": "Can he swim?"}
    pair.client = parent
    assert pair.post(f"{prefix}/new", **sent).status_code == 303
    pair.client = own
    assert pair.post("/messages/new", **(sent | {"message": new_id(), "body": "Only you."})).status_code == 303
    pair.work()
    told = {row.primary.entry.detail.body: row.primary.entry.detail.sender for row in pair.rows(here, teen)}  # type: ignore[union-attr]
    assert "Ben Okafor" in told["Can he swim?"]
    assert "Ben" not in told["Only you."]
    with here.db.reading() as tx:
        [grant] = accounts.grants_of(tx, account_id=ben.account_id, teen_age=here.settings.teen_age)
        assert ProxyChoice.CONFIDENTIAL not in grant.choices


def test_what_one_parent_writes_to_the_organization_is_between_them(pair: Pair, world: World) -> None:
    """Delivered here, answered by the care team, and told of in the log: to her and the child, not to the other one."""
    home, year = pair.here, datetime.now(UTC).year
    born = f"{year - 15}-01-01"
    teen = world.patient("leo", Person(names=(HumanName(family="Okafor", given=("Leo",)),), birth_date=born))
    ingest(home.db, person_id=teen.person_id, source=HOME, resources=care_team("patient-leo"))
    letter = message("m1", "Camp form", "It is ready.", "2026-05-01T12:00:00Z", "Dr. Owen")
    letter["sender"] = {"reference": OWEN, "display": "Dr. Owen"}
    ingest(home.db, person_id=teen.person_id, source=HOME, resources=[letter])
    accept_messages(home)
    browsers, parents = {}, {}
    for name in ("ben", "zoe"):
        parents[name] = user = world.patient(name, BEN)
        world.proxy(user, teen.person_id or "", GrantLevel.FULL)
        browsers[name] = pair.client.application.test_client()
        sign_in(browsers[name], user)
    with home.db.transaction() as tx:
        tx.conn.execute(delete(notice))
        camp = resource_id(tx.vault, source=HOME, type="Communication", fhir_id="m1")
    prefix = f"/for/{teen.person_id}"
    pair.client = browsers["ben"]
    assert pair.post(f"{prefix}/messages/{camp}", message=new_id(), body="Not on Friday.").status_code == 303
    pair.work()
    with home.db.reading() as tx:
        [conversation] = conversations.listed(tx, states=[ConversationState.WAITING])
        with pair.client.application.test_request_context():
            team = models.page(tx, conversation_id=conversation.id)
    assert [each.text for each in team.messages] == ["It is ready.", "Not on Friday."], "they read what it answers"
    text = {"signed": "Nora Lane, RN", "text": "Then on Monday.", "delivery": "1", "account_id": "nurse"}
    incoming.answer(home.db, conversation=conversation, **text)
    with home.db.reading() as tx:
        told = set(tx.conn.execute(select(notice.c.account_id)).scalars())
    assert told == {teen.account_id, parents["ben"].account_id}
    for name, sees in (("ben", True), ("zoe", False)):
        client = browsers[name]
        thread = get(client, f"{prefix}/messages/{camp}").text
        assert "It is ready." in thread
        assert "Others who act for Leo can’t" in thread
        assert ("Not on Friday." in thread, "Then on Monday." in thread) == (sees, sees)
        assert ("wrote a message" in get(client, f"{prefix}/activity").text) is sees
    own = pair.client.application.test_client()
    sign_in(own, teen)
    theirs = get(own, f"/messages/{camp}").text
    assert "Then on Monday." in theirs
    assert "Others who act" not in theirs
    answered = Incoming(recipient=OWEN, subject="", body="Mine?", author="zoe", reply_to=conversation.first_id)
    with pytest.raises(InvalidInputError, match="reply"):
        incoming.deliver(home.db, person_id=teen.person_id or "", message=answered)


@pytest.mark.parametrize(
    ("answered", "part_of"),
    [
        (["Communication/not-for-patients"], ["Communication/hers"]),
        (["Task/1"], ["Communication/hers"]),
        (["Communication/letter", "Communication/hers"], []),
        ([], ["CarePlan/1", "Communication/hers"]),
        (["Communication/between"], ["Communication/letter"]),
    ],
)
def test_an_answer_is_of_whom_it_answers_by_any_of_its_references(
    pair: Pair, answered: list[str], part_of: list[str]
) -> None:
    def letter(fhir_id: str, answered: list[str], part_of: list[str]) -> dict[str, Any]:
        named = {"inResponseTo": answered, "partOf": part_of}
        references = {name: [{"reference": each} for each in values] for name, values in named.items() if values}
        return message(fhir_id, "Camp", "Text.", "2026-05-01T12:00:00Z", "Dr. Owen") | references

    person_id = pair.maria.person_id or ""
    with pair.here.db.transaction() as tx:
        hers = resource_id(tx.vault, source=pair.link_id, type="Communication", fhir_id="hers")
        stored_authors.put(tx, key=hers, person_id=person_id, account_id="zoe")
    letters = [letter("answer", answered, part_of), letter("between", ["Communication/hers"], ["Communication/letter"])]
    letters += [letter("letter", [], []), letter("hers", ["Communication/letter"], [])]
    ingest(pair.here.db, person_id=person_id, source=pair.link_id, resources=letters)
    with pair.here.db.reading() as tx:
        query = select(resource.c.id).where(resource.c.source == pair.link_id)
        stored = resources.by_ids(tx, ids=tx.conn.execute(query).scalars().all()).values()
        authors = {each.fhir_id: each.author for each in stored}
    assert authors == {"answer": "zoe", "between": "zoe", "hers": "zoe", "letter": ""}


def test_who_writes_much_keeps_nobody_else_from_writing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "MOST_A_DAY", 2)
    receiver, refused = pair.there.services, []
    for author in ("ben", "ben", "ben", "zoe", "", "zoe", "zoe"):
        letter = Incoming(recipient=OWEN, subject="Camp", body="On Friday?", author=author)
        try:
            incoming.deliver(receiver.db, person_id=pair.maria_there.person_id or "", message=letter)
        except ConflictError as error:
            refused.append((author, error.code))
    assert refused == [("ben", "too-many"), ("zoe", "too-many")]


@pytest.mark.parametrize("told", ["body", "location"])
def test_where_identifiers_are_not_kept_it_is_still_of_who_wrote_it(
    pair: Pair, world: World, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The organization forgets the name that we gave the message: the one that it gave it tells whose it is."""
    written, real = incoming._communication, Authorised.post
    monkeypatch.setattr(
        incoming,
        "_communication",
        lambda *about: {name: value for name, value in written(*about).items() if name != "identifier"},
    )
    if told == "location":
        monkeypatch.setattr(Authorised, "post", lambda *sent, **more: replace(real(*sent, **more), body={}))
    ben = world.patient("ben", BEN)
    content = MessageContent(recipient=OWEN, recipient_name="Owen", subject="Heart", body="Ours.", writer="Ben")
    whose = {"person_id": pair.maria.person_id or "", "account_id": ben.account_id, "message_id": new_id()}
    with pair.here.db.transaction() as tx:
        outgoing.put_draft(tx, source=pair.link_id, content=content, **whose)
        outgoing.post(tx, **whose)
    pair.work()
    pair.answer("Please come by.")
    pair.refresh()
    with pair.here.db.reading() as tx:
        whose_are = tx.conn.execute(select(resource.c.author).where(resource.c.type == "Communication")).scalars().all()
    assert whose_are == [ben.account_id] * 2
    with pair.here.db.transaction() as tx:
        link = links.by_id(tx, link_id=pair.link_id)
        assert link
        transitions.end(tx, link, Move.UNLINKED, By.PATIENT)
    pair.link()
    pair.refresh()
    with pair.here.db.reading() as tx:
        query = select(resource.c.author).where(resource.c.source == pair.link_id, resource.c.type == "Communication")
        assert tx.conn.execute(query).scalars().all() == [ben.account_id] * 2, "by another link, too"


def test_after_unlinking_nothing_of_it_is_left_here(pair: Pair) -> None:
    entry, draft = _conversation(pair), new_id()
    pair.post(f"/messages/{entry}", message=draft, body="I will.", step="keep")
    with pair.here.db.transaction() as tx:
        link = links.by_id(tx, link_id=pair.link_id)
        assert link
        transitions.end(tx, link, Move.UNLINKED, By.PATIENT)
    pair.work()
    inbox = get(pair.client, "/messages").text
    assert "Please come by." not in inbox
    assert "Draft" not in inbox
    for address in (f"/messages/{entry}", f"/messages/new/{draft}"):
        assert pair.get(address).status_code == 404
    assert pair.post(f"/messages/{entry}", message=new_id(), body="I will.").status_code == 404
    assert sorted(pair.arrived()) == ["My heart races.", "Please come by."], "there it stays"


def test_after_messages_were_switched_off_a_text_is_not_lost(pair: Pair) -> None:
    entry = _conversation(pair)
    accept_messages(pair.there.services, accepts=False)
    recipients.update(pair.here, link_id=pair.link_id)
    page = get(pair.client, f"/messages/{entry}")
    check_page(page)
    assert "Please come by." in page.text
    assert "You can’t answer from here" in page.text
    assert 'name="body"' not in page.text
    kept = pair.post(f"/messages/{entry}", message=new_id(), body="I will.")  # of a page that was open before
    assert kept.status_code == 303
    draft = get(pair.client, kept.headers["Location"]).text
    assert "It is kept as a draft." in draft
    assert "I will." in draft
    pair.work()
    assert sorted(pair.arrived()) == ["My heart races.", "Please come by."]


def test_what_was_sent_before_anybody_noted_whose_it_is_belongs_to_who_wrote_it(pair: Pair, world: World) -> None:
    """After `portal db upgrade` and the night: the message here, the one there, and what was answered."""
    ben = world.patient("ben", BEN)
    world.proxy(ben, pair.maria.person_id or "")
    ingest(pair.here.db, person_id=pair.maria.person_id, source=HOME, resources=care_team("patient-maria"))
    accept_messages(pair.here)
    whose = {"person_id": pair.maria.person_id or "", "account_id": ben.account_id}
    for source in (HOME, pair.link_id):
        content = MessageContent(recipient=OWEN, recipient_name="Gareth Owen, MD", subject="x", body="y", writer="Ben")
        with pair.here.db.transaction() as tx:
            message_id = new_id()
            outgoing.put_draft(tx, message_id=message_id, source=source, content=content, **whose)
            outgoing.post(tx, message_id=message_id, **whose)
    pair.work()
    pair.answer("Please come by.")
    pair.refresh()

    def authors() -> list[str]:
        with pair.here.db.reading() as tx:
            return list(tx.conn.execute(select(entry.c.author).where(entry.c.section == Section.MESSAGES)).scalars())

    assert authors() == [ben.account_id] * 3
    with pair.here.db.transaction() as tx:
        tx.conn.execute(delete(message_author))
        for table in (resource, entry):
            tx.conn.execute(update(table).values(author=""))
    upgrade(pair.here.db)
    assert renew_waiting(pair.here.db, seconds=60)
    assert authors() == [ben.account_id] * 3


def test_what_somebody_wrote_at_a_linked_organization_is_of_who_linked_it(pair: Pair, world: World) -> None:
    """For a child whom a parent linked; what a patient linked themself tells nothing of who writes there."""
    ben = world.patient("ben", BEN)
    child = world.patient("leo", CHILD)
    written = message("m1", "Question", "Can he swim?", "2026-05-01T12:00:00Z", "Ben")
    written |= {"sender": {"reference": "#w"}, "contained": [{"resourceType": "RelatedPerson", "id": "w"}]}
    answer = message("m2", "Question", "He can.", "2026-05-02T12:00:00Z", "Dr. Owen")
    answer |= {"inResponseTo": [{"reference": "Communication/m1"}]}
    letter = message("m3", "Camp", "It is ready.", "2026-05-03T12:00:00Z", "Dr. Owen")
    for linked_by, authors in ((ben, ["", ben.account_id, ben.account_id]), (child, ["", "", ""])):
        with pair.here.db.transaction() as tx:
            link = links.add(
                tx,
                person_id=child.person_id or "",
                organization_id=pair.organization_id,
                state=LinkState.ACTIVE,
                tier=Tier.ACCOUNT,
                created_by=linked_by.account_id,
                move="authorized",
            )
        ingest(pair.here.db, person_id=child.person_id, source=link.id, resources=[answer, letter, written])
        with pair.here.db.reading() as tx:
            ids = [
                resource_id(tx.vault, source=link.id, type="Communication", fhir_id=each) for each in ("m3", "m1", "m2")
            ]
            assert [stored_authors.of_resources(tx, ids=[each]).get(each, "") for each in ids] == authors
        with pair.here.db.transaction() as tx:
            transitions.end(tx, link, Move.UNLINKED, By.PATIENT)


@pytest.mark.parametrize(("name", "is_theirs"), [("Ben Okafor", True), ("Zoe Okafor", False)])
def test_by_another_portal_a_message_is_of_who_is_named(pair: Pair, name: str, *, is_theirs: bool) -> None:
    """Two parents use one link there: what the other one writes comes with the token of who made it."""
    receiver = pair.there.services
    child = World(receiver).patient("leo", CHILD)
    ben = World(receiver).patient("ben", BEN)
    World(receiver).proxy(ben, child.person_id or "")
    ingest(
        receiver.db,
        person_id=child.person_id,
        source=HOME,
        resources=[{**care_team("patient-leo")[0], "id": "team-leo"}],
    )
    with receiver.db.transaction() as tx:
        portal = OAuthClient(client_id="theirs", name="P", redirect_uris=(), portal_fhir_base="https://p.example/fhir")
        app = OAuthClient(client_id="app", name="App", redirect_uris=("https://a.example",))
        headers = {}
        for client in (portal, app):
            clients.add_client(tx, client=client)
            issued = grants.issue(
                tx,
                client=client,
                person_id=child.person_id or "",
                scopes=("patient/*.rs", "patient/Communication.crs"),
                lasting=False,
                account_id=ben.account_id,
            )
            headers[client.client_id] = {"Authorization": f"Bearer {issued.access_token}"}
    body = {
        "resourceType": "Communication",
        "status": "completed",
        "subject": {"reference": "Patient/patient-leo"},
        "recipient": [{"reference": OWEN}],
        "contained": [{"resourceType": "RelatedPerson", "id": "w", "name": [{"text": name}]}],
        "sender": {"reference": "#w"},
        "payload": [{"contentString": "Not on Friday."}],
    }
    client = pair.there.app.test_client()
    assert client.post("/fhir/Communication", json=body, headers=headers["theirs"]).status_code == 201
    read = {
        key: client.get("/fhir/Communication", headers=each).get_data(as_text=True) for key, each in headers.items()
    }
    assert "Not on Friday." in read["theirs"], "that portal keeps its people apart itself"
    assert ("Not on Friday." in read["app"]) is is_theirs
    [match] = json.loads(read["theirs"])["entry"]
    first = {"reference": f"Communication/{match['resource']['id']}"}
    more = body | {"inResponseTo": [first]}
    answer = more | {"id": "answer", "sender": {"reference": OWEN}}
    ingest(receiver.db, person_id=child.person_id, source=HOME, resources=[answer])
    named = [{"name": "message", "valueReference": {"reference": "Communication/answer"}}]
    noted = {"resourceType": "Parameters", "parameter": named}
    assert client.post("/fhir/Communication/$received", json=noted, headers=headers["app"]).status_code == 200
    with receiver.db.reading() as tx:
        stored = resources.read(tx, type="Communication", fhir_id="answer")
    assert stored
    assert ("received" in stored.body) is is_theirs, "who does not see it has not read it"
    answered = client.post("/fhir/Communication", json=more, headers=headers["app"])
    assert answered.status_code == (201 if is_theirs else 422), "nor answers it"
    assert len(pair.rows(receiver, child)) == (3 if is_theirs else 2)
