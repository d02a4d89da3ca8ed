"""Of what is decided for all and for one organization the strictest holds."""

import pytest

from portal.access.policy import OrganizationRules, Released, ReleasePolicy


@pytest.mark.parametrize(
    ("policy", "rules", "expected"),
    [
        (ReleasePolicy(), OrganizationRules(), Released(frozenset({"Coverage"}), 3)),
        (ReleasePolicy(("Condition",), 1), OrganizationRules(), Released(frozenset({"Coverage", "Condition"}), 3)),
        (
            ReleasePolicy(("Condition",), 5),
            OrganizationRules(withheld=("Goal",), results_delay_days=9),
            Released(frozenset({"Coverage", "Condition", "Goal"}), 9),
        ),
        (
            ReleasePolicy(results_delay_days=9),
            OrganizationRules(results_delay_days=2),
            Released(frozenset({"Coverage"}), 9),
        ),
    ],
)
def test_the_strictest_holds(policy: ReleasePolicy, rules: OrganizationRules, expected: Released) -> None:
    settings = Released(frozenset({"Coverage"}), 3)
    assert settings.narrowed(policy).narrowed(rules) == expected == settings.narrowed(rules).narrowed(policy)
