"""Results day by day: panels as cards with their tests in order, what is not normal first and alone, courses."""

from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import laboratory, link
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

PATIENT = "Patient/patient-ana"


def _result(key: str, test: tuple[str, str], value: float, flag: str, when: str) -> dict[str, object]:
    made = laboratory(key, test, value, "mg/dL", when=when)
    interpretation = [{"coding": [{"code": flag}]}] if flag else []
    return made | {"interpretation": interpretation, "referenceRange": [{"high": {"value": 10, "unit": "mg/dL"}}]}


def _panel(key: str, name: str, when: str, results: list[str]) -> dict[str, object]:
    return {
        "resourceType": "DiagnosticReport",
        "id": key,
        "status": "final",
        "category": [{"coding": [{"code": "LAB"}]}],
        "code": {"text": name},
        "subject": {"reference": PATIENT},
        "effectiveDateTime": when,
        "result": [{"reference": f"Observation/{each}"} for each in results],
    }


def _record(services: Services, user: TestUser) -> None:
    day, before = "2026-03-02", "2025-03-02"
    resources = [
        _result("c1", ("2160-0", "Creatinine"), 1, "N", day),
        _result("g1", ("2345-7", "Glucose"), 12, "H", day),
        _result("s1", ("2951-2", "Sodium"), 2, "N", day),
        _result("x1", ("718-7", "Hemoglobin"), 3, "N", day),
        _result("g0", ("2345-7", "Glucose"), 11, "H", before),
        _result("u0", ("1920-8", "AST"), 12, "", before),
        _panel("p1", "Basic panel", day, ["s1", "g1", "c1", "elsewhere"]),
    ]
    ingest(services.db, person_id=user.person_id, source=HOME, resources=resources)


def test_a_panel_is_a_card_in_the_order_of_its_laboratory(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    _record(services, ana)
    tree = check_page(get(signed, "/health/test-results"))
    newest, before = tree.findall(".//div[@class='days']/section")
    card, single = newest.findall(".//div[@class='card']")
    assert _tests(card) == ["Sodium", "Glucose", "Creatinine"], "what is not normal comes first, with its panel"
    assert "1 not normal" in _said(card), "of how many nobody knows: one is elsewhere"
    assert "1 more in this" in _said(card)
    assert _tests(single) == ["Hemoglobin"]
    assert _tests(before) == ["Glucose", "AST"] or _tests(before) == ["AST", "Glucose"]
    assert len(tree.findall(".//*[@data-entry]")) == 7, "each row once"


def test_a_course_is_drawn_where_there_is_one(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    _record(services, ana)
    rows = check_page(get(signed, "/health/test-results")).findall(".//tr[@data-entry]")
    drawn = {row.find(".//th//a").text: row.find(".//*[@class='spark']") is not None for row in rows[:3]}
    assert drawn == {"Sodium": False, "Glucose": True, "Creatinine": False}
    assert all(row.find("./td[@class='course']/a").get("href").endswith("/trend") for row in rows)


def test_nothing_not_normal_is_not_an_empty_section(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    fine = _result("n", ("2951-2", "Sodium"), 2, "N", "2026-03-02")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[fine])
    said = _said(check_page(get(signed, "/health/test-results?status=not-normal")))
    assert "Nothing here is marked as not normal" in said
    assert "nothing documented" not in said


def test_only_what_is_not_normal(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    """By its flag; without one by its own range."""
    _record(services, ana)
    tree = check_page(get(signed, "/health/test-results?status=not-normal"))
    assert sorted(_tests(tree)) == ["AST", "Glucose", "Glucose"]
    assert _charts(tree)[0] == ["11", "12"], "what is left out of the list is in the course"
    assert tree.find(".//ul[@class='chips']//a[@aria-current='true']").text.strip() == "Not normal"


def test_what_is_not_normal_is_counted_against_its_whole_panel(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    _record(services, ana)
    more = [
        _result("a1", ("1742-6", "ALT"), 12, "H", "2026-01-02"),
        _result("b1", ("1920-8", "AST"), 3, "N", "2026-01-02"),
        _panel("p2", "Liver panel", "2026-01-02", ["a1", "b1"]),
    ]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=more)
    said = _said(check_page(get(signed, "/health/test-results?status=not-normal")))
    assert " of 1 " not in said
    assert " of 2 not normal" not in said.replace("1 of 2 not normal", "")


def test_a_panels_own_value_is_in_its_card(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    day = "2026-03-02"
    score = _result("apgar", ("9274-2", "Apgar score"), 9, "L", day) | {"hasMember": [{"reference": "Observation/g1"}]}
    resources = [_result("g1", ("2345-7", "Glucose"), 2, "N", day), score]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=resources)
    said = _said(check_page(get(signed, "/health/test-results")).find(".//div[@class='card']//div[@data-entry]"))
    assert "9 mg/dL Low" in said
    assert "up to 10" in said


def _tests(tree: object) -> list[str]:
    return [link.text for link in tree.findall(".//tr[@data-entry]/th//a")]  # type: ignore[attr-defined]


def _said(element: object) -> str:
    return " ".join("".join(element.itertext()).split())  # type: ignore[attr-defined]


def test_days_are_in_order_and_each_is_there_once(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    old, day = "2019-03-02", "2026-03-02"
    home = [
        _panel("old", "Biopsy", old, []) | {"status": "preliminary"},
        _result("h1", ("2345-7", "Glucose"), 2, "N", f"{day}T10:00:00"),
        _result("h2", ("2951-2", "Sodium"), 3, "N", f"{day}T08:00:00"),
    ]
    elsewhere = [_result("o1", ("1920-8", "AST"), 4, "N", f"{day}T09:00:00")]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=home)
    link(services, ana, name="Lakeside Clinic", resources=elsewhere)
    tree = check_page(get(signed, "/health/test-results"))
    days = tree.findall(".//div[@class='days']/section")
    assert [day.find("./header/h2").text for day in days] == ["Mar 2, 2026", "Mar 2, 2019"]
    assert [_tests(day) for day in days] == [["Glucose", "Sodium", "AST"], []]


def test_pages_are_by_date_whatever_the_status(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 16)]
    resources = [_result(day, ("2345-7", "Glucose"), 2, "N", day) for day in days]
    resources.append(_result("old", ("1920-8", "AST"), 3, "N", "2019-03-02") | {"status": "preliminary"})
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=resources)
    first = check_page(get(signed, "/health/test-results"))
    assert set(_tests(first)) == {"Glucose"}
    following = next(link.get("href") for link in first.iter("a") if "after=" in (link.get("href") or ""))
    assert _tests(check_page(get(signed, following)))[-1] == "AST"


def test_a_panel_says_its_own_status_and_who_did_it(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    day = "2026-03-02"
    panel = _panel("p1", "Basic panel", day, ["g1"]) | {"status": "corrected", "performer": [{"display": "Hill Lab"}]}
    resources = [_result("g1", ("2345-7", "Glucose"), 2, "N", day), panel]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=resources)
    card = check_page(get(signed, "/health/test-results")).find(".//div[@class='card']//div[@data-entry]")
    assert "Corrected later" in _said(card)
    assert "Hill Lab" in _said(card)
    assert not {"Report", "1 result", "Mar 2, 2026"} & {"".join(span.itertext()).strip() for span in card.iter("span")}


def test_what_only_another_organization_calls_not_normal_is_not_lost(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    test = ("2345-7", "Glucose")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[_result("g1", test, 2, "N", "2026-03-02")])
    link(services, ana, name="Lakeside Clinic", resources=[_result("g1", test, 2, "L", "2026-03-02")])
    assert _tests(check_page(get(signed, "/health/test-results?status=not-normal"))) == ["Glucose"]


def test_a_small_chart_ends_as_the_trend_page_does(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    """Its values are the last final ones up to its own row, of all places, also those that the list does not show."""
    a1c, glucose = ("4548-4", "A1c"), ("2345-7", "Glucose")
    home = [_result(f"a{n}", a1c, n + 1, "N", f"20{10 + n}-03-02") for n in range(12)]
    home.append(_result("soon", a1c, 99, "N", "2022-03-02") | {"status": "preliminary"})
    home += [_result(f"g{n}", glucose, n + 1, "N", f"2021-02-{n + 1:02}") for n in range(24)]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=home)
    grams = _result("o1", a1c, 1, "N", "2021-06-02") | {"valueQuantity": {"value": 0.5, "unit": "g/L", "code": "g/L"}}
    link(services, ana, name="Lakeside Clinic", resources=[grams, _result("o2", a1c, 7.5, "N", "2018-06-02")])
    first = check_page(get(signed, "/health/test-results"))
    row = next(row for row in first.findall(".//tr[@data-entry]") if _said(row.find(".//th//a")) == "A1c")
    assert row.find(".//*[@class='spark']") is None, "not final"
    following = next(link.get("href") for link in first.iter("a") if "after=" in (link.get("href") or ""))
    compared = 0
    for address in ("/health/test-results", following, "/health/test-results?q=a1c"):
        rows = check_page(get(signed, address)).findall(".//tr[@data-entry]")
        for row in (row for row in rows if _said(row.find(".//th//a")) == "A1c" or row is rows[-1]):
            if row.find(".//*[@class='spark']") is not None and "0.5 g/L" not in _said(row.find("./td")):
                trend = check_page(get(signed, row.find("./td[@class='course']/a").get("href")))
                assert _chart(row) == _trend_values(trend, row.get("data-entry")), (address, _said(row))
                compared += 1
    assert compared > 20
    assert _charts(first)[0] == ["0.09", "0.075", "0.1", "0.11", "0.12", "0.5"], "in the unit of its row"


def _charts(tree: object) -> list[list[str]]:
    return [_chart(row) for row in tree.findall(".//tr[@data-entry]") if row.find(".//*[@class='spark']") is not None]  # type: ignore[attr-defined]


def _chart(row: object) -> list[str]:
    words = _said(row.find("./td[@class='course']/a")).split("here: ")[1]  # type: ignore[attr-defined]
    return [part.split()[0] for part in words.split(",")]


def _trend_values(tree: object, entry: str) -> list[str]:
    """Return the six values up to an entry's own, oldest first, as its trend's plot has them."""
    rows = tree.findall(".//tbody/tr")  # type: ignore[attr-defined]
    at = next(at for at, row in enumerate(rows) if row.get("data-entry") == entry)
    cells = [_said(row.findall("./td")[0]) for row in rows[at:] if "Preliminary" not in _said(row)]
    return [{"0.5 g/L": "50"}.get(cell, cell.split()[0]) for cell in reversed(cells[:6])]
