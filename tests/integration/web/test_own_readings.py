"""``/health/readings``: what a person measured at home stands apart from what organizations say, and goes again."""

import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.ids import HOME, OWN
from portal.domain.people import GrantLevel
from portal.domain.sections import Section
from portal.persons.export import archive
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import narrative
from portal.sharing.gathering import SummaryScope, gather
from portal.store.records import resources, rows
from tests.factories.sights import OPEN
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.desk.conftest import Browser
from tests.integration.web.html import check_page, get

OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
AT = {"day": "2026-03-02", "time": "07:30"}
WEIGHT = {"kind": "weight", "number-0": "180.50", "unit": "[lb_av]", "reading": "a" * 20, **AT}


@pytest.fixture
def own(signed: FlaskClient) -> Browser:
    return Browser(signed)


def _rows(services: Services, user: TestUser) -> tuple[rows.RecordRow, ...]:
    with services.db.reading() as tx:
        return rows.page(tx, person_id=user.person_id or "", section=Section.VITAL_SIGNS, sight=OPEN).rows


def _said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_it_stands_with_the_vital_signs_and_is_never_a_hospitals(
    own: Browser, services: Services, ana: TestUser
) -> None:
    """The same measurement at the same moment from the hospital stays another row."""
    page = own.follow("/health/readings", **WEIGHT)
    assert "The reading is added." in page
    own.send("/health/readings", **WEIGHT)
    with services.db.reading() as tx:
        (stored,) = [each for each in resources.everything(tx, person_id=ana.person_id or "") if each.source == OWN]
    body: dict[str, Any] = {"resourceType": "Observation", **stored.body, "id": "theirs"}
    body["code"] = body["code"] | {"text": "Weight, measured"}
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[body])
    listed = _rows(services, ana)
    assert sorted(row.sources for row in listed) == [(HOME,), (OWN,)]
    assert not any(row.marks for row in listed)
    tree = check_page(get(own.client, "/health/vital-signs"))
    days = [" ".join(day.find("./header").itertext()).split() for day in tree.findall(".//div[@class='days']/section")]
    assert [" ".join(day) for day in days] == [f"Mar 2, 2026 Your own readings and {services.settings.organization}"]
    text = " ".join(" ".join(tree.itertext()).split())
    assert text.count("Added by you") == 1
    assert "180.50 lb" in text
    alone = check_page(get(own.client, "/health/vital-signs?source=own"))
    assert [option.text.strip() for option in alone.iter("option") if option.get("selected") is not None] == [
        "Your own readings"
    ]
    assert len(alone.findall(".//tr[@data-entry]")) == 1
    assert "Add a reading" in text
    entry = next(row.primary_id for row in listed if row.sources == (OWN,))
    trend = check_page(get(own.client, f"/health/vital-signs/{entry}/trend"))
    (series,) = trend.findall(".//table")
    assert {"Your own readings", services.settings.organization} <= {each.strip() for each in series.itertext()}
    item = _said(own.get(f"/health/vital-signs/{entry}"))
    assert "Measured at home" in item
    assert "Change or remove it" in item
    assert "Ask for a correction" not in item


def test_a_slip_is_asked_and_never_refused(own: Browser, services: Services, ana: TestUser) -> None:
    page = own.send("/health/readings", **WEIGHT | {"number-0": "1,600"})
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "Is 1,600 lb right?" in text
    assert not _rows(services, ana)
    (sure,) = re.findall(r'name="sure" value="([^"]+)"', text)
    again = own.send("/health/readings", **WEIGHT | {"number-0": "16,000", "sure": sure})
    assert "Is 16,000 lb right?" in again.get_data(as_text=True), "another value is asked anew"
    assert own.send("/health/readings", **WEIGHT | {"number-0": "1,600", "sure": sure}).status_code == 303
    assert len(_rows(services, ana)) == 1


def test_what_is_no_number_or_day_is_said(own: Browser, services: Services, ana: TestUser) -> None:
    sent = {"kind": "blood-pressure", "number-0": "128", "number-1": "eighty", "day": "", "time": ""}
    answer = own.send("/health/readings", **sent)
    assert answer.status_code == 422
    tree = check_page(answer)
    assert {each.get("href") for each in tree.find(".//*[@id='errors']").iter("a")} == {"#number-1", "#day"}
    assert not _rows(services, ana)


def test_a_day_before_the_birth_date_is_said(own: Browser, services: Services, ana: TestUser) -> None:
    for day in ("0001-01-01", "1850-01-01", "1980-03-03"):
        answer = own.send("/health/readings", **WEIGHT | {"day": day})
        assert answer.status_code == 422, day
        assert "before the birth date" in answer.get_data(as_text=True)
    assert not _rows(services, ana)
    assert own.send("/health/readings", **WEIGHT | {"day": "1980-03-04", "number-0": "7.2"}).status_code == 303


def test_a_weight_far_from_the_last_one_is_asked(own: Browser, services: Services, ana: TestUser) -> None:
    """The hospital's is one; the reading that is being changed is none."""
    body = {
        "resourceType": "Observation",
        "id": "theirs",
        "status": "final",
        "category": [{"coding": [{"system": OBSERVATION_CATEGORY, "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Weight"},
        "effectiveDateTime": "2026-01-02T09:00:00Z",
        "valueQuantity": {"value": 76, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    }
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[body])
    assert own.send("/health/readings", **WEIGHT | {"number-0": "168"}).status_code == 303
    answer = own.send("/health/readings", **WEIGHT | {"reading": "b" * 20, "number-0": "76"})
    assert "Is 76 lb right?" in answer.get_data(as_text=True)
    entry = next(row.primary_id for row in _rows(services, ana) if row.sources == (OWN,))
    changed = own.send(f"/health/readings/{entry}", **WEIGHT | {"number-0": "125"})
    assert "Is 125 lb right?" in changed.get_data(as_text=True)


def test_it_is_changed_removed_and_taken_back(own: Browser, services: Services, ana: TestUser) -> None:
    own.send("/health/readings", **WEIGHT)
    (entry,) = (row.primary_id for row in _rows(services, ana))
    assert 'value="180.50"' in own.get(f"/health/readings/{entry}")
    assert "Undo" in own.follow(f"/health/readings/{entry}", **WEIGHT | {"number-0": "181"})
    assert "181 lb" in _said(own.get("/health/vital-signs"))
    own.send("/health/readings/undo")
    assert "180.50 lb" in _said(own.get("/health/vital-signs"))
    assert "Undo" in own.follow(f"/health/readings/{entry}/remove")
    assert not _rows(services, ana)
    for _twice in range(2):
        assert own.send("/health/readings/undo").status_code == 303
    assert [row.primary_id for row in _rows(services, ana)] == [entry]
    assert "You changed or removed" not in own.get("/health/readings")


def test_who_acts_for_somebody_adds_for_them_by_their_level(
    own: Browser, app: Flask, world: World, services: Services, ana: TestUser
) -> None:
    carer, reader = world.patient("ben", BEN), world.patient("eve", BEN)
    world.proxy(carer, ana.person_id or "")
    world.proxy(reader, ana.person_id or "", GrantLevel.VISITS_ONLY)
    browsers = []
    for user in (carer, reader):
        client = app.test_client()
        sign_in(client, user)
        browsers.append(Browser(client))
    base = f"/for/{ana.person_id}/health"
    assert browsers[1].send(f"{base}/readings", **WEIGHT).status_code == 404
    assert "Added by you, for Ana" in _said(browsers[0].follow(f"{base}/readings", **WEIGHT))
    name = BEN.display
    assert f"Added by {name}, for you" in _said(own.get("/health/vital-signs"))
    (entry,) = (row.primary_id for row in _rows(services, ana))
    assert browsers[1].send(f"{base}/readings/{entry}/remove").status_code == 404
    own.send(f"/health/readings/{entry}", **WEIGHT)
    assert name not in _said(own.get("/health/vital-signs")), "who changes it, says it"
    browsers[0].send(f"{base}/readings/{entry}", **WEIGHT | {"number-0": "181"})
    assert f"Added by {name}, for you" in _said(own.get("/health/vital-signs"))
    assert "reading from home" in own.get("/activity")


def test_another_persons_reading_is_not_there(own: Browser, app: Flask, world: World, services: Services) -> None:
    other = world.patient("ben", BEN)
    client = app.test_client()
    sign_in(client, other)
    Browser(client).send("/health/readings", **WEIGHT)
    (entry,) = (row.primary_id for row in _rows(services, other))
    for path in ("", "/remove"):
        assert own.send(f"/health/readings/{entry}{path}", **WEIGHT).status_code == 404
    assert len(_rows(services, other)) == 1


def test_it_is_in_ones_own_files_as_ones_own_and_in_no_shared_summary(
    own: Browser, services: Services, ana: TestUser
) -> None:
    own.send("/health/readings", **WEIGHT)
    bundle = get(own.client, "/health/vital-signs/download?format=json").get_json()
    by_type = {each["resource"]["resourceType"]: each["resource"] for each in bundle["entry"]}
    patient = next(each["fullUrl"] for each in bundle["entry"] if each["resource"]["resourceType"] == "Patient")
    assert by_type["Observation"]["performer"] == [{"reference": patient}]
    assert [agent["who"] for agent in by_type["Provenance"]["agent"]] == [{"reference": patient}]
    with services.db.reading() as tx:
        packed = zipfile.ZipFile(io.BytesIO(archive(tx, person_id=ana.person_id or "", organization="Cooper")))
        content = gather(
            tx,
            person_id=ana.person_id or "",
            organization="Cooper",
            chart_base="",
            scope=SummaryScope(sight=OPEN),
        )
    assert b"PATAST" in packed.read("record.json")
    assert b'"value":180.50,' in packed.read("record.json"), "a number, as it was typed"
    vital_signs = content.sections["8716-3"]
    assert not vital_signs.rows
    assert "1 of the patient's own readings is not in this summary." in narrative.after(vital_signs)


def test_a_share_counts_only_what_goes_along_and_names_the_rest(own: Browser) -> None:
    own.send("/health/readings", **WEIGHT)
    assert "Vital signs 0" in _said(own.get("/share/new"))
    preview = own.send("/share/new", section="8716-3", step="preview").get_data(as_text=True)
    assert "1 reading you added yourself" in _said(preview)


def test_a_band_is_explained_only_where_one_is_drawn(own: Browser) -> None:
    own.send("/health/readings", **WEIGHT)
    assert "small charts" not in own.get("/health/vital-signs")
    own.send("/health/readings", **WEIGHT | {"number-0": "181", "day": "2026-03-03", "reading": "b" * 20})
    page = own.get("/health/vital-signs")
    assert "In the small charts the dot is this result." in page
    assert "the band is" not in page


def test_a_small_chart_has_one_unit_and_says_it(own: Browser) -> None:
    own.send("/health/readings", **WEIGHT)
    kilograms = {"number-0": "82", "unit": "kg", "day": "2026-03-03", "reading": "c" * 20}
    own.send("/health/readings", **WEIGHT | kilograms)
    page = _said(own.get("/health/vital-signs"))
    assert "eight over time, here: 180.50, 180.78 lb" in page


def test_blood_sugar_in_either_unit_is_one_line(own: Browser) -> None:
    """A meter shows one or the other; the table keeps what was typed."""
    sugar = {"kind": "glucose", "number-0": "5.5", "unit": "mmol/L", "reading": "d" * 20, **AT}
    own.send("/health/readings", **sugar)
    own.send(
        "/health/readings", **sugar | {"number-0": "110", "unit": "mg/dL", "day": "2026-03-03", "reading": "e" * 20}
    )
    page = own.get("/health/vital-signs")
    assert "here: 99, 110 mg/dL" in _said(page)
    trend = own.get(re.findall(r'href="(/health/vital-signs/\w+/trend)"', page)[0])
    assert trend.count('class="plot"') == 1
    assert "2 values between 99 mg/dL and 110 mg/dL. No range was given." in _said(trend)
    assert "5.5 mmol/L" in _said(trend)
