"""Who may do what on whose record (product.md §4): nothing that no rule grants."""

import pytest

from portal.access.proxies import GROUPS, LEVELS, SEEN, effective, level_of
from portal.access.rules import Actor, Permission, ProxyGrant, can, may_see_choice, sight
from portal.access.visibility import Sight
from portal.domain.people import GrantLevel, ProxyChoice, Role
from portal.domain.sections import SECTIONS_OF, Section

EVERYTHING = frozenset(Permission)
MESSAGES = frozenset({Permission.VIEW_MESSAGES, Permission.WRITE_MESSAGES})
ALLOWED = {
    GrantLevel.FULL: EVERYTHING - {Permission.MANAGE_FAMILY},
    GrantLevel.NO_CONFIDENTIAL: EVERYTHING
    - {Permission.MANAGE_FAMILY, Permission.VIEW_CONFIDENTIAL, Permission.SHARE_RECORD},
    GrantLevel.MESSAGES_ONLY: MESSAGES,
    GrantLevel.VISITS_ONLY: frozenset({Permission.VIEW_RECORD}),
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
    proxy = actor(
        Role.PATIENT, ProxyGrant("parent", LEVELS[GrantLevel.MESSAGES_ONLY]), ProxyGrant("child", LEVELS[level])
    )
    assert permitted(proxy, "child") == ALLOWED[level]
    assert permitted(proxy, "parent") == MESSAGES
    assert permitted(proxy, "other") == frozenset()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PATIENT}))
def test_staff_and_administrators_may_read_nobodys_record(role: Role) -> None:
    worker = actor(role, ProxyGrant("child", LEVELS[GrantLevel.FULL]))
    assert permitted(worker, "own") == permitted(worker, "child") == frozenset()


def test_a_choice_is_seen_by_who_made_it_and_by_who_sees_everything() -> None:
    proxy = actor(
        Role.PATIENT,
        ProxyGrant("child", LEVELS[GrantLevel.FULL]),
        ProxyGrant("parent", LEVELS[GrantLevel.NO_CONFIDENTIAL]),
    )
    assert may_see_choice(proxy, "child", account_id="other")
    assert may_see_choice(proxy, "child", account_id=None)
    assert may_see_choice(proxy, "parent", account_id="account")
    assert not may_see_choice(proxy, "parent", account_id="other")
    assert not may_see_choice(proxy, "parent", account_id=None)


def test_every_section_is_in_one_group_and_every_type_too() -> None:
    """So that what is decided by section for pages and by type for apps is one decision."""
    assert sorted(section for sections in SEEN.values() for section in sections) == sorted(Section)
    for kind, sections in SECTIONS_OF.items():
        assert sum(not group.isdisjoint(sections) for group in SEEN.values()) == 1, kind


@pytest.mark.parametrize("level", GrantLevel)
def test_a_usual_set_can_stand_and_has_a_name(level: GrantLevel) -> None:
    assert effective(LEVELS[level]) == LEVELS[level]
    assert level_of(LEVELS[level]) is level


def test_doing_needs_seeing() -> None:
    assert effective({ProxyChoice.WRITE, ProxyChoice.LINK, ProxyChoice.SHARE, ProxyChoice.CONFIDENTIAL}) == frozenset()
    assert effective({ProxyChoice.RECORD, ProxyChoice.LINK, ProxyChoice.SHARE}) == {
        ProxyChoice.RECORD,
        ProxyChoice.LINK,
    }
    assert level_of(frozenset({ProxyChoice.RECORD})) is None


@pytest.mark.parametrize("choice", GROUPS)
def test_a_proxy_sees_the_sections_of_their_groups_and_nothing_private(choice: ProxyChoice) -> None:
    proxy = actor(Role.PATIENT, ProxyGrant("child", frozenset({choice})))
    assert sight(proxy, "child") == Sight(
        confidential=False, private=False, held=False, sections=SEEN[choice], account=proxy.account_id
    )
    assert sight(proxy, "other").sections == frozenset()
    assert not sight(actor(Role.PATIENT, ProxyGrant("child", LEVELS[GrantLevel.FULL])), "child").whole
    assert sight(proxy, "own").whole


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_staff_and_administrators_see_no_item(role: Role) -> None:
    worker = actor(role, ProxyGrant("child", LEVELS[GrantLevel.FULL]))
    assert sight(worker, "own").sections == sight(worker, "child").sections == frozenset()
