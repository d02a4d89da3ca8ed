"""Two portals: Maria has an account at both, is linked here with Riverbend there, and a nurse answers there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobs import context, messages
from portal.domain.ids import HOME
from portal.domain.links import LinkState, Tier
from portal.domain.sections import Section
from portal.linking.oauth import discovery, scopes
from portal.messaging import incoming, recipients
from portal.provider.oauth import grants
from portal.refresh.ingest import ingest
from portal.refresh.run import refresh_link
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links, refreshes
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import Tokens
from portal.store.messages import conversations, outgoing, policies
from portal.store.messages.conversations import ConversationState
from portal.store.messages.outgoing import MessageContent
from portal.store.messages.policies import ORGANIZATION, Policy, PolicyText
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.store.records import rows
from portal.store.records.rows import RecordRow
from tests.factories.sights import WHOLE
from tests.factories.stages import staged
from tests.factories.world import TestUser, World, sign_in
from tests.integration.linking.conftest import MARIA
from tests.integration.linking.second import Second, add_maria, second_instance

OWEN = "Practitioner/owen"
NAIR = "Practitioner/nair"


def care_team(patient: str) -> list[dict[str, Any]]:
    def member(reference: str, name: str, role: str) -> dict[str, Any]:
        return {"role": [{"text": role}], "member": {"reference": reference, "display": name}}

    return [
        {
            "resourceType": "CareTeam",
            "id": "team",
            "status": "active",
            "subject": {"reference": f"Patient/{patient}"},
            "participant": [
                member(OWEN, "Gareth Owen, MD", "Cardiologist"),
                member(NAIR, "Priya Nair, MD", "Endocrinologist"),
            ],
        }
    ]


def accept_messages(services: Services, practitioner: str = ORGANIZATION, *, accepts: bool = True, **text: Any) -> None:
    with services.db.transaction() as tx:
        policies.put(tx, practitioner=practitioner, policy=Policy(accepts, PolicyText(**text)))


@dataclass
class Pair:
    """``here`` with a signed-in browser, ``there`` over HTTP, and the link between them."""

    here: Services
    there: Second
    maria: TestUser
    maria_there: TestUser
    client: FlaskClient
    organization_id: str
    link_id: str = ""
    sent: list[str] = field(default_factory=list)

    def link(self, *, requested: tuple[str, ...] | None = None) -> str:
        """Link with a real grant there; the browser steps are left out."""
        with self.here.db.reading() as tx:
            organization = organizations.by_id(tx, organization_id=self.organization_id)
        assert organization
        capability = discovery.capability_of(self.here, organization, fresh=True)
        asked = requested or scopes.to_ask(capability, lasting=True, sign_on=False)
        with self.there.services.db.transaction() as tx:
            client = clients.client_by_id(tx, client_id="mycooper")
            assert client
            issued = grants.issue(
                tx,
                client=client,
                person_id=self.maria_there.person_id or "",
                scopes=asked,
                lasting=True,
                account_id=self.maria_there.account_id,
            )
        with self.here.db.transaction() as tx:
            link = links.add(
                tx,
                person_id=self.maria.person_id or "",
                organization_id=self.organization_id,
                state=LinkState.ACTIVE,
                tier=Tier.ACCOUNT,
                created_by=self.maria.account_id,
                move="authorized",
            )
            tokens = Tokens(
                access_token=issued.access_token,
                refresh_token=issued.refresh_token,
                scopes=issued.scopes,
                patient=issued.patient or "",
                issuer=capability.issuer,
            )
            link_tokens.put_tokens(tx, link_id=link.id, tokens=tokens, expires_at=tx.now + timedelta(hours=1))
        self.link_id = link.id
        recipients.update(self.here, link_id=link.id)
        return link.id

    def refresh(self) -> None:
        with self.here.db.transaction() as tx:
            refresh = refreshes.request(tx, link_id=self.link_id, cause="asked")
        refresh_link(self.here, refresh_id=refresh.refresh_id)
        recipients.update(self.here, link_id=self.link_id)

    def write(self, text: str = "My heart races.", *, message_id: str, source: str = "", **content: Any) -> None:
        """Put a message into the outbox, as the page does."""
        written = MessageContent(
            recipient=OWEN, recipient_name="Gareth Owen, MD", subject="My heart", body=text, **content
        )
        whose = {"person_id": self.maria.person_id or "", "account_id": self.maria.account_id}
        with self.here.db.transaction() as tx:
            outgoing.put_draft(tx, message_id=message_id, source=source or self.link_id, content=written, **whose)
            outgoing.post(tx, message_id=message_id, **whose)

    def work(self) -> int:
        """What the workers would do."""
        return messages.run(instance=self.here.settings.slug)

    def state(self, message_id: str) -> tuple[str, str]:
        with self.here.db.reading() as tx:
            stored = outgoing.by_id(tx, message_id=message_id, person_id=self.maria.person_id or "")
        assert stored
        return stored.state.value, stored.reason

    def bodies(self, services: Services, user: TestUser) -> list[str]:
        """The texts of a person's messages, newest first."""
        return [row.primary.entry.detail.body for row in self.rows(services, user)]  # type: ignore[union-attr]

    def rows(self, services: Services, user: TestUser) -> tuple[RecordRow, ...]:
        with services.db.reading() as tx:
            return rows.page(tx, person_id=user.person_id or "", section=Section.MESSAGES, sight=WHOLE).rows

    def arrived(self) -> list[str]:
        """What is there now, at Riverbend."""
        return self.bodies(self.there.services, self.maria_there)

    def answer(self, text: str) -> None:
        """A nurse there answers what waits."""
        services = self.there.services
        with services.db.reading() as tx:
            [waiting] = conversations.listed(tx, states=[ConversationState.WAITING])
        incoming.answer(
            services.db,
            conversation=waiting,
            account_id="nurse",
            signed="Nora Lane, RN, for Gareth Owen, MD",
            text=text,
            delivery=text,
        )

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **form: Any) -> TestResponse:
        page = self.client.get("/help").get_data(as_text=True)
        token = page.split('"X-CSRFToken":"')[1].split('"')[0]
        return self.client.post(path, data={"csrf_token": token, **form})


def _take_messages(services: Services, maria: TestUser) -> None:
    ingest(services.db, person_id=maria.person_id, source=HOME, resources=care_team("patient-maria"))
    accept_messages(services)
    with services.db.transaction() as tx:
        client = OAuthClient(client_id="mycooper", name="MyCooper", redirect_uris=("https://x.example/c",))
        clients.add_client(tx, client=client)


@contextmanager
def paired(here: Services, client: FlaskClient, there: Second) -> Iterator[Pair]:
    """Maria at both, linked, with a care team there that takes messages."""
    context.register(here)
    maria_there = add_maria(there, MARIA)
    staged(there.services, ("takes messages", maria_there), lambda: _take_messages(there.services, maria_there))
    maria = World(here).patient("maria", MARIA)
    sign_in(client, maria)
    with here.db.transaction() as tx:
        riverbend = organizations.add(
            tx, name="Riverbend Regional", fhir_base=there.fhir_base, portal_url=there.url, messaging=True
        )
        organizations.put_client(tx, organization_id=riverbend.id, client_id="mycooper", auth_method="none")
    pair = Pair(here, there, maria, maria_there, client, riverbend.id)
    pair.link()
    yield pair
    context.forget()


@pytest.fixture
def pair(client: FlaskClient, services: Services, tmp_path: Path) -> Iterator[Pair]:
    with second_instance(tmp_path / "second") as there, paired(services, client, there) as pair:
        yield pair
