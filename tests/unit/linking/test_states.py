"""The state machine: what is possible, by whom, and what the pages say."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from portal.domain.errors import ConflictError
from portal.domain.links import LIVE, LinkPolicy, LinkState, Shown, Tier
from portal.linking.states import RULES, By, Move, diagram, shown, target

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Facts:
    state: LinkState = LinkState.ACTIVE
    hidden: bool = False
    lasting: bool = True
    refreshed_at: datetime | None = NOW - timedelta(hours=2)
    throttled_until: datetime | None = None


def test_every_move_has_a_rule_and_history_is_final() -> None:
    assert set(RULES) == set(Move)
    assert all(rule.sources <= LIVE for rule in RULES.values())


@pytest.mark.parametrize(("move", "state", "by"), list(product(Move, LinkState, By)))
def test_only_what_the_table_says_is_possible(move: Move, state: LinkState, by: By) -> None:
    rule = RULES[move]
    if state in rule.sources and by in rule.by:
        assert target(move, state, Tier.ACCOUNT, by) in LinkState
    else:
        with pytest.raises(ConflictError):
            target(move, state, Tier.ACCOUNT, by)


def test_every_state_is_reached_and_every_live_one_can_be_left_by_the_patient() -> None:
    reached = {rule.to for rule in RULES.values()} | {LinkState.LINKING, LinkState.NO_ACCOUNT}
    assert reached >= set(LinkState)
    for state in LIVE:
        assert target(Move.UNLINKED, state, Tier.ACCOUNT, By.PATIENT) is LinkState.UNLINKED


def test_no_job_makes_a_link_active_that_only_the_patient_may_confirm() -> None:
    with pytest.raises(ConflictError):
        target(Move.CONFIRMED, LinkState.CONFIRM, Tier.ACCOUNT, By.JOB)
    with pytest.raises(ConflictError):
        target(Move.VERIFIED, LinkState.CONFIRM, Tier.ACCOUNT, By.JOB)


@pytest.mark.parametrize(
    ("facts", "new", "policy", "expected"),
    [
        (Facts(), 0, LinkPolicy.OPEN, Shown.ACTIVE),
        (Facts(), 3, LinkPolicy.OPEN, Shown.ACTIVE_NEW),
        (Facts(lasting=False), 0, LinkPolicy.OPEN, Shown.ACTIVE),
        (Facts(lasting=False, refreshed_at=NOW - timedelta(days=2)), 3, LinkPolicy.OPEN, Shown.UPDATE_DUE),
        (Facts(lasting=False, refreshed_at=None), 0, LinkPolicy.OPEN, Shown.UPDATE_DUE),
        (Facts(throttled_until=NOW + timedelta(minutes=5)), 3, LinkPolicy.OPEN, Shown.THROTTLED),
        (Facts(throttled_until=NOW - timedelta(minutes=5)), 0, LinkPolicy.OPEN, Shown.ACTIVE),
        (Facts(hidden=True), 3, LinkPolicy.OPEN, Shown.HIDDEN),
        (Facts(), 3, LinkPolicy.OFF, Shown.UNAVAILABLE),
        (Facts(LinkState.NO_ACCOUNT, lasting=False, refreshed_at=None), 5, LinkPolicy.OPEN, Shown.NO_ACCOUNT),
        (Facts(LinkState.ERROR), 5, LinkPolicy.OPEN, Shown.ERROR),
        (Facts(LinkState.LINKING), 0, LinkPolicy.OPEN, Shown.LINKING),
        (Facts(LinkState.CONFIRM), 0, LinkPolicy.OPEN, Shown.CONFIRM),
        (Facts(LinkState.NEEDS_VERIFICATION), 5, LinkPolicy.OPEN, Shown.NEEDS_VERIFICATION),
        (Facts(LinkState.UNLINKED, hidden=True), 0, LinkPolicy.OFF, Shown.UNLINKED),
        (Facts(LinkState.REFUSED), 0, LinkPolicy.OPEN, Shown.UNLINKED),
    ],
)
def test_what_is_shown(facts: Facts, new: int, policy: LinkPolicy, expected: Shown) -> None:
    assert shown(facts, now=NOW, new=new, policy=policy) is expected


def test_the_diagram_in_the_documents_is_the_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "link-states.md"
    assert f"```mermaid\n{diagram()}```" in page.read_text(), "write it again: python -m portal.linking.states"
