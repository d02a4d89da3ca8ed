"""What suggestions of links tell a proxy who may not know all: by why they are made, by being there, by being away."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.directory import suggestions as computing
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import privacy
from portal.store.directory import organizations, suggestions
from portal.store.records.privacy import PrivateChoice
from tests.factories.record import small_record, visit
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.hostile.sight.record import LABEL
from tests.hostile.sight.test_pages import allow, parent, text
from tests.integration.provider.conftest import ana

__all__ = ["ana", "parent"]
PLACE = "Harbor Youth Clinic"
Parent = tuple[FlaskClient, TestUser]


@pytest.fixture
def place(services: Services) -> str:
    with services.db.transaction() as tx:
        return organizations.add(tx, name=PLACE, fhir_base="https://a.example/fhir").id


def seen_there(services: Services, person: TestUser, *, labelled: bool = False) -> None:
    stay: dict[str, Any] = visit("v1", "Office visit", "2026-04-03T15:00:00Z", "2026-04-03T15:30:00Z")
    stay["serviceProvider"] = {"display": PLACE}
    ingest(
        services.db,
        person_id=person.person_id,
        source=HOME,
        resources=[stay | ({"meta": LABEL} if labelled else {})],
    )


def offered(services: Services, person: TestUser, *, confidential: bool) -> dict[str, tuple[str, str]]:
    with services.db.reading() as tx:
        listed = suggestions.with_put_away(tx, person_id=str(person.person_id), may_see_confidential=confidential)
    return {each.organization.name: (each.reason, each.last_visit) for each in listed}


def test_the_portal_that_a_teenager_let_in_is_not_named(
    services: Services, client: FlaskClient, ana: TestUser, parent: Parent, place: str
) -> None:
    """Which apps somebody let in is for who may see all (``may_see_choice``): as a suggestion, too."""
    assert place
    allow(services, ana.account_id, str(ana.person_id), "Harbor portal")
    computing.compute(services.db, person_id=str(ana.person_id))
    assert PLACE in text(client, "/links")
    for address in ("/links", "/"):
        assert PLACE not in text(parent[0], f"/for/{ana.person_id}{address}")


@pytest.mark.parametrize("labelled", [False, True])
def test_a_place_near_by_does_not_tell_by_being_away(
    services: Services, ana: TestUser, place: str, labelled: bool
) -> None:
    """Who lives near has the same places near; the one that is missing on the other's page was visited."""
    with services.db.transaction() as tx:
        suggestions.suggest(tx, person_id=str(ana.person_id), organization_id=place, reason="near")
    if labelled:
        seen_there(services, ana, labelled=True)
        computing.compute(services.db, person_id=str(ana.person_id))
    assert PLACE in offered(services, ana, confidential=True)
    assert offered(services, ana, confidential=False) == {}


def test_a_portal_let_in_hides_no_open_visit(services: Services, ana: TestUser, place: str) -> None:
    assert place
    seen_there(services, ana)
    allow(services, ana.account_id, str(ana.person_id), "Harbor portal")
    computing.compute(services.db, person_id=str(ana.person_id))
    assert offered(services, ana, confidential=False) == {PLACE: ("chart", "2026-04-03")}


@pytest.mark.parametrize("match_is_first", [True, False])
def test_a_visit_that_is_kept_private_leaves_no_day_and_no_place(
    services: Services, ana: TestUser, place: str, match_is_first: bool
) -> None:
    """Also where a partner knows the person there: the row was the partner's, and its day the visit's."""
    person_id = str(ana.person_id)
    seen_there(services, ana)

    def match() -> None:
        with services.db.transaction() as tx:
            suggestions.suggest(tx, person_id=person_id, organization_id=place, reason="match")

    for step in [match, lambda: computing.compute(services.db, person_id=person_id)][:: 1 if match_is_first else -1]:
        step()
    assert offered(services, ana, confidential=False) == {PLACE: ("match", "2026-04-03")}
    privacy.keep(
        services,
        person_id=person_id,
        account_id=ana.account_id,
        chosen=[PrivateChoice(Section.VISITS)],
        private=True,
    )
    assert offered(services, ana, confidential=True) == {}
    match()
    computing.compute(services.db, person_id=person_id)
    assert offered(services, ana, confidential=True) == {}


@pytest.mark.parametrize("level", [GrantLevel.FULL, GrantLevel.NO_CONFIDENTIAL])
def test_the_page_before_linking_is_the_same_where_a_link_is_kept_private(
    services: Services, world: World, client: FlaskClient, ana: TestUser, level: GrantLevel
) -> None:
    """Else whoever may link could ask about each organization of the directory."""
    linked = small_record(services, ana)
    reader = world.patient("reader", BEN)
    world.proxy(reader, str(ana.person_id), level)
    browser = client.application.test_client()
    sign_in(browser, reader)
    privacy.keep(
        services,
        person_id=str(ana.person_id),
        account_id=ana.account_id,
        chosen=[PrivateChoice(source=linked.link_id)],
        private=True,
    )
    answer = browser.get(f"/for/{ana.person_id}/links/new/{linked.organization_id}")
    assert answer.status_code == 200, answer.headers.get("Location")
    own = client.get(f"/links/new/{linked.organization_id}")
    assert own.status_code == 303
