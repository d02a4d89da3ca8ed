"""Who may do what on whose record (product.md §4): nothing that no rule grants."""

import pytest

from portal.access.rules import Actor, Permission, ProxyGrant, can, may_see_choice
from portal.domain.people import GrantLevel, Role

EVERYTHING = frozenset(Permission)
MESSAGES = frozenset({Permission.VIEW_MESSAGES, Permission.WRITE_MESSAGES})
LEVELS = {
    GrantLevel.FULL: EVERYTHING - {Permission.MANAGE_FAMILY},
    GrantLevel.NO_CONFIDENTIAL: EVERYTHING
    - {Permission.MANAGE_FAMILY, Permission.VIEW_CONFIDENTIAL, Permission.SHARE_RECORD},
    GrantLevel.MESSAGES_ONLY: MESSAGES,
}


def actor(role: Role = Role.PATIENT, *grants: ProxyGrant) -> Actor:
    return Actor("account", role, own_person_id="own", grants=grants)


def permitted(whose: Actor, person_id: str) -> frozenset[Permission]:
    return frozenset(permission for permission in Permission if can(whose, permission, person_id))


def test_a_patient_may_do_everything_with_the_own_record_and_nothing_with_others() -> None:
    assert permitted(actor(), "own") == EVERYTHING
    assert permitted(actor(), "child") == frozenset()
    assert permitted(Actor("account", Role.PATIENT), "own") == frozenset()


@pytest.mark.parametrize("level", GrantLevel)
def test_a_proxy_may_do_what_the_level_says_for_that_person_alone(level: GrantLevel) -> None:
    proxy = actor(Role.PATIENT, ProxyGrant("parent", GrantLevel.MESSAGES_ONLY), ProxyGrant("child", level))
    assert permitted(proxy, "child") == LEVELS[level]
    assert permitted(proxy, "parent") == MESSAGES
    assert permitted(proxy, "other") == frozenset()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PATIENT}))
def test_staff_and_administrators_may_read_nobodys_record(role: Role) -> None:
    worker = actor(role, ProxyGrant("child", GrantLevel.FULL))
    assert permitted(worker, "own") == permitted(worker, "child") == frozenset()


def test_a_choice_is_seen_by_who_made_it_and_by_who_sees_everything() -> None:
    proxy = actor(Role.PATIENT, ProxyGrant("child", GrantLevel.FULL), ProxyGrant("parent", GrantLevel.NO_CONFIDENTIAL))
    assert may_see_choice(proxy, "child", account_id="other")
    assert may_see_choice(proxy, "child", account_id=None)
    assert may_see_choice(proxy, "parent", account_id="account")
    assert not may_see_choice(proxy, "parent", account_id="other")
    assert not may_see_choice(proxy, "parent", account_id=None)
