"""What waits at MyCooper for somebody to go on with it, and what Rosa's daughter measured at home."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.access.policy import OrganizationRules
from portal.domain.ids import new_id
from portal.persons import merging
from portal.provider import proposals
from portal.refresh import own_readings
from portal.refresh.own_readings import OwnReading
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, people
from portal.store.people.accounts import Account

_PRESSURES = ((6, "146", "84"), (4, "141", "82"), (2, "138", "79"), (1, "139", "80"))
"""How many days ago, and the two numbers."""


def begin(services: Services, *, confidential: str) -> None:
    """Let two records be said to be one, and an organization (its id) be confidential; neither is confirmed."""
    with services.db.transaction() as tx:
        walter, walt = (people.by_fhir_id(tx, fhir_id=fhir_id) for fhir_id in ("walter", "walt"))
        if walter is None or walt is None:
            raise LookupError("the stories are not written down")
        merging.propose(
            tx,
            person_id=walter.id,
            other_id=walt.id,
            by=_account(tx, "records"),
            teen_age=services.settings.teen_age,
        )
        rules = OrganizationRules(confidential=True)
        proposals.propose_rules(tx, organization_id=confidential, rules=rules, by=_account(tx, "admin"))
        rosa = people.by_fhir_id(tx, fhir_id="rosa")
        daughter = _account(tx, "maria").display
    if rosa is not None:
        _measure(services, rosa.id, by=daughter)


def _measure(services: Services, person_id: str, *, by: str) -> None:
    now = datetime.now(ZoneInfo(services.settings.time_zone))
    for days, upper, lower in _PRESSURES:
        at = (now - timedelta(days=days)).replace(hour=8, minute=10, second=0, microsecond=0)
        reading = OwnReading(
            id=new_id(), kind="blood-pressure", numbers=(upper, lower), unit="mm[Hg]", at=at.isoformat(), by=by
        )
        own_readings.put(services.db, person_id=person_id, patient="rosa", reading=reading)


def _account(tx: Tx, username: str) -> Account:
    account = accounts.by_username(tx, username=username)
    if account is None:
        raise LookupError(username)
    return account
