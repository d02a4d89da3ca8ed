"""A test over time and over all organizations."""

import re
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import A1C, Linked, Resource, laboratory, link
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

GLUCOSE = ("2345-7", "Glucose")


def trend_of(signed: FlaskClient, title: str, section: str = "test-results") -> Any:
    tree = check_page(get(signed, f"/health/{section}?source="))
    href = next(
        row.find(".//a").get("href")
        for row in tree.findall(".//*[@data-entry]")
        if title in "".join(row.find(".//a").itertext())
    )
    entry = check_page(get(signed, href))
    onward = next(one for one in entry.iter("a") if (one.get("href") or "").endswith("/trend"))
    return check_page(get(signed, onward.get("href")))


def cells(tree: Any) -> list[list[str]]:
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in tree.findall(".//tbody/tr")]


def pictures(tree: Any) -> list[Any]:
    return [one for one in tree.iter() if str(one.tag).endswith("svg") and one.get("class") == "plot"]


def test_all_organizations_are_in_one_line(signed: FlaskClient, riverbend: Linked) -> None:
    tree = trend_of(signed, "A1c")
    values = cells(tree)
    assert len(values) >= 6
    assert any("Riverbend" in row[3] for row in values)
    assert any(row.get("data-origin") == "outside" for row in tree.findall(".//tbody/tr"))
    assert "Laboratories measure in different ways" in "".join(tree.itertext())
    (picture,) = pictures(tree)
    assert f"{len(values)} values between" in "".join(picture.itertext())


def test_what_cannot_be_converted_exactly_is_apart(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    home = [laboratory(f"g{n}", GLUCOSE, 90 + n, "mg/dL", when=f"2024-01-0{n + 1}") for n in range(3)]
    ingest(services.db, person_id=ana.person_id, source="home", resources=home)
    link(services, ana, name="Abroad Clinic", resources=[laboratory("x", GLUCOSE, 5.1, "mmol/L", when="2023-01-05")])
    tree = trend_of(signed, "Glucose")
    units = [next(word for word in row[1].split() if "/" in word) for row in cells(tree)]
    assert units == ["mg/dL", "mg/dL", "mg/dL", "mmol/L"]
    words = " ".join("".join(tree.itertext()).split())
    assert "3 values between" in words
    assert "Glucose (mmol/L)" in words
    assert len(pictures(tree)) == 1


def test_each_part_of_a_blood_pressure_has_its_own_line(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    ingest(services.db, person_id=ana.person_id, source="home", resources=[pressure(n) for n in range(4)])
    tree = trend_of(signed, "lood pressure", "vital-signs")
    assert len(pictures(tree)) == 2
    assert "laborator" not in "".join(tree.itertext()).casefold(), "a cuff is no laboratory"


def test_the_picture_is_small(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    home = [
        laboratory(f"g{n}", GLUCOSE, 80 + n % 50, "mg/dL", when=f"20{10 + n // 300}-{n % 12 + 1:02}-{n % 28 + 1:02}")
        for n in range(250)
    ]
    ingest(services.db, person_id=ana.person_id, source="home", resources=home)
    tree = check_page(get(signed, "/health/test-results?source="))
    href = tree.find(".//*[@data-entry]").find(".//a").get("href")
    page = get(signed, f"{href}/trend").get_data(as_text=True)
    picture = re.search(r'<svg class="plot".*?</svg>', page, re.DOTALL)
    assert picture
    assert len(picture[0].encode()) <= 4096


def test_what_is_no_coded_measurement_has_no_trend(signed: FlaskClient, riverbend: Linked) -> None:
    tree = check_page(get(signed, "/health/medications"))
    href = tree.find(".//*[@data-entry]").find(".//a").get("href")
    assert "/trend" not in get(signed, href).get_data(as_text=True)
    get(signed, f"{href}/trend", status=404)
    get(signed, "/health/test-results/nothing/trend", status=404)


def pressure(n: int) -> dict[str, Any]:
    def part(code: str, name: str, value: int) -> dict[str, Any]:
        return {
            "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": name}]},
            "valueQuantity": {
                "value": value,
                "unit": "mmHg",
                "system": "http://unitsofmeasure.org",
                "code": "mm[Hg]",
            },
        }

    made = laboratory(f"p{n}", ("85354-9", "Blood pressure"), 1, "mm[Hg]", when=f"2025-0{n + 1}-03")
    del made["valueQuantity"], made["referenceRange"]
    made["category"][0]["coding"][0]["code"] = "vital-signs"
    made["component"] = [part("8480-6", "Systolic", 120 + n), part("8462-4", "Diastolic", 80 - n)]
    return made


def test_a1c_from_home_alone(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    ingest(
        services.db,
        person_id=ana.person_id,
        source="home",
        resources=[laboratory("a", A1C, 6.1, "%", when="2025-01-01")],
    )
    assert "too few numbers" in "".join(trend_of(signed, "A1c").itertext())


def test_numbers_beyond_reason_stay_in_their_own_row(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    odd = ["1E+30", "1E-400", "7E+999999999", "12345678901234567890123456789"]
    home = [laboratory(f"g{n}", GLUCOSE, 90 + n, "mg/dL", when=f"2024-01-0{n + 1}") for n in range(2)]
    for n, written in enumerate(odd):
        resource = laboratory(f"o{n}", GLUCOSE, 1, "mg/dL", when=f"2024-02-0{n + 1}")
        resource["valueQuantity"]["value"] = Decimal(written)
        resource["referenceRange"] = [{"low": resource["valueQuantity"], "high": resource["valueQuantity"]}]
        home.append(resource)
    ingest(services.db, person_id=ana.person_id, source="home", resources=home)
    link(
        services,
        ana,
        name="Elsewhere Clinic",
        resources=[laboratory("x", GLUCOSE, 95, "mg/dL", when="2024-01-05"), *home[2:]],
    )
    for address in ("/health", "/health/test-results?source=", "/health/summary", "/health/search?q=glucose"):
        assert "Glucose" in "".join(check_page(get(signed, address)).itertext()) or address == "/health"
    tree = trend_of(signed, "Glucose")
    shown = "".join(tree.itertext())
    assert all(written in shown for written in odd)
    assert "0" * 40 not in shown
    assert "3 values between" in " ".join(shown.split())


def test_a_code_of_all_vital_signs_brings_no_other_one_into_a_trend(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    def vital(fhir_id: str, test: tuple[str, str], value: float, unit: str, when: str) -> Resource:
        resource = laboratory(fhir_id, test, value, unit, when=when)
        resource["category"][0]["coding"][0]["code"] = "vital-signs"
        resource["code"]["coding"].append({"system": "http://loinc.org", "code": "8716-3", "display": "Vital signs"})
        return resource

    pulse, height = ("8867-4", "Heart rate"), ("8302-2", "Body height")
    resources = [vital(f"p{n}", pulse, 70 + n, "/min", f"2024-01-0{n + 1}") for n in range(3)]
    resources += [vital(f"h{n}", height, 180, "cm", f"2024-01-0{n + 1}") for n in range(3)]
    ingest(services.db, person_id=ana.person_id, source="home", resources=resources)
    words = "".join(trend_of(signed, "Heart rate", "vital-signs").itertext())
    assert "72" in words
    assert "Body height" not in words
    told = "".join(trend_of(signed, "Body height", "vital-signs").itertext())
    assert "(70.87\N{NO-BREAK SPACE}in) to" in told
