"""Each case of ``cases.py`` spoils one section and nothing else."""

from dataclasses import replace

import pytest

from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.refresh.run import RefreshVerdict
from tests.fakes import FakeOrganization, data, misbehaviour
from tests.fakes.linked import Linked
from tests.hostile.cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, linked: Linked, org: FakeOrganization) -> None:
    linked.limits = replace(linked.limits, parallel=2)
    for number in range(case.more):
        org.add(data.condition(f"more-{number:03}", "maria", f"19596{number:04}", f"Condition {number}"))
    linked.refresh()
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
