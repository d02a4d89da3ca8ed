"""What a serial number, a kind of visit, a group, an end and an order decide between two statements of one thing."""

from typing import Any

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_near_misses import allergy, issue


def _implant(serial: str, *, as_carrier: bool = False) -> dict[str, Any]:
    udi = {"carrierHRF": f"(01)00844588003288(21){serial}"} if as_carrier else {"deviceIdentifier": "00844588003288"}
    number = {} if as_carrier else {"serialNumber": serial}
    kind = {"text": "Pacemaker"}
    return {"resourceType": "Device", "status": "active", "type": kind, "udiCarrier": [udi], **number}


@pytest.mark.parametrize("as_carrier", [True, False])
def test_an_implant_is_one_by_its_serial_number(as_carrier: bool) -> None:
    assert compare(_implant("A1"), _implant("A1", as_carrier=as_carrier)).verdict == "same"
    assert compare(_implant("A1"), _implant("B2", as_carrier=as_carrier)).verdict == "different"


def test_an_appointment_is_no_visit() -> None:
    at, place = "2026-05-01T09:00:00-04:00", {"display": "Riverbend Clinic"}
    visit = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "period": {"start": at}}
    visit["location"] = [{"location": place}]
    booked = {"resourceType": "Appointment", "status": "booked", "start": at, "participant": [{"actor": place}]}
    assert compare(visit, visit).verdict == "same"
    assert compare(visit, booked).verdict == "different"


def test_what_is_in_the_air_is_no_medicine() -> None:
    drug, air = ({**allergy("Latex"), "category": [group]} for group in ("medication", "environment"))
    assert compare(drug, drug).verdict == "same"
    assert compare(drug, air).verdict == "different"


def test_an_illness_lasts_until_it_ended() -> None:
    long, late, other = (
        issue("Pneumonia", status="resolved", onsetDateTime=start, abatementDateTime=end)
        for start, end in (("2020-01-01", "2020-02-20"), ("2020-02-15", "2020-02-25"), ("2022-01-01", "2022-02-01"))
    )
    assert compare(long, late).verdict == "same"
    assert compare(long, other).verdict == "different"


def test_which_insurance_pays_first_is_compared_where_both_say_it() -> None:
    def card(**more: Any) -> dict[str, Any]:
        payor = [{"display": "Aetna"}]
        return {"resourceType": "Coverage", "status": "active", "subscriberId": "W123456789", "payor": payor, **more}

    fields = [
        [each.field for each in compare(card(order=1), card(**more)).disagreements] for more in ({"order": 2}, {})
    ]
    assert fields == [["order"], []]
