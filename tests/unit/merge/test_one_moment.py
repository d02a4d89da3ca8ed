"""One accession number, one arrival and one absence, however two systems write them."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def report(
    title: str, system: str, number: str = "E25-1187340", at: str = "2026-04-10T08:42:00-05:00"
) -> dict[str, Any]:
    accession = {"type": {"coding": [{"code": "ACSN"}]}, "value": number, **({"system": system} if system else {})}
    return {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "identifier": [accession],
        "code": {"text": title},
        "effectiveDateTime": at,
        "conclusion": f"Read by {system or 'somebody'}.",
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (report("MR Brain", "urn:a"), report("MR Brain", "urn:b")),
        (report("Culture Blood", "urn:a"), report("BLOOD CULTURE", "")),
        (report("CT chest", "urn:a", "20260410"), report("CT Chest", "", "20260410")),
        (
            report("CT chest", "", at="2026-04-10T08:42:00-05:00"),
            report("CT chest", "urn:b", at="2026-04-10T13:42:00Z"),
        ),
        (report("CT chest", "urn:a"), report("CT chest", "urn:a")),
    ],
)
def test_one_accession_number_of_one_minute_and_name_is_one_study(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left, right).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (report("MR Brain", "urn:a"), report("MR Brain", "urn:b", "E25-1187341")),
        (report("MR Brain", "urn:a"), report("CT Abdomen", "urn:b")),
        (report("MR Brain", "urn:a"), report("MR Brain", "urn:b", at="2026-04-10T15:00:00-05:00")),
        (report("MR Brain", "urn:a", "117"), report("MR Brain", "urn:b", "117")),
        (report("XR knee right", "urn:a"), report("XR knee left", "urn:b")),
        (report("MR Brain", "urn:a", at="2026-04-10"), report("MR Brain", "urn:b", at="2026-04-10")),
    ],
)
def test_another_number_minute_or_name_is_another_study(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left, right).verdict == "different"


def visit(start: str, place: str = "Harbor Emergency", kind: str = "EMER") -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": kind},
        "period": {"start": start},
        "location": [{"location": {"display": place}}],
    }


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (visit("2026-02-11T23:14:00-05:00"), visit("2026-02-12T04:14:00Z"), "same"),
        (visit("2026-02-11T19:00:00-08:00"), visit("2026-02-11T22:00:00-05:00"), "same"),
        (visit("2026-02-12T00:30:00+01:00"), visit("2026-02-11T23:30:00Z"), "same"),
        (visit("2026-02-11T23:14:00-05:00"), visit("2026-02-12T23:14:00Z"), "different"),
        (visit("2026-02-11T23:14:00-05:00"), visit("2026-02-12T04:15:00Z"), "different"),
        (visit("2026-02-11T23:14:00-05:00"), visit("2026-02-12T04:14:00Z", "Lakeside Emergency"), "different"),
        (visit("2026-02-11T23:14:00-05:00"), visit("2026-02-12T04:14:00Z", kind="AMB"), "different"),
        (visit("2026-02-11T00:00:00-05:00"), visit("2026-02-11T05:00:00Z"), "different"),
    ],
)
def test_one_arrival_is_one_instant_whatever_the_zone(
    left: dict[str, Any], right: dict[str, Any], verdict: str
) -> None:
    assert compare(left, right).verdict == verdict


def absent(text: str) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "code": {"text": text}}


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("No known allergies", "No se conocen alergias", "same"),
        ("No known allergies", "Ninguna alergia conocida", "same"),
        ("No known drug allergies", "No alergias conocidas a medicamentos", "same"),
        ("NKDA", "No se conocen alergias a medicamentos", "same"),
        ("No known food allergies", "Sin alergias alimentarias conocidas", "same"),
        ("No known drug allergies", "No conocidas alergias a medicamentos", "same"),
        ("NKA", "Alergias: ninguna conocida", "same"),
        ("NKDA", "Drug allergies: denies", "same"),
        ("No known drug or food allergies", "No known food or drug allergies", "same"),
        ("Sin alergia conocida al látex", "No known latex allergy", "same"),
        ("Mold", "Moho / hongos ambientales", "same"),
        ("No known allergies", "No alergias conocidas a medicamentos", "different"),
        ("No known drug allergies", "No se conocen alergias", "different"),
        ("No known food allergies", "No alergias conocidas a medicamentos", "different"),
        ("No known allergies", "Alergia conocida a la penicilina", "different"),
        ("No known drug or food allergies", "No known drug allergies", "different"),
        ("No known allergies", "Alergia no preguntada", "different"),
        ("No known allergies", "Alergias desconocidas", "different"),
        ("Allergies not asked", "Alergias desconocidas", "different"),
        ("No known insect allergy", "No known animal allergies", "different"),
        ("Mold", "Hongos comestibles", "different"),
    ],
)
def test_an_absence_in_spanish_has_the_scope_that_it_names(left: str, right: str, verdict: str) -> None:
    assert compare(absent(left), absent(right)).verdict == verdict
