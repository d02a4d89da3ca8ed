"""What could not be had because an organization was down is asked for once more, without anybody pressing a button."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.domain.links import LinkPolicy, Outcome
from portal.domain.sections import Section
from portal.linking import link_policy
from portal.linking.sweep import sweep
from portal.refresh.run import RefreshVerdict, refresh_link
from portal.services import Services
from portal.store.schema.links import refresh
from tests.fakes import FakeOrganization
from tests.fakes import misbehaviour as m
from tests.fakes.linked import QUICK, Linked, link_to


def later(services: Services, minutes: float = 6) -> None:
    """As if the refreshes that ended had ended so much earlier."""
    span = timedelta(minutes=minutes)
    with services.db.transaction() as tx:
        for row in tx.conn.execute(refresh.select().where(refresh.c.ended_at.is_not(None))).all():
            moved = {"ended_at": row.ended_at - span, "requested_at": row.requested_at - span}
            tx.conn.execute(update(refresh).where(refresh.c.id == row.id).values(moved))


def open_refresh(linked: Linked) -> str:
    """The id of the refresh that waits, or nothing."""
    latest = linked.latest()
    return latest.id if latest.open else ""


def test_a_section_that_failed_is_had_at_the_second_try(
    services: Services, linked: Linked, org: FakeOrganization
) -> None:
    org.misbehave("/fhir/Condition", m.status(500))
    assert linked.refresh().verdict is RefreshVerdict.ERROR
    assert sweep(services) == 0, "not at once: it is still down"
    later(services)
    assert sweep(services) == 1
    asked = open_refresh(linked)
    assert sweep(services) == 1, "it waits in the database and no queue took it"
    assert open_refresh(linked) == asked
    org.behave()
    assert refresh_link(services, refresh_id=open_refresh(linked), limits=QUICK).verdict is RefreshVerdict.GOOD
    assert linked.said(Section.HEALTH_ISSUES) == (Outcome.DONE, None)


def test_a_second_try_that_fails_is_the_last(services: Services, linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("*", m.status(500))
    assert linked.refresh().verdict is RefreshVerdict.ERROR
    later(services)
    assert sweep(services) == 1
    assert refresh_link(services, refresh_id=open_refresh(linked), limits=QUICK).verdict is RefreshVerdict.ERROR
    later(services)
    assert sweep(services) == 0


@pytest.mark.parametrize("behaviour", [m.status(403), m.status(404)])
def test_what_is_not_given_is_not_asked_for_again(
    services: Services, linked: Linked, org: FakeOrganization, behaviour: m.Behaviour
) -> None:
    org.misbehave("/fhir/Condition", behaviour)
    linked.refresh()
    later(services)
    assert sweep(services) == 0


def test_what_asked_for_it_since_is_enough(services: Services, linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("/fhir/Condition", m.status(500))
    linked.refresh()
    later(services)
    org.behave()
    linked.refresh()
    assert sweep(services) == 0


def test_not_long_afterwards(services: Services, linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("/fhir/Condition", m.status(500))
    linked.refresh()
    later(services, minutes=30)
    assert sweep(services) == 0


def test_never_in_the_background_where_that_is_not_allowed(services: Services, org: FakeOrganization) -> None:
    manual = link_to(services, org, scopes="patient/*.read launch/patient")
    org.misbehave("/fhir/Condition", m.status(500))
    manual.refresh()
    later(services)
    assert sweep(services) == 0


def test_nor_where_linking_is_switched_off(services: Services, linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("/fhir/Condition", m.status(500))
    linked.refresh()
    later(services)
    with services.db.transaction() as tx:
        link_policy.set_policy(tx, organization_id=linked.organization_id, policy=LinkPolicy.OFF)
    assert sweep(services) == 0
