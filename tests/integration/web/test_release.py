"""What takes two administrators: the release policy, partners and their keys. It holds for tokens that are out, too."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from msgspec import to_builtins

from portal.access.policy import ReleasePolicy
from portal.domain.errors import NotFoundError
from portal.domain.people import GrantLevel, Role
from portal.provider import proposals as deciding
from portal.services import Services
from portal.store.people import accounts
from portal.store.provider import clients, proposals, release
from tests.factories.record import small_record
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.desk.conftest import Browser
from tests.integration.provider.conftest import TestApp, register

EVERYTHING = {"results_delay_days": "0", "lasting_authorization": "y", "reverse_links": "y"}
KEYS = "https://oldmill.example/jwks.json"


@pytest.fixture
def admin(app: Flask, world: World) -> Browser:
    return signed_in(app, world.staff("admin", Role.ADMIN))


@pytest.fixture
def second(app: Flask, world: World) -> Browser:
    return signed_in(app, world.staff("admin2", Role.ADMIN))


def signed_in(app: Flask, user: TestUser) -> Browser:
    client = app.test_client()
    sign_in(client, user)
    return Browser(client)


def decide(browser: Browser, page: str, step: str = "confirm") -> str:
    address = re.findall(r'action="(/admin/proposals/[^"]+)"', browser.get(page))
    return browser.follow(address[0], step=step)


def released_without(browser: Browser, *kinds: str) -> list[str]:
    offered = re.findall(r'name="released" value="([A-Za-z]+)"', browser.get("/admin/release").replace("\n", " "))
    offered = offered or re.findall(r'id="released-([A-Za-z]+)"', browser.get("/admin/release"))
    assert set(kinds) <= set(offered)
    return [kind for kind in offered if kind not in kinds]


def propose(browser: Browser, *kinds: str, **changes: Any) -> None:
    answer = browser.send("/admin/release", released=released_without(browser, *kinds), **{**EVERYTHING, **changes})
    assert answer.status_code == 303


def test_nothing_changes_before_another_administrator_confirms(
    admin: Browser, second: Browser, services: Services, app: Flask
) -> None:
    propose(admin, "Condition", results_delay_days="3")
    with services.db.reading() as tx:
        assert release.in_force(tx) == ReleasePolicy()
    page = admin.get("/admin/release")
    assert "You proposed this" in page
    address = re.findall(r'action="(/admin/proposals/[^"]+)"', page)[0]
    assert "second administrator has to confirm" in admin.follow(address, step="confirm")
    assert "Not released: Health issues" in second.get("/admin/release")
    assert "holds from now on" in decide(second, "/admin/release")
    with services.db.reading() as tx:
        policy = release.in_force(tx)
        [decided] = proposals.decided(tx, kind=proposals.RELEASE, limit=9)
    assert policy.withheld == ("Condition",)
    assert policy.results_delay_days == 3
    assert decided.proposed_by != decided.decided_by
    assert "proposed by admin, decided by admin2" in admin.get("/admin/release")
    assert "confirmed or called off already" in second.follow(address, step="confirm")
    statement = app.test_client().get("/fhir/metadata").get_json()
    assert "Condition" not in {each["type"] for each in statement["rest"][0]["resource"]}


def test_either_calls_it_off_and_a_new_proposal_replaces_one(
    admin: Browser, second: Browser, services: Services
) -> None:
    propose(admin, "Condition")
    propose(second, "Observation")
    with services.db.reading() as tx:
        [waiting] = proposals.waiting(tx)
    assert waiting.data["withheld"] == ["Observation"]
    decide(second, "/admin/release", "cancel")
    with services.db.reading() as tx:
        assert not proposals.waiting(tx)
        assert release.in_force(tx) == ReleasePolicy()


def test_one_human_with_two_accounts_is_one_administrator(admin: Browser, second: Browser, services: Services) -> None:
    propose(admin, "Condition")
    with services.db.transaction() as tx:
        for name in ("admin", "admin2"):
            account = accounts.by_username(tx, username=name)
            assert account is not None
            accounts.set_email(tx, account_id=account.id, email="both@mail.example")
    assert "second administrator has to confirm" in decide(second, "/admin/release")
    with services.db.reading() as tx:
        assert release.in_force(tx) == ReleasePolicy()


def test_what_was_confirmed_meanwhile_is_not_called_off(
    admin: Browser, second: Browser, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(admin, "Condition")
    with services.db.reading() as tx:
        [waiting] = proposals.waiting(tx)
        by = accounts.by_username(tx, username="admin")
    assert by is not None
    decide(second, "/admin/release")
    monkeypatch.setattr(deciding, "_waiting", lambda *_args: waiting)  # read before the other's word was written
    with pytest.raises(NotFoundError), services.db.transaction() as tx:
        deciding.call_off(tx, proposal_id=waiting.id, by=by)


def test_tokens_that_are_out_reach_what_is_withheld_no_more(
    admin: Browser, second: Browser, app: Flask, world: World, services: Services
) -> None:
    ana = world.patient("ana")
    small_record(services, ana)
    register(services)
    client = app.test_client()
    sign_in(client, ana)
    reader = TestApp(app, client)
    reader.tokens = reader.exchange(reader.code()).get_json()
    assert reader.get("Condition?patient=patient-ana").status_code == 200
    propose(admin, "Condition", lasting_authorization="")
    decide(second, "/admin/release")
    assert reader.get("Condition?patient=patient-ana").status_code == 403
    assert reader.get("MedicationRequest?patient=patient-ana").status_code == 200
    configuration = app.test_client().get("/fhir/.well-known/smart-configuration").get_json()
    assert "offline_access" not in configuration["scopes_supported"]


def test_a_category_is_confidential_whatever_its_label_says(
    admin: Browser, second: Browser, app: Flask, world: World, services: Services
) -> None:
    """At once for proxies without that choice, on pages and in apps that they let in; never for the patient."""
    ana, ben = world.patient("ana"), world.patient("ben", BEN)
    small_record(services, ana)
    world.proxy(ben, ana.person_id or "", GrantLevel.NO_CONFIDENTIAL)
    proxy, own = signed_in(app, ben), signed_in(app, ana)
    register(services)
    readers = {"ben": TestApp(app, proxy.client), "ana": TestApp(app, own.client)}
    for reader in readers.values():
        reader.tokens = reader.exchange(reader.code(person=ana.person_id)).get_json()
    results = f"/for/{ana.person_id}/health/test-results"
    search = "Observation?patient=patient-ana&category=laboratory"

    def numbers() -> list[int]:
        return [len(reader.get(search).get_json().get("entry", ())) for reader in readers.values()]

    assert "A1c" in proxy.get(results)
    assert min(numbers()) == 5
    kinds = ["Observation|laboratory", "AllergyIntolerance"]
    propose(admin, confidential=kinds)
    assert "A1c" in proxy.get(results), "proposed only"
    assert "Confidential: Allergies" in second.get("/admin/release")
    decide(second, "/admin/release")
    assert "A1c" not in proxy.get(results)
    assert "A1c" not in proxy.get(f"/for/{ana.person_id}")
    assert "enicillin" not in proxy.get(f"/for/{ana.person_id}/health/allergies")
    assert numbers() == [0, 5]
    assert "A1c" in own.get("/health/test-results")
    assert "enicillin" in own.get("/health/allergies")
    propose(second)
    decide(admin, "/admin/release")
    assert "A1c" in proxy.get(results)
    assert min(numbers()) == 5


def test_a_setting_is_the_floor(services: Services) -> None:
    settings = replace(services.settings, withheld=frozenset({"Coverage"}), results_delay_days=5, reverse_links=False)
    policy = ReleasePolicy(withheld=("Condition",), results_delay_days=2, reverse_links=True)
    with services.db.transaction() as tx:
        new = proposals.add(tx, kind=proposals.RELEASE, data=to_builtins(policy), account_id="somebody")
        proposals.decide(tx, proposal_id=new, account_id="another", confirmed=True)
        effective = release.effective(tx, settings)
    assert effective.withheld == {"Coverage", "Condition"}
    assert effective.results_delay_days == 5
    assert not effective.reverse_links


def test_a_partner_and_its_keys_take_two(admin: Browser, second: Browser, services: Services) -> None:
    page = admin.get("/admin/apps")
    client_id = page.split('name="client_id" type="hidden" value="')[1].split('"')[0]
    partner = {"name": "Old Mill", "kind": "partner", "redirect_uris": "", "method": "none", "jwks_uri": KEYS}
    assert "waits for a second" in admin.follow("/admin/apps", client_id=client_id, **partner)
    with services.db.reading() as tx:
        assert not clients.clients(tx)
    assert KEYS in second.get("/admin/apps")
    decide(second, "/admin/apps")
    new = KEYS.replace("jwks", "new")
    assert "waits for a second" in second.follow("/admin/apps/keys", client=client_id, jwks_uri=new)
    with services.db.reading() as tx:
        [registered] = clients.clients(tx)
    assert registered.partner
    assert registered.jwks_uri == KEYS
    decide(admin, "/admin/apps")
    with services.db.reading() as tx:
        [registered] = clients.clients(tx)
    assert registered.jwks_uri == new
    assert "web address of its public keys" in second.follow("/admin/apps/keys", client=client_id, jwks_uri="nowhere")


def test_only_administrators_reach_it(app: Flask, world: World) -> None:
    privacy = signed_in(app, world.staff("privacy", Role.PRIVACY))
    assert privacy.client.get("/admin/release").status_code == 404
