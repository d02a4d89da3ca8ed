"""Two portals show each other's record: offered, announced, consented to twice, ended one by one. Over real HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import msgspec
import pytest

from jobs import context
from portal.domain.links import LinkState
from portal.domain.people import HumanName, Person
from portal.linking import reverse_links
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.links.attempts import AuthorizationRequest
from portal.store.provider import clients, grants
from portal.store.records import privacy
from portal.store.records.privacy import PrivateChoice
from tests.factories.world import BEN, World
from tests.integration.linking.both_ways import Browser, Side, fields, introduce
from tests.integration.linking.conftest import MARIA
from tests.integration.linking.second import add_maria, second_instance

LEO = Person(names=(HumanName(family="Rivera", given=("Leo",)),), birth_date="2016-02-03", sex="male")
BACK = "Also show my information from Cooper Regional Health here in Riverbend"


@dataclass
class Two:
    """MyCooper, where Maria starts, and Riverbend."""

    home: Side
    there: Side
    browser: Browser

    @property
    def before(self) -> str:
        return f"{self.home.portal.url}/links/new/{self.home.other}"

    def link(self, *, here: dict[str, str] | None = None, there: dict[str, str] | None = None) -> httpx2.Response:
        """Maria starts at MyCooper and answers on the consent pages; gives the page she comes to in the end."""
        page = self.browser.go(self.before)
        answers = {self.home.portal.url: here or {}, self.there.portal.url: there or {}}
        return self.browser.press(page, f"/links/new/{self.home.other}", answers)

    def work(self) -> None:
        self.home.work()
        self.there.work()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with (
        second_instance(tmp_path / "home", name="MyCooper", organization="Cooper Regional Health") as first,
        second_instance(tmp_path / "there") as second,
    ):
        home, there = (Side(portal, add_maria(portal, MARIA)) for portal in (first, second))
        introduce(home, there, client_id="mycooper", other_client="riverbend")
        introduce(there, home, client_id="riverbend", other_client="mycooper")
        context.register(first.app.extensions["tributary"])
        context.register(second.app.extensions["tributary"])
        yield Two(home, there, Browser())
        context.forget()


def test_announced_offered_and_shown_in_both_directions(two: Two) -> None:
    before = two.browser.go(two.before)
    assert "Riverbend Regional can show your MyCooper information too" in before.text
    end = two.link(there={"reverse": "yes"})
    assert BACK in two.browser.consents[two.there.portal.url]
    assert "reverse" not in fields(two.browser.consents[two.there.portal.url])  # it is not ticked for her
    assert "Also show my information" not in two.browser.consents[two.home.portal.url]  # no third link
    assert str(end.url) == f"{two.home.portal.url}/links/{two.home.links()[0].id}", "back where she began"
    assert 'data-reverse="yes"' in end.text
    two.work()
    for side in (two.home, two.there):
        (link,) = side.links()
        assert (link.state, link.reason) == (LinkState.ACTIVE, None)
        assert side.allergies_from(link) == 1
        assert side.readers() == 1
        page = two.browser.go(f"{side.portal.url}/links/{link.id}").text
        assert 'data-reverse="yes"' in page


def test_for_a_child_one_is_back_at_the_child_s_record(two: Two) -> None:
    """The page before the link back says whose record to choose; it remembers where one began."""
    children = []
    for side in (two.home, two.there):
        child = World(side.portal.services).patient("leo", LEO)
        side.portal.store_chart(child)
        World(side.portal.services).proxy(side.maria, child.person_id or "")
        children.append(child.person_id or "")
    child_id, child_elsewhere = children
    page = two.browser.go(f"{two.home.portal.url}/for/{child_id}/links/new/{two.home.other}")
    chosen = {
        two.home.portal.url: {"person": child_id},
        two.there.portal.url: {"person": child_elsewhere, "reverse": "yes"},
    }
    before = two.browser.press(page, f"/links/new/{two.home.other}", chosen)
    assert str(before.url).startswith(f"{two.there.portal.url}/for/{child_elsewhere}/links/new/")
    assert "Leo" in before.text
    end = two.browser.press(before, f"/links/new/{two.there.other}", chosen)
    with two.home.portal.services.db.reading() as tx:
        [link] = links.of_person(tx, person_id=child_id)
    assert str(end.url) == f"{two.home.portal.url}/for/{child_id}/links/{link.id}"


def test_who_acts_for_somebody_is_offered_it_as_if_a_private_link_were_none(two: Two) -> None:
    """That it is not offered would tell them of the link."""
    two.link(there={"reverse": "yes"})
    services, maria = two.there.portal.services, two.there.maria
    person_id = maria.person_id or ""
    ben = World(services).patient("ben", BEN)
    World(services).proxy(ben, person_id)
    with services.db.reading() as tx:
        client = clients.client_by_id(tx, client_id=grants.grants_of_person(tx, person_id=person_id)[0].client_id)
    assert client is not None

    def offered(account_id: str) -> bool:
        request = {reverse_links.PARAMETER: reverse_links.WISHED}
        with services.db.reading() as tx:
            offer = reverse_links.offered(
                tx,
                services.settings,
                client=client,
                request=request,
                account_id=account_id,
                person_ids=(person_id,),
            )
        return offer is not None

    assert not offered(ben.account_id)
    with services.db.transaction() as tx:
        [link] = links.of_person(tx, person_id=person_id)
        privacy.put(tx, person_id=person_id, chosen=[PrivateChoice(source=link.id)], private=True)
    assert offered(ben.account_id)
    assert not offered(maria.account_id)


@pytest.mark.parametrize("wrong", ["grant", "proof", "back"])
def test_the_page_before_a_link_back_forgets_a_forged_way(two: Two, wrong: str) -> None:
    two.link(there={"reverse": "yes"}, here={"decision": "deny"})
    services = two.there.portal.services
    with services.db.reading() as tx:
        (grant,) = grants.grants_of_person(tx, person_id=two.there.maria.person_id or "")
        values = {
            "grant": grant.id,
            "proof": tx.vault.hash("reverse-link", grant.id),
            "back": f"{two.home.portal.url}/x",
        }
    address = f"{two.there.portal.url}/links/new/{two.there.other}?"
    assert 'name="back"' in two.browser.go(address + urlencode(values)).text
    assert 'name="back"' not in two.browser.go(address + urlencode(values | {wrong: "https://evil.example/x"})).text
    with services.db.transaction() as tx:
        other = organizations.add(tx, name="Lakeside", fhir_base="https://lakeside.example/fhir")
    address = f"{two.there.portal.url}/links/new/{other.id}?"
    assert 'name="back"' not in two.browser.go(address + urlencode(values)).text, "it is the way of another portal"


def test_without_the_wish_there_is_one_direction(two: Two) -> None:
    end = two.link()
    assert str(end.url).startswith(f"{two.home.portal.url}/links/")
    two.work()
    assert not two.there.links()
    assert two.home.readers() == 0
    assert 'data-reverse="no"' in two.browser.go(f"{two.home.portal.url}/links/{two.home.links()[0].id}").text


def test_a_refusal_leaves_the_first_link_as_it_is(two: Two) -> None:
    end = two.link(there={"reverse": "yes"}, here={"decision": "deny"})
    assert str(end.url) == f"{two.home.portal.url}/links/{two.home.links()[0].id}", "back where she began"
    two.work()
    assert [link.state for link in two.home.links()] == [LinkState.ACTIVE]
    assert not two.there.links()
    assert two.home.readers() == 0


@pytest.mark.parametrize("first", ["home", "there"])
def test_each_direction_ends_by_itself(two: Two, first: str) -> None:
    two.link(there={"reverse": "yes"})
    two.work()
    ended, stays = (two.home, two.there) if first == "home" else (two.there, two.home)
    (link,) = ended.links()
    question = two.browser.go(f"{ended.portal.url}/links/{link.id}/unlink")
    assert "still shows your" in question.text
    two.browser.press(question, f"/links/{link.id}/unlink")
    two.work()
    assert ended.links()[0].state is LinkState.UNLINKED
    assert stays.readers() == 0  # ended at the other side too
    assert (stays.links()[0].state, ended.readers()) == (LinkState.ACTIVE, 1)
    page = two.browser.go(f"{stays.portal.url}/links/{stays.links()[0].id}").text
    assert 'data-reverse="no"' in page


def test_the_other_direction_is_ended_on_the_link_s_page(two: Two) -> None:
    two.link(there={"reverse": "yes"})
    two.work()
    (link,) = two.home.links()
    page = two.browser.go(f"{two.home.portal.url}/links/{link.id}")
    after = two.browser.press(page, "/settings/apps")
    assert str(after.url).endswith(f"/links/{link.id}")
    assert 'data-reverse="no"' in after.text
    assert two.home.readers() == 0
    assert two.home.links()[0].state is LinkState.ACTIVE


@pytest.mark.parametrize("side", ["home", "there"])
def test_one_that_does_not_allow_it_is_enough(two: Two, side: str) -> None:
    one = two.home if side == "home" else two.there
    with one.portal.services.db.transaction() as tx:
        found = organizations.by_id(tx, organization_id=one.other)
        assert found is not None
        organizations.put(tx, _without_reverse(found))
    announced = "can show your MyCooper information" in two.browser.go(two.before).text
    assert announced is (side == "there")
    end = two.link(there={"reverse": "yes"})
    assert "Also show my information" not in two.browser.consents[two.there.portal.url]
    assert str(end.url).startswith(two.home.portal.url)
    assert not two.there.links()


def test_the_way_on_is_for_whoever_asked_for_it_and_only_now(two: Two) -> None:
    two.link(there={"reverse": "yes"}, here={"decision": "deny"})
    with two.there.portal.services.db.reading() as tx:
        (grant,) = grants.grants_of_person(tx, person_id=two.there.maria.person_id or "")
        proof = tx.vault.hash("reverse-link", grant.id)
    address = f"{two.there.portal.url}/links/reverse/{grant.id}"
    assert two.browser.go(f"{address}/{'0' * len(proof)}").status_code == 404
    assert "Share your record with" in _consent_at(two, f"{address}/{proof}")  # asked again, while it is fresh
    with two.there.portal.services.db.transaction() as tx:
        grants.end_grant(tx, grant_id=grant.id, reason="patient")
    assert two.browser.go(f"{address}/{proof}").status_code == 404


@pytest.mark.parametrize(
    "said", ["https://evil.example/", "https://there.example.evil/", "https://there.example@evil/", "//evil", "/links"]
)
def test_an_address_elsewhere_is_not_gone_to(said: str) -> None:
    asked = AuthorizationRequest(
        code_verifier="",
        redirect_uri="",
        fhir_base="https://there.example/fhir",
        issuer="https://there.example",
        iss_expected=True,
        token_endpoint="",
        client_id="",
        scopes=(),
        offers_reverse=True,
    )
    own = "https://there.example/links/reverse/x/y"
    assert reverse_links.goes_on_at(asked, {reverse_links.PARAMETER: own}) == own
    assert not reverse_links.goes_on_at(asked, {reverse_links.PARAMETER: said})
    assert not reverse_links.goes_on_at(
        msgspec.structs.replace(asked, offers_reverse=False), {reverse_links.PARAMETER: own}
    )


@pytest.mark.parametrize(
    "said",
    ["https://evil.example/", "{url}.evil/", "//evil", "/links", "{url}\\@evil", "javascript:alert(1)", "http://["],
)
def test_the_way_back_leads_only_to_the_portal_that_may_read(two: Two, said: str) -> None:
    two.link(there={"reverse": "yes"}, here={"decision": "deny"})
    with two.there.portal.services.db.reading() as tx:
        (grant,) = grants.grants_of_person(tx, person_id=two.there.maria.person_id or "")
        own = f"{two.home.portal.url}/links/x"
        assert reverse_links.began_at(tx, grant, own) == own
        assert not reverse_links.began_at(tx, grant, said.format(url=two.home.portal.url))


def _consent_at(two: Two, address: str) -> str:
    two.browser.consents.clear()
    two.browser.go(address, {two.home.portal.url: {"decision": "deny"}})
    return two.browser.consents[two.home.portal.url]


def _without_reverse(value: Organization) -> Organization:
    return replace(value, reverse_links=False)
