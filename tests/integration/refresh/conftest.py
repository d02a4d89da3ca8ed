"""A fake organization and a link to it."""

from collections.abc import Iterator

import pytest

from portal.services import Services
from tests.fakes import FakeOrganization
from tests.fakes.linked import Linked, link_to


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    with FakeOrganization() as organization:
        yield organization


@pytest.fixture
def linked(services: Services, org: FakeOrganization) -> Linked:
    return link_to(services, org)
