"""The feed of ``/activity``: who, what, by day; folded, filtered, paged, downloaded; nobody pushes anything off it."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from portal import audit
from portal.audit import Action, Actor
from portal.authentication import passwords
from portal.domain.people import GrantLevel, Role
from portal.services import Services
from portal.store.audit import events
from portal.store.directory import organizations
from portal.web.activity import words
from tests.factories.record import small_record
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.provider.conftest import TestApp, ana, third_party

__all__ = ["ana", "third_party"]


def write(services: Services, action: Action, actor: Actor, person_id: str | None, n: int = 1, **detail: Any) -> None:
    with services.db.transaction() as tx:
        for _ in range(n):
            audit.record(tx, action=action, actor=actor, person_id=person_id, **detail)


def lines(client: FlaskClient, address: str = "/activity", **query: str) -> list[str]:
    answer = client.get(address, query_string=query)
    assert answer.status_code == 200
    feeds = re.findall(r'<ol class="feed">(.*?)</ol>', answer.get_data(as_text=True), re.DOTALL)
    parts = [part for feed in feeds for part in feed.split("<time ")[1:]]
    return [" ".join(re.sub(r"<[^>]+>", " ", part.partition(">")[2]).split()) for part in parts]


@pytest.fixture
def patient(client: FlaskClient, world: World) -> TestUser:
    user = world.patient()
    sign_in(client, user)
    return user


def test_every_action_has_words_and_is_in_one_group() -> None:
    grouped = [action for _name, actions in words.GROUPS.values() for action in actions]
    assert sorted(grouped) == sorted(Action)
    assert set(words._ACTIONS) == set(Action)


def test_who_and_what_are_named(third_party: TestApp, client: FlaskClient, ana: TestUser, services: Services) -> None:
    linked = small_record(services, ana)
    third_party.connect().get("Condition")
    client.get("/health/medications")
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=linked.organization_id)
    assert organization is not None
    write(services, Action.REFRESH, Actor("job", "r"), ana.person_id, link=linked.link_id)
    write(
        services,
        Action.LINK_CHANGE,
        Actor("account", ana.account_id),
        ana.person_id,
        link=linked.link_id,
        move="unlinked",
    )
    feed = "\n".join(lines(client))
    assert "You looked at medications" in feed
    assert "Test App read the record Health issues" in feed
    assert "You agreed that Test App may read the record" in feed
    assert f"{organization.name} sent an update" in feed
    assert f"You unlinked {organization.name}" in feed
    assert "You signed in" in feed


def test_an_item_is_named_by_its_title(client: FlaskClient, ana: TestUser, services: Services) -> None:
    page = client.get("/health/health-issues").get_data(as_text=True)
    entry = re.findall(r'data-entry="([^"]+)"', page)[0]
    assert client.get(f"/health/health-issues/{entry}").status_code == 200
    client.post("/settings/quick")
    assert any("Asthma of patient-ana" in line for line in lines(client, what="looks"))


def test_failed_sign_ins_are_in_the_feed_and_fold(client: FlaskClient, patient: TestUser, services: Services) -> None:
    for _ in range(3):
        passwords.check(services, username="ana", password="wrong")
        client.get("/health/medications")
    (line,) = [line for line in lines(client) if "tried to sign in" in line]
    assert line.endswith("Someone tried to sign in, with a wrong password 3 times")


def test_own_looks_in_a_row_are_one_line_with_its_parts(client: FlaskClient, patient: TestUser) -> None:
    for section in ("medications", "allergies", "medications", "visits"):
        client.get(f"/health/{section}")
    looks = [line for line in lines(client) if line.partition("You ")[2].startswith("looked")]
    assert len(looks) == 1
    assert "looked at 3 things" in looks[0]
    assert looks[0].count("medications") == 2, "as often as it was left and looked at again"


def test_an_ended_proxys_attempts_are_one_line(client: FlaskClient, world: World, services: Services) -> None:
    ben, parent = world.patient("ben", BEN), world.patient()
    sign_in(other := client.application.test_client(), parent)
    sign_in(client, ben)
    for _ in range(5):
        assert other.get(f"/for/{ben.person_id}/health/medications").status_code == 404
        client.get("/health/medications")
    (line,) = [line for line in lines(client) if "without the right" in line]
    assert "Ana" in line
    assert line.endswith("5 times")


def test_nothing_pushes_an_event_off_the_end(client: FlaskClient, patient: TestUser, services: Services) -> None:
    write(services, Action.CORRECTION, Actor("account", "clerk"), patient.person_id)
    write(services, Action.VIEW_SECTION, Actor("account", patient.account_id), patient.person_id, 450, section="visits")
    address, seen = "/activity", 0
    for _ in range(10):
        page = client.get(address).get_data(as_text=True)
        seen += "asked for a correction" in page
        following = re.search(r'class="button second" href="([^"]+)"', page)
        if following is None:
            break
        address = following[1].replace("&amp;", "&")
    assert seen == 1
    assert "asked for a correction" in "\n".join(lines(client, what="changes")), "a filter leads there at once"


def test_filters_by_whom_and_what(client: FlaskClient, patient: TestUser, world: World, services: Services) -> None:
    clerk = world.account("clerk", Role.STAFF, None, "Dana Wells")
    write(services, Action.VIEW_ENTRY, Actor("account", clerk.account_id), patient.person_id, section="allergies")
    write(services, Action.IMPORT, Actor("operator"), patient.person_id)
    (line,) = lines(client, who="people")
    assert line.endswith("DW Dana Wells , front desk, looked at allergies")
    assert all("Cooper Regional Health added records" in line for line in lines(client, who="places"))
    assert all("You" in line for line in lines(client, who="you"))
    assert lines(client, what="sharing") == []
    assert lines(client, who="nonsense", what="nonsense") != []


def test_days_have_headings(client: FlaskClient, patient: TestUser, services: Services) -> None:
    write(services, Action.IMPORT, Actor("operator"), patient.person_id)
    with services.db.transaction() as tx:
        newest = events.of_person(tx, person_id=str(patient.person_id), limit=1)[0]
        tx.conn.execute(
            text("UPDATE audit_event SET at = :at WHERE seq = :seq"),
            {"at": (tx.now - timedelta(days=1)).isoformat(" "), "seq": newest.seq},
        )
    headings = re.findall(r'<h2 id="day-\d+">([^<]+)', client.get("/activity").get_data(as_text=True))
    assert [heading.partition(",")[0] for heading in headings][:2] == ["Yesterday", "Today"]


def test_the_download_holds_every_event(client: FlaskClient, patient: TestUser, services: Services) -> None:
    write(
        services, Action.VIEW_SECTION, Actor("account", patient.account_id), patient.person_id, 1200, section="visits"
    )
    write(services, Action.DENIED, Actor("account", "x"), patient.person_id, outcome="denied")
    answer = client.get("/activity/download")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    with services.db.reading() as tx:
        stored = events.of_person(tx, person_id=str(patient.person_id), limit=5000)
    assert len(rows) - 1 == len(stored)
    assert rows[0] == ["When", "Who", "What", "Outcome", "Number"]
    assert [int(row[4]) for row in rows[1:]] == [event.seq for event in stored]
    assert rows[1][2] == "looked at this page"
    assert rows[2][3] == "refused"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "\uff1dHYPERLINK(1)"])
def test_a_name_is_no_formula_in_the_download(
    client: FlaskClient, patient: TestUser, world: World, services: Services, name: str
) -> None:
    """Nor by a full-width sign, which spreadsheets of some languages take for the plain one."""
    clerk = world.account("clerk", Role.STAFF, None, name)
    write(services, Action.VIEW_LINKS, Actor("account", clerk.account_id), patient.person_id)
    rows = list(csv.reader(io.StringIO(client.get("/activity/download").get_data(as_text=True))))
    assert f"'{name} (front desk)" in [row[1] for row in rows]


def test_who_may_not_see_what_is_confidential_reads_no_names(
    client: FlaskClient, world: World, services: Services, third_party: TestApp, ana: TestUser
) -> None:
    linked = small_record(services, ana)
    with services.db.transaction() as tx:
        tx.conn.execute(text("UPDATE organization SET name = 'Camden Addiction Treatment Center'"))
    write(services, Action.REFRESH, Actor("job", "r"), ana.person_id, link=linked.link_id)
    third_party.connect().get("Condition")
    parent = world.patient("cleo")
    world.proxy(parent, str(ana.person_id), GrantLevel.NO_CONFIDENTIAL)
    sign_in(other := client.application.test_client(), parent)
    address = f"/for/{ana.person_id}/activity"
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=linked.organization_id)
    assert organization is not None
    for answer in (other.get(address), other.get(f"{address}/download")):
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert organization.name not in page
        assert "Test App" not in page
    assert organization.name in client.get("/activity").get_data(as_text=True)


def test_an_action_that_has_no_words_yet_breaks_no_page(
    client: FlaskClient, patient: TestUser, services: Services
) -> None:
    write(services, Action.IMPORT, Actor("operator"), patient.person_id)
    with services.db.transaction() as tx:
        tx.conn.execute(text("UPDATE audit_event SET action = 'of-tomorrow' WHERE action = 'import'"))
    assert any("of-tomorrow" in line for line in lines(client))
    assert "of-tomorrow" in client.get("/activity/download").get_data(as_text=True)
