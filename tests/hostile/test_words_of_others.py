"""A reference of one person's record to another's brings no words of theirs along."""

import json
from typing import Any

import msgspec
import pytest

from portal.access.visibility import Sight
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.records import rows
from tests.factories.record import condition, laboratory, medication
from tests.factories.sights import OPEN, WHOLE
from tests.factories.world import TestUser, World
from tests.integration.sharing.test_ips import summary_of

LABEL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


@pytest.fixture
def ana(world: World) -> TestUser:
    return world.patient("ana")


@pytest.fixture
def other(world: World) -> TestUser:
    return world.patient("cleo")


def _order(**reason: str) -> dict[str, Any]:
    order = medication("order", "861007", "metformin hydrochloride 500 MG Oral Tablet", "Take 1 tablet daily")
    return order | {"reasonReference": [reason]}


def _orders(services: Services, person: TestUser, sight: Sight) -> list[str]:
    with services.db.reading() as tx:
        page = rows.page(tx, person_id=str(person.person_id), section=Section.MEDICATIONS, sight=sight)
    return [msgspec.json.encode(each.entry).decode() for row in page.rows for each in row.entries]


@pytest.mark.parametrize("owner", ["themselves", "somebody else"])
def test_what_is_somebody_elses_says_nothing(services: Services, ana: TestUser, other: TestUser, owner: str) -> None:
    whose = ana if owner == "themselves" else other
    ingest(
        services.db, person_id=whose.person_id, source=HOME, resources=[condition("c", "86406008", "Hidden illness")]
    )
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[_order(reference="Condition/c")])
    (order,) = _orders(services, ana, WHOLE)
    assert ("Hidden illness" in order) is (owner == "themselves")


def test_a_name_for_what_is_confidential_of_somebody_else_is_so(
    services: Services, ana: TestUser, other: TestUser
) -> None:
    secret = condition("c", "86406008", "Hidden illness") | {"meta": LABEL}
    ingest(services.db, person_id=other.person_id, source=HOME, resources=[secret])
    order = _order(reference="Condition/c", display="Hidden illness")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[order])
    assert len(_orders(services, ana, WHOLE)) == 1
    assert _orders(services, ana, OPEN) == []


def test_a_sample_of_somebody_else_is_in_no_summary(services: Services, ana: TestUser, other: TestUser) -> None:
    samples = [
        {"resourceType": "Specimen", "id": of, "type": {"text": f"Sample {of}"}, "subject": {"reference": "Patient/p"}}
        for of in ("own", "theirs")
    ]
    result = laboratory("result", ("2160-0", "Creatinine"), 1, "mg/dL", when="2026-03-02")
    result["specimen"] = {"reference": "Specimen/own"}
    also = laboratory("also", ("2823-3", "Potassium"), 4, "mmol/L", when="2026-03-02")
    also["specimen"] = {"reference": "Specimen/theirs"}
    ingest(services.db, person_id=other.person_id, source=HOME, resources=samples[1:])
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[samples[0], result, also])
    text = json.dumps(summary_of(services, ana, sight=WHOLE), default=str)
    assert "Sample own" in text
    assert "Sample theirs" not in text
