"""The care team's pages: what waits, answering once, assigning, closing, and how messages are taken."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.domain.people import Role
from portal.domain.sections import Section
from portal.messaging import incoming
from portal.messaging.incoming import Incoming, SentFile
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.audit import events
from portal.store.messages import conversations, policies
from portal.store.messages.conversations import ConversationState
from portal.store.messages.policies import ORGANIZATION, Policy, PolicyText, Template
from portal.store.records import rows
from tests.factories.sights import WHOLE
from tests.factories.world import TestUser, World, sign_in
from tests.integration.provider.test_messages import team
from tests.integration.web.html import check_page, get
from tests.unit.messaging.test_files import png


@pytest.fixture
def ana(world: World, services: Services) -> TestUser:
    """Ana has written to her doctor."""
    user = world.patient()
    doctor = {"resourceType": "Practitioner", "id": "dr-patient-ana", "name": [{"text": "Tom Becker, MD"}]}
    ingest(services.db, person_id=None, source=HOME, resources=[doctor])
    ingest(services.db, person_id=user.person_id, source=HOME, resources=[team()])
    text = PolicyText(templates=(Template("Come by", "Please come by tomorrow."),))
    with services.db.transaction() as tx:
        policies.put(tx, practitioner=ORGANIZATION, policy=Policy(accepts=True, text=text))
    message = Incoming(
        recipient="Practitioner/dr-patient-ana",
        subject="My pulse",
        body="It races <b>at night</b>.",
        files=[SentFile("Pulse", "image/png", png())],
    )
    incoming.deliver(services.db, person_id=user.person_id or "", message=message)
    return user


@pytest.fixture
def nurse(world: World, client: FlaskClient) -> FlaskClient:
    sign_in(client, world.account("nurse", Role.CARE_TEAM, None, "Nora Lane, RN"))
    return client


def waiting(services: Services, *states: ConversationState) -> conversations.Conversation:
    with services.db.reading() as tx:
        [conversation] = conversations.listed(tx, states=states or [ConversationState.WAITING])
    return conversation


def post(client: FlaskClient, address: str, **form: Any) -> int:
    token = re.search(r'"X-CSRFToken":"([^"]+)"', client.get("/help").get_data(as_text=True))
    assert token
    return client.post(address, data={"csrf_token": token[1], **form}).status_code


def test_the_care_team_begins_with_what_waits(services: Services, ana: TestUser, nurse: FlaskClient) -> None:
    assert nurse.get("/").headers["Location"].endswith("/care-team")
    page = get(nurse, "/care-team")
    check_page(page)
    assert "Rivera" in page.text
    assert "My pulse" in page.text
    with services.db.reading() as tx:
        seen = events.of_person(tx, person_id=ana.person_id or "", limit=10)
    assert "care-team-view" in {event.action for event in seen}, "the patient sees who read it"


def test_an_answer_is_sent_once_and_is_new_to_the_patient(
    services: Services, ana: TestUser, nurse: FlaskClient
) -> None:
    address = f"/care-team/{waiting(services).id}"
    page = get(nurse, f"{address}?template=0")
    check_page(page)
    assert "Please come by tomorrow." in page.text
    assert "&lt;b&gt;at night" in page.text
    file = re.search(rf'href="({address}/files/[^"]+)"', page.text)
    assert file
    assert nurse.get(file[1]).get_data() == png()
    assert post(nurse, f"{address}/answer", delivery="form", text="") == 422
    for _sent_twice in range(2):
        assert post(nurse, f"{address}/answer", delivery="form", text="Please rest.") == 303
    with services.db.reading() as tx:
        listed = rows.page(tx, person_id=ana.person_id or "", section=Section.MESSAGES, sight=WHOLE).rows
    [new] = [row for row in listed if row.new]
    assert (new.primary.entry.detail.body, new.primary.entry.detail.sender) == (  # type: ignore[union-attr]
        "Please rest.",
        "Nora Lane, RN, for Tom Becker, MD",
    )
    assert len(listed) == 2
    assert "Please rest." in get(nurse, address).text


def test_what_is_written_within_a_second_keeps_its_order(services: Services, ana: TestUser) -> None:
    conversation = waiting(services)
    for text in ("One", "Two", "Three"):
        incoming.answer(
            services.db, conversation=conversation, account_id="nurse", signed="Nora Lane", text=text, delivery=text
        )
    with services.db.reading() as tx:
        listed = rows.page(tx, person_id=ana.person_id or "", section=Section.MESSAGES, sight=WHOLE).rows
    bodies = [row.primary.entry.detail.body for row in listed]  # type: ignore[union-attr]
    assert bodies[:3] == ["Three", "Two", "One"]


def test_a_chart_from_another_server_keeps_what_was_written_here(services: Services, ana: TestUser) -> None:
    gone = {"resourceType": "Communication", "id": "gone", "status": "completed", "payload": [{"contentString": "x"}]}
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[gone])
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[], complete=frozenset({Section.MESSAGES}))
    with services.db.reading() as tx:
        listed = rows.page(tx, person_id=ana.person_id or "", section=Section.MESSAGES, sight=WHOLE).rows
    assert [row.primary.entry.title for row in listed] == ["My pulse"]


def test_assign_and_close(services: Services, ana: TestUser, nurse: FlaskClient, world: World) -> None:
    nurse_id = re.search(r'<option value="([a-z0-9]{20})"', get(nurse, f"/care-team/{waiting(services).id}").text)
    assert nurse_id
    address = f"/care-team/{waiting(services).id}"
    assert post(nurse, f"{address}/assign", member="somebody") == 400
    assert post(nurse, f"{address}/assign", member=nurse_id[1]) == 303
    assert "With Nora Lane" in get(nurse, "/care-team?show=mine").text
    assert post(nurse, f"{address}/close") == 303
    closed = waiting(services, ConversationState.CLOSED)
    assert post(nurse, f"{address}/answer", delivery="late", text="Too late") == 303
    assert waiting(services, ConversationState.CLOSED) == closed, "what is closed is not answered"
    message = Incoming(recipient="Practitioner/dr-patient-ana", subject="", body="Again", reply_to=closed.first_id)
    incoming.deliver(services.db, person_id=ana.person_id or "", message=message)
    assert waiting(services).id == closed.id, "the patient opens it again"


def test_how_messages_are_taken(services: Services, ana: TestUser, nurse: FlaskClient) -> None:
    check_page(get(nurse, "/care-team/settings"))
    form = {"accepts": "y", "days": "4", "away": "Closed until Monday", "cost": "May cost $20"}
    rest = {"templates-0-title": "Rest", "templates-0-text": "Rest well", "templates-1-title": "Half"}
    assert post(nurse, "/care-team/settings", **form, **rest) == 303
    who = "dr-patient-ana"
    assert post(nurse, f"/care-team/settings?clinician={who}", **{f"{who}-away": "On leave"}) == 303
    assert post(nurse, "/care-team/settings?clinician=nobody", **{"nobody-away": "x"}) == 404
    assert post(nurse, "/care-team/settings", days="99") == 422
    with services.db.reading() as tx:
        written = policies.all_policies(tx)
    assert (written[""].text.days, written[""].text.templates) == (4, (Template("Rest", "Rest well"),))
    assert (written[who].accepts, written[who].text.away) == (False, "On leave")


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN, Role.PATIENT])
def test_nobody_else_reads_them(
    services: Services, ana: TestUser, client: FlaskClient, world: World, role: Role
) -> None:
    sign_in(client, ana if role is Role.PATIENT else world.staff("other", role))
    address = f"/care-team/{waiting(services).id}"
    for path in ("/care-team", "/care-team/settings", address):
        assert client.get(path).status_code == 404
    assert post(client, f"{address}/answer", delivery="x", text="y") == 404
