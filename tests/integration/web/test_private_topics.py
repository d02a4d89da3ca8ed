"""Everything about something is kept private at once, across sections; what was unticked stays."""

import re

import pytest
from flask import Flask

from portal.domain.sections import Section
from portal.services import Services
from portal.store.records import rows
from tests.factories.record import small_record
from tests.factories.sights import OPEN
from tests.factories.world import TestUser, World, sign_in
from tests.integration.desk.conftest import Browser


@pytest.fixture
def ana(world: World, services: Services) -> TestUser:
    user = world.patient()
    small_record(services, user)
    return user


@pytest.fixture
def own(app: Flask, ana: TestUser) -> Browser:
    client = app.test_client()
    sign_in(client, ana)
    return Browser(client)


def titles(services: Services, ana: TestUser) -> set[str]:
    """What others may see, of every section."""
    with services.db.reading() as tx:
        pages = [
            rows.page(tx, person_id=str(ana.person_id), section=section, sight=OPEN, limit=200) for section in Section
        ]
    return {row.primary.entry.title for page in pages for row in page.rows}


def items(page: str) -> list[str]:
    return re.findall(r'name="item" value="([^"]+)"', page)


def test_a_topic_across_sections(own: Browser, services: Services, ana: TestUser) -> None:
    before = titles(services, ana)
    about = {title for title in before if "diabetes" in title.casefold()}
    assert len(about) > 1, "a health issue and a visit"
    offered = items(own.get("/family/private?about=diabetes"))
    assert len({item.partition("/")[0] for item in offered}) > 1
    answer = own.send("/family/private", item=offered, private="1")  # type: ignore[arg-type]
    assert answer.status_code == 303
    left = titles(services, ana)
    assert not left & about
    assert "Asthma" in left
    assert not items(own.get("/family/private?about=diabetes")), "nothing is left to keep private"


def test_what_was_unticked_stays(own: Browser, services: Services, ana: TestUser) -> None:
    offered = items(own.get("/family/private?about=diabetes"))
    own.send("/family/private", item=offered[:1], private="1")  # type: ignore[arg-type]
    assert items(own.get("/family/private?about=diabetes")) == offered[1:]


def test_an_item_of_another_person_is_not_there(own: Browser, world: World, app: Flask) -> None:
    other = world.patient("ben")
    offered = items(own.get("/family/private?about=diabetes"))
    client = app.test_client()
    sign_in(client, other)
    page = Browser(client).follow("/family/private", item=offered[0], private="1")
    assert "Nothing was changed" in page
