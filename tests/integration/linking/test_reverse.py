"""Two portals show each other's record: offered, announced, consented to twice, ended one by one. Over real HTTP."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2
import msgspec
import pytest

from jobs import context, refresh, revoke, verify
from portal.domain.links import LinkState
from portal.domain.sections import Section
from portal.linking import reverse
from portal.linking.keys import published
from portal.store import links, organizations, provider, records, refreshes
from portal.store.attempts import Asked
from portal.store.links import Link
from portal.store.organizations import Organization
from portal.store.provider import OAuthClient
from tests.factories.world import PASSWORD, TestUser
from tests.integration.linking.conftest import MARIA
from tests.integration.linking.second import Second, add_maria, second_instance

BACK = "Also show my information from Cooper Regional Health here in Riverbend"


@dataclass
class Side:
    """One of the two portals, and Maria's account there."""

    portal: Second
    maria: TestUser
    other: str = ""  # the other organization's id in this directory

    def links(self) -> tuple[Link, ...]:
        with self.portal.here.db.reading() as tx:
            return links.of_person(tx, person_id=self.maria.person_id or "", live=None)

    def readers(self) -> int:
        """How many grants are in force on Maria's record."""
        with self.portal.here.db.reading() as tx:
            return len(provider.grants_of_person(tx, person_id=self.maria.person_id or ""))

    def allergies_from(self, link: Link) -> int:
        with self.portal.here.db.reading() as tx:
            return records.counts(tx, person_id=link.person_id).get((Section.ALLERGIES, link.id), 0)

    def work(self) -> None:
        """What the workers would do, until nothing waits."""
        instance = self.portal.here.settings.slug
        for _round in range(5):
            for link in self.links():
                if link.state is LinkState.LINKING:
                    verify.run(instance=instance, link=link.id)
                with self.portal.here.db.reading() as tx:
                    latest = refreshes.latest(tx, link_id=link.id)
                if latest is not None and latest.open:
                    refresh.run(instance=instance, refresh=latest.id)
            with self.portal.here.db.reading() as tx:
                due = links.due_revocations(tx)
            for revocation in due:
                revoke.run(instance=instance, revocation=revocation)


class Browser:
    """One browser with one cookie jar for both portals. It signs in where asked, and answers as told on consents."""

    def __init__(self) -> None:
        self._client = httpx2.Client(follow_redirects=False)
        self.consents: dict[str, str] = {}  # site → the consent page that was shown there

    def go(self, address: str, answers: dict[str, dict[str, str]] | None = None) -> httpx2.Response:
        """Open an address and go wherever it leads; ``answers`` are those on the consent page of each site."""
        return self._on(self._client.get(address), answers or {})

    def press(
        self, page: httpx2.Response, action: str, answers: dict[str, dict[str, str]] | None = None
    ) -> httpx2.Response:
        """Send the form of the page whose action ends so."""
        return self._on(self._send(page, lambda form: form.endswith(action), {}), answers or {})

    def _on(self, answer: httpx2.Response, answers: dict[str, dict[str, str]]) -> httpx2.Response:
        for _step in range(30):
            if answer.is_redirect:
                answer = self._client.get(urljoin(str(answer.url), answer.headers["location"]))
            elif 'name="password"' in answer.text:
                values = {"username": "maria", "password": PASSWORD}
                answer = self._send(answer, lambda form: "/sign-in" in form, values)
            elif 'name="decision"' in answer.text:
                parts = urlsplit(str(answer.url))
                site = f"{parts.scheme}://{parts.netloc}"
                self.consents[site] = answer.text
                values = {"decision": "allow"} | answers.get(site, {})
                answer = self._send(answer, lambda form: "/oauth/consent" in form, values)
            else:
                return answer
        raise AssertionError("too many steps")

    def _send(self, page: httpx2.Response, wanted: Callable[[str], bool], values: dict[str, str]) -> httpx2.Response:
        for form in re.findall(r"<form[^>]*>.*?</form>", page.text, re.DOTALL):
            action = unescape(re.search(r'action="([^"]*)"', form)[1])  # type: ignore[index]
            if wanted(action):
                return self._client.post(urljoin(str(page.url), action), data=_fields(form) | values)
        raise AssertionError(page.text[:3000])


def _fields(form: str) -> dict[str, object]:
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        choice = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not choice or " checked" in tag):
            data.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return dict(data)


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


def _introduce(side: Side, other: Side, *, client_id: str, other_client: str) -> None:
    """The other portal as an organization to link, and as one that may link."""
    settings = other.portal.here.settings
    with side.portal.here.db.transaction() as tx:
        found = organizations.add(tx, name=settings.organization, fhir_base=other.portal.fhir_base, reverse_links=True)
        organizations.put_client(
            tx, organization_id=found.id, client_id=client_id, auth_method="private_key_jwt", secret=None
        )
        client = OAuthClient(
            client_id=other_client,
            name=settings.organization,
            auth_method="private_key_jwt",
            redirect_uris=(f"{settings.base_url}/links/callback",),
            scopes=("launch/patient", "openid", "fhirUser", "offline_access", "patient/*.rs"),
            jwks=published(other.portal.here),
            portal_fhir_base=other.portal.fhir_base,
            trusted=True,
        )
        provider.add_client(tx, client=client)
    side.other = found.id


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with (
        second_instance(tmp_path / "home", name="MyCooper", organization="Cooper Regional Health") as first,
        second_instance(tmp_path / "there") as second,
    ):
        home, there = (Side(portal, add_maria(portal, MARIA)) for portal in (first, second))
        _introduce(home, there, client_id="mycooper", other_client="riverbend")
        _introduce(there, home, client_id="riverbend", other_client="mycooper")
        context.register(first.app)
        context.register(second.app)
        yield Two(home, there, Browser())
        context.forget()


def test_announced_offered_and_shown_in_both_directions(two: Two) -> None:
    before = two.browser.go(two.before)
    assert "Riverbend Regional offers to show your MyCooper information too" in before.text
    end = two.link(there={"reverse": "yes"})
    assert BACK in two.browser.consents[two.there.portal.url]
    assert "reverse" not in _fields(two.browser.consents[two.there.portal.url])  # it is not ticked for her
    assert "Also show my information" not in two.browser.consents[two.home.portal.url]  # no third link
    assert str(end.url).startswith(f"{two.there.portal.url}/links/")
    assert "in both directions now" in end.text
    two.work()
    for side in (two.home, two.there):
        (link,) = side.links()
        assert (link.state, link.reason) == (LinkState.ACTIVE, None)
        assert side.allergies_from(link) == 1
        assert side.readers() == 1
        page = two.browser.go(f"{side.portal.url}/links/{link.id}").text
        assert 'data-reverse="yes"' in page


def test_without_the_wish_there_is_one_direction(two: Two) -> None:
    end = two.link()
    assert str(end.url).startswith(f"{two.home.portal.url}/links/")
    two.work()
    assert not two.there.links()
    assert two.home.readers() == 0
    assert 'data-reverse="no"' in two.browser.go(f"{two.home.portal.url}/links/{two.home.links()[0].id}").text


def test_a_refusal_leaves_the_first_link_as_it_is(two: Two) -> None:
    end = two.link(there={"reverse": "yes"}, here={"decision": "deny"})
    assert 'data-code="denied"' in end.text
    assert "stays as it is" in end.text
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
    with one.portal.here.db.transaction() as tx:
        found = organizations.by_id(tx, organization_id=one.other)
        assert found is not None
        organizations.put(tx, _without_reverse(found))
    announced = "offers to show your MyCooper information" in two.browser.go(two.before).text
    assert announced is (side == "there")
    end = two.link(there={"reverse": "yes"})
    assert "Also show my information" not in two.browser.consents[two.there.portal.url]
    assert str(end.url).startswith(two.home.portal.url)
    assert not two.there.links()


def test_the_way_on_is_for_whoever_asked_for_it_and_only_now(two: Two) -> None:
    two.link(there={"reverse": "yes"}, here={"decision": "deny"})
    with two.there.portal.here.db.reading() as tx:
        (grant,) = provider.grants_of_person(tx, person_id=two.there.maria.person_id or "")
        proof = tx.vault.hash("reverse-link", grant.id)
    address = f"{two.there.portal.url}/links/reverse/{grant.id}"
    assert two.browser.go(f"{address}/{'0' * len(proof)}").status_code == 404
    assert "Share your record with" in _consent_at(two, f"{address}/{proof}")  # asked again, while it is fresh
    with two.there.portal.here.db.transaction() as tx:
        provider.end_grant(tx, grant_id=grant.id, reason="patient")
    assert two.browser.go(f"{address}/{proof}").status_code == 404


@pytest.mark.parametrize(
    "said", ["https://evil.example/", "https://there.example.evil/", "https://there.example@evil/", "//evil", "/links"]
)
def test_an_address_elsewhere_is_not_gone_to(said: str) -> None:
    asked = Asked(
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
    assert reverse.goes_on_at(asked, {reverse.PARAMETER: own}) == own
    assert not reverse.goes_on_at(asked, {reverse.PARAMETER: said})
    assert not reverse.goes_on_at(msgspec.structs.replace(asked, offers_reverse=False), {reverse.PARAMETER: own})


def _consent_at(two: Two, address: str) -> str:
    two.browser.consents.clear()
    two.browser.go(address, {two.home.portal.url: {"decision": "deny"}})
    return two.browser.consents[two.home.portal.url]


def _without_reverse(value: Organization) -> Organization:
    return replace(value, reverse_links=False)
