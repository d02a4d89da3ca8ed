"""What a person takes along on paper."""

import json
import re
from pathlib import Path

import pytest

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.browser.steps import Visitor
from tests.factories.world import World
from tests.shared_data import SHARED

LARGEST = max(SHARED.glob("synthea-2019-r4/*.json"), key=lambda path: path.stat().st_size, default=Path("absent"))


@pytest.mark.skipif(not LARGEST.exists(), reason="the shared data are not there")
@pytest.mark.parametrize("scripts", [False], ids=["no-javascript"])
@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_the_summary_of_a_large_record_fits_on_two_pages(
    paper: str, visitor: Visitor, services: Services, world: World
) -> None:
    user = world.patient()
    bundle = json.loads(LARGEST.read_text())
    ingest(services.db, person_id=user.person_id, source=HOME, resources=[one["resource"] for one in bundle["entry"]])
    visitor.sign_in(user)
    visitor.go("/health/summary")
    pdf = visitor.page.pdf(format=paper)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
