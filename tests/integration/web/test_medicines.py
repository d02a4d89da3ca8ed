"""Medicines A to Z or by what they are for, what may be the same together, allergies above them."""

from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import Linked, allergy, medication
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get


def _put(services: Services, user: TestUser, source: str, *resources: dict[str, object]) -> None:
    ingest(services.db, person_id=user.person_id, source=source, resources=list(resources))


def _for(resource: dict[str, object], reason: str) -> dict[str, object]:
    return resource | {"reasonCode": [{"text": reason}]}


def test_a_to_z_and_two_strengths_together(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    _put(
        services,
        ana,
        HOME,
        medication("z", "1", "Zolpidem 5 MG Oral Tablet", "At night"),
        medication("s", "2", "Sertraline 50 MG Oral Tablet", "Once a day"),
        medication("b", "3", "Baclofen 10 MG Oral Tablet", "Once a day"),
    )
    _put(services, ana, riverbend.link_id, medication("s2", "4", "Sertraline 100 MG Oral Tablet", "Once a day"))
    titles = _titles(check_page(get(signed, "/health/medications")))
    ours = [title for title in titles if title.split()[0] in ("Zolpidem", "Sertraline", "Baclofen")]
    assert [title.split()[0] for title in ours] == ["Baclofen", "Sertraline", "Sertraline", "Zolpidem"]


def test_by_what_they_are_for(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    _put(
        services,
        ana,
        HOME,
        _for(medication("a", "1", "Zolpidem 5 MG Oral Tablet", "At night"), "insomnia"),
        _for(medication("b", "2", "Melatonin 3 MG Oral Tablet", "At night"), "insomnia"),
        medication("c", "3", "Baclofen 10 MG Oral Tablet", "Once a day"),
        _for(medication("d", "4", "Sertraline 50 MG Oral Tablet", "Once a day"), "Anxiety"),
    )
    tree = check_page(get(signed, "/health/medications?by=reason"))
    headings = [heading.text for heading in tree.find(".//*[@id='list']").findall("./h2")]
    assert headings == ["Anxiety", "Insomnia", "No reason given"]
    chips = [each.text.strip() for each in tree.findall(".//ul[@class='chips']//a[@aria-current='true']")]
    assert "What it is for" in chips


def test_allergies_stand_above_medicines(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    address = "/health/medications"
    assert check_page(get(signed, address)).find(".//*[@id='allergies-title']") is None, "it does not say that none"
    ruled_out = allergy("no", "91935009", "Allergy to peanut", "Hives")
    ruled_out["verificationStatus"] = {"coding": [{"code": "refuted"}]}
    unsure = allergy("l", "1003755004", "Allergy to latex", "Rash")
    unsure["verificationStatus"] = {"coding": [{"code": "unconfirmed"}]}
    _put(services, ana, HOME, allergy("p", "91936005", "Allergy to penicillin", "Hives"), ruled_out, unsure)
    (section,) = check_page(get(signed, address)).findall(".//section[@class='card danger row']")
    said = " ".join("".join(section.itertext()).split())
    assert "Allergy to penicillin (Hives)" in said
    assert "Allergy to latex (Rash) Moderate Not confirmed" in said
    assert "peanut" not in said


def _titles(tree: object) -> list[str]:
    return [link.text.strip() for link in tree.findall(".//li[@data-entry]//*[@class='line']/a")]  # type: ignore[attr-defined]
