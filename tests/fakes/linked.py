"""A person here, linked to a fake organization: the stage for tests of refreshing."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.sections import Section
from portal.fhir.limits import Limits
from portal.refresh.run import RefreshResult, refresh_link
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import links, refreshes
from portal.store.links import tokens as link_tokens
from portal.store.links.links import Link
from portal.store.links.refreshes import Refresh, SectionState
from portal.store.links.tokens import Tokens
from portal.store.people import people
from portal.store.records import resources, rows
from portal.store.records.resources import StoredResource
from tests.factories.sights import WHOLE
from tests.factories.world import ANA
from tests.fakes.oauth import Grant
from tests.fakes.organization import FakeOrganization

QUICK = Limits(
    connect_seconds=3.0, idle_seconds=3.0, total_seconds=6.0, answer_bytes=2 * 1024 * 1024, backoff_seconds=0.02
)
"""Limits for tests: what takes a minute outside takes seconds here, with room for a busy machine."""


@dataclass
class Linked:
    """One link of one person to ``org``, with tokens granted there. ``refresh`` runs in this thread."""

    services: Services
    org: FakeOrganization
    person_id: str
    organization_id: str
    link_id: str
    grant: Grant
    limits: Limits = field(default_factory=lambda: QUICK)

    def request(self, cause: str = "asked") -> str:
        with self.services.db.transaction() as tx:
            return refreshes.request(tx, link_id=self.link_id, cause=cause).refresh_id

    def refresh(self, **changes: float) -> RefreshResult:
        """Request and run one refresh; ``changes`` are to the limits."""
        limits = replace(self.limits, **changes)  # type: ignore[arg-type]
        return refresh_link(self.services, refresh_id=self.request(), limits=limits)

    def latest(self) -> Refresh:
        with self.services.db.reading() as tx:
            found = refreshes.latest(tx, link_id=self.link_id)
        assert found is not None
        return found

    def link(self) -> Link:
        with self.services.db.reading() as tx:
            found = links.by_id(tx, link_id=self.link_id)
        assert found is not None
        return found

    def states(self) -> dict[Section, SectionState]:
        with self.services.db.reading() as tx:
            return refreshes.states(tx, link_ids=[self.link_id])[self.link_id]

    def said(self, section: Section) -> tuple[Outcome, str | None]:
        """What the section's last outcome and reason are."""
        state = self.states()[section]
        return state.outcome, state.reason

    def complaints(self) -> dict[Section, tuple[Outcome, str | None]]:
        """Sections that are not simply done, with outcome and reason: empty when all went well."""
        return {section: self.said(section) for section in self.states() if self.said(section) != (Outcome.DONE, None)}

    def titles(self, section: Section) -> list[str]:
        """What the pages show of this link in a section."""
        with self.services.db.reading() as tx:
            page = rows.page(tx, person_id=self.person_id, sight=WHOLE, section=section, source=self.link_id, limit=200)
        return sorted(one.entry.title for row in page.rows for one in row.entries if one.source == self.link_id)

    def shown(self) -> dict[Section, list[str]]:
        """What the pages show of this link, everywhere."""
        return {section: self.titles(section) for section in Section}

    def stored(self, resource_type: str, fhir_id: str) -> StoredResource | None:
        with self.services.db.reading() as tx:
            return resources.read(tx, type=resource_type, fhir_id=fhir_id, source=self.link_id)


def link_to(
    services: Services,
    org: FakeOrganization,
    *,
    patient: str = "maria",
    scopes: str = "patient/*.read launch/patient offline_access",
    tier: Tier = Tier.ACCOUNT,
    organization_id: str = "",
    **fields: Any,
) -> Linked:
    """A new person here with a working link to ``org``.

    ``organization_id`` is what it was added under before; else it is added, with ``fields`` (vendor, kind …).
    """
    grant = org.grant(patient, scopes)
    state = LinkState.ACTIVE if tier is Tier.ACCOUNT else LinkState.NO_ACCOUNT
    with services.db.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id=f"home-{patient}-{org.url[-5:]}", demographics=ANA)
        if not organization_id:
            organization_id = organizations.add(tx, name="Riverbend", fhir_base=org.fhir_base, **fields).id
            organizations.put_client(tx, organization_id=organization_id, client_id="client")
        link = links.add(
            tx,
            person_id=person_id,
            organization_id=organization_id,
            state=state,
            tier=tier,
            created_by="test",
            move="authorized",
        )
        links.put(tx, link_id=link.id, lasting="offline_access" in scopes)
        tokens = Tokens(
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            scopes=tuple(scopes.split()),
            patient=patient,
            issuer=org.url,
        )
        link_tokens.put_tokens(
            tx, link_id=link.id, tokens=tokens, expires_at=tx.now + timedelta(seconds=org.oauth.lifetime)
        )
    return Linked(services, org, person_id, organization_id, link.id, grant)
