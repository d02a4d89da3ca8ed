"""A person here, linked to a fake organization: the stage for tests of refreshing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from portal.domain.entry import Entry
from portal.domain.links import Outcome, Tier
from portal.domain.sections import Section
from portal.extensions import Services
from portal.fhir.limits import Limits
from portal.linking.states import LinkState
from portal.refresh.run import RefreshResult, refresh_link
from portal.store import links, organizations, people, records, refreshes
from portal.store.links import Link, Tokens
from portal.store.organizations import Organization
from portal.store.refreshes import Refresh, SectionState
from tests.factories.world import ANA
from tests.fakes.oauth import Grant
from tests.fakes.organization import FakeOrganization

QUICK = Limits(
    connect_seconds=1.0, idle_seconds=0.6, total_seconds=1.2, answer_bytes=2 * 1024 * 1024, backoff_seconds=0.02
)
"""Limits for tests: what takes a minute outside takes a second here."""


@dataclass
class Linked:
    """One link of one person to ``org``, with tokens granted there. ``refresh`` runs in this thread."""

    here: Services
    org: FakeOrganization
    person_id: str
    organization_id: str
    link_id: str
    grant: Grant
    limits: Limits = field(default_factory=lambda: QUICK)

    def request(self, cause: str = "asked") -> str:
        with self.here.db.transaction() as tx:
            return refreshes.request(tx, link_id=self.link_id, cause=cause).refresh_id

    def refresh(self, **changes: float) -> RefreshResult:
        """Request and run one refresh; ``changes`` are to the limits."""
        limits = replace(self.limits, **changes)  # type: ignore[arg-type]
        return refresh_link(self.here, refresh_id=self.request(), limits=limits)

    def latest(self) -> Refresh:
        with self.here.db.reading() as tx:
            found = refreshes.latest(tx, link_id=self.link_id)
        assert found is not None
        return found

    def link(self) -> Link:
        with self.here.db.reading() as tx:
            found = links.by_id(tx, link_id=self.link_id)
        assert found is not None
        return found

    def states(self) -> dict[Section, SectionState]:
        with self.here.db.reading() as tx:
            return refreshes.states(tx, link_ids=[self.link_id])[self.link_id]

    def said(self, section: Section) -> tuple[Outcome, str | None]:
        """What the section's last outcome and reason are."""
        state = self.states()[section]
        return state.outcome, state.reason

    def entries(self, section: Section | None = None) -> list[Entry]:
        """What this link brought and what is shown, in one section or all."""
        raise NotImplementedError

    def titles(self, section: Section) -> list[str]:
        return sorted(entry.title for entry in self.entries(section))

    def raw(self, resource_type: str) -> list[str]:
        """FHIR ids of a type that are stored for this link and not deleted."""
        raise NotImplementedError
