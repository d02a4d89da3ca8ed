"""A place that only a confidential visit names is suggested to nobody who may not see that visit, nor when it was."""

from typing import Any

import pytest

from portal.directory import suggestions
from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.directory import organizations
from portal.store.directory import suggestions as stored_suggestions
from tests.factories.record import visit
from tests.integration.records.helpers import make_person

_RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
PLACE = "Quiet Harbor Clinic"


def _visit(fhir_id: str, day: str, *, labelled: bool) -> dict[str, Any]:
    seen = visit(fhir_id, "Office visit", f"{day}T15:00:00Z", f"{day}T15:30:00Z")
    seen["serviceProvider"] = {"display": PLACE}
    return seen | ({"meta": _RESTRICTED} if labelled else {})


def _suggested(database: Database, person_id: str, *, confidential: bool) -> dict[str, str]:
    with database.reading() as tx:
        listed = stored_suggestions.with_put_away(tx, person_id=person_id, may_see_confidential=confidential)
    return {each.organization.name: each.last_visit for each in listed}


@pytest.mark.parametrize("labelled_later", [False, True])
@pytest.mark.parametrize("near", [False, True])
def test_only_who_may_see_the_visit_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch, *, labelled_later: bool, near: bool
) -> None:
    person_id = make_person(database)
    with database.transaction() as tx:
        place = organizations.add(tx, name=PLACE)
    if near:
        candidate = suggestions._Candidate(place.id, "near")
        monkeypatch.setattr(suggestions, "_nearby", lambda *_about: iter([candidate]))
    if labelled_later:
        ingest(database, person_id=person_id, source=HOME, resources=[_visit("v1", "2026-04-03", labelled=False)])
        suggestions.compute(database, person_id=person_id)
        assert _suggested(database, person_id, confidential=False) == {PLACE: "2026-04-03"}
    ingest(database, person_id=person_id, source=HOME, resources=[_visit("v1", "2026-04-03", labelled=True)])
    for _time in range(2):
        if labelled_later:
            assert _suggested(database, person_id, confidential=False) == {}, "before it is looked at again, too"
        suggestions.compute(database, person_id=person_id)
        assert _suggested(database, person_id, confidential=False) == {}
        assert _suggested(database, person_id, confidential=True) == {PLACE: "2026-04-03"}
        with database.transaction() as tx:  # as when a partner there was asked
            stored_suggestions.suggest(tx, person_id=person_id, organization_id=place.id, reason="match")
        assert _suggested(database, person_id, confidential=False) == {}


def test_of_a_place_that_an_open_visit_names_too_only_that_day_is_told(database: Database) -> None:
    person_id = make_person(database)
    with database.transaction() as tx:
        organizations.add(tx, name=PLACE)
    visits = [_visit("v1", "2026-04-03", labelled=True), _visit("v2", "2026-01-02", labelled=False)]
    ingest(database, person_id=person_id, source=HOME, resources=visits)
    suggestions.compute(database, person_id=person_id)
    assert _suggested(database, person_id, confidential=False) == {PLACE: "2026-01-02"}
