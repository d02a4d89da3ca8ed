"""Who looked, and whom one acts for; and that neither is anyone else's business."""

from flask.testing import FlaskClient

from portal.domain.people import GrantLevel
from portal.services import Services
from portal.store.people import accounts
from tests.factories.world import BEN, World, sign_in
from tests.integration.web.html import same


def test_activity_says_who_looked_in_words(client: FlaskClient, world: World) -> None:
    sign_in(client, world.patient())
    client.get("/activity")
    page = client.get("/activity").get_data(as_text=True)
    assert "signed in" in page
    assert "looked at this page" in page


def test_a_parent_sees_the_child_until_the_grant_ends(client: FlaskClient, world: World, services: Services) -> None:
    parent, child = world.patient(), world.patient("ben", BEN)
    assert child.person_id is not None
    grant = world.proxy(parent, child.person_id)
    sign_in(client, parent)
    assert "Ben Okafor" in client.get("/family").get_data(as_text=True)
    assert client.get(f"/for/{child.person_id}/activity").status_code == 200
    with services.db.transaction() as tx:
        accounts.end_grant(tx, grant_id=grant)
    ended = client.get(f"/for/{child.person_id}/activity")
    assert ended.status_code == 404
    family = client.get("/family").get_data(as_text=True)
    assert "has ended" in family
    assert str(child.person_id) not in family
    assert same(client.get("/for/nobodyhasthisid00000/activity")) == same(ended)


def test_a_grant_for_messages_only_opens_nothing_else(client: FlaskClient, world: World) -> None:
    parent, child = world.patient(), world.patient("ben", BEN)
    assert child.person_id is not None
    world.proxy(parent, child.person_id, GrantLevel.MESSAGES_ONLY)
    sign_in(client, parent)
    assert client.get(f"/for/{child.person_id}/activity").status_code == 404


def test_the_refusal_is_in_the_trail_of_the_person_concerned(client: FlaskClient, world: World) -> None:
    other, ben = world.patient(), world.patient("ben", BEN)
    sign_in(client, other)
    assert client.get(f"/for/{ben.person_id}/activity").status_code == 404
    mine = client.application.test_client()
    sign_in(mine, ben)
    page = mine.get("/activity").get_data(as_text=True)
    assert "without the right to" in page
    assert "Ana" in page
