"""A result that several organizations have: each range and flag stands beside the value of who said it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.records import privacy
from portal.store.records.grouping import regroup_pending
from portal.store.records.privacy import PrivateChoice
from tests.factories.record import Linked, Resource, laboratory, link
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

GLUCOSE = ("2345-7", "Glucose")
DAY = "2026-03-02"


def _glucose(value: float, unit: str, low: float, high: float, flag: str = "N", **more: Any) -> Resource:
    ends = {end: {"value": number, "unit": unit, "code": unit} for end, number in (("low", low), ("high", high))}
    return laboratory("g", GLUCOSE, value, unit, when=DAY, flag=flag) | {"referenceRange": [ends]} | more


def _both(services: Services, ana: TestUser, home: Resource, elsewhere: Resource) -> Linked:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[home])
    return link(services, ana, name="Lakeside Clinic", resources=[elsewhere])


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _row(signed: FlaskClient, address: str = "/health/test-results") -> Any:
    return check_page(get(signed, address)).find(".//tr[@data-entry]")


@pytest.mark.parametrize("address", ["/health/test-results", "/health/summary", "/health/search?q=glucose"])
def test_where_ranges_differ_each_stands_with_its_source(
    signed: FlaskClient, services: Services, ana: TestUser, address: str
) -> None:
    _both(services, ana, _glucose(100, "mg/dL", 70, 110), _glucose(100, "mg/dL", 70, 99, "H"))
    page = check_page(get(signed, address))
    boxes = [_text(box) for box in page.iter("li") if "Mar 2, 2026" in _text(box) and box.find(".//li") is None]
    assert {("70 to 99" in box, "Lakeside" in box) for box in boxes} == {(True, True), (False, False)}
    assert _text(page.find(".//main")).count("70 to 110") == 1


def test_one_sources_list_has_its_own_value_range_and_verdict(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    linked = _both(services, ana, _glucose(1.0, "g/L", 0.7, 1.1), _glucose(100, "mg/dL", 70, 110))
    text = _text(_row(signed, f"/health/test-results?source={linked.link_id}"))
    assert "100 mg/dL" in text
    assert "70 to 110" in text
    assert "1.1" not in text


def test_a_range_in_another_unit_does_not_stand_beside_a_value(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    home = _glucose(1.0, "g/L", 0.7, 1.1)
    del home["referenceRange"]
    _both(services, ana, home, _glucose(100, "mg/dL", 70, 110))
    assert "70 to 110" not in _text(_row(signed))


def test_one_source_is_judged_by_itself(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    linked = _both(services, ana, _glucose(100, "mg/dL", 70, 90, "H"), _glucose(100, "mg/dL", 70, 110, "N"))
    assert _row(signed, "/health/test-results?status=not-normal") is not None
    assert _row(signed, f"/health/test-results?status=not-normal&source={linked.link_id}") is None


def test_a_trend_has_what_each_source_says(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    preliminary = _glucose(100, "mg/dL", 70, 110, status="preliminary")
    _both(services, ana, preliminary, _glucose(100, "mg/dL", 70, 99, "H"))
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[preliminary, _earlier()])
    trend = check_page(get(signed, _row(signed).find("./td[@class='course']/a").get("href")))
    rows = [_text(row) for row in trend.findall(".//tbody/tr")]
    of_day = [row for row in rows if "March 2" in row]
    assert {("70 to 99" in row, "High" in row, "Lakeside" in row) for row in of_day} == {(True,) * 3, (False,) * 3}
    assert "2 values between" in _text(trend), "the final value is drawn, once"


def _earlier() -> Resource:
    return laboratory("before", GLUCOSE, 90, "mg/dL", when="2025-03-02")


def test_a_range_says_of_what_and_for_whom_it_is(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    kinds = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
    span = {
        "low": {"value": 10, "unit": "mg/dL"},
        "type": {"coding": [{"system": kinds, "code": "therapeutic"}]},
        "appliesTo": [{"text": "Women"}],
        "age": {"low": {"value": 12, "unit": "a", "code": "a", "system": "http://unitsofmeasure.org"}},
    }
    home = _glucose(100, "mg/dL", 70, 110) | {"referenceRange": [span]}
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[home])
    text = _text(_row(signed))
    assert "Reference range: from 10 mg/dL (wanted in treatment, Women, age ≥ 12 years)" in text
    assert "Usual" not in text


def test_a_private_row_of_several_sources_says_so(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    _both(services, ana, _glucose(100, "mg/dL", 70, 110), _glucose(100, "mg/dL", 70, 99, "H"))
    choice = PrivateChoice(Section.TEST_RESULTS.value, "", _row(signed).get("data-entry"))
    with services.db.transaction() as tx:
        privacy.put(tx, person_id=ana.person_id, chosen=[choice], private=True)
        regroup_pending(tx, person_id=ana.person_id, section=Section.TEST_RESULTS)
    assert "Private" in _text(_row(signed))


@pytest.mark.parametrize(
    ("texts", "asked"),
    [
        (("Stool: no O&P seen", "No ova or parasites."), False),
        (("No parasites seen", "Parasites: Giardia cysts"), True),
        (("No acute cardiopulm. abnormality", "No acute cardiopulmonary process"), None),
    ],
)
def test_two_texts_of_one_report_are_both_read_and_only_a_contradiction_asks(
    signed: FlaskClient, services: Services, ana: TestUser, texts: tuple[str, str], asked: bool | None
) -> None:
    ours, theirs = (
        {
            "resourceType": "DiagnosticReport",
            "id": "r",
            "status": "final",
            "code": {"text": "Report of the day"},
            "effectiveDateTime": f"{DAY}T10:00:00Z",
            "identifier": [{"type": {"coding": [{"code": "ACSN"}]}, "system": "urn:lab", "value": "A-1"}],
            "conclusion": text,
        }
        for text in texts
    )
    _both(services, ana, ours, theirs)
    page = check_page(get(signed, "/health/test-results"))
    row = _text(page.find(".//*[@data-entry]"))
    assert ("Ask your doctor" in row) == (asked is True)
    assert ("2 places say it in their own words." in row) == (asked is False)
    assert all((text in row) == (asked is not None) for text in texts) or asked is None
    item = next(link.get("href") for link in page.iter("a") if _text(link) == "Report of the day")
    whole = _text(check_page(get(signed, item)))
    assert all(text in whole for text in texts)


def test_a_value_may_break_before_its_unit_where_there_is_no_room(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    """With the spacing of WCAG 2.2, 1.4.12 a number and its unit cross a phone's card, else."""
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[_glucose(100, "mg/dL", 70, 110)])
    (value,) = check_page(get(signed, "/health/test-results")).findall(".//td/p[@class='big']")
    assert value.text.strip() == "100 mg/dL"


def test_a_row_has_the_day_and_the_minute_where_two_laboratories_say_one_value(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    def potassium(fhir_id: str, when: str, by: str) -> dict[str, Any]:
        taken = {"performer": [{"display": by}]}
        return laboratory(fhir_id, ("2823-3", "Potassium"), 4.1, "mmol/L", when=when) | taken

    ingest(services.db, person_id=ana.person_id, source="home", resources=[potassium("k", "2025-11-03", "Quest")])
    theirs = potassium("l", "2025-11-03T14:40:00-05:00", "Lakeside Laboratory")
    link(services, ana, name="Lakeside", resources=[theirs])
    (row,) = check_page(get(signed, "/health/test-results")).findall(".//*[@data-entry]")
    words = " ".join("".join(row.itertext()).split())
    assert "2:40" in words
    assert "When" in words
