"""The table of who may do what, taken in at a glance: what must be true of it whatever else changes."""

import pytest

from portal.access import Duty, Permission, may_assist
from portal.access.duties import DUTIES, SHOWS_CLINICAL_TEXT
from portal.access.table import actor_kinds, columns, may, rows
from portal.domain.people import Role

STAFF = tuple(role for role in Role if role is not Role.PATIENT)


def test_nobody_but_the_patient_and_their_proxies_has_a_permission_on_a_record() -> None:
    allowed = {kind.name for kind in actor_kinds() if any(may(kind, permission) for permission in Permission)}
    assert allowed == {name for name in columns() if name.startswith(("patient, own", "proxy,"))}


def test_clinical_text_is_for_the_care_team_and_the_records_office() -> None:
    assert {role for role in Role if DUTIES[role] & SHOWS_CLINICAL_TEXT} == {Role.CARE_TEAM, Role.RECORDS}
    assert not DUTIES[Role.CARE_TEAM] - SHOWS_CLINICAL_TEXT
    assert DUTIES[Role.RECORDS] - SHOWS_CLINICAL_TEXT == {Duty.MERGE_PERSONS}


def test_every_duty_is_somebodys_and_no_patient_has_one() -> None:
    assert {duty for role in STAFF for duty in DUTIES[role]} == set(Duty)
    assert DUTIES[Role.PATIENT] == frozenset()


def test_every_row_has_a_cell_for_every_column() -> None:
    assert {permission for permission, _cells in rows()} == {*Permission, *Duty}
    assert {len(cells) for _permission, cells in rows()} == {len(columns())}


@pytest.mark.parametrize("role", Role)
def test_only_the_front_desk_assists_and_nobody_oneself_or_whom_one_acts_for(role: Role) -> None:
    at_the_desk = role is Role.STAFF
    assert may_assist(role, "patient", as_patient="clerk", acts_for={"child"}) is at_the_desk
    assert not may_assist(role, "clerk", as_patient="clerk", acts_for={"child"})
    assert not may_assist(role, "child", as_patient="clerk", acts_for={"child"})
