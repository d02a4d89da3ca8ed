"""Statements of a device's use are asked for where a server names them, and never missed where it does not."""

from collections.abc import Iterator
from typing import Any

import pytest

from portal.domain.entry import Implant
from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.services import Services
from portal.store.records import rows
from tests.factories.sights import WHOLE
from tests.fakes import FakeOrganization, misbehaviour
from tests.fakes.linked import Linked, link_to
from tests.fakes.organization import SEARCHABLE

USE: dict[str, Any] = {
    "resourceType": "DeviceUseStatement",
    "id": "use",
    "status": "active",
    "subject": {"reference": "Patient/maria"},
    "device": {"reference": "Device/maria-d1"},
    "bodySite": {"text": "Left hip"},
}
PATH = "/fhir/DeviceUseStatement"


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    with FakeOrganization(types=(*SEARCHABLE, "DeviceUseStatement")) as organization:
        organization.add(USE)
        yield organization


def sites(linked: Linked) -> list[str]:
    with linked.services.db.reading() as tx:
        page = rows.page(tx, person_id=linked.person_id, sight=WHOLE, section=Section.IMPLANTS, source=linked.link_id)
    details = [one.entry.detail for row in page.rows for one in row.entries]
    return [detail.body_site for detail in details if isinstance(detail, Implant)]


def test_they_come_with_the_devices(services: Services, org: FakeOrganization) -> None:
    linked = link_to(services, org)
    linked.refresh()
    assert sites(linked) == ["Left hip"]
    assert linked.complaints() == {}


def test_one_that_is_taken_back_says_nothing_any_more(services: Services, org: FakeOrganization) -> None:
    """Where the server has brought all of them: one that refuses them now has taken nothing back."""
    linked = link_to(services, org)
    linked.refresh()
    org.remove("DeviceUseStatement", "use")
    org.misbehave(PATH, misbehaviour.status(403))
    linked.refresh()
    assert sites(linked) == ["Left hip"]
    org.behave()
    linked.refresh()
    assert sites(linked) == [""]
    linked.refresh()
    assert sites(linked) == [""]


def test_they_are_not_asked_for_where_they_are_not_granted_or_not_named(services: Services) -> None:
    with FakeOrganization(types=(*SEARCHABLE, "DeviceUseStatement")) as org:
        linked = link_to(services, org, scopes="patient/Device.read launch/patient offline_access")
        linked.refresh()
        assert not org.calls(PATH)
        assert linked.said(Section.IMPLANTS) == (Outcome.DONE, None)
    with FakeOrganization() as org:
        linked = link_to(services, org)
        linked.refresh()
        assert not org.calls(PATH)
        assert linked.complaints() == {}


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_server_that_refuses_them_has_brought_its_devices(
    services: Services, org: FakeOrganization, status: int
) -> None:
    org.misbehave(PATH, misbehaviour.status(status))
    linked = link_to(services, org)
    linked.refresh()
    assert linked.complaints() == {}
    assert sites(linked) == [""]


def test_a_server_that_fails_is_named_as_having_brought_a_part(services: Services, org: FakeOrganization) -> None:
    org.misbehave(PATH, misbehaviour.status(500))
    linked = link_to(services, org)
    linked.refresh()
    assert linked.said(Section.IMPLANTS)[0] is Outcome.PARTLY
