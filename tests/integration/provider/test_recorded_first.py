"""An answer leaves once its audit event is written, by whichever way it is: alone, or with the grant's last use."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from portal.services import Services
from tests.factories.world import TestUser
from tests.integration.both import settings
from tests.integration.provider.conftest import TestApp, ana, third_party

__all__ = ["ana", "settings", "third_party"]


def _rename(services: Services, old: str, new: str) -> None:
    with services.db.transaction() as tx:
        tx.conn.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def _used_at(services: Services) -> object:
    with services.db.reading() as tx:
        return tx.conn.execute(text("SELECT used_at FROM oauth_grant")).scalar_one()


@pytest.mark.parametrize("path", ["Condition?patient=patient-ana", "Condition/c-patient-ana"])
def test_what_cannot_be_recorded_is_not_answered(
    third_party: TestApp, services: Services, ana: TestUser, path: str
) -> None:
    app = third_party.connect()
    for used_before in (False, True):
        used_at = _used_at(services)
        assert (used_at is not None) is used_before
        _rename(services, "audit_event", "away")
        try:
            answer = app.get(path)
        except ProgrammingError:  # PostgreSQL's for a table that is not there: no answer at all
            pass
        else:
            assert answer.status_code == 503
            assert "Asthma" not in answer.get_data(as_text=True)
        _rename(services, "away", "audit_event")
        assert _used_at(services) == used_at
        answer = app.get(path)
        assert answer.status_code == 200
        assert "Asthma" in answer.get_data(as_text=True)
        with services.db.reading() as tx:
            query = text("SELECT count(*) FROM audit_event WHERE action = 'api-read' AND person_id = :id")
            assert tx.conn.execute(query, {"id": ana.person_id}).scalar_one() == 1 + used_before
