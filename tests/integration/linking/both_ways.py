"""Two portals that know each other, and one browser that goes from the one to the other."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx2

from jobs import refresh, revoke, verify
from portal.domain.links import LinkState
from portal.domain.sections import Section
from portal.linking.oauth.keys import published
from portal.store.directory import organizations
from portal.store.links import links, refreshes, revocations
from portal.store.links.links import Link
from portal.store.provider import clients, grants
from portal.store.provider.clients import OAuthClient
from portal.store.records import resources
from tests.factories import http
from tests.factories.world import PASSWORD, TestUser
from tests.integration.linking.second import Second


@dataclass
class Side:
    """One of the two portals, and Maria's account there."""

    portal: Second
    maria: TestUser
    other: str = ""  # the other organization's id in this directory

    def links(self) -> tuple[Link, ...]:
        with self.portal.services.db.reading() as tx:
            return links.of_person(tx, person_id=self.maria.person_id or "", live=None)

    def readers(self) -> int:
        """How many grants are in force on Maria's record."""
        with self.portal.services.db.reading() as tx:
            return len(grants.grants_of_person(tx, person_id=self.maria.person_id or ""))

    def allergies_from(self, link: Link) -> int:
        with self.portal.services.db.reading() as tx:
            return resources.counts(tx, person_id=link.person_id).get((Section.ALLERGIES, link.id), 0)

    def work(self) -> None:
        """What the workers would do, until nothing waits."""
        instance = self.portal.services.settings.slug
        for _round in range(5):
            for link in self.links():
                if link.state is LinkState.LINKING:
                    verify.run(instance=instance, link=link.id)
                with self.portal.services.db.reading() as tx:
                    latest = refreshes.latest(tx, link_id=link.id)
                if latest is not None and latest.open:
                    refresh.run(instance=instance, refresh=latest.id)
            with self.portal.services.db.reading() as tx:
                due = revocations.due_revocations(tx)
            for revocation in due:
                revoke.run(instance=instance, revocation=revocation)


class Browser:
    """One browser with one cookie jar for both portals. It signs in where asked, and answers as told on consents.

    ``before`` is called with the address of each request that is about to be made.
    """

    def __init__(self, before: Callable[[str], None] = lambda _address: None) -> None:
        self._client = httpx2.Client(verify=http.CERTIFICATES, follow_redirects=False, timeout=30)
        self._client.event_hooks = {"request": [lambda request: before(str(request.url))]}
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
                return self._client.post(urljoin(str(page.url), action), data=fields(form) | values)
        raise AssertionError(page.text[:3000])


def fields(form: str) -> dict[str, object]:
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        choice = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not choice or re.search(r"\schecked\b", tag)):
            data.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return dict(data)


def introduce(side: Side, other: Side, *, client_id: str, other_client: str) -> None:
    """The other portal as an organization to link, and as one that may link."""
    settings, jwks = other.portal.services.settings, published(other.portal.services)
    with side.portal.services.db.transaction() as tx:
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
            jwks=jwks,
            portal_fhir_base=other.portal.fhir_base,
            trusted=True,
        )
        clients.add_client(tx, client=client)
    side.other = found.id
