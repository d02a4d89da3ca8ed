"""A section as a file: what the page would show, each source's word by itself, and what is not in it."""

import csv
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import rendered
from portal.web.csv_cells import plain_cell
from tests.factories.record import Linked, allergy, laboratory, link, medication, small_record
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.desk.conftest import Browser
from tests.integration.web.html import check_page, get

CREATININE = ("2160-0", "Creatinine")


def _table(client: FlaskClient, address: str) -> tuple[list[dict[str, str]], list[str]]:
    """The items of a CSV file, and its notes."""
    answer = get(client, address)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_data().startswith(b"\xef\xbb\xbf"), "a spreadsheet reads accents"
    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    items = [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if line[0] != "Note"]
    return items, [line[1] for line in lines[1:] if line[0] == "Note"]


def _results(services: Services, user: TestUser) -> None:
    made: list[dict[str, Any]] = [
        laboratory("old", CREATININE, 1, "mg/dL", when="2019-03-02"),
        laboratory("new", CREATININE, 1, "mg/dL", when="2026-03-02"),
    ]
    made[1]["valueQuantity"]["value"] = Decimal("7.0")  # as written
    undated = {name: part for name, part in made[0].items() if name != "effectiveDateTime"} | {"id": "undated"}
    ingest(services.db, person_id=user.person_id, source=HOME, resources=[*made, undated])


def test_a_table_of_a_range_of_days(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    _results(services, ana)
    items, notes = _table(signed, "/health/test-results/download?format=csv&since=2026-01-01&until=2026-12-31")
    assert [(item["What"], item["Result"], item["Unit"], item["Date"]) for item in items] == [
        ("Creatinine", "7.0", "mg/dL", "2026-03-02")
    ]
    assert any("Jan 1, 2026 to Dec 31, 2026" in note for note in notes)
    assert any(note.startswith("1 item without a date is not in this file") for note in notes)
    everything, notes = _table(signed, "/health/test-results/download?format=csv")
    assert len(everything) == 3
    assert not any("without a date" in note for note in notes)


def test_the_page_says_what_the_file_leaves_out(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    """Everything that is in the file's own notes, with its number, before it is made."""
    _results(services, ana)
    unread = {"resourceType": "Observation", "id": "odd", "category": [{"coding": [{"code": "laboratory"}]}]}
    ingest(services.db, person_id=ana.person_id, source=riverbend.link_id, resources=[unread])
    tree = check_page(get(signed, "/health/test-results/download"))
    listed = [_said(item) for item in tree.findall(".//section[@aria-labelledby='left-out']//li")]
    items, notes = _table(signed, "/health/test-results/download?format=csv")
    assert f"A file of all days has {len(items)} items." in _said(tree)
    assert "If you choose days: 1 item without a date." in listed
    assert "1 item could not be shown" in " ".join(listed)
    assert [note for note in notes if note not in listed and "Made on" not in note] == []


def test_every_source_says_its_own(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    """A disagreement is all statements, which share a number; what an organization does not give is named."""
    drug = ("m1", "314076", "lisinopril 10 MG Oral Tablet")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[medication(*drug, "Take 1 tablet a day")])
    link(services, ana, name="Riverbend", resources=[medication(*drug, "=1+1 tablets")])
    items, notes = _table(signed, "/health/medications/download?format=csv")
    assert len({item["No."] for item in items}) == 1
    assert {(item["Source"], "Take 1 tablet a day" in item["Details"]) for item in items} == {
        (services.settings.organization, True),
        ("Riverbend", False),
    }
    assert notes


def test_a_disagreement_is_marked_and_stands_together(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    drug = ("314076", "lisinopril 10 MG Oral Tablet")
    ours = medication("m1", *drug, "Take 1 tablet every morning", since="2026-01-01")
    between = medication("m2", "861007", "metformin", "Take 1 tablet", since="2025-01-01")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[ours, between])
    theirs = medication("m1", *drug, "Take 2 tablets every morning", since="2024-01-01")
    link(services, ana, name="Riverbend", resources=[theirs])
    items, _notes = _table(signed, "/health/medications/download?format=csv")
    assert [item["No."] for item in items] == ["1", "1", "2"]
    assert ["Places say different things: " in item["Details"] for item in items] == [True, True, False]


def test_neighbours_stand_together_and_name_each_other(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    small_record(services, ana)
    items, _notes = _table(signed, "/health/medications/download?format=csv")
    told = [(item["What"], item["Details"]) for item in items]
    (first, details), (second, others) = ((what, said) for what, said in told if "isinopril" in what)
    assert [what for what, _said in told].index(first) + 1 == [what for what, _said in told].index(second)
    assert "Also at Riverbend" in details + others
    assert f"Also at {services.settings.organization}" in details + others


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1 555", "'+1 555"),
        ("-lipo", "'-lipo"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-2.50", "-2.50"),
        ("+3", "+3"),
        ("-2+cmd", "'-2+cmd"),
        ("<20", "<20"),
        ("a=1", "a=1"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay(text: str, cell: str) -> None:
    assert plain_cell(text) == cell


def test_a_bundle_has_each_source_and_what_is_missing(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    answer = get(signed, "/health/medications/download?format=json")
    assert answer.headers["Content-Type"].startswith("application/fhir+json")
    bundle = json.loads(answer.get_data())
    by_type: dict[str, list[Any]] = {}
    for each in bundle["entry"]:
        by_type.setdefault(each["resource"]["resourceType"], []).append(each["resource"])
    assert bundle["type"] == "collection"
    addresses = {each["fullUrl"] for each in bundle["entry"]}
    assert len(addresses) == len(bundle["entry"])
    assert by_type["OperationOutcome"][0]["issue"]
    agents = {agent["who"].get("display") for each in by_type["Provenance"] for agent in each["agent"]}
    assert {services.settings.organization, "Riverbend Regional"} & agents
    order = by_type["MedicationRequest"][0]
    assert order["subject"]["reference"] in addresses


def test_numbers_of_a_bundle_are_numbers_as_they_were_written(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    _results(services, ana)
    text = get(signed, "/health/test-results/download?format=json&since=2026-01-01").text
    assert '"value":7.0,' in text


def test_none_known_and_ranges_are_called_as_on_the_page(
    signed: FlaskClient, services: Services, ana: TestUser
) -> None:
    none = allergy("none", "716186003", "No known allergies")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[none])
    assert "Noted as none" in get(signed, "/health/allergies").text
    items, _notes = _table(signed, "/health/allergies/download?format=csv")
    assert [item["Status"] for item in items] == ["Noted as none"]
    assert "Reference range" in items[0]
    assert "Usual range" not in items[0]


def test_a_pdf_says_it_too(signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked) -> None:
    if not rendered.can_make_pdf():
        pytest.skip("the extra pdf is not installed")
    answer = get(signed, "/health/medications/download?format=pdf")
    assert answer.get_data().startswith(b"%PDF-")


def test_paper_does_not_say_that_what_is_in_it_is_not(
    signed: FlaskClient, riverbend: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendered, "can_make_pdf", lambda: True)
    monkeypatch.setattr(rendered, "pdf", lambda page: page.encode())
    own = Browser(signed)
    offered = re.findall(r'name="item" value="([^"]+)"', own.get("/family/private?about=diabetes"))
    own.send("/family/private", item=offered, private="1")  # type: ignore[arg-type]
    page = get(signed, "/health/health-issues/download?format=pdf").text
    note, _rest = page.split("private", 1)
    assert re.findall("<h2>(.*?)</h2>", note) == ["Please note"]


def test_without_the_extra_paper_is_offered(signed: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered, "can_make_pdf", lambda: False)
    tree = check_page(get(signed, "/health/allergies/download"))
    assert [each.get("value") for each in tree.findall(".//input[@type='radio']")] == ["csv", "json"]
    assert "print it" in " ".join(tree.itertext())
    assert get(signed, "/health/allergies/download?format=pdf", status=422)


@pytest.mark.parametrize("query", ["since=2026-02-31", "since=2026-02-01&until=2026-01-01"])
def test_days_that_are_none_are_said(signed: FlaskClient, query: str) -> None:
    tree = check_page(get(signed, f"/health/allergies/download?format=csv&{query}", status=422))
    assert tree.find(".//*[@id='errors']") is not None


def test_what_is_beyond_the_bound_is_named(
    signed: FlaskClient, services: Services, ana: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.health.download.MOST", 2)
    _results(services, ana)
    items, notes = _table(signed, "/health/test-results/download?format=csv")
    assert len(items) == 2
    assert any(note.startswith("1 older item is not in this file") for note in notes)


def test_a_download_is_in_the_log(signed: FlaskClient, riverbend: Linked) -> None:
    get(signed, "/health/medications/download?format=csv")
    assert "downloaded medications as a file" in " ".join(check_page(get(signed, "/activity")).itertext())


def test_every_section_has_its_file(signed: FlaskClient, riverbend: Linked) -> None:
    for section in Section:
        status = 303 if section is Section.MESSAGES else 200
        for kind in ("csv", "json"):
            get(signed, f"/health/{section.value}/download?format={kind}", status=status)
    assert "/health/allergies/download" in get(signed, "/health/allergies").text


def test_what_is_kept_private_is_in_ones_own_file_only(
    signed: FlaskClient, app: Flask, world: World, ana: TestUser, riverbend: Linked
) -> None:
    own = Browser(signed)
    offered = re.findall(r'name="item" value="([^"]+)"', own.get("/family/private?about=diabetes"))
    own.send("/family/private", item=offered, private="1")  # type: ignore[arg-type]
    items, notes = _table(signed, "/health/health-issues/download?format=csv")
    private = [item["Private"] for item in items if "diabetes" in item["What"].casefold()]
    assert set(private) == {"Yes"}
    assert f"{len(private)} items that you keep private are in this file." in notes
    carer = world.patient("ben", BEN)
    world.proxy(carer, ana.person_id or "")
    client = app.test_client()
    sign_in(client, carer)
    for kind in ("csv", "json"):
        text = get(client, f"/for/{ana.person_id}/health/health-issues/download?format={kind}").text
        assert "diabetes" not in text.casefold()
        assert "private is in" not in text
        assert "Asthma" in text


def _said(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
