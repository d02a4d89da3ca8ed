"""Each section of the record in all its states: what is there, what is missing and why. Narrow and wide.

With ``PICTURES=1`` pictures are kept in ``artefacts/sections``.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from portal.domain.ids import HOME
from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.sections import BASIC, Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.links import refreshes
from tests.browser.steps import Visitor, picture
from tests.factories import record
from tests.factories.world import TestUser, World
from tests.fakes import data

ORGANIZATION = "Riverbend Hospital"


def _everywhere(outcome: Outcome) -> Mapping[Section, Outcome]:
    return dict.fromkeys(Section, outcome)


STATES: Mapping[str, Mapping[str, Any]] = {
    "loaded": {"outside": True, "home": True},
    "nothing-anywhere": {},
    "failed-with-what-was": {"outside": True, "outcomes": _everywhere(Outcome.FAILED)},
    "failed-with-nothing": {"outcomes": _everywhere(Outcome.FAILED)},
    "not-released": {"outcomes": _everywhere(Outcome.REFUSED)},
    "not-offered": {"outcomes": _everywhere(Outcome.NOT_OFFERED)},
    "partly": {"outside": True, "outcomes": _everywhere(Outcome.PARTLY)},
    "no-account": {"state": LinkState.NO_ACCOUNT, "tier": Tier.RECORD_ONLY},
    "needs-verification": {"outside": True, "state": LinkState.NEEDS_VERIFICATION},
    "loading": {"refreshed": False},
    "no-link": {"linked": False, "home": True},
}


@pytest.mark.parametrize("scripts", [True], ids=["javascript"])
@pytest.mark.parametrize("share", [3, pytest.param(1, marks=pytest.mark.slow)], ids=["a-third", "all"])
@pytest.mark.parametrize("state", STATES)
def test_each_section(state: str, visitor: Visitor, services: Services, world: World, share: int) -> None:
    """Of the sections, the fast test looks at a third, at another one in the next state."""
    user = world.patient()
    _arrange(services, user, **STATES[state])
    visitor.sign_in(user)
    for section in list(Section)[list(STATES).index(state) % share :: share]:
        visitor.go("/messages" if section is Section.MESSAGES else f"/health/{section.value}")
        if section in (Section.MEDICATIONS, Section.TEST_RESULTS, Section.MESSAGES):
            visitor.check()
        said = visitor.page.locator("main").inner_text()
        assert "None" not in said, section
        picture(visitor.page, "sections", f"{section}-{state}")


def _arrange(
    services: Services,
    user: TestUser,
    *,
    linked: bool = True,
    home: bool = False,
    outside: bool = False,
    refreshed: bool = True,
    tier: Tier = Tier.ACCOUNT,
    **how: Any,
) -> None:
    ingest(services.db, person_id=user.person_id, source=HOME, resources=record.at_home() if home else [])
    if not linked:
        return
    made = record.link(
        services,
        user,
        name=ORGANIZATION,
        resources=_of_maria() if outside else [],
        refreshed=refreshed,
        tier=tier,
        portal_url="https://portal.example",
        phone="(856) 555-0120",
        **how,
    )
    if not refreshed:
        with services.db.transaction() as tx:
            wanted = refreshes.request(tx, link_id=made.link_id, cause="linked")
            refreshes.start(tx, refresh_id=wanted.refresh_id)
            refreshes.plan(tx, refresh_id=wanted.refresh_id, sections=BASIC if tier is Tier.RECORD_ONLY else Section)


def _of_maria() -> Iterable[data.Resource]:
    return [one for one in data.people() if "james" not in str(one)]
