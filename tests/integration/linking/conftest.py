"""A person signed in here, an organization elsewhere, and a browser between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobs import context, refresh, revoke, verify
from portal.domain.people import HumanName, Person
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links, refreshes, revocations
from portal.store.links.links import Link
from tests.factories import http
from tests.factories.world import TestUser, World, sign_in
from tests.fakes.organization import FakeOrganization

MARIA = Person(
    names=(HumanName(family="Alvarez", given=("Maria",), use="official"),), birth_date="1980-04-12", sex="female"
)


@dataclass
class Journey:
    """Steps a person takes in one browser, and the jobs that follow from them."""

    services: Services
    client: FlaskClient
    user: TestUser
    org: FakeOrganization
    organization_id: str
    prefix: str = ""

    def page(self, path: str) -> str:
        answer = self.client.get(self.prefix + path)
        assert answer.status_code == 200, answer.status
        return answer.get_data(as_text=True)

    def post(self, path: str, **form: str) -> TestResponse:
        token = self.client.get("/links").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
        return self.client.post(self.prefix + path, data={"csrf_token": token, **form})

    def start(self) -> str:
        """To the other organization: the address of its sign-in."""
        answer = self.post(f"/links/new/{self.organization_id}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        address = answer.get_data(as_text=True).split('<a class="button" href="')[1].split('"')[0]
        return address.replace("&amp;", "&")

    def agree(self, address: str, patient: str = "maria") -> str:
        """Sign in there and agree: the path and query of the callback."""
        answer = http.get(f"{address}&login_hint={patient}", follow_redirects=False)
        assert answer.status_code == 302, answer.text
        target = urlsplit(answer.headers["location"])
        return f"{target.path}?{target.query}"

    def come_back(self, path: str) -> TestResponse:
        return self.client.get(path)

    def ending(self, answer: TestResponse, client: FlaskClient | None = None) -> str:
        """Follow to the page that explains how the attempt ended; gives its words."""
        assert answer.status_code == 303, answer.status
        assert answer.headers["Location"].startswith("/links/ended/")
        page = (client or self.client).get(answer.headers["Location"])
        assert page.status_code == 200
        return page.get_data(as_text=True)

    def code(self, answer: TestResponse, client: FlaskClient | None = None) -> str:
        """The code that an ending's page shows for the help desk."""
        return self.ending(answer, client).split('data-code="')[1].split('"')[0]

    def link(self, patient: str = "maria", *, work: bool = True) -> str:
        """The whole way; gives the link's id."""
        answer = self.come_back(self.agree(self.start(), patient))
        assert answer.status_code == 303, answer.get_data(as_text=True)
        link_id = answer.headers["Location"].rsplit("/", 1)[1]
        if work:
            self.work()
        return link_id

    def work(self) -> None:
        """What the workers would do, until nothing waits."""
        for _round in range(5):
            with self.services.db.reading() as tx:
                waiting = [one.id for one in links.of_person(tx, person_id=self.person_id) if one.state == "linking"]
                open_ = [
                    found.id
                    for one in links.of_person(tx, person_id=self.person_id)
                    if (found := refreshes.latest(tx, link_id=one.id)) is not None and found.open
                ]
                ended = revocations.due_revocations(tx)
            if not waiting and not open_ and not ended:
                return
            for link_id in waiting:
                verify.run(instance=self.instance, link=link_id)
            for refresh_id in open_:
                refresh.run(instance=self.instance, refresh=refresh_id)
            for revocation_id in ended:
                revoke.run(instance=self.instance, revocation=revocation_id)

    def stored(self, link_id: str) -> Link:
        with self.services.db.reading() as tx:
            found = links.by_id(tx, link_id=link_id)
        assert found is not None
        return found

    def all(self) -> tuple[Link, ...]:
        with self.services.db.reading() as tx:
            return links.of_person(tx, person_id=self.person_id, live=None)

    @property
    def person_id(self) -> str:
        if self.prefix:
            return self.prefix.rsplit("/", 1)[1]
        assert self.user.person_id is not None
        return self.user.person_id

    @property
    def instance(self) -> str:
        return self.services.settings.slug


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    with FakeOrganization() as organization:
        yield organization


@pytest.fixture
def journey(
    app: Flask, client: FlaskClient, world: World, services: Services, org: FakeOrganization
) -> Iterator[Journey]:
    """Maria, signed in, with the fake organization in the directory."""
    context.register(app.extensions["tributary"])
    user = world.patient("maria", MARIA)
    sign_in(client, user)
    with services.db.transaction() as tx:
        found = organizations.add(tx, name="Riverbend Regional", fhir_base=org.fhir_base, city="Vineland", state="NJ")
        organizations.put_client(tx, organization_id=found.id, client_id="client")
    yield Journey(services, client, user, org, found.id)
    context.forget()
