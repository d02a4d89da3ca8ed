"""What a link leads to is what was chosen: the preview, a desk's Bundle and its documents, what is left out."""

import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import desk_profile
from portal.sharing.summary import SECTIONS
from tests.factories.record import coded, condition, link
from tests.factories.world import TestUser
from tests.integration.sharing.reading import resources_of, section_of
from tests.integration.sharing.test_health_links import (
    ALLERGIES,
    MEDICATIONS,
    PROBLEMS,
    ask,
    decrypted,
    form_of,
    make,
    path_of,
    read,
)
from tests.integration.sharing.test_viewing import CODE, opened
from tests.integration.web.html import check_page

IMMUNIZATIONS, DEVICES = "11369-6", "46264-8"


@pytest.fixture
def database_kind() -> str:
    """These are about pages and documents: one database is enough."""
    return "sqlite"


def references(part: Any) -> Iterator[str]:
    """The references within a resource that lead somewhere."""
    if isinstance(part, dict):
        if isinstance(part.get("reference"), str) and not part["reference"].startswith("#"):
            yield part["reference"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_what_a_desk_gets_fits_its_profile(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    shot = {
        "resourceType": "Immunization",
        "id": "i1",
        "status": "completed",
        "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "140", "Influenza"),
        "patient": {"reference": "Patient/p"},
        "occurrenceDateTime": "2025-10-01",
    }
    link(services, ana, name="Old Mill", resources=[shot])
    chosen = [MEDICATIONS, ALLERGIES, PROBLEMS, IMMUNIZATIONS]
    made = make(owner, opening="desk", section=chosen, story="I faint easily.")
    answer = instance.test_client().get(made.path, query_string={"recipient": "Lakeside"})
    bundle = decrypted(made, answer.data)
    assert desk_profile.problems(bundle) == ()
    assert not any("profile" in resource.get("meta", {}) for resource in [bundle, *resources_of(bundle)])
    (patient,) = resources_of(bundle, "Patient")
    assert patient["birthDate"]
    assert patient["name"][0]["family"]
    assert {"Condition", "MedicationRequest", "AllergyIntolerance", "Immunization"} <= {
        resource["resourceType"] for resource in resources_of(bundle)
    }
    urls = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(urls) == len(bundle["entry"])
    assert set(references(bundle)) <= urls


def test_the_documents_of_a_desk_are_whole_and_told_apart(instance: Flask, owner: FlaskClient) -> None:
    pytest.importorskip("weasyprint", reason="the extra pdf is not installed")
    made = make(owner, opening="desk", story="I faint easily.")
    answer = instance.test_client().get(made.path, query_string={"recipient": "Lakeside"})
    documents = resources_of(decrypted(made, answer.data), "DocumentReference")
    assert [document["type"]["coding"][0]["code"] for document in documents] == ["60591-5", "51855-5"]
    for document in documents:
        content = b64decode(document["content"][0]["attachment"]["data"])
        assert content.startswith(b"%PDF-")
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
        plain = [zlib.decompress(stream) if stream[:1] == b"x" else stream for stream in streams]
        assert any(b'pdfuaid:part="1"' in part for part in plain)


def test_where_nothing_was_chosen_that_there_is_no_link_is_made(owner: FlaskClient) -> None:
    answer = owner.post("/share/new", data=form_of(owner, opening="desk", section=[DEVICES]))
    assert answer.status_code == 422
    assert "There is nothing in what you chose" in answer.get_data(as_text=True)


def test_the_preview_is_what_they_get(instance: Flask, owner: FlaskClient) -> None:
    data = form_of(owner, step="preview", section=[MEDICATIONS])
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    made = make(owner, section=[MEDICATIONS])
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    table = re.search(r"<table>.*</table>", section_of(bundle, MEDICATIONS)["text"]["div"])[0]  # type: ignore[index]
    assert table in page
    assert "isinopril" in table
    assert "shrimp" not in page


def test_preview_link_and_code_show_the_same_bytes(instance: Flask, owner: FlaskClient) -> None:
    """Of every section, with an item left out: what the person saw, software decrypts, and a code opens."""
    data = form_of(owner, section=[section.code for section in SECTIONS], code="1")
    page = owner.post("/share/new", data=data | {"step": "preview"}).get_data(as_text=True)
    left_out = re.findall(r'name="without"\s+value="([0-9a-f]{32})"', page)[:1]
    assert left_out
    data["without"] = left_out
    seen = shown_in(owner.post("/share/new", data=data | {"step": "preview"}).get_data(as_text=True))
    answer = owner.post("/share/new", data=data)
    made, code = read(answer), CODE.search(answer.get_data(as_text=True))
    assert code
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    (composition,) = resources_of(bundle, "Composition")
    sent = [section["text"]["div"] for section in composition["section"]]
    assert len(seen) > 3
    assert sent == seen
    assert shown_in(opened(instance, code[1]).get_data(as_text=True)) == seen


def shown_in(page: str) -> list[str]:
    """The narratives that a page shows, section by section, as they stand in it."""
    return re.findall(r'<div class="original told"[^>]*>(<div .*?</div>)</div>', page, re.DOTALL)


def test_in_the_persons_language_an_item_is_one_row(owner: FlaskClient, services: Services, ana: TestUser) -> None:
    """Where two agree both names stand at it; where they do not, it has both statements."""
    for place, onset in (("Old Mill", "2012-03-01"), ("Riverbend", "2015-09-01"), ("Shoreline", "2015-09-01")):
        link(services, ana, name=place, resources=[condition("gout", "90560007", "Gout") | {"onsetDateTime": onset}])
    data = form_of(owner, step="preview", section=[PROBLEMS])
    page = owner.post("/share/new", data=data, headers={"Accept-Language": "es"}).get_data(as_text=True)
    (gout,) = [row for row in re.findall(r"<li>.*?</li>", page, re.DOTALL) if "Gout" in row]
    assert all(place in gout for place in ("Old Mill", "Riverbend", "Shoreline"))


def test_the_preview_is_in_the_persons_language_and_as_they_get_it(owner: FlaskClient) -> None:
    data = form_of(owner, step="preview", section=[MEDICATIONS])
    page = owner.post("/share/new", data=data, headers={"Accept-Language": "es"}).get_data(as_text=True)
    assert "Tal como lo reciben, en inglés" in page
    assert re.search(r"isinopril.*Tal como lo reciben.*isinopril", page, re.DOTALL)
    assert "Desde" in page


def test_single_items_are_left_out(instance: Flask, owner: FlaskClient) -> None:
    data = form_of(owner, step="preview", section=[MEDICATIONS, ALLERGIES])
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    items = dict(re.findall(r'value="([0-9a-f]{32})"[^>]*><label[^>]*><span[^>]*>[^<]*</span>([^<]+)<', page))
    lisinopril = [entry for entry, title in items.items() if "isinopril" in title]
    assert lisinopril
    data["without"] = [*lisinopril, "nonsense"]
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    assert not re.search(r"<td>[^<]*isinopril", page), "not in what they get"
    assert re.search(rf'value="{lisinopril[0]}"\s+checked', page), "and it can be taken in again"
    made = read(owner.post("/share/new", data=data | {"step": "create"}))
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    assert "isinopril" not in json.dumps(bundle)
    assert len(resources_of(bundle, "MedicationRequest")) >= 2


def test_without_an_allergy_nobody_says_that_there_is_none(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    """A place that knows of none, and the allergy that contradicts it left out: the section says nothing of either."""
    none = {
        "resourceType": "AllergyIntolerance",
        "id": "none",
        "code": coded("http://snomed.info/sct", "716186003", "No known allergy"),
        "patient": {"reference": "Patient/p"},
    }
    link(services, ana, name="Old Mill", resources=[none])
    data = form_of(owner, step="preview", section=[ALLERGIES])
    page = owner.post("/share/new", data=data).get_data(as_text=True)
    assert "according to Old Mill" in page
    data["without"] = re.findall(r'id="without-([0-9a-f]{32})"', page)
    assert data["without"]
    made = read(owner.post("/share/new", data=data | {"step": "create"}))
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    section = section_of(bundle, ALLERGIES)
    assert section["emptyReason"]["coding"][0]["code"] == "unavailable"
    assert "Old Mill" not in section["text"]["div"]


def test_older_tests_stay_behind_a_chosen_day(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    shots = [
        {
            "resourceType": "Immunization",
            "id": f"i{year}",
            "status": "completed",
            "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "140", "Influenza"),
            "patient": {"reference": "Patient/p"},
            "occurrenceDateTime": f"{year}-10-01",
        }
        for year in (2015, 2025)
    ]
    link(services, ana, name="Old Mill", resources=shots)
    made = make(owner, section=[IMMUNIZATIONS, MEDICATIONS], since="2020-01-01")
    bundle = decrypted(made, instance.test_client().get(path_of(ask(instance, made))).data)
    assert [shot["occurrenceDateTime"] for shot in resources_of(bundle, "Immunization")] == ["2025-10-01"]
    assert resources_of(bundle, "MedicationRequest"), "what holds now has no such day"


@pytest.mark.parametrize("form", ["pdf", "txt"])
def test_the_summary_as_a_file(owner: FlaskClient, services: Services, ana: TestUser, form: str) -> None:
    if form == "pdf":
        pytest.importorskip("weasyprint", reason="the extra pdf is not installed")
    secret = condition("c9", "86406008", "HIV infection") | {"meta": {"security": [{"code": "R"}]}}
    link(services, ana, name="Old Mill", resources=[secret])
    answer = owner.get(f"/share/summary.{form}")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=health-summary.{form}"
    if form == "pdf":
        assert answer.data.startswith(b"%PDF-")
    else:
        told = answer.get_data(as_text=True)
        assert "- Lisinopril" in told
        assert "Source: " in told
        assert "HIV" not in told
    assert owner.get("/share/summary.exe").status_code == 404


def test_sensitive_items_are_only_in_it_when_they_are_ticked(
    instance: Flask, owner: FlaskClient, services: Services, ana: TestUser
) -> None:
    secret = condition("c9", "86406008", "HIV infection") | {"meta": {"security": [{"code": "R"}]}}
    link(services, ana, name="Old Mill", resources=[secret])
    for ticked in (False, True):
        fields = {"confidential": "1"} if ticked else {}
        data = form_of(owner, section=[PROBLEMS], **fields)
        assert ("HIV" in owner.post("/share/new", data=data | {"step": "preview"}).get_data(as_text=True)) == ticked
        made = read(owner.post("/share/new", data=data))
        file = instance.test_client().get(path_of(ask(instance, made)))
        assert ("HIV" in str(decrypted(made, file.data))) == ticked


@pytest.mark.parametrize("changes", [{"section": []}, {"label": "  "}, {"label": "x" * 81}, {"section": ["nonsense"]}])
def test_what_is_missing_is_said_and_nothing_is_made(owner: FlaskClient, changes: dict[str, Any]) -> None:
    answer = owner.post("/share/new", data=form_of(owner, **changes))
    assert answer.status_code == 422
    assert "There is a problem" in answer.get_data(as_text=True)
    assert "You share nothing by a link" in owner.get("/share").get_data(as_text=True)


@pytest.mark.parametrize("language", ["en", "es"])
def test_its_pages_are_valid_and_in_the_persons_language(owner: FlaskClient, language: str) -> None:
    accept = {"Accept-Language": language}
    data = form_of(owner)
    answers = [
        owner.post("/share/new", data=data | {"step": "preview"}, headers=accept),
        owner.post("/share/new", data=data | {"label": ""}, headers=accept),
        owner.post("/share/new", data=data, headers=accept),
        owner.get("/share", headers=accept),
        owner.get(f"/share/links/{data['share']}", headers=accept),
    ]
    for answer in answers:
        tree = check_page(answer, our_words=False)
        assert tree.get("lang") == language
        for original in tree.findall(".//*[@class='original told']"):  # as they get it, in English, and marked so
            original.clear()
        own = "".join(tree.find(".//main").itertext())
        assert not re.search(r"[Ss]hare|\b[Ll]ink\b|[Pp]asscode", own) or language == "en"


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_does_not_go_along_is_counted_where_its_owner_looks(
    owner: FlaskClient, services: Services, ana: TestUser, language: str
) -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"text": "Chest X-ray"},
        "text": {"status": "generated", "div": "<div>Clear lungs</div>"},
        "presentedForm": [
            {"contentType": "application/pdf", "data": "JVBERi0="},
            {"contentType": "image/jpeg", "url": "https://old.example/picture"},
        ],
    }
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[report])
    told = {
        "en": ("Not in it", "2 attached files", "made of 1 item"),
        "es": ("No está incluido", "2 archivos adjuntos", "hizo de 1 dato"),
    }
    headers = {"Accept-Language": language}
    for section, is_told in (("30954-2", True), (PROBLEMS, False)):
        data = form_of(owner, step="preview", section=[section])
        page = owner.post("/share/new", data=data, headers=headers).get_data(as_text=True)
        assert [text in page for text in told[language]] == [is_told] * 3
