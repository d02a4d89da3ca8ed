"""Rules of one organization: proposed by one administrator, confirmed by another, and acting where they act."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from portal.domain.people import GrantLevel, Role
from portal.linking import refresh_policy, reverse_links
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links
from tests.factories.record import Linked, small_record
from tests.factories.world import BEN, TestUser, World
from tests.integration.desk.conftest import Browser
from tests.integration.web.test_oversight import browser


@pytest.fixture
def ana(world: World) -> TestUser:
    return world.patient("ana")


@pytest.fixture
def riverbend(services: Services, ana: TestUser) -> Linked:
    return small_record(services, ana)


@pytest.fixture
def admin(app: Flask, world: World) -> Browser:
    return browser(app, world.staff("boss", Role.ADMIN))


@pytest.fixture
def second(app: Flask, world: World) -> Browser:
    return browser(app, world.staff("boss2", Role.ADMIN))


Decide = Callable[..., None]


@pytest.fixture
def decide(admin: Browser, second: Browser, riverbend: Linked) -> Decide:
    def propose_and_confirm(**rules: str) -> None:
        page = admin.follow(f"/admin/directory/{riverbend.organization_id}/rules", **rules)
        address = re.findall(r'action="(/admin/proposals/[^"]+)"', page)[0]
        assert "second administrator has to confirm" in admin.follow(address, step="confirm")
        assert "holds from now on" in second.follow(address, step="confirm")

    return propose_and_confirm


def test_a_confidential_organization_is_gone_for_who_may_not_see_it(
    app: Flask, world: World, ana: TestUser, admin: Browser, decide: Decide
) -> None:
    ben = world.patient("ben", BEN)
    world.proxy(ben, ana.person_id or "", GrantLevel.NO_CONFIDENTIAL)
    proxy, own, record = browser(app, ben), browser(app, ana), f"/for/{ana.person_id}"
    pages = ("/links", "/health/medications", "/health/allergies", "")
    assert "Riverbend" in proxy.get(f"{record}/links")
    assert "albuterol" in proxy.get(f"{record}/health/medications").lower()
    decide(confidential="y")
    for page in pages:
        text = proxy.get(f"{record}{page}")
        assert "Riverbend" not in text, page
        assert "albuterol" not in text.lower(), page
    assert "albuterol" in own.get("/health/medications").lower(), "for Ana nothing has changed"
    assert "Riverbend" in own.get("/links")
    decide()
    assert "albuterol" in proxy.get(f"{record}/health/medications").lower()


def test_a_manual_organization_is_not_updated_without_the_patient(
    services: Services, riverbend: Linked, admin: Browser, decide: Decide
) -> None:
    def unattended() -> bool:
        with services.db.reading() as tx:
            link = links.by_id(tx, link_id=riverbend.link_id)
            organization = organizations.by_id(tx, organization_id=riverbend.organization_id)
        assert link
        assert organization
        return refresh_policy.in_background(link, organization.policy)

    assert unattended()
    decide(manual="y")
    assert not unattended()
    page = admin.get(f"/admin/directory/{riverbend.organization_id}")
    assert re.search(r'<input[^>]*checked[^>]*name="manual"', page)


def test_a_link_back_is_offered_where_both_say_so(services: Services, riverbend: Linked, decide: Decide) -> None:
    def offered() -> bool:
        with services.db.reading() as tx:
            organization = organizations.by_id(tx, organization_id=riverbend.organization_id)
            return reverse_links.allowed(tx, services.settings, organization)

    before = offered()
    decide(reverse_links="y" if not before else "", manual="y")
    assert offered() is not before
