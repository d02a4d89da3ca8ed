"""What a page was worked out of is forgotten as the page is through, and so is what a page that failed has read."""

import pytest
from flask.testing import FlaskClient

from portal.merge.medications.sig_words import sig_text
from portal.merge.notes.asserted import plainly
from tests.integration.web.html import get

CACHES = (sig_text, plainly)


@pytest.fixture
def database_kind() -> str:
    """Nothing of it is about the database."""
    return "sqlite"


@pytest.mark.parametrize(("address", "status"), [("/health/medications", 200), ("/nowhere", 404)])
def test_a_request_leaves_nothing_of_a_record_behind(signed: FlaskClient, address: str, status: int) -> None:
    for cache in CACHES:
        cache("Take 1 tablet daily")
    get(signed, address, status=status)
    assert [cache.cache_info().currsize for cache in CACHES] == [0, 0]
