"""Each case of ``cases.py`` spoils one section and nothing else."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.refresh.run import RefreshVerdict
from portal.services import Services
from tests.factories.stages import staged
from tests.fakes import FakeOrganization, data, misbehaviour
from tests.fakes.linked import Linked, link_to
from tests.fakes.oauth import Grant
from tests.hostile.cases import CASES, Case

_ports = [0]


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    """A new server at the address of the one before, where it is free."""
    try:
        organization = FakeOrganization(port=_ports[-1])
    except OSError:
        organization = FakeOrganization()
    _ports.append(int(organization.url.rpartition(":")[2]))
    with organization:
        yield organization


def _refreshed(services: Services, org: FakeOrganization, more: int) -> Linked:
    """A link that was refreshed well, with further conditions. At the same address it is a copy of the one before."""
    for number in range(more):
        org.add(data.condition(f"more-{number:03}", "maria", f"19596{number:04}", f"Condition {number}"))

    def build() -> tuple[str, str, str, Grant]:
        linked = link_to(services, org)
        linked.limits = replace(linked.limits, parallel=2)
        linked.refresh()
        return linked.person_id, linked.organization_id, linked.link_id, replace(linked.grant)

    *ids, grant = staged(services, ("refreshed", org.url, more), build)
    grant = replace(grant)
    org.oauth.grants |= {grant.access_token: grant, grant.refresh_token: grant}
    linked = Linked(services, org, *ids, grant)
    linked.limits = replace(linked.limits, parallel=2)
    return linked


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, services: Services, org: FakeOrganization) -> None:
    linked = _refreshed(services, org, case.more)
    assert linked.complaints() == {}
    before, good_at = linked.shown(), linked.states()
    calls = len(org.calls())
    if case.query.startswith("category="):
        org.misbehave(case.path, misbehaviour.category_required())
    org.misbehave(case.path, case.behaviour(), times=case.times, query=case.query)

    result = linked.refresh(**case.limits)

    assert linked.said(case.section) == (case.outcome, case.reason)
    affected = {case.section}
    if case.path == "/fhir/Practitioner/ortiz":
        affected |= {Section.MEDICATIONS, Section.CARE_TEAM, Section.MESSAGES}
    others = {section: outcome for section, outcome in result.outcomes.items() if section not in affected}
    if case.name != "refresh-takes-too-many-pages":
        assert set(others.values()) == {Outcome.DONE}
    assert result.verdict is (RefreshVerdict.ERROR if case.outcome is Outcome.FAILED else RefreshVerdict.GOOD)
    assert linked.link().state is LinkState.ACTIVE
    assert (linked.link().throttled_until is not None) is case.throttled
    after = linked.shown()
    for section, titles in before.items():
        assert set(titles) <= set(after[section]), section
    state = linked.states()[case.section]
    if case.outcome in (Outcome.FAILED, Outcome.REFUSED, Outcome.NOT_OFFERED):
        assert state.good_at == good_at[case.section].good_at
    assert len(org.calls()) - calls < 120
    assert {call.authorization for call in org.calls("/admin")} == set()
