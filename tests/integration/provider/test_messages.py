"""Writing messages by the FHIR API: once, to whom it may go, with files, and which were read."""

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.messaging import incoming
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.messages import conversations, policies
from portal.store.messages.conversations import ConversationState
from portal.store.messages.policies import ORGANIZATION, Policy, PolicyText
from portal.store.people import accounts
from portal.store.records import grouping, privacy, resources, rows
from portal.store.records.privacy import PrivateChoice
from tests.factories.record import visit
from tests.factories.sights import WHOLE
from tests.factories.world import TestUser
from tests.integration.provider.conftest import BASE, TestApp
from tests.unit.messaging.test_files import png

SCOPES = "launch/patient patient/*.rs patient/Communication.crs"
URN = "urn:ietf:rfc:3986"


def set_policy(services: Services, practitioner: str = ORGANIZATION, *, accepts: bool = True, **text: Any) -> None:
    with services.db.transaction() as tx:
        policies.put(tx, practitioner=practitioner, policy=Policy(accepts, PolicyText(**text)))


@pytest.fixture
def writer(services: Services, ana: TestUser, third_party: TestApp) -> TestApp:
    """An app that may write for Ana, where messages are taken and one doctor is on her care team."""
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[team()])
    set_policy(services, days=3)
    return third_party.connect(scope=SCOPES)


def team() -> dict[str, Any]:
    doctor = {"reference": "Practitioner/dr-patient-ana", "display": "Tom Becker, MD"}
    return {
        "resourceType": "CareTeam",
        "id": "team",
        "status": "active",
        "subject": {"reference": "Patient/patient-ana"},
        "participant": [{"role": [{"text": "Cardiologist"}], "member": doctor}],
    }


def message(number: int = 1, **changes: Any) -> dict[str, Any]:
    resource = {
        "resourceType": "Communication",
        "identifier": [{"system": URN, "value": f"urn:uuid:{number}"}],
        "status": "completed",
        "subject": {"reference": "Patient/patient-ana"},
        "sender": {"reference": "Patient/patient-ana"},
        "recipient": [{"reference": "Practitioner/dr-patient-ana"}],
        "topic": {"text": "My pulse"},
        "payload": [{"contentString": "It races at night."}],
    }
    return {name: value for name, value in (resource | changes).items() if value is not None}


def send(app: TestApp, body: Any, *, once: bool = True, path: str = "Communication") -> TestResponse:
    headers = {"Authorization": f"Bearer {app.tokens['access_token']}", "Content-Type": "application/fhir+json"}
    if once and isinstance(body, dict) and body.get("identifier"):
        headers["If-None-Exist"] = f"identifier={URN}|{body['identifier'][0]['value']}"
    return app.app.test_client().post(f"/fhir/{path}", json=body, headers=headers)


def count(services: Services, user: TestUser) -> int:
    assert user.person_id
    with services.db.reading() as tx:
        return rows.page(tx, person_id=user.person_id, section=Section.MESSAGES, sight=WHOLE).total


def sentence(answer: TestResponse) -> str:
    return str(answer.get_json()["issue"][0]["diagnostics"])


def test_what_is_offered_is_declared(services: Services, client: FlaskClient) -> None:
    def declared() -> tuple[dict[str, Any], bool]:
        resources = client.get("/fhir/metadata").get_json()["rest"][0]["resource"]
        scopes = client.get("/fhir/.well-known/smart-configuration").get_json()["scopes_supported"]
        part = next(part for part in resources if part["type"] == "Communication")
        return part, "patient/Communication.crs" in scopes

    part, scope = declared()
    assert {"code": "create"} not in part["interaction"]
    assert not scope, "nobody would read it"
    set_policy(services)
    part, scope = declared()
    assert {"code": "create"} in part["interaction"]
    assert part["conditionalCreate"] is True
    assert [operation["name"] for operation in part["operation"]] == ["recipients", "received"]
    assert scope


def test_what_a_message_is_about_does_not_tell_what_is_there(
    services: Services, ana: TestUser, writer: TestApp
) -> None:
    private = visit("v1", "Crisis ward", "2026-01-01", "2026-01-02")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[private])
    with services.db.transaction() as tx:
        chosen = [PrivateChoice(section=Section.VISITS.value)]
        for section in privacy.put(tx, person_id=str(ana.person_id), chosen=chosen, private=True):
            grouping.regroup_pending(tx, person_id=str(ana.person_id), section=section)
    writer.connect(scope=SCOPES, refuse=("Goal",))
    told = {}
    for number, name in enumerate(("Condition/c-patient-ana", "Encounter/v1", "Encounter/none", "Goal/none")):
        answer = send(writer, message(number, about=[{"reference": name}]))
        assert answer.status_code == 201, name
        told[name] = answer.get_json().get("about")
    assert told.pop("Condition/c-patient-ana") == [{"reference": "Condition/c-patient-ana"}]
    assert told == dict.fromkeys(told)


def test_a_message_that_is_kept_private_is_not_answered_by_an_app(
    services: Services, ana: TestUser, writer: TestApp
) -> None:
    """The answer would have its subject."""
    doctor = {"reference": "Practitioner/dr-patient-ana", "display": "Tom Becker, MD"}
    me = {"reference": "Patient/patient-ana"}
    sent = message(id="hush", identifier=None, sender=doctor, recipient=[me], topic={"text": "Your HIV test"})
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[sent])
    answer = message(topic=None, inResponseTo=[{"reference": "Communication/hush"}])
    assert send(writer, answer).status_code == 201, "else it would prove nothing"
    person_id = str(ana.person_id)
    with services.db.transaction() as tx:
        entry_id = resources.resource_id(tx.vault, source=HOME, type="Communication", fhir_id="hush")
        chosen = [PrivateChoice(Section.MESSAGES.value, "", entry_id)]
        for section in privacy.put(tx, person_id=person_id, chosen=chosen, private=True):
            grouping.regroup_pending(tx, person_id=person_id, section=section)
    answers = [
        send(writer, message(number, topic=None, inResponseTo=[{"reference": f"Communication/{name}"}]))
        for number, name in enumerate(("hush", "nothing"), 2)
    ]
    assert [each.status_code for each in answers] == [422, 422]
    assert answers[0].data == answers[1].data


def test_a_message_is_taken_once_however_often_it_is_sent(services: Services, ana: TestUser, writer: TestApp) -> None:
    first = send(writer, message())
    assert first.status_code == 201, first.get_json()
    again = send(writer, message())
    assert again.status_code == 200
    assert again.get_json()["id"] == first.get_json()["id"]
    assert first.headers["Location"] == f"{BASE}/fhir/Communication/{first.get_json()['id']}"
    assert count(services, ana) == 1
    assert send(writer, message(), once=False).status_code == 201, "without the condition it is another one"
    assert count(services, ana) == 2
    with services.db.reading() as tx:
        [_, waiting] = conversations.listed(tx, states=[ConversationState.WAITING])
    assert (waiting.topic.subject, waiting.topic.recipient_name) == ("My pulse", "Tom Becker, MD")


def test_one_that_died_halfway_is_finished_by_the_next(
    services: Services, ana: TestUser, writer: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(incoming, "_store", die)
    with pytest.raises(KeyboardInterrupt):
        send(writer, message())
    monkeypatch.undo()
    assert count(services, ana) == 0
    assert send(writer, message()).get_json()["payload"] == [{"contentString": "It races at night."}]
    assert count(services, ana) == 1


def test_one_patient_does_not_bury_the_others(
    services: Services, ana: TestUser, writer: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MOST_A_DAY", 2)
    assert [send(writer, message(n)).status_code for n in (1, 2, 3, 1)] == [201, 201, 422, 200]
    assert count(services, ana) == 2


def test_answers_go_on_in_one_conversation(services: Services, ana: TestUser, writer: TestApp) -> None:
    first = send(writer, message()).get_json()["id"]
    answer(services)
    [reply] = [part for part in found(writer) if part["sender"]["reference"].startswith("Practitioner/")]
    assert reply["inResponseTo"] == [{"reference": f"Communication/{first}"}]
    assert reply["sender"]["display"] == "Nora Lane, RN"
    more = message(2, topic=None, inResponseTo=[{"reference": f"{BASE}/fhir/Communication/{reply['id']}"}])
    assert send(writer, more).get_json()["partOf"] == [{"reference": f"Communication/{first}"}]
    with services.db.reading() as tx:
        [conversation] = conversations.listed(tx, states=list(ConversationState))
        assert len(conversations.message_ids(tx, conversation_id=conversation.id)) == 3
    assert conversation.state is ConversationState.WAITING


def answer(services: Services) -> None:
    with services.db.reading() as tx:
        [conversation] = conversations.listed(tx, states=[ConversationState.WAITING])
    for _sent_twice in range(2):
        incoming.answer(
            services.db,
            conversation=conversation,
            account_id="nurse",
            signed="Nora Lane, RN",
            text="Please come by tomorrow.",
            delivery="form",
        )


def found(app: TestApp) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in app.get("Communication").get_json()["entry"]]


def test_what_was_read_elsewhere_is_read_here(services: Services, ana: TestUser, writer: TestApp) -> None:
    sent = send(writer, message()).get_json()["id"]
    answer(services)
    [reply] = [part["id"] for part in found(writer) if part["id"] != sent]
    with services.db.reading() as tx:
        page = rows.page(tx, person_id=ana.person_id or "", section=Section.MESSAGES, sight=WHOLE)
        assert sum(bool(row.new) for row in page.rows) == 1, "the answer is new, one's own message is not"
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "message", "valueReference": {"reference": f"Communication/{reply}"}}],
    }
    assert send(writer, parameters, path="Communication/$received").status_code == 200
    assert writer.get(f"Communication/{reply}").get_json()["received"]
    with services.db.reading() as tx:
        page = rows.page(tx, person_id=ana.person_id or "", section=Section.MESSAGES, sight=WHOLE)
        assert not any(row.new for row in page.rows)


def test_to_whom_one_may_write_is_told(services: Services, writer: TestApp) -> None:
    set_policy(services, "dr-patient-ana", accepts=False, away="Back on Monday")
    [entry] = writer.get("Communication/$recipients").get_json()["entry"]
    assert entry["resource"]["practitioner"]["display"] == "Tom Becker, MD"
    assert entry["resource"]["extension"][0]["valueBoolean"] is False
    assert entry["resource"]["availabilityExceptions"] == "Back on Monday"
    refused = send(writer, message())
    assert (refused.status_code, refused.get_json()["issue"][0]["code"]) == (422, "business-rule")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"resourceType": "Observation"}, 400),
        ({"status": "preparation"}, 422),
        ({"subject": {"reference": "Patient/patient-ben"}}, 422),
        ({"subject": None}, 422),
        ({"sender": {"reference": "Practitioner/dr-patient-ana"}}, 422),
        ({"sender": {"reference": "#nobody"}}, 422),
        ({"recipient": [{"reference": "Practitioner/somebody"}]}, 422),
        ({"recipient": []}, 422),
        ({"payload": []}, 422),
        ({"payload": [{"contentString": "x" * 5001}]}, 422),
        ({"payload": [{"contentString": 7}]}, 422),
        ({"inResponseTo": [{"reference": "Communication/nothing"}]}, 422),
        ({"modifierExtension": [{"url": "http://x", "valueBoolean": True}]}, 422),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(
    services: Services, ana: TestUser, writer: TestApp, changes: dict[str, Any], status: int
) -> None:
    refused = send(writer, message(**changes))
    assert (refused.status_code, len(sentence(refused)) > 20) == (status, True), refused.get_json()
    assert count(services, ana) == 0


def attached(content: bytes, **changes: Any) -> dict[str, Any]:
    attachment = {"contentType": "image/png", "title": "Pulse", "data": b64encode(content).decode()} | changes
    return message(payload=[{"contentString": "See here"}, {"contentAttachment": attachment}])


def test_a_file_comes_with_its_message(services: Services, ana: TestUser, writer: TestApp) -> None:
    taken = send(writer, attached(png(), size=len(png())))
    assert taken.status_code == 201, taken.get_json()
    attachment = taken.get_json()["payload"][1]["contentAttachment"]
    assert (attachment["contentType"], attachment["title"]) == ("image/png", "Pulse")
    file = writer.get(attachment["url"])
    assert (file.get_data(), file.content_type) == (png(), "image/png")
    assert "attachment" in file.headers["Content-Disposition"]
    assert writer.get("Binary/nothing").status_code == 404


@pytest.mark.parametrize(
    ("content", "changes", "words"),
    [
        (b"<svg><script>1</script></svg>", {"contentType": "image/svg+xml"}, "script"),
        (png(), {"contentType": "application/pdf"}, "not of the type"),
        (png(), {"size": 3}, "not as long"),
        (png(), {"data": "not base64!"}, "base64"),
        (png(60_000, 60_000), {}, "far more"),
        (png() + b"\0" * 5_300_000, {}, "5 MB"),
    ],
)
def test_files_are_refused_with_a_sentence(
    writer: TestApp, content: bytes, changes: dict[str, Any], words: str
) -> None:
    refused = send(writer, attached(content, **changes))
    assert refused.status_code == 422
    assert words in sentence(refused)


def test_writing_needs_its_own_scope_and_somebody_who_reads(
    services: Services, ana: TestUser, writer: TestApp, third_party: TestApp
) -> None:
    set_policy(services, accepts=False)
    assert send(writer, message()).status_code == 405, "switched off"
    set_policy(services)
    reader = third_party.connect()
    assert send(reader, message()).status_code == 403, "a scope of all types is for reading"
    assert count(services, ana) == 0


def test_another_persons_message_is_none(services: Services, ana: TestUser, writer: TestApp) -> None:
    sent = send(writer, attached(png())).get_json()
    with services.db.transaction() as tx:
        account = accounts.by_username(tx, username="ana")
        assert account
        accounts.disable(tx, account_id=account.id)
    assert writer.get(sent["payload"][1]["contentAttachment"]["url"]).status_code == 401
    assert send(writer, message(2)).status_code == 401


def test_who_agrees_reads_that_the_app_may_write(services: Services, ana: TestUser, third_party: TestApp) -> None:
    page = third_party.page(scope="launch/patient patient/Communication.crs patient/*.rs").get_data(as_text=True)
    assert "also writing messages for you" in page
    page = third_party.page(scope="launch/patient patient/*.rs").get_data(as_text=True)
    assert "writing messages" not in page
    token = third_party.connect(scope=SCOPES, refuse=("Communication",)).tokens["scope"]
    assert "Communication" not in token
