"""Rules of one organization: proposed by one administrator, confirmed by another, and acting where they act."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from jobs.house import _work as house
from portal.access import Sight
from portal.domain.ids import HOME, new_id
from portal.domain.people import GrantLevel, Role
from portal.domain.sections import Section
from portal.linking import refresh_policy, reverse_links
from portal.provider.oauth import grants
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import making
from portal.sharing.summary import SECTIONS
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.provider import clients
from portal.store.provider import release as stored_release
from portal.store.provider.clients import OAuthClient
from portal.store.records import renewals, rows
from portal.store.shares import shares
from portal.store.shares.shares import ShareTerms
from portal.web.admin import release
from tests.factories.record import Linked, small_record
from tests.factories.world import BEN, TestUser, World
from tests.integration.desk.conftest import Browser
from tests.integration.web.test_oversight import browser

_CHART: list[dict[str, Any]] = [
    {
        "resourceType": "AllergyIntolerance",
        "id": "home-allergy",
        "patient": {"reference": "Patient/patient-ana"},
        "code": {"text": "Penicillin"},
    },
    {
        "resourceType": "Observation",
        "id": "home-a1c",
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
        ],
        "issued": datetime.now(UTC).isoformat(timespec="seconds"),
        "subject": {"reference": "Patient/patient-ana"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]},
    },
]


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


def test_what_becomes_confidential_is_so_before_it_is_labelled_anew(
    *,
    app: Flask,
    world: World,
    services: Services,
    ana: TestUser,
    decide: Decide,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Links that were handed on end but for those that hold what is confidential; the night does what is left."""
    monkeypatch.setattr(release, "_LABELLING", -1.0)
    person_id = ana.person_id or ""
    limited = Sight(confidential=False, private=False, held=False, sections=frozenset(Section), account="")
    shared = {confidential: new_id() for confidential in (False, True)}
    for confidential, share_id in shared.items():
        making.create(
            services.db,
            settings=services.settings,
            share_id=share_id,
            person_id=person_id,
            account_id=ana.account_id,
            terms=ShareTerms("", tuple(section.code for section in SECTIONS), confidential=confidential),
            opening=making.Opening.WEEK,
        )
    ben = world.patient("ben", BEN)
    world.proxy(ben, person_id, GrantLevel.NO_CONFIDENTIAL)
    proxy, record = browser(app, ben), f"/for/{ana.person_id}"

    def seen() -> tuple[int, int]:
        """Return how many rows of medications a limited reader has, and how many are counted for them."""
        with services.db.reading() as tx:
            page = rows.page(tx, person_id=person_id, section=Section.MEDICATIONS, sight=limited)
        return len(page.rows), page.total

    def is_waiting() -> bool:
        with services.db.reading() as tx:
            return renewals.waiting(tx) > 0

    before = seen()
    decide(confidential="y")
    assert is_waiting()
    for page in ("/health/medications", "/health/allergies", ""):
        assert "albuterol" not in proxy.get(f"{record}{page}").lower(), page
    now = seen()
    assert now[0] == now[1] < before[1]
    assert "albuterol" in browser(app, ana).get("/health/medications").lower()
    with services.db.reading() as tx:
        ended = {stored.id: stored.ended_at is not None for stored in shares.of_person(tx, person_id=person_id)}
    assert ended == {shared[False]: True, shared[True]: False}
    house(services)
    assert not is_waiting()
    assert "albuterol" not in proxy.get(f"{record}/health/medications").lower()


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


def test_its_portal_gets_less_than_others_and_results_later(
    *, app: Flask, services: Services, ana: TestUser, riverbend: Linked, admin: Browser, decide: Decide
) -> None:
    """Once two administrators said so: by search, read, count and summary, for tokens that are out, too."""
    base, client = "https://fhir.riverbend.example/r4", app.test_client()
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=_CHART)
    headers = {}
    with services.db.transaction() as tx:
        organization = organizations.by_id(tx, organization_id=riverbend.organization_id)
        assert organization
        organizations.put(tx, replace(organization, fhir_base=base))
        for name, portal in (("theirs", base), ("other", "https://fhir.other.example"), ("an-app", "")):
            registered = OAuthClient(
                client_id=name, name=name, redirect_uris=("https://a.example",), portal_fhir_base=portal
            )
            clients.add_client(tx, client=registered)
            issued = grants.issue(
                tx,
                client=registered,
                person_id=ana.person_id or "",
                scopes=("patient/*.rs",),
                lasting=False,
                account_id=ana.account_id,
            )
            headers[name] = {"Authorization": f"Bearer {issued.access_token}"}

    def got(name: str, path: str) -> tuple[int, str]:
        answer = client.get(f"/fhir/{path}", headers=headers[name])
        return answer.status_code, answer.get_data(as_text=True)

    paths = ("AllergyIntolerance", "AllergyIntolerance/home-allergy", "Observation?code=4548-4", "Observation/home-a1c")
    before = {name: [got(name, path) for path in paths] for name in headers}
    assert all(status == 200 for answers in before.values() for status, _text in answers)
    promised = browser(app, ana).get("/settings/apps").count("Allergies")
    decide(withheld="AllergyIntolerance", results_delay_days="30")
    assert [got("theirs", path)[0] for path in paths] == [403, 403, 200, 404]
    assert "home-a1c" not in got("theirs", paths[2])[1]
    for name in ("other", "an-app"):
        assert [got(name, path) for path in paths] == before[name], "nobody else gets less"
    rules = admin.get(f"/admin/directory/{riverbend.organization_id}")
    assert re.search(r'value="AllergyIntolerance"\s+checked', rules)
    assert browser(app, ana).get("/settings/apps").count("Allergies") == promised - 1, "nor is it promised any more"
    decide()
    assert [got("theirs", path)[0] for path in paths] == [200] * 4


def test_what_is_decided_for_any_entry_of_a_server_holds_for_its_portal(services: Services) -> None:
    """A clinic has its owner's server, and one server may stand in the directory twice."""
    base = "https://fhir.riverbend.example/r4"
    with services.db.transaction() as tx:
        owner = organizations.add(tx, name="Riverbend", fhir_base=base)
        clinic = organizations.add(tx, name="Riverbend Clinic", fhir_base=base, owner_id=owner.id)
        again = organizations.add(tx, name="Riverbend Regional", fhir_base=f"{base}/")
        for each, kind, days in ((clinic, "Condition", 3), (again, "Observation", 7)):
            organizations.set_rules(tx, organization_id=each.id, rules={"withheld": [kind], "results_delay_days": days})
        theirs = stored_release.effective(tx, services.settings, portal=base)
        others = stored_release.effective(tx, services.settings, portal="https://fhir.other.example")
    assert (theirs.withheld, theirs.results_delay_days) == ({"Condition", "Observation"}, 7)
    assert others == services.settings


def test_days_that_are_no_number_are_refused(admin: Browser, riverbend: Linked) -> None:
    page = admin.follow(f"/admin/directory/{riverbend.organization_id}/rules", results_delay_days="1000")
    assert "Enter a number of days, 0 to 60." in page
    assert "/admin/proposals/" not in page
